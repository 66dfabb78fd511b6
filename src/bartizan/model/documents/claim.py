"""What a vendor is said to do: scoped, dated, and with a grade of what stands behind it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import msgspec

__all__ = ["Claim", "Grade"]


class Grade(StrEnum):
    """How well a claim is founded. Only A to C can satisfy what must be."""

    ATTESTED = "A"
    """An attested report whose scope covers it."""
    CONTRACT = "B"
    """The text of a signed contract."""
    DOCUMENTED = "C"
    """The vendor's documentation, with its date."""
    ANSWERED = "D"
    """An answer of the vendor."""
    ASSUMED = "E"
    """Nobody said so."""

    @property
    def suffices(self) -> bool:
        """Whether it may satisfy a demand."""
        return self in (Grade.ATTESTED, Grade.CONTRACT, Grade.DOCUMENTED)


class Claim(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One claim. A provider-level yes or no is wrong: `scope` says for which plan, endpoint, feature, model or region.

    `criterion` is a word such as `no-training`, `retention`, `location`; `value` is what holds, `yes` or `no` or a
    sentence. `source` is where it was read, `quote` the SHA-256 of the words there.
    """

    criterion: str
    value: str
    scope: str = ""
    source: str = ""
    quote: str = ""
    seen_on: date
    good_until: date | None = None
    grade: Grade = Grade.ASSUMED

    def fresh(self, as_of: date) -> bool:
        """Tell whether it counts on a day."""
        return self.seen_on <= as_of and (self.good_until is None or as_of <= self.good_until)
