"""Numbers of Canada."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import luhn
from bartizan.inspection.checks.digits import weighted


def ca_sin(d: Sequence[Any]) -> Any:
    """Luhn, and a first digit that is given out: neither 0 nor 8 (Service Canada)."""
    return (d[0] > 0) & (d[0] != 8) & luhn(d)


def ca_business_number(d: Sequence[Any]) -> Any:
    """Luhn over the first nine digits; a program account has four more (Canada Revenue Agency)."""
    return luhn(d[:9]) & (sum(d[:9]) > 0)


def ca_health_on(d: Sequence[Any]) -> Any:
    """Ontario: ten digits with Luhn, the first not 0 (Ministry of Health, health number specifications)."""
    return (d[0] > 0) & luhn(d)


def ca_health_bc(d: Sequence[Any]) -> Any:
    """British Columbia: a 9 in front, then weights 2 4 8 5 10 9 7 3 modulo 11 (Ministry of Health, PHN algorithm)."""
    return (d[0] == 9) & ((weighted(d[1:9], (2, 4, 8, 5, 10, 9, 7, 3)) + d[9]) % 11 == 0)
