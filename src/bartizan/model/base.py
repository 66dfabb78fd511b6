"""The small types that every part of the language shares."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Literal, TypeAlias

import msgspec

from bartizan.model.words import Level

Id: TypeAlias = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,79}(?![\s\S])",
        description="an id has lower-case letters, digits, `-`, `_` and `.`, starts with a letter or digit, at most 80",
    ),
]

Proven: TypeAlias = Literal["failing", "expired", "claimed", "proven"]
"""How a control stands by its evidence, from the worst."""
ATTESTATION = "attestation"
"""The source of a person's word, which is the weakest."""


class Range(msgspec.Struct, frozen=True):
    """An uncertain positive quantity: low and high are taken as the 5th and 95th percentile, mode as the likeliest."""

    low: float
    mode: float
    high: float


def to_range(numbers: float | list[float]) -> Range:
    """Read `5`, `[1, 9]` or `[1, 4, 9]` as a Range. Raises ValueError when numbers are negative or out of order."""
    values = numbers if isinstance(numbers, list) else [numbers]
    if not 1 <= len(values) <= 3 or sorted(values) != values or values[0] < 0:
        raise ValueError("a range is `low, high` or `low, likeliest, high`, in rising order, not negative")
    low, high = values[0], values[-1]
    mode = values[1] if len(values) == 3 else (low * high) ** 0.5 if low > 0 else (low + high) / 2
    return Range(low, mode, high)


class Evidence(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What proves that a control works: where it comes from, what came out, and until when it counts."""

    source: str
    outcome: str = "pass"
    observed_at: date
    good_until: date | None = None
    digest: str = ""

    def fresh(self, as_of: date) -> bool:
        """Tell whether this proves the control on that day."""
        in_time = self.observed_at <= as_of and (self.good_until is None or as_of <= self.good_until)
        return in_time and self.outcome == "pass"


def standing_of(evidence: Iterable[Evidence], as_of: date) -> tuple[Proven, Evidence | None]:
    """Return what evidence about one control at one place says on a day, and the piece that says so.

    Of each source the latest piece counts. `failing`: a piece says that it doesn't work, and nothing newer says
    otherwise, whatever the source; on one day the bad news counts, and an attestation never ends what a machine said.
    A failure doesn't end by itself. Else `proven` by fresh evidence, the one that is good longest; `expired` where
    there was some; `claimed` without any.
    """
    pieces = list(evidence)
    known = sorted((one for one in pieces if one.observed_at <= as_of), key=lambda one: one.observed_at)
    last = {one.source: one for one in known}
    good = [one for one in known if one.outcome == "pass"]
    bad = [one for one in last.values() if one.outcome != "pass" and not any(_ends(other, one) for other in good)]
    if bad:
        return "failing", max(bad, key=lambda one: one.observed_at)
    fresh = [one for one in good if one.fresh(as_of)]
    if fresh:
        return "proven", max(fresh, key=lambda one: (one.good_until or date.max, one.observed_at))
    return ("expired", known[-1] if known else None) if pieces else ("claimed", None)


def _ends(good: Evidence, bad: Evidence) -> bool:
    """Tell whether a success is newer than a failure and weighs as much."""
    return good.observed_at > bad.observed_at and (good.source != ATTESTATION or bad.source == ATTESTATION)


class Placed(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A control that is in place, where, and what proves it. Without evidence it is a claim.

    With `planned`, the day on which it is to be there, it isn't in place yet and counts for nothing; evidence that it
    works counts all the same.
    """

    control: Id
    on: list[str] = []
    evidence: list[Evidence] = []
    planned: date | None = None
    note: str = ""


class Appetite(msgspec.Struct, frozen=True):
    """What may remain: losses up to a level, or a yearly amount of money."""

    level: Level | None = None
    money: float | None = None
