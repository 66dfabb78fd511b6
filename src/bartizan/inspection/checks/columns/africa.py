"""Numbers of Africa."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import luhn, verhoeff
from bartizan.inspection.checks.digits import known_day, remainder


def za_id(d: Sequence[Any]) -> Any:
    """Person of South Africa: a day of birth, 0 to 2 for citizen, resident or refugee, Luhn (Home Affairs)."""
    return known_day(d[0] * 10 + d[1], d[2] * 10 + d[3], d[4] * 10 + d[5]) & (d[10] < 3) & luhn(d)


def za_tax_number(d: Sequence[Any]) -> Any:
    """Taxpayer of South Africa: 0, 1, 2, 3 or 9 in front, Luhn over ten digits (SARS)."""
    return ((d[0] < 4) | (d[0] == 9)) & luhn(d) & (sum(d) > 0)


def ng_nin(d: Sequence[Any]) -> Any:
    """Person of Nigeria: eleven digits with Verhoeff (NIMC)."""
    return verhoeff(d) & (sum(d) > 0)


def ng_bvn(d: Sequence[Any]) -> Any:
    """Bank customer of Nigeria: eleven digits, 22 in front (Central Bank of Nigeria)."""
    return (d[0] == 2) & (d[1] == 2)


def ma_ice(d: Sequence[Any]) -> Any:
    """Company of Morocco: fifteen digits, divisible by 97 (Identifiant commun de l'entreprise)."""
    return (remainder(d, 97) == 0) & (sum(d) > 0)


def tz_nida(d: Sequence[Any]) -> Any:
    """Person of Tanzania: a day of birth with its century, then postcode, serial and check digits (NIDA)."""
    year = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3]
    return (year >= 1900) & (year < 2100) & known_day(year, d[4] * 10 + d[5], d[6] * 10 + d[7])


def rw_nid(d: Sequence[Any]) -> Any:
    """Person of Rwanda: 1 to 3 for the status, the year of birth, 7 or 8 for the sex (NIDA)."""
    year = d[1] * 1000 + d[2] * 100 + d[3] * 10 + d[4]
    return (d[0] > 0) & (d[0] < 4) & (year >= 1900) & (year < 2100) & ((d[5] == 7) | (d[5] == 8))
