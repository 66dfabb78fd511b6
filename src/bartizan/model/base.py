"""The small types that every part of the language shares."""

from __future__ import annotations

from datetime import date
from typing import Annotated, TypeAlias

import msgspec

from bartizan.model.words import Level

Id: TypeAlias = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,79}(?![\s\S])",
        description="an id has lower-case letters, digits, `-`, `_` and `.`, starts with a letter or digit, at most 80",
    ),
]


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


class Placed(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """A control that is in place, where, and what proves it. Without evidence it is a claim."""

    control: Id
    on: list[str] = []
    evidence: list[Evidence] = []
    note: str = ""


class Appetite(msgspec.Struct, frozen=True):
    """What may remain: losses up to a level, or a yearly amount of money."""

    level: Level | None = None
    money: float | None = None
