"""Addresses of networks, written with digits only."""

from __future__ import annotations

from typing import Any

from bartizan.inspection.digits import Digits


def ipv4(d: Digits) -> Any:
    """Four numbers up to 255, without zeros in front, as they could mean octal ones (RFC 6943, section 3.1.1)."""
    passed: Any = True
    place = 0
    for length in d.groups:
        group = d[place : place + length]
        place += length
        if length > 1:
            passed = passed & (group[0] > 0)
        if length == 3:
            passed = passed & (group[0] * 100 + group[1] * 10 + group[2] < 256)
    return passed
