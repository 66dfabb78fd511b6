"""Days that a text names, in the ways in which people and programs write them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

__all__ = ["DAYS", "Day", "days"]


class Day(NamedTuple):
    """A day; the year is 0 when it isn't said."""

    year: int
    month: int
    day: int


_MONTHS = (
    "january janvier januar gennaio enero janar", "february fevrier février februar febbraio febrero shkurt",
    "march mars märz marzo mars", "april avril aprile abril prill", "may mai maggio mayo maj",
    "june juin juni giugno junio qershor", "july juillet juli luglio julio korrik",
    "august août aout agosto gusht", "september septembre settembre septiembre shtator",
    "october octobre oktober ottobre octubre tetor", "november novembre noviembre nëntor",
    "december décembre decembre dezember dicembre diciembre dhjetor",
)  # fmt: skip
_MONTH_OF = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_MONTH_OF |= {name[:3]: number for number, names in enumerate(_MONTHS, 1) for name in names.split()[:1]} | {"sept": 9}
_NAMES = "|".join(sorted(_MONTH_OF, key=len, reverse=True))
_ISO = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_NUMBERS = re.compile(r"(?<![\d.])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)")
_NAMED_FIRST = re.compile(rf"\b({_NAMES})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)(?:,?\s+(\d{{4}}))?", re.IGNORECASE)
_DAY_FIRST = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.|er)?(?:\s+(?:of|de|di))?\s+({_NAMES})\b\.?(?:,?\s+(\d{{4}}))?", re.IGNORECASE
)
_RANGE = re.compile(
    rf"\b(\d{{1,2}})(?:st|nd|rd|th|\.)?\s*(?:-|–|to|until|till|and|bis|au|al)\s*(?:the\s+)?"
    rf"(?=\d{{1,2}}(?:st|nd|rd|th|\.)?(?:\s+of)?\s+({_NAMES})\b)",
    re.IGNORECASE,
)

_WAYS = (_ISO, _NUMBERS, _NAMED_FIRST, _DAY_FIRST)
DAYS = re.compile("|".join(way.pattern.replace(r"\2", "[./-]") for way in _WAYS), re.IGNORECASE)
"""What names a day, in any of these ways."""


def days(text: str) -> list[Day]:
    """Return the days that a text names, without repetitions. `3/4/2024` is read in both orders."""
    found = (day for day in _days(text) if 1 <= day.month <= 12 and 1 <= day.day <= 31)
    return list(dict.fromkeys(found))


def _days(text: str) -> Iterator[Day]:
    for match in _ISO.finditer(text):
        yield Day(int(match[1]), int(match[2]), int(match[3]))
    for match in _NUMBERS.finditer(text):
        year = int(match[4]) + (2000 if len(match[4]) == 2 else 0)
        yield Day(year, int(match[3]), int(match[1]))
        if match[2] != ".":
            yield Day(year, int(match[1]), int(match[3]))
    for match in _NAMED_FIRST.finditer(text):
        yield Day(int(match[3] or 0), _MONTH_OF[match[1].lower()], int(match[2]))
    for match in _DAY_FIRST.finditer(text):
        yield Day(int(match[3] or 0), _MONTH_OF[match[2].lower()], int(match[1]))
    for match in _RANGE.finditer(text):
        yield Day(0, _MONTH_OF[match[2].lower()], int(match[1]))
