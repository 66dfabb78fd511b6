"""Numbers of Belgium, the Netherlands and Luxembourg."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import luhn, verhoeff
from bartizan.inspection.checks.digits import known_day, remainder, weighted


def be_nn(d: Sequence[Any]) -> Any:
    """National register number and its variant for others (BIS): 97 minus the first nine digits modulo 97.

    Births since 2000 put a 2 before the nine digits. The month is raised by 20 or 40 in the BIS number; month and day
    may be 0 when they are not known (FPS Interior).
    """
    pair = d[9] * 10 + d[10]
    old = remainder(d[:9], 97) + pair == 97
    new = remainder([2, *d[:9]], 97) + pair == 97
    month = (d[2] * 10 + d[3]) % 20
    plausible = (d[2] < 6) & (month < 13) & (d[4] * 10 + d[5] < 32)
    return (old | new) & plausible


def be_vat(d: Sequence[Any]) -> Any:
    """Enterprise number: 97 minus the first eight digits modulo 97; it begins with 0 or 1."""
    return (remainder(d[:8], 97) + d[8] * 10 + d[9] == 97) & (d[0] < 2) & (d[0] + d[1] > 0)


def be_vat_any(d: Sequence[Any]) -> Any:
    """As `be_vat`, also without the 0 in front, as it was written until 2005."""
    return be_vat(d if len(d) == 10 else [0, *d])


def be_identity_card(d: Sequence[Any]) -> Any:
    """Card number: the first ten digits modulo 97, with 97 for 0."""
    pair = d[10] * 10 + d[11]
    return (remainder(d[:10], 97) == pair % 97) & (pair > 0) & (pair < 98)


def nl_bsn(d: Sequence[Any]) -> Any:
    """The eleven test: weights 9 to 2 and -1; not all digits are 0 (Rijksdienst voor Identiteitsgegevens)."""
    total = weighted(d, (9, 8, 7, 6, 5, 4, 3, 2, 10))
    return (total % 11 == 0) & (total > 0)


def nl_rsin(d: Sequence[Any]) -> Any:
    """Tax number of nine digits that passes the eleven test, and a serial of two digits from 01 on."""
    return nl_bsn(d[:9]) & (d[9] + d[10] > 0)


def lu_nin(d: Sequence[Any]) -> Any:
    """A day of birth, three digits, then Luhn's and Verhoeff's digit, both over the first eleven (CTIE)."""
    year = d[0] * 1000 + d[1] * 100 + d[2] * 10 + d[3]
    day = known_day(year, d[4] * 10 + d[5], d[6] * 10 + d[7])
    return day & (year > 1799) & (year < 2100) & luhn(d[:12]) & verhoeff([*d[:11], d[12]])


def lu_vat(d: Sequence[Any]) -> Any:
    """Eight digits: the first six modulo 89 give the last two."""
    return (remainder(d[:6], 89) == d[6] * 10 + d[7]) & (sum(d[:6]) > 0)
