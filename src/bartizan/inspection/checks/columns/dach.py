"""Numbers of Germany, Austria, Switzerland and Liechtenstein."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bartizan.inspection.checks.columns.common import iso7064_mod11_10, luhn
from bartizan.inspection.checks.digits import weighted

_LAST_DAY = np.array([0] + [31] * 15 + [0] * 84)


def at_svnr(d: Sequence[Any]) -> Any:
    """Weights 3 7 9 5 8 4 2 1 6 round the fourth digit, modulo 11; then the day of birth, with months up to 15.

    Months 13 to 15 are given when a day's numbers are used up (Dachverband der Sozialversicherungstraeger).
    """
    check = weighted(d, (3, 7, 9, 0, 5, 8, 4, 2, 1, 6)) % 11 == d[3]
    day, month = d[4] * 10 + d[5], d[6] * 10 + d[7]
    return check & (d[0] > 0) & (day > 0) & (day <= _LAST_DAY[month])


def at_uid(d: Sequence[Any]) -> Any:
    """Eight digits behind `ATU`: Luhn's sum with 4 added, as the Ministry of Finance publishes it."""
    total: Any = 4
    for place, digit in enumerate(d[:7]):
        total = total + (digit * 2 // 10 + digit * 2 % 10 if place % 2 else digit)
    return (total + d[7]) % 10 == 0


def at_steuernummer(d: Sequence[Any]) -> Any:
    """Two digits of the tax office, six of the account and Luhn's check digit; office 03 and upwards."""
    return luhn(d) & (d[0] * 10 + d[1] > 2)


def ch_ahv(d: Sequence[Any]) -> Any:
    """EAN-13 check digit behind the country 756 (Federal Act on Old-age Insurance, since 2008)."""
    country = (d[0] == 7) & (d[1] == 5) & (d[2] == 6)
    return country & (weighted(d, (1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1)) % 10 == 0)


def ch_uid(d: Sequence[Any]) -> Any:
    """Weights 5 4 3 2 7 6 5 4 modulo 11; a check digit of ten is not given (Federal Statistical Office)."""
    return (weighted(d, (5, 4, 3, 2, 7, 6, 5, 4)) + d[8]) % 11 == 0


def ch_insurance_card(d: Sequence[Any]) -> Any:
    """Health insurance card: issuer prefix 80, country 756 and a 0; it has no check digit (SASIS, HL7 Switzerland)."""
    return (d[0] == 8) & (d[1] == 0) & (d[2] == 7) & (d[3] == 5) & (d[4] == 6) & (d[5] == 0)


def de_tax_id(d: Sequence[Any]) -> Any:
    """ISO/IEC 7064 MOD 11,10; the first digit is not 0 (section 139b of the fiscal code)."""
    return iso7064_mod11_10(d) & (d[0] > 0)


def de_tax_id_repeated(d: Sequence[Any]) -> Any:
    """As `de_tax_id`, and among the first ten digits exactly one occurs two or three times, the others at most once."""
    missing: Any = 0
    often: Any = 0
    for digit in range(10):
        count = sum((place == digit) * 1 for place in d[:10])
        missing = missing + (count == 0)
        often = often + (count > 1)
    return de_tax_id(d) & (often == 1) & (missing > 0) & (missing < 3)


def de_vat_id(d: Sequence[Any]) -> Any:
    """Nine digits behind `DE`: ISO/IEC 7064 MOD 11,10; the first digit is not 0."""
    return iso7064_mod11_10(d) & (d[0] > 0)


def de_lanr(d: Sequence[Any]) -> Any:
    """Lifelong physician number: weights 4 and 9 in turn over six digits, the seventh fills up to ten."""
    return (weighted(d[:6], (4, 9, 4, 9, 4, 9)) + d[6]) % 10 == 0


def de_plz(d: Sequence[Any]) -> Any:
    """Postcode: no area is numbered 00 (Deutsche Post)."""
    return d[0] + d[1] > 0
