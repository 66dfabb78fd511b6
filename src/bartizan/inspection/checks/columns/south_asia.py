"""Numbers of India, Pakistan, Sri Lanka, Kazakhstan and Uzbekistan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import luhn, verhoeff
from bartizan.inspection.checks.digits import known_day, weighted


def _one_way(d: Sequence[Any]) -> Any:
    different: Any = d[0] != d[-1]
    for place in range(1, len(d) // 2):
        different = different | (d[place] != d[-1 - place])
    return different


def in_aadhaar(d: Sequence[Any]) -> Any:
    """Aadhaar and its virtual id: Verhoeff, a first digit of 2 to 9, no palindrome (UIDAI)."""
    return (d[0] > 1) & verhoeff(d) & _one_way(d)


def in_voter(d: Sequence[Any]) -> Any:
    """Elector's photo identity card: Luhn over the seven digits (Election Commission of India)."""
    return luhn(d) & (sum(d) > 0)


def pk_cnic(d: Sequence[Any]) -> Any:
    """Identity card of Pakistan: a region of 1 to 7, and a last digit for the sex that isn't 0 (NADRA)."""
    return (d[0] > 0) & (d[0] < 8) & (d[12] > 0)


def lk_nic_day(d: Sequence[Any]) -> Any:
    """Identity card of Sri Lanka: a day of the year to 366, raised by 500 for women, after the year of birth."""
    start = 2 if len(d) == 9 else 4
    day = d[start] * 100 + d[start + 1] * 10 + d[start + 2]
    day = day - 500 * (day > 500)
    century: Any = True if len(d) == 9 else ((d[0] == 1) & (d[1] == 9)) | ((d[0] == 2) & (d[1] == 0))
    return (day > 0) & (day < 367) & century


def kz_iin(d: Sequence[Any]) -> Any:
    """Individual of Kazakhstan: a day of birth, 1 to 6 for sex and century, weights modulo 11 tried twice (Adilet)."""
    first = weighted(d, (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)) % 11
    second = weighted(d, (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)) % 11
    born = known_day(d[0] * 10 + d[1], d[2] * 10 + d[3], d[4] * 10 + d[5])
    whole = (first == d[11]) | ((first == 10) & (second == d[11]))
    return whole & born & (d[6] > 0) & (d[6] < 7)


def uz_pinfl(d: Sequence[Any]) -> Any:
    """Individual of Uzbekistan: 1 to 6 for sex and century, a day of birth, weights 7 3 1 modulo 10."""
    born = known_day(d[5] * 10 + d[6], d[3] * 10 + d[4], d[1] * 10 + d[2])
    return born & (d[0] > 0) & (d[0] < 7) & (weighted(d, (7, 3, 1) * 4 + (7,)) % 10 == d[13])
