"""Numbers of Czechia, Slovakia, Hungary, Poland and Ukraine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.digits import known_day, remainder, weighted


def cz_rodne_cislo(d: Sequence[Any]) -> Any:
    """Birth number of Czechia and Slovakia: day of birth, serial, and since 1954 a check digit modulo 11.

    Women's month is raised by 50, either by another 20 when a day's numbers are used up. Until 1985 a remainder of ten
    was written as 0. Nine digits are for births before 1954.
    """
    year = d[0] * 10 + d[1]
    month = (d[2] * 10 + d[3]) % 50 % 20
    day = d[4] * 10 + d[5]
    if len(d) == 9:
        return known_day(1900 + year - 100 * (year > 79), month, day) & ((year < 54) | (year > 79))
    born = known_day(1900 + year + 100 * (year < 54), month, day)
    return born & (remainder(d[:9], 11) % 10 == d[9])


def cz_ico(d: Sequence[Any]) -> Any:
    """Company number of Czechia and Slovakia: weights 8 to 2 modulo 11, a check of 10 is 0, of 11 is 1."""
    rest = weighted(d[:7], (8, 7, 6, 5, 4, 3, 2)) % 11
    return ((11 - rest) % 10 == d[7]) & (sum(d) > 0)


def cz_dic(d: Sequence[Any]) -> Any:
    """VAT number: a company number below 9, a birth number, or nine digits that begin with 6, with their own check."""
    if len(d) == 8:
        return cz_ico(d) & (d[0] < 9)
    if len(d) == 10:
        return cz_rodne_cislo(d)
    rest = weighted(d[1:8], (8, 7, 6, 5, 4, 3, 2)) % 11
    own = (8 - (10 - rest) % 11) % 10 == d[8]
    return ((d[0] == 6) & own) | ((d[0] != 6) & cz_rodne_cislo(d))


def sk_dic(d: Sequence[Any]) -> Any:
    """VAT number of Slovakia: divisible by 11, the third digit 2, 3, 4, 7, 8 or 9."""
    third = ((d[2] > 1) & (d[2] < 5)) | (d[2] > 6)
    return (d[0] > 0) & third & (remainder(d, 11) == 0)


def hu_taj(d: Sequence[Any]) -> Any:
    """Social security number: weights 3 and 7 in turn, modulo 10."""
    return (weighted(d, (3, 7, 3, 7, 3, 7, 3, 7)) % 10 == d[8]) & (sum(d[:8]) > 0)


def hu_tax_id(d: Sequence[Any]) -> Any:
    """Tax number of a person: begins with 8; weights 1 to 9 modulo 11."""
    return (d[0] == 8) & (weighted(d, range(1, 10)) % 11 == d[9])


def hu_personal_id(d: Sequence[Any]) -> Any:
    """Personal identifier: sex and century, day of birth, serial, check digit modulo 11.

    The weights rise from 1 to 10; for births since 1997 they fall from 10 to 1 (Act XX of 1996).
    """
    rising = weighted(d, range(1, 11)) % 11 == d[10]
    falling = weighted(d, range(10, 0, -1)) % 11 == d[10]
    born = known_day(d[1] * 10 + d[2], d[3] * 10 + d[4], d[5] * 10 + d[6])
    return (d[0] > 0) & (d[0] < 9) & born & (rising | falling)


def hu_vat(d: Sequence[Any]) -> Any:
    """First eight digits of a tax number: weights 9 7 3 1 in turn, modulo 10."""
    return (weighted(d, (9, 7, 3, 1, 9, 7, 3, 1)) % 10 == 0) & (sum(d[:8]) > 0)


def pl_pesel(d: Sequence[Any]) -> Any:
    """Day of birth with the century in the month (80, 0, 20, 40, 60), and weights 1 3 7 9 modulo 10."""
    month = d[2] * 10 + d[3]
    year = 1900 + 100 * (month // 20) - 500 * (month > 80) + d[0] * 10 + d[1]
    born = known_day(year, month % 20, d[4] * 10 + d[5])
    return born & (weighted(d, (1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)) % 10 == 0)


def pl_nip(d: Sequence[Any]) -> Any:
    """Tax number: weights 6 5 7 2 3 4 5 6 7 modulo 11; a remainder of ten is not given."""
    return (weighted(d, (6, 5, 7, 2, 3, 4, 5, 6, 7, 10)) % 11 == 0) & (sum(d[:3]) > 0)


def pl_regon(d: Sequence[Any]) -> Any:
    """Statistical number: nine digits modulo 11, and fourteen with a second check digit."""
    first = weighted(d[:8], (8, 9, 2, 3, 4, 5, 6, 7)) % 11 % 10 == d[8]
    if len(d) == 9:
        return first & (sum(d) > 0)
    second = weighted(d[:13], (2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8)) % 11 % 10 == d[13]
    return first & second & (sum(d) > 0)


def ua_rnokpp(d: Sequence[Any]) -> Any:
    """Taxpayer number of a person: weights -1 5 7 9 4 6 10 5 7 modulo 11, then 10."""
    return (weighted(d, (10, 5, 7, 9, 4, 6, 10, 5, 7)) % 11 % 10 == d[9]) & (sum(d) > 0)


def ua_edrpou(d: Sequence[Any]) -> Any:
    """Company code: weights 1 to 7, or 7 1 2 3 4 5 6 from 3 to 5; when that gives ten, all weights raised by 2."""
    low = weighted(d, range(1, 8)), weighted(d, range(3, 10))
    middle = weighted(d, (7, 1, 2, 3, 4, 5, 6)), weighted(d, (9, 3, 4, 5, 6, 7, 8))
    turned = ((d[0] > 2) & (d[0] < 6)) * 1
    first = (low[0] * (1 - turned) + middle[0] * turned) % 11
    second = (low[1] * (1 - turned) + middle[1] * turned) % 11 % 10
    return (first * (first < 10) + second * (first == 10) == d[7]) & (sum(d) > 0)


def ua_unzr_day(d: Sequence[Any]) -> Any:
    """Register number: begins with a day of birth with its century."""
    year = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3]
    return (year > 1899) & (year < 2100) & known_day(year, d[4] * 10 + d[5], d[6] * 10 + d[7])
