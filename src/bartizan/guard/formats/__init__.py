"""The wire formats, one module each, found by being there."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from bartizan.guard.exchange import Format

__all__ = ["formats"]


@cache
def formats() -> dict[str, Format]:
    """Return all formats by id: those that modules of this package name in `FORMATS`."""
    found: dict[str, Format] = {}
    for module in pkgutil.iter_modules(__path__):
        made = importlib.import_module(f"{__name__}.{module.name}")
        for one in getattr(made, "FORMATS", ()):
            found[one.id] = one
    return found
