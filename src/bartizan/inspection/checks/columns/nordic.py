"""Numbers of Denmark, Finland, Iceland, Norway and Sweden."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import luhn
from bartizan.inspection.checks.digits import known_day, weighted


def dk_cpr_day(d: Sequence[Any]) -> Any:
    """A day of birth and four digits; the check digit is not kept any more since 2007 (CPR-kontoret)."""
    year = d[4] * 10 + d[5]
    # The seventh digit tells the century; it matters for 29 February 1900 only.
    past = (d[6] < 4) & (year == 0)
    return known_day(year + 1900 * past, d[2] * 10 + d[3], d[0] * 10 + d[1])


def dk_cpr(d: Sequence[Any]) -> Any:
    """A day of birth, and weights 4 3 2 7 6 5 4 3 2 1 modulo 11, which numbers given before 2007 keep."""
    return dk_cpr_day(d) & (weighted(d, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0)


def dk_cvr(d: Sequence[Any]) -> Any:
    """Company number: weights 2 7 6 5 4 3 2 1 modulo 11; the first digit is not 0."""
    return (d[0] > 0) & (weighted(d, (2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0)


def fi_business_id(d: Sequence[Any]) -> Any:
    """Business id and VAT number: weights 7 9 10 5 8 4 2 1 modulo 11."""
    return (weighted(d, (7, 9, 10, 5, 8, 4, 2, 1)) % 11 == 0) & (sum(d) > 0)


def is_kennitala_day(d: Sequence[Any]) -> Any:
    """A day of birth (a company's raised by 40), four digits, and the century: 8, 9 or 0.

    Numbers given since February 2026 have no check digit any more (Registers Iceland).
    """
    day = d[0] * 10 + d[1]
    year = 2000 - 100 * (d[9] == 9) - 200 * (d[9] == 8) + d[4] * 10 + d[5]
    century = (d[9] == 0) | (d[9] > 7)
    return century & known_day(year, d[2] * 10 + d[3], day - 40 * (day > 40))


def is_kennitala(d: Sequence[Any]) -> Any:
    """As `is_kennitala_day`, and weights 3 2 7 6 5 4 3 2 1 modulo 11."""
    return is_kennitala_day(d) & (weighted(d, (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0)


def no_fodselsnummer(d: Sequence[Any]) -> Any:
    """Two check digits modulo 11, and a day of birth.

    The day is raised by 40 in D numbers, the month by 40 in help numbers, by 80 in test numbers (Skatteetaten).
    """
    first = weighted(d, (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)) % 11 == 0
    second = weighted(d, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0
    day, month = d[0] * 10 + d[1], d[2] * 10 + d[3]
    born = known_day(d[4] * 10 + d[5], month % 40, day - 40 * (day > 40))
    return first & second & born


def no_orgnr(d: Sequence[Any]) -> Any:
    """Organisation number: weights 3 2 7 6 5 4 3 2 1 modulo 11; it begins with 8 or 9."""
    return (d[0] > 7) & (weighted(d, (3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0)


def se_personnummer(d: Sequence[Any]) -> Any:
    """Luhn over the last ten digits, and a day of birth, raised by 60 in a coordination number (Skatteverket).

    Ten or twelve digits; the latter begin with 18, 19 or 20.
    """
    short = d[-10:]
    day = short[4] * 10 + short[5]
    year = short[0] * 10 + short[1]
    century: Any = True
    if len(d) == 12:
        first = d[0] * 10 + d[1]
        century = (first > 17) & (first < 21)
        year = first * 100 + year
    return century & luhn(short) & known_day(year, short[2] * 10 + short[3], day - 60 * (day > 60))


def se_organisationsnummer(d: Sequence[Any]) -> Any:
    """Luhn over ten digits; the third is at least 2, so that it is no month, and the first tells the legal form."""
    return (d[0] > 0) & (d[0] != 4) & (d[2] > 1) & luhn(d)


def se_vat(d: Sequence[Any]) -> Any:
    """Twelve digits behind `SE`: an organisation or personal number, then 01 to 94."""
    suffix = d[10] * 10 + d[11]
    return luhn(d[:10]) & (suffix > 0) & (suffix < 95)
