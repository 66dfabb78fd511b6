"""Numbers of Israel, the Gulf states, Iran and Egypt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import luhn
from bartizan.inspection.checks.digits import among, known_day, varied, weighted


def il_id(d: Sequence[Any]) -> Any:
    """Person of Israel: Luhn over nine digits (Population and Immigration Authority)."""
    return luhn(d) & (sum(d) > 0)


def ae_emirates_id_year(d: Sequence[Any]) -> Any:
    """Identity card of the Emirates: 784, and a year of birth since 1900 (ICP)."""
    emirates = (d[0] == 7) & (d[1] == 8) & (d[2] == 4)
    return emirates & (((d[3] == 1) & (d[4] == 9)) | ((d[3] == 2) & (d[4] == 0)))


def ae_emirates_id(d: Sequence[Any]) -> Any:
    """As `ae_emirates_id_year`, with Luhn."""
    return ae_emirates_id_year(d) & luhn(d)


def sa_national_id(d: Sequence[Any]) -> Any:
    """Citizen (1) or resident (2) of Saudi Arabia: Luhn over ten digits (Ministry of Interior)."""
    return ((d[0] == 1) | (d[0] == 2)) & luhn(d) & varied(d)


def sa_vat(d: Sequence[Any]) -> Any:
    """VAT number of Saudi Arabia: fifteen digits, 3 in front and at the end (ZATCA)."""
    return (d[0] == 3) & (d[14] == 3)


def kw_civil_id(d: Sequence[Any]) -> Any:
    """Person of Kuwait: the century (2 or 3), a day of birth, weights 2 1 6 3 7 9 10 5 8 4 2 modulo 11 (PACI)."""
    born = known_day(d[1] * 10 + d[2], d[3] * 10 + d[4], d[5] * 10 + d[6])
    whole = 11 - weighted(d, (2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)) % 11 == d[11]
    return ((d[0] == 2) | (d[0] == 3)) & born & whole


def ir_national_id(d: Sequence[Any]) -> Any:
    """Person of Iran: weights 10 to 2 modulo 11, a remainder from 2 up written as its complement."""
    rest = weighted(d, (10, 9, 8, 7, 6, 5, 4, 3, 2)) % 11
    return (rest + (11 - 2 * rest) * (rest > 1) == d[9]) & varied(d)


_EG_GOVERNORATES = (1, 2, 3, 4, *range(11, 20), *range(21, 30), *range(31, 36), 88)


def eg_national_id(d: Sequence[Any]) -> Any:
    """Person of Egypt: the century (2 or 3), a day of birth, a governorate; the check digit is not published."""
    born = known_day(d[1] * 10 + d[2], d[3] * 10 + d[4], d[5] * 10 + d[6])
    place = among(d[7] * 10 + d[8], _EG_GOVERNORATES, 100)
    return ((d[0] == 2) | (d[0] == 3)) & born & place & (sum(d[9:13]) > 0)


def qa_qid(d: Sequence[Any]) -> Any:
    """Person of Qatar: the century (2 or 3), the year of birth, then the country of nationality (MoI)."""
    return ((d[0] == 2) | (d[0] == 3)) & (sum(d[3:6]) > 0)


def bh_cpr(d: Sequence[Any]) -> Any:
    """Person of Bahrain: year and month of birth, a serial; the check digit is not published (iGA)."""
    month = d[2] * 10 + d[3]
    return (month > 0) & (month < 13) & (sum(d[4:]) > 0)
