"""Numbers of Estonia, Latvia and Lithuania."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.digits import known_day, weighted


def _two_rounds(d: Sequence[Any]) -> Any:
    """Weights 1 to 9 and round again modulo 11; when that gives ten, weights from 3 on, where ten counts as 0."""
    first = weighted(d[:-1], [1 + place % 9 for place in range(len(d) - 1)]) % 11
    second = weighted(d[:-1], [1 + (place + 2) % 9 for place in range(len(d) - 1)]) % 11 % 10
    return d[-1] == first * (first < 10) + second * (first == 10)


def ee_isikukood(d: Sequence[Any]) -> Any:
    """Sex and century (1 to 8), day of birth, serial, and a check digit in two rounds modulo 11."""
    year = 1700 + 100 * ((d[0] + 1) // 2) + d[1] * 10 + d[2]
    born = known_day(year, d[3] * 10 + d[4], d[5] * 10 + d[6])
    return (d[0] > 0) & (d[0] < 9) & born & _two_rounds(d)


def ee_kmkr(d: Sequence[Any]) -> Any:
    """VAT number: weights 3 7 1 in turn, modulo 10; it begins with 10."""
    return (d[0] == 1) & (d[1] == 0) & (weighted(d, (3, 7, 1, 3, 7, 1, 3, 7, 1)) % 10 == 0)


def ee_registrikood(d: Sequence[Any]) -> Any:
    """Company register code: begins with 1, 7, 8 or 9; a check digit in two rounds modulo 11."""
    return ((d[0] == 1) | (d[0] > 6)) & _two_rounds(d)


def lt_asmens_kodas(d: Sequence[Any]) -> Any:
    """As the Estonian code; a first digit of 9 stands for people whose day of birth is not known."""
    year = 1700 + 100 * ((d[0] + 1) // 2) + d[1] * 10 + d[2]
    born = known_day(year, d[3] * 10 + d[4], d[5] * 10 + d[6])
    return (d[0] > 0) & (born | (d[0] == 9)) & _two_rounds(d)


def lt_pvm(d: Sequence[Any]) -> Any:
    """VAT number: nine or twelve digits, the last but one is 1; a check digit in two rounds modulo 11."""
    return (d[-2] == 1) & _two_rounds(d)


def lt_company_code(d: Sequence[Any]) -> Any:
    """Legal entity code: nine digits, a check digit in two rounds modulo 11; it begins with 1, 2, 3 or 4."""
    return (d[0] > 0) & (d[0] < 5) & _two_rounds(d)


def _lv_check(d: Sequence[Any]) -> Any:
    return (weighted(d, (10, 5, 8, 4, 2, 1, 6, 3, 7, 9)) + 1) % 11 % 10 == d[10]


def lv_personas_kods(d: Sequence[Any]) -> Any:
    """Day of birth, century (0 to 2), serial and a check digit modulo 11."""
    year = 1800 + 100 * d[6] + d[4] * 10 + d[5]
    return (d[6] < 3) & known_day(year, d[2] * 10 + d[3], d[0] * 10 + d[1]) & _lv_check(d)


def lv_personas_kods_new(d: Sequence[Any]) -> Any:
    """Codes since July 2017: 32 and nine digits without a day of birth, same check digit."""
    return (d[0] == 3) & (d[1] > 1) & _lv_check(d)


def lv_pvn(d: Sequence[Any]) -> Any:
    """VAT and registration number of a company, 4 or more first: weights 9 1 4 8 3 10 2 5 7 6 1, 3 modulo 11."""
    return (d[0] > 3) & (weighted(d, (9, 1, 4, 8, 3, 10, 2, 5, 7, 6, 1)) % 11 == 3)
