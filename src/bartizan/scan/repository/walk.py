"""Goes through data of a configuration: every value with its key, bounded, shared parts once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from bartizan.scan.artefacts.errors import LimitReached

__all__ = ["Entry", "entries"]

_MOST = 400_000


class Entry(NamedTuple):
    """A value, its key, and the path of keys to it, as `a.b.c`."""

    path: str
    key: str
    value: Any


def entries(data: Any) -> Iterator[Entry]:
    """Yield everything in data, outer before inner. Lists pass their key on. Raises LimitReached."""
    todo: list[Entry] = [Entry("", "", data)]
    seen: set[int] = set()
    count = 0
    while todo:
        entry = todo.pop()
        count += 1
        if count > _MOST:
            raise LimitReached("the configuration holds too much")
        yield entry
        value = entry.value
        if isinstance(value, (dict, list)):
            if id(value) in seen:
                continue
            seen.add(id(value))
        if isinstance(value, dict):
            start = f"{entry.path}." if entry.path else ""
            todo += [Entry(f"{start}{key}"[:200], str(key), one) for key, one in reversed(list(value.items()))]
        elif isinstance(value, list):
            todo += [Entry(entry.path, entry.key, one) for one in reversed(value)]
