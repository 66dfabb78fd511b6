"""Sums, shares and efforts as people write them."""

from __future__ import annotations

import math

__all__ = ["days", "money", "share", "short"]


def _rounded(value: float, digits: int) -> float:
    if value == 0:
        return 0.0
    return round(value, digits - 1 - math.floor(math.log10(abs(value))))


def money(value: float, currency: str) -> str:
    """Write a sum with its currency, to three digits: `CHF 985,000`, `CHF 1.48 million`."""
    kept = _rounded(value, 3)
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if abs(kept) >= size:
            return f"{currency} {kept / size:.3g} {word}"
    return f"{currency} {kept:,.0f}"


def short(value: float) -> str:
    """Write a sum as briefly as an axis needs: `500`, `10k`, `2.5m`; pennies don't count."""
    for size, letter in ((1e9, "bn"), (1e6, "m"), (1e3, "k")):
        if abs(value) >= size:
            return f"{_rounded(value, 3) / size:.3g}{letter}"
    return f"{value:.0f}"


def share(value: float) -> str:
    """Write a chance or a part of a whole: `38 %`, `0.4 %`, `under 0.1 %`."""
    if value <= 0:
        return "0 %"
    if value < 0.001:
        return "under 0.1 %"
    return f"{value * 100:.1f} %" if value < 0.0995 else f"{value * 100:.0f} %"


def days(value: float) -> str:
    """Write an effort: `1 person-day`, `37 person-days`, `2.5 person-days`."""
    return "1 person-day" if value == 1 else f"{_rounded(value, 3):g} person-days"
