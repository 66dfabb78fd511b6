"""Numbers of Russia."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.digits import remainder, weighted


def ru_inn_company(d: Sequence[Any]) -> Any:
    """Tax number of ten digits: weights 2 4 10 3 5 9 4 6 8 modulo 11, 10 written 0 (Federal Tax Service)."""
    return (weighted(d, (2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10 == d[9]) & (sum(d) > 0)


def ru_inn_person(d: Sequence[Any]) -> Any:
    """Tax number of twelve digits: two check digits modulo 11, 10 written 0 (Federal Tax Service)."""
    first = weighted(d, (7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10 == d[10]
    second = weighted(d, (3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8)) % 11 % 10 == d[11]
    return first & second & (sum(d) > 0)


def ru_snils(d: Sequence[Any]) -> Any:
    """Pension account: weights 9 to 1 modulo 101, 100 written 00, for accounts above 001-001-998 (Social Fund)."""
    whole = weighted(d, (9, 8, 7, 6, 5, 4, 3, 2, 1)) % 101 % 100 == d[9] * 10 + d[10]
    return whole & (sum(d[:4]) > 0)


def ru_ogrn(d: Sequence[Any]) -> Any:
    """State registration: of a company (13 digits, 1 or 5, modulo 11) or a trader (15 digits, 3, modulo 13)."""
    if len(d) == 13:
        lead, modulus = (d[0] == 1) | (d[0] == 5), 11
    else:
        lead, modulus = d[0] == 3, 13
    return lead & (remainder(d[:-1], modulus) % 10 == d[-1])
