"""Numbers of devices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import luhn
from bartizan.inspection.checks.digits import among

_REPORTING_BODIES = (1, 10, 30, 33, 35, 44, 45, 49, 50, 51, 52, 53, 54, 86, 91, 97, 98, 99)


def imei(d: Sequence[Any]) -> Any:
    """Mobile equipment: a reporting body of the GSMA in front, Luhn over fifteen digits (GSMA TS.06)."""
    return among(d[0] * 10 + d[1], _REPORTING_BODIES, 100) & luhn(d)
