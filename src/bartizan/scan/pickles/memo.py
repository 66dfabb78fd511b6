"""The memo: what PUT keeps and GET fetches. Which slots are taken is exact; values are kept as far as they matter."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.pickles.kernel import ASK, CODE, KEPT, ROW
from bartizan.scan.pickles.values import Box, Call, Datum, Global, Value

__all__ = ["FORGOTTEN", "KINDS", "NUMBER", "Memo", "is_risky", "scalar_code", "simple"]

KINDS = (
    "", "none", "bool", "int", "float", "str", "bytes", "bytearray", "list", "tuple", "dict", "set", "frozenset",
    "buffer", "object",
)  # fmt: skip
"""Kinds of values, by number."""
NUMBER = {kind: number for number, kind in enumerate(KINDS)}
FORGOTTEN = [Datum(kind) for kind in KINDS]
"""What stands for a value of which only the kind is kept, by its number."""
_SCALARS = {type(None): 1, bool: 2, int: 3, float: 4, bytes: 6}
_TEXT = NUMBER["str"]
_OBJECT = NUMBER["object"]
_RISKY = frozenset({"cl", "se", "re", "ca", "ge", "de", "co", "gl", "bu", "in", "ne"})
"""How what follows two underscores begins in keys that change what an object is or does."""

_FIRST = 4096
_LATE = 4096
"""How many of the first and of the latest values are kept as they are."""
_ASKED = 4096
_GLOBALS = 100_000
_HIGHEST = 1 << 28
"""A slot from which on a loader takes gigabytes for the slots before it."""
_MORE = 1 << 12
"""Slots for which room is made at a time."""


class Memo:
    """The first values, the latest, all globals and all names; of the rest, a byte.

    The byte has a number of KINDS, ASK for a value that matters beyond its kind, or a row of what is settled; and a bit
    for a value that is kept. `settled` gives a value for a row.
    """

    def __init__(self) -> None:
        self.slots = bytearray()
        self.count = self.high = 0
        self.settled: Callable[[int], Value] = lambda _: FORGOTTEN[_OBJECT]
        self.asked: dict[int, None] = {}
        """Slots that were fetched and that only the machine could tell."""
        self._first: dict[int, Value] = {}
        self._late: dict[int, Value] = {}
        self._order: deque[int] = deque()
        self._pinned: dict[int, Value] = {}

    def put(self, index: int, value: Value) -> None:
        """Fill a slot. Raises LimitReached for one that loaders would need gigabytes for."""
        if index >= len(self.slots):
            if index >= _HIGHEST or index > 64 * self.count + (1 << 22):
                raise LimitReached(f"memo slot {index} is filled, which makes a loader take memory for all before it")
            self.slots.extend(bytes(index + _MORE - len(self.slots)))
        if not self.slots[index]:
            self.count += 1
            self.high = max(self.high, index + 1)
        self.slots[index] = _code(value) | KEPT
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
                self._evict(self._order.popleft())

    def _evict(self, index: int) -> None:
        self._late.pop(index, None)
        if index not in self._pinned and index not in self._first:
            self.slots[index] &= CODE

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
        code = self.slots[index] & CODE if 0 <= index < len(self.slots) else 0
        if not code:
            raise Malformed(f"memo slot {index} is fetched before it is filled", offset)
        if code >= ASK and len(self.asked) < _ASKED:
            self.asked[index] = None
        for kept in (self._first, self._pinned, self._late):
            if index in kept:
                value = kept[index]
                if isinstance(value, str) and len(self.asked) < _ASKED:
                    self.asked[index] = None  # it may be a part of a name
                elif isinstance(value, Box) and value.kind in ("list", "dict", "set"):
                    self.asked[index] = None  # the machine may put something in now
                    self.slots[index] = ASK | KEPT
                return value
        if code >= ROW:
            return self.settled(code)
        return FORGOTTEN[code if code != ASK else _OBJECT]

    def settle(self, code: Callable[[Value], int]) -> None:
        """Note what the loop may know of slots that it asked for, by what it says of their values."""
        for index in list(self.asked):
            value = self._kept(index)
            found = ASK if value is None else code(value)
            if found != ASK:
                self.slots[index] = self.slots[index] & KEPT | found
            if found != ASK or not isinstance(value, (Global, Call)):
                del self.asked[index]

    def _kept(self, index: int) -> Value:
        for kept in (self._first, self._pinned, self._late):
            if index in kept:
                return kept[index]
        return None

    def room(self, more: int) -> int:
        """Make room for more slots after the last. Returns how many there are."""
        self.slots.extend(bytes(max(self.high + more - len(self.slots), 0)))
        return len(self.slots)

    def passed(self, count: int, high: int) -> None:
        """Note that slots were filled already: how many are taken, and up to which."""
        self.count, self.high = count, high

    def forget(self, index: int) -> None:
        """Forget a value whose slot was filled again."""
        if not self.slots[index] & KEPT:
            self._first.pop(index, None)
            self._late.pop(index, None)
            self._pinned.pop(index, None)


def is_risky(key: Value) -> bool:
    """Tell whether a key may change what an object is or does, by how it begins."""
    return isinstance(key, str) and key[:2] == "__" and key[2:4] in _RISKY


def scalar_code(value: Value) -> int:
    """Return the number of a value that is no container, ASK for what is more than its kind."""
    if type(value) is str:
        return ASK if is_risky(value) else _TEXT
    if isinstance(value, Datum):
        return NUMBER[value.kind]
    return _SCALARS.get(type(value), ASK)


def _code(value: Value) -> int:
    """Return the number for a slot. What can still be changed is the machine's as long as it is not asked for."""
    if isinstance(value, Box):
        whole = value.kind in ("tuple", "frozenset") and simple(value)
        return NUMBER[value.kind] if whole else ASK
    return scalar_code(value)


def simple(value: Box, depth: int = 0) -> bool:
    """Tell whether a container is known whole, has only plain data in it, and nothing twice."""
    return (
        value.whole and value.plain and not value.doublings and not value.dunders and depth < 4
        and all(simple(item, depth + 1) if isinstance(item, Box) else scalar_code(item) < _OBJECT
                for item in value.items)
    )  # fmt: skip
