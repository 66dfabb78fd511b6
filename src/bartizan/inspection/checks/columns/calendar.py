"""Days of the calendar."""

from __future__ import annotations

from typing import Any

from bartizan.inspection.checks.digits import known_day
from bartizan.inspection.digits import Digits


def calendar_date(d: Digits) -> Any:
    """Day, month and year in an order that people use: 2021-05-21, 21.05.2021, 05/21/2021, 21/05/21.

    The year is from 1880 to 2099, or two digits.
    """
    first, second, third = _numbers(d)
    if d.groups[0] == 4:
        return _century(first) & known_day(first, second, third)
    if d.groups[2] == 4:
        return _century(third) & (known_day(third, second, first) | known_day(third, first, second))
    return known_day(third, second, first) | known_day(third, first, second) | known_day(first, second, third)


def birth_date(d: Digits) -> Any:
    """A day of the calendar, eight digits being year, month and day; none after 2039 where the century is given."""
    if len(d.groups) == 1:
        d = Digits(d, (4, 2, 2))
    day = calendar_date(d)
    if 4 in d.groups:
        numbers = _numbers(d)
        return day & (numbers[d.groups.index(4)] < 2040)
    return day


def calendar_month(d: Digits) -> Any:
    """A month and a year, or a month and a day: 05/2021, 2021-05, 05/21."""
    first, second = _numbers(d)
    if d.groups[0] == 4:
        return _century(first) & (second > 0) & (second < 13)
    if d.groups[1] == 4:
        return _century(second) & (first > 0) & (first < 13)
    return (first > 0) & (first < 13)


def _century(year: Any) -> Any:
    return (year >= 1880) & (year < 2100)


def _numbers(d: Digits) -> list[Any]:
    out = []
    place = 0
    for length in d.groups:
        number: Any = 0
        for digit in d[place : place + length]:
            number = number * 10 + digit
        out.append(number)
        place += length
    return out
