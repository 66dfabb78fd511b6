"""Numbers of bytes and of things, as reports write them."""

from __future__ import annotations

__all__ = ["count", "size"]


def size(number: float) -> str:
    """Write a number of bytes, with three digits at most."""
    for unit in ("B", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "B" or number >= 100 else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:,.1f} TB"


def count(number: int, one: str, many: str = "") -> str:
    """Write a number with its noun."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
