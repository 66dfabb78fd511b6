"""Algorithms that many countries share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle
from typing import Any

from bartizan.inspection.checks.digits import Table

_DOUBLED = Table([0, 2, 4, 6, 8, 1, 3, 5, 7, 9])


def luhn(d: Sequence[Any]) -> Any:
    """ISO/IEC 7812-1 annex B: every second digit from the right doubled, the sum a multiple of ten."""
    doubled, total = _DOUBLED.of(d[-1]), sum(d[-1::-2])
    for digit in d[-2::-2]:
        total = total + doubled[digit]
    return total % 10 == 0


_TURNED = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)
# The group's table, ten numbers a row.
_DIHEDRAL = Table(
    [(a + b) % 5 + b // 5 * 5 if a < 5 else (a - b) % 5 + (1 - b // 5) * 5 for a in range(10) for b in range(10)]
)


def _verhoeff_places() -> list[Table]:
    rows = [list(range(10))]
    while len(rows) < 8:
        rows.append([_TURNED[digit] for digit in rows[-1]])
    return [Table(row) for row in rows]


_PLACES = _verhoeff_places()


def verhoeff(d: Sequence[Any]) -> Any:
    """Verhoeff's check over the dihedral group of order ten, check digit last (J. Verhoeff, 1969)."""
    group, places = _DIHEDRAL.of(d[-1]), [place.of(d[-1]) for place in _PLACES]
    state: Any = 0
    for digit, place in zip(reversed(d), cycle(places)):
        state = group[state * 10 + place[digit]]
    return state == 0


def iso7064_mod11_10(d: Sequence[Any]) -> Any:
    """ISO/IEC 7064 MOD 11,10 over digits, check digit last."""
    product: Any = 10
    for digit in d[:-1]:
        total = (product + digit) % 10
        product = (total + 10 * (total == 0)) * 2 % 11
    return (product + d[-1]) % 10 == 1
