"""Sums and dates that checks are made of, for one value and for columns of values alike.

This module holds no checks. No intermediate result exceeds 16 bits: any signed type that holds 32,767 will do.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Table", "among", "bare", "crossed", "known_day", "remainder", "varied", "weighted"]


class Table:
    """Numbers to look up by a number, or by an array of them; a single look-up costs no array."""

    def __init__(self, values: Sequence[int]) -> None:
        self._values = list(values)
        self._array = np.array(values)

    def __getitem__(self, place: Any) -> Any:
        return self._values[place] if isinstance(place, int) else self._array[place]

    def of(self, place: Any) -> Any:
        """Return the numbers as what is fastest to look up by numbers like `place`: a list, or an array."""
        return self._values if isinstance(place, int) else self._array


_DAYS = Table([0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] + [0] * 87)
_CROSSED = Table([digit // 10 + digit % 10 for digit in range(100)])


def weighted(d: Sequence[Any], weights: Sequence[int]) -> Any:
    """Return the sum of digits times weights, from the first digit on; what is longer is cut off."""
    total: Any = 0
    for digit, weight in zip(d, weights, strict=False):
        total = total + digit * weight
    return total


def crossed(d: Sequence[Any], weights: Sequence[int]) -> Any:
    """Return the sum of the digit sums of digit times weight, each product below 100."""
    total: Any = 0
    sums = _CROSSED.of(d[-1])
    for digit, weight in zip(d, weights, strict=False):
        total = total + sums[digit * weight]
    return total


def remainder(d: Sequence[Any], modulus: int) -> Any:
    """Return the number that the digits write, modulo `modulus` (at most 3,000)."""
    rest: Any = 0
    for digit in d:
        rest = (rest * 10 + digit) % modulus
    return rest


def known_day(year: Any, month: Any, day: Any) -> Any:
    """Tell whether the day is in the calendar; `year` with its century, or two digits when that is not known.

    `month` and `day` are at most 99. A year of `00` without a century counts as a leap year.
    """
    leap = (year % 4 == 0) & ((year % 100 > 0) | (year % 400 == 0))
    return (day > 0) & (day <= _DAYS[month]) & ((month != 2) | (day < 29) | leap)


def bare(value: str) -> str:
    """Return the letters and digits of a matched text, in upper case."""
    return "".join(filter(str.isalnum, value.upper()))


def among(number: Any, members: Sequence[int], limit: int) -> Any:
    """Tell whether `number`, at least 0 and below `limit`, is one of `members`."""
    if isinstance(number, int):
        return number in members
    return _members(tuple(members), limit)[number]


@cache
def _members(members: tuple[int, ...], limit: int) -> NDArray[np.bool_]:
    table = np.zeros(limit, np.bool_)
    table[list(members)] = True
    return table


def varied(d: Sequence[Any]) -> Any:
    """Tell whether two digits differ; rows of one digit are typed to fill a field, and pass many checksums."""
    different: Any = False
    for digit in d[1:]:
        different = different | (digit != d[0])
    return different
