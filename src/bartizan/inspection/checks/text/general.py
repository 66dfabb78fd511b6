"""Shapes of values that no checksum guards."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"[+-]?[0-9]+\.[0-9]+")


def gps_pair(value: str) -> bool:
    """A latitude up to 90 degrees and a longitude up to 180; neither is 0, which means that a device had no fix."""
    latitude, longitude = map(float, _NUMBER.findall(value))
    return 0 < abs(latitude) <= 90 and 0 < abs(longitude) <= 180


def plate_number(value: str) -> bool:
    """Four to nine letters and digits, digits among them."""
    plain = "".join(filter(str.isalnum, value))
    return 4 <= len(plain) <= 9 and any(map(str.isdecimal, plain))


def reference_number(value: str) -> bool:
    """Three digits or more: a word behind `contract number` is none."""
    return sum(map(str.isdecimal, value)) > 2
