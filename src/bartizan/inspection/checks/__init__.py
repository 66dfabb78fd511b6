"""Checksums: functions that tell a real number from a row of digits, found by being there.

Two kinds, each public function of a module below a folder is one check, and its name is how data types call it.

- `columns/`: for values of digits only. `check(d)` gets the digits as columns: `d[0]` is the first digit of the value,
  as an integer, or as an array with one entry a value. Written with arithmetic, comparisons, `&`, `|` and `table[d[i]]`
  (a numpy array) only, it serves one value and a million alike. `len(d)` is the number of digits.
- `text/`: `check(value)` gets the matched text, separators included.
"""

from __future__ import annotations

import inspect
import pkgutil
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any, TypeAlias

from bartizan.inspection.checks import columns, text

__all__ = ["ColumnCheck", "TextCheck", "column_checks", "text_checks"]

ColumnCheck: TypeAlias = Callable[[Sequence[Any]], Any]
TextCheck: TypeAlias = Callable[[str], bool]


@cache
def column_checks() -> dict[str, ColumnCheck]:
    """Return the checks for values of digits, by name."""
    return _found(columns)


@cache
def text_checks() -> dict[str, TextCheck]:
    """Return the checks for matched text, by name."""
    return _found(text)


def _found(package: Any) -> dict[str, Callable[..., Any]]:
    out: dict[str, Callable[..., Any]] = {}
    for entry in pkgutil.iter_modules(package.__path__):
        module = import_module(f"{package.__name__}.{entry.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                out[name] = function
    return out
