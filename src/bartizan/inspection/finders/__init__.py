"""Finders: functions for what no pattern describes. Each public function of a module here is one, found by being there.

`find(text)` gets a record as text and returns `(start, end, confidence)` of what it found, offsets in characters.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Iterable
from functools import cache
from importlib import import_module
from typing import TypeAlias

__all__ = ["Finder", "finders"]

Finder: TypeAlias = Callable[[str], Iterable[tuple[int, int, int]]]


@cache
def finders() -> dict[str, Finder]:
    """Return the finders by name."""
    out: dict[str, Finder] = {}
    for entry in pkgutil.iter_modules(__path__):
        module = import_module(f"{__name__}.{entry.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                out[name] = function
    return out
