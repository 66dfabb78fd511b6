"""Numbers of the successors of Yugoslavia, of Bulgaria, Romania and Moldova."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import iso7064_mod11_10
from bartizan.inspection.checks.digits import known_day, weighted

_JMBG = (7, 6, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def _jmbg(d: Sequence[Any], first: int, last: int) -> Any:
    """Unique master citizen number of Yugoslavia and its successors, for regions from `first` to `last`.

    Day of birth with three digits of the year, region, serial, check digit modulo 11 (law on the number, 1976).
    """
    year = d[4] * 100 + d[5] * 10 + d[6]
    recent = (year > 879) | (year < 100)
    born = known_day(year + 1000 + 1000 * (year < 100), d[2] * 10 + d[3], d[0] * 10 + d[1])
    region = d[7] * 10 + d[8]
    check = (11 - weighted(d, _JMBG) % 11) % 11 % 10 == d[12]
    return recent & born & (region >= first) & (region <= last) & check


def ba_jmb(d: Sequence[Any]) -> Any:
    """Citizen number with a region of Bosnia and Herzegovina, 10 to 19."""
    return _jmbg(d, 10, 19)


def me_jmb(d: Sequence[Any]) -> Any:
    """Citizen number with a region of Montenegro, 20 to 29."""
    return _jmbg(d, 20, 29)


def hr_jmbg(d: Sequence[Any]) -> Any:
    """Citizen number with a region of Croatia, 30 to 39; replaced by the OIB in 2009 and still in old files."""
    return _jmbg(d, 30, 39)


def mk_embg(d: Sequence[Any]) -> Any:
    """Citizen number with a region of North Macedonia, 40 to 49."""
    return _jmbg(d, 40, 49)


def si_emso(d: Sequence[Any]) -> Any:
    """Citizen number with a region of Slovenia, 50 to 59."""
    return _jmbg(d, 50, 59)


def rs_jmbg(d: Sequence[Any]) -> Any:
    """Citizen number with a region of Serbia or Kosovo, 70 to 99, or of a foreigner, 00 to 09 and 60 to 69."""
    return _jmbg(d, 60, 99) | _jmbg(d, 0, 9)


def rs_pib(d: Sequence[Any]) -> Any:
    """Tax number of Serbia: nine digits, ISO/IEC 7064 MOD 11,10, from 10000001 on."""
    return (d[0] > 0) & iso7064_mod11_10(d)


def me_pib(d: Sequence[Any]) -> Any:
    """Tax number of Montenegro: weights 8 to 2 modulo 11."""
    return ((11 - weighted(d, (8, 7, 6, 5, 4, 3, 2)) % 11) % 11 % 10 == d[7]) & (sum(d) > 0)


def mk_edb(d: Sequence[Any]) -> Any:
    """Tax number of North Macedonia: begins with 4 or 5; weights as in the citizen number."""
    return ((d[0] == 4) | (d[0] == 5)) & ((11 - weighted(d, _JMBG) % 11) % 11 % 10 == d[12])


def xk_personal_number(d: Sequence[Any]) -> Any:
    """Personal number of Kosovo: weights 4 3 2 7 6 5 4 3 2 modulo 11 (Civil Registration Agency)."""
    return ((11 - weighted(d, (4, 3, 2, 7, 6, 5, 4, 3, 2)) % 11) % 11 % 10 == d[9]) & (d[0] > 0) & (d[0] < 9)


def si_davcna(d: Sequence[Any]) -> Any:
    """Tax number of Slovenia: weights 8 to 2 modulo 11; a check of 11 is not given."""
    rest = weighted(d, (8, 7, 6, 5, 4, 3, 2)) % 11
    return (d[0] > 0) & (rest > 0) & ((11 - rest) % 10 == d[7])


def hr_oib(d: Sequence[Any]) -> Any:
    """Personal identification number of Croatia: ISO/IEC 7064 MOD 11,10."""
    return iso7064_mod11_10(d) & (sum(d) > 0)


def bg_egn(d: Sequence[Any]) -> Any:
    """Civil number of Bulgaria: day of birth with the century in the month (20, 0, 40), and a check digit modulo 11."""
    month = d[2] * 10 + d[3]
    year = 1900 - 100 * ((month > 20) & (month < 40)) + 100 * (month > 40) + d[0] * 10 + d[1]
    born = (month < 53) & known_day(year, month % 20, d[4] * 10 + d[5])
    return born & (weighted(d, (2, 4, 8, 5, 10, 9, 7, 3, 6)) % 11 % 10 == d[9])


def bg_lnch(d: Sequence[Any]) -> Any:
    """Number of a foreigner in Bulgaria: weights 21 19 17 13 11 9 7 3 1 modulo 10."""
    return (weighted(d, (21, 19, 17, 13, 11, 9, 7, 3, 1)) % 10 == d[9]) & (sum(d) > 0)


def bg_eik(d: Sequence[Any]) -> Any:
    """Company number of Bulgaria (nine digits): weights 1 to 8 modulo 11, when that gives ten 3 to 10."""
    first = weighted(d[:8], range(1, 9)) % 11
    second = weighted(d[:8], range(3, 11)) % 11 % 10
    return (first * (first < 10) + second * (first == 10) == d[8]) & (sum(d) > 0)


def bg_vat(d: Sequence[Any]) -> Any:
    """VAT number of Bulgaria: a company number, or ten digits: civil, foreigner's or with weights 4 3 2 7 6 5 4 3 2."""
    if len(d) == 9:
        return bg_eik(d)
    other = (weighted(d, (4, 3, 2, 7, 6, 5, 4, 3, 2, 1)) % 11 == 0) & (sum(d) > 0)
    return bg_egn(d) | bg_lnch(d) | other


def ro_cnp(d: Sequence[Any]) -> Any:
    """Personal number of Romania: sex and century, day of birth, county, serial, check digit modulo 11, ten being 1.

    The centuries of 7 and 8 (residents) and 9 are not known; counties are 01 to 48, 51, 52, 70 and 80 to 83.
    """
    century = 1900 - 100 * ((d[0] == 3) | (d[0] == 4)) + 100 * ((d[0] == 5) | (d[0] == 6))
    born = known_day(century + d[1] * 10 + d[2], d[3] * 10 + d[4], d[5] * 10 + d[6])
    county = d[7] * 10 + d[8]
    place = ((county > 0) & (county < 49)) | (county == 51) | (county == 52) | (county == 70)
    place = place | ((county > 79) & (county < 84))
    rest = weighted(d, (2, 7, 9, 1, 4, 6, 3, 5, 8, 2, 7, 9)) % 11
    return (d[0] > 0) & born & place & (rest * (rest < 10) + 1 * (rest == 10) == d[12])


def ro_cui(d: Sequence[Any]) -> Any:
    """Company number of Romania, two to ten digits: the last of the weights 7 5 3 2 1 7 5 3 2, times ten, modulo 11."""
    weights = (7, 5, 3, 2, 1, 7, 5, 3, 2)[10 - len(d) :]
    return (d[0] > 0) & (weighted(d[:-1], weights) * 10 % 11 % 10 == d[-1])


def md_idnp(d: Sequence[Any]) -> Any:
    """Number of a person (from 09 or 20 on) or a company (10) of Moldova: weights 7 3 1 in turn, modulo 10."""
    kind = (d[0] == 2) | (d[0] == 1) | ((d[0] == 0) & (d[1] == 9))
    return kind & (weighted(d, (7, 3, 1) * 4) % 10 == d[12])
