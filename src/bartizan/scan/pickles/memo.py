"""The memo: what PUT keeps and GET fetches. Which slots are taken is exact; values are kept as far as they matter."""

from __future__ import annotations

from collections import deque

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.pickles.values import Datum, Global, Value, kind_of

__all__ = ["FORGOTTEN", "KINDS", "NUMBER", "OBJECT", "Memo"]

KINDS = (
    "", "none", "bool", "int", "float", "str", "bytes", "bytearray", "list", "tuple", "dict", "set", "frozenset",
    "buffer", "object",
)  # fmt: skip
"""Kinds of values, by number."""
NUMBER = {kind: number for number, kind in enumerate(KINDS)}
FORGOTTEN = [Datum(kind) for kind in KINDS]
OBJECT = NUMBER["object"]
TAKEN, TEXT = 1, 2
"""What is remembered of a slot in two bits: that it is taken, that a str is in it."""

_FIRST = 4096
_LATE = 4096
_GLOBALS = 100_000
_HIGHEST = 1 << 28


class Memo:
    """The first values, the latest, all globals and all names; of the rest, two bits."""

    def __init__(self) -> None:
        self.bits = bytearray()
        self.count = self.high = 0
        self._first: dict[int, Value] = {}
        self._late: dict[int, Value] = {}
        self._order: deque[int] = deque()
        self._pinned: dict[int, Value] = {}

    def put(self, index: int, value: Value) -> None:
        """Fill a slot. Raises LimitReached for one that loaders would need gigabytes for."""
        at, shift = index >> 2, (index & 3) << 1
        if at >= len(self.bits):
            if index >= _HIGHEST or index > 64 * self.count + (1 << 22):
                raise LimitReached(f"memo slot {index} is filled, which makes a loader take memory for all before it")
            self.bits.extend(bytes(at + 256 - len(self.bits)))
        old = self.bits[at]
        if not old >> shift & 3:
            self.count += 1
            self.high = max(self.high, index + 1)
        self.bits[at] = (
            old & ~(3 << shift) | (TEXT if type(value) is str or kind_of(value) == "str" else TAKEN) << shift
        )
        self._keep(index, value)

    def _keep(self, index: int, value: Value) -> None:
        self._pinned.pop(index, None)
        if isinstance(value, Global):
            if len(self._pinned) >= _GLOBALS:
                raise LimitReached(f"more than {_GLOBALS} names are kept for later")
            self._first.pop(index, None)
            self._pinned[index] = value
        elif index in self._first or len(self._first) < _FIRST:
            self._first[index] = value
        else:
            if index not in self._late:
                self._order.append(index)
            self._late[index] = value
            if len(self._order) > _LATE:
                self._late.pop(self._order.popleft(), None)

    def append(self, value: Value) -> None:
        """Fill the slot after the last, as MEMOIZE numbers it: by how many there are."""
        self.put(self.count, value)

    def pin(self, name: str) -> None:
        """Keep a string that served as a name: the latest slot with it."""
        for index in (self.count - 1, self.count - 2, self.count - 3):
            if self._late.get(index) == name and len(self._pinned) < _GLOBALS:
                self._pinned[index] = name

    def get(self, index: int, offset: int) -> Value:
        """Fetch a value. Raises Malformed for an empty slot."""
        for kept in (self._first, self._pinned, self._late):
            if index in kept:
                return kept[index]
        slot = self.bits[index >> 2] >> ((index & 3) << 1) & 3 if 0 <= index < 4 * len(self.bits) else 0
        if not slot:
            raise Malformed(f"memo slot {index} is fetched before it is filled", offset)
        return FORGOTTEN[NUMBER["str"] if slot == TEXT else OBJECT]

    def room(self, more: int) -> None:
        """Make room for more slots after the last."""
        self.bits.extend(bytes(max((self.high + more) // 4 + 2 - len(self.bits), 0)))

    def passed(self, count: int) -> None:
        """Note that the slots up to `count` were filled in `bits` already."""
        self.count = self.high = count

    def cleared(self, start: int, end: int) -> None:
        """Empty the slots from `start` to before `end` in `bits` again; behind them all are empty."""
        while start < end and start & 3:
            self.bits[start >> 2] &= ~(3 << ((start & 3) << 1))
            start += 1
        if start < end:
            self.bits[start >> 2 : (end >> 2) + 1] = bytes((end >> 2) + 1 - (start >> 2))
