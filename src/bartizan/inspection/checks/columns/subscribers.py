"""Numbers of subscribers to mobile networks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bartizan.inspection.checks.columns.common import luhn


def iccid(d: Sequence[Any]) -> Any:
    """89 for telecommunications in front; Luhn over nineteen or twenty digits (ITU-T E.118)."""
    return (d[0] == 8) & (d[1] == 9) & luhn(d)


def imsi(d: Sequence[Any]) -> Any:
    """A country code of mobile networks in front, 200 to 799 (ITU-T E.212)."""
    return (d[0] >= 2) & (d[0] <= 7)
