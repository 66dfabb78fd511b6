"""Numbers of the United Kingdom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bartizan.inspection.checks.digits import known_day, varied, weighted

_UTR = np.array([2, 1, 9, 8, 7, 6, 5, 4, 3, 2, 1])


def uk_nhs(d: Sequence[Any]) -> Any:
    """NHS number: weights 10 down to 1 modulo 11; not one digit throughout (NHS Data Dictionary)."""
    return (weighted(d, range(10, 0, -1)) % 11 == 0) & varied(d)


def uk_chi(d: Sequence[Any]) -> Any:
    """Community Health Index of Scotland: day of birth, and the check of the NHS number."""
    return uk_nhs(d) & known_day(d[4] * 10 + d[5], d[2] * 10 + d[3], d[0] * 10 + d[1])


def uk_utr(d: Sequence[Any]) -> Any:
    """Unique taxpayer reference: the first digit checks the others, weights 6 7 8 9 10 5 4 3 2 modulo 11 (HMRC)."""
    rest = weighted(d[1:], (6, 7, 8, 9, 10, 5, 4, 3, 2)) % 11
    return _UTR[rest] == d[0]


def uk_vat(d: Sequence[Any]) -> Any:
    """VAT number, nine or twelve digits: weights 8 to 2 and the last two modulo 97, since 2010 also 42 or 55 off."""
    rest = weighted(d, (8, 7, 6, 5, 4, 3, 2, 10, 1)) % 97
    return (sum(d[:9]) > 0) & ((rest == 0) | ((d[0] > 0) & ((rest == 42) | (rest == 55))))
