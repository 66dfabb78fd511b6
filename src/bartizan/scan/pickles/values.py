"""What stands on the machine's stack: literals as they are, and symbols for everything that would be made or found.

None, bool, int, float, short str and short bytes stand for themselves. Nothing here is ever called or imported.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TypeAlias

__all__ = [
    "KEPT_TEXT", "Box", "Call", "Datum", "Global", "Persistent", "Value", "arguments", "kind_of", "no_arguments",
    "path_of", "plain", "strings",
]  # fmt: skip

KEPT_TEXT = 512
"""Longer strings and bytes are kept by their beginnings only."""
_KEPT_ITEMS = 48
"""Items of a container that are kept; of more, only the number is."""
_KEPT_WEIGHT = 96
"""Values below an item of plain data in a container; heavier items are kept by their kinds only."""
_HEAVIEST = 4000
"""The same where it is no plain data."""


class Datum:
    """Plain data that is not kept: its kind (`int`, `str`, `bytes`, `list`, `dict`, ...), its size, how it begins."""

    __slots__ = ("head", "kind", "size")

    def __init__(self, kind: str, size: int = 0, head: str | bytes = "") -> None:
        self.kind, self.size, self.head = kind, size, head


class Global:
    """Something found by module and name. `why` is set where the name could not be worked out."""

    __slots__ = ("module", "name", "why")

    def __init__(self, module: str, name: str, why: str = "") -> None:
        self.module, self.name, self.why = module, name, why

    @property
    def path(self) -> str:
        """Both, with a dot."""
        return f"{self.module}.{self.name}"


class Persistent:
    """What the loader finds by an id."""

    __slots__ = ("pid",)

    def __init__(self, pid: Value) -> None:
        self.pid = pid


class Box:
    """A container: the first items, their number, and whether all in it is plain data.

    A dict's items are its keys and values in turns. `dunders` are the keys that begin with two underscores.
    `doublings` is the binary logarithm of how often its parts would be there if nothing were shared.
    """

    __slots__ = ("count", "doublings", "dunders", "items", "kind", "plain", "weight")

    def __init__(self, kind: str, items: list[Value] | None = None) -> None:
        self.kind, self.count, self.plain, self.weight, self.doublings = kind, 0, True, 1, 0.0
        self.items: list[Value] = []
        self.dunders: list[str] = []
        if items:
            self.add(items)

    def add(self, items: list[Value]) -> None:
        """Put in more."""
        self.count += len(items)
        nested = [item for item in items if type(item) in _NESTED]
        room = _KEPT_ITEMS - len(self.items)
        kept = items if len(items) <= room else items[: max(room, 0)]
        self.weight += len(kept)
        if nested:
            self.plain = self.plain and all(isinstance(item, Box) and item.plain for item in nested)
            self._multiply(nested)
            kept = [_light(item) for item in kept]
            self.weight += sum([_weight(item) for item in kept])
        self.items += kept
        if self.kind == "dict" and len(self.dunders) < _KEPT_ITEMS:
            self.dunders += [key for key in items[::2] if isinstance(key, str) and key.startswith("__")]

    def _multiply(self, nested: list[Value]) -> None:
        boxes = {id(item): item for item in nested if isinstance(item, Box) and item is not self}
        shared = len(boxes) < len(nested)
        for key, box in boxes.items():
            times = sum(id(item) == key for item in nested) if shared and box.doublings > self.doublings - 6 else 1
            self.doublings = max(self.doublings, box.doublings + math.log2(times))

    @property
    def whole(self) -> bool:
        """Whether all items are kept."""
        return self.count == len(self.items)

    def pairs(self) -> Iterator[tuple[Value, Value]]:
        """Give the keys of a dict that are kept, with their values."""
        return zip(self.items[::2], self.items[1::2], strict=False)


class Call:
    """What a callable would give: `new` by `__new__` alone, otherwise by a call. `states` are what BUILD set."""

    __slots__ = ("args", "func", "kwargs", "new", "offset", "states", "verdict", "weight")

    def __init__(self, func: Value, args: Value, *, offset: int, new: bool = False, kwargs: Value = None) -> None:
        self.func, self.kwargs, self.new, self.offset = func, _light(kwargs), new, offset
        self.args = _husk(args) if isinstance(args, Box) and args.weight > _HEAVIEST else args
        self.states: list[Value] = []
        self.verdict = "safe"
        self.weight = 1 + _weight(self.args) + _weight(self.kwargs)


Value: TypeAlias = bool | int | float | str | bytes | Datum | Global | Persistent | Box | Call | None


_NESTED = frozenset({Box, Call, Global, Persistent})


def _weight(value: Value) -> int:
    return value.weight if isinstance(value, (Box, Call)) else 1


def _light(value: Value) -> Value:
    """Return what a container keeps of an item."""
    if not isinstance(value, Box):
        return value
    if value.plain and value.weight > _KEPT_WEIGHT:
        return Datum(value.kind, value.count)
    return _husk(value) if value.weight > _HEAVIEST else value


def _husk(value: Box) -> Box:
    """Return a container of which only the kind and the number of items is kept."""
    husk = Box(value.kind)
    husk.count, husk.plain, husk.doublings, husk.dunders = value.count, value.plain, value.doublings, value.dunders
    return husk


def kind_of(value: Value) -> str:
    """Return the word for a value's type: `none`, `int`, `list`, `global`, `call`, `persistent`, ..."""
    if value is None:
        return "none"
    if isinstance(value, (Datum, Box)):
        return value.kind
    return type(value).__name__.lower()


def plain(value: Value) -> bool:
    """Tell whether there is nothing in it but data."""
    if isinstance(value, Box):
        return value.plain
    return not isinstance(value, (Global, Call, Persistent))


def path_of(call: Call) -> str:
    """Return the full name of what is called, nothing where that is no name."""
    return call.func.path if isinstance(call.func, Global) else ""


def arguments(call: Call) -> list[Value]:
    """Return the positional arguments of a call, as far as they are kept."""
    return call.args.items if isinstance(call.args, Box) else []


def no_arguments(args: Value) -> bool:
    """Tell of an empty tuple."""
    return isinstance(args, Box) and args.kind == "tuple" and args.count == 0


def strings(value: Value, most: int = 400) -> list[str]:
    """Return the strings that are kept below a value."""
    out: list[str] = []
    todo: list[Value] = [value]
    seen: set[int] = set()
    while todo and len(out) < most:
        one = todo.pop()
        if isinstance(one, str):
            out.append(one)
        elif isinstance(one, Datum) and isinstance(one.head, str):
            out.append(one.head)
        elif isinstance(one, (Box, Call)) and id(one) not in seen:
            seen.add(id(one))
            todo += one.items if isinstance(one, Box) else [one.args, one.kwargs, *one.states]
    return out
