"""Numbers of the United States."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def us_ssn(d: Sequence[Any]) -> Any:
    """No area 000, 666 or 900 to 999, no group 00, no serial 0000 (Social Security Administration, 2011)."""
    area = d[0] * 100 + d[1] * 10 + d[2]
    group = d[3] * 10 + d[4]
    serial = d[5] * 1000 + d[6] * 100 + d[7] * 10 + d[8]
    return (area > 0) & (area != 666) & (area < 900) & (group > 0) & (serial > 0)
