"""Numbers of the United States."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from bartizan.inspection.checks.columns.common import luhn
from bartizan.inspection.checks.digits import varied, weighted


def _table(*ranges: tuple[int, int]) -> Any:
    out = np.zeros(100, dtype=bool)
    for first, last in ranges:
        out[first : last + 1] = True
    return out


_ITIN_GROUPS = _table((50, 65), (70, 88), (90, 92), (94, 99))
_EIN_PREFIXES = _table(
    (1, 6), (10, 16), (20, 27), (30, 48), (50, 68), (71, 77), (80, 88), (90, 95), (98, 99)
)  # fmt: skip
_ROUTING_PREFIXES = _table((0, 12), (21, 32), (61, 72), (80, 80))


def us_ssn(d: Sequence[Any]) -> Any:
    """No area 000, 666 or 900 to 999, no group 00, no serial 0000 (Social Security Administration, 2011).

    A row of one digit is well formed, but what people type to fill a field.
    """
    area = d[0] * 100 + d[1] * 10 + d[2]
    group = d[3] * 10 + d[4]
    serial = d[5] * 1000 + d[6] * 100 + d[7] * 10 + d[8]
    return (area > 0) & (area != 666) & (area < 900) & (group > 0) & (serial > 0) & varied(d)


def us_itin(d: Sequence[Any]) -> Any:
    """A 9 in front, and fourth and fifth digit of 50 to 65, 70 to 88, 90 to 92 or 94 to 99 (IRS Publication 1915)."""
    return (d[0] == 9) & _ITIN_GROUPS[d[3] * 10 + d[4]]


def us_atin(d: Sequence[Any]) -> Any:
    """A 9 in front, and 93 as fourth and fifth digit (Internal Revenue Manual 3.13.40)."""
    return (d[0] == 9) & (d[3] == 9) & (d[4] == 3)


def us_ein(d: Sequence[Any]) -> Any:
    """A prefix of an IRS campus or of the internet (IRS, How EINs are assigned), and not zeros after it."""
    return _EIN_PREFIXES[d[0] * 10 + d[1]] & (sum(d[2:]) > 0)


def us_npi(d: Sequence[Any]) -> Any:
    """A 1 or 2 in front; Luhn over the number with 80840 before it (45 CFR 162.406, ISO 7812 issuer 80840)."""
    return ((d[0] == 1) | (d[0] == 2)) & luhn([8, 0, 8, 4, 0, *d])


def aba_routing(d: Sequence[Any]) -> Any:
    """Weights 3 7 1 modulo 10, and a prefix in use: 00 to 12, 21 to 32, 61 to 72, 80 (ABA Key to Routing Numbers)."""
    total = weighted(d, (3, 7, 1, 3, 7, 1, 3, 7, 1))
    return (total > 0) & (total % 10 == 0) & _ROUTING_PREFIXES[d[0] * 10 + d[1]]
