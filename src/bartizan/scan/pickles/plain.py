"""The fast way over plain data in big pickles: a compiled loop that leaves everything else to the machine.

Used where numba is installed. The loop counts what it passes and keeps the kinds of values, not the values. As names
and arguments stand before the opcode that uses them, the last opcodes before it are run by the machine once more.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from types import FunctionType
from typing import TYPE_CHECKING, Any

from bartizan.scan.pickles import kernel
from bartizan.scan.pickles.kernel import STATE
from bartizan.scan.pickles.memo import FORGOTTEN, NUMBER, OBJECT
from bartizan.scan.pickles.values import Box, Value, kind_of, plain

if TYPE_CHECKING:
    from bartizan.scan.artefacts.content import Content
    from bartizan.scan.pickles.machine import Machine

__all__ = ["PlainData", "compiled"]

_BLOCK = 1 << 20
_DEPTH = 1 << 20
_MARKS = 1 << 16
_SLOTS = 1 << 20
_AGAIN = 256
"""Opcodes before one that uses values which the machine runs itself."""
_NAMES = 24
"""Opcodes before any other end which the machine runs itself: names for an opcode behind the end of a block."""
_STRETCH = 1 << 22
_USES = frozenset({0x93, 0x52, 0x81, 0x92, 0x62, 0x6F, 0x69, 0x51, 0x32, 0x30})
"""Opcodes that use values and not just their kinds: STACK_GLOBAL, REDUCE, NEWOBJ, BUILD, OBJ, INST, BINPERSID, DUP."""
_NUMBERS = {type(None): 1, bool: 2, int: 3, float: 4, str: 5, bytes: 6}

Kernel = Callable[..., None]


@cache
def compiled() -> Kernel | None:
    """Return the compiled loop, None without numba."""
    try:
        numba = importlib.import_module("numba")
    except ImportError:
        return None
    try:
        return _compile(numba.njit(cache=True))
    except RuntimeError:  # there is no folder that it could keep the compiled form in
        return _compile(numba.njit)


def _compile(jit: Callable[[FunctionType], Any]) -> Kernel:
    """Compile the loop and its parts: copies of the functions that call the compiled parts instead of each other."""
    names = dict(vars(kernel))
    for part in (*kernel.PARTS, kernel.pass_over):
        names[part.__name__] = jit(FunctionType(part.__code__, names, part.__name__))
    return names["pass_over"]  # type: ignore[no-any-return]


class PlainData:
    """Passes over plain data for a machine."""

    def __init__(
        self, content: Content, machine: Machine, kernel: Kernel, array: Callable[..., Any], block: int = _BLOCK
    ):
        self._content, self._machine, self._kernel, self._array, self._block = content, machine, kernel, array, block
        self._base, self._data, self._kinds = 0, b"", b""
        self._start = self._size = 0
        self._stack = bytearray(_DEPTH)
        self._marks: Any = array(bytearray(8 * _MARKS), 8)
        self._seen: Any = array(self._data)
        self._state: Any = array(bytearray(8 * STATE), 8)

    def go(self) -> int:
        """Go on as far as there is plain data. Returns the number of opcodes passed."""
        machine = self._machine
        memo, stack = machine.memo, machine.stack
        if memo.high != memo.count or len(stack) > _DEPTH // 2 or len(machine.marks) > _MARKS // 2:
            return 0
        before = self._enter()
        if before is None:
            return 0
        passed = self._run(before, _STRETCH)
        again = _AGAIN if self._code() in _USES else _NAMES
        if passed:
            self._restore(before)
            passed = self._run(before, passed - again) if passed > again else 0
        if passed:
            self._leave(int(self._state[0]))
        return passed

    def _code(self) -> int:
        at = int(self._state[0]) + self._start
        return self._data[at] if at < len(self._data) else 0

    def _enter(self) -> list[int] | None:
        """Lay out the machine's state for the loop. None where too little is left."""
        machine = self._machine
        offset = machine.stream.offset
        if not self._base <= offset < self._base + len(self._data) - 1024:
            self._base, self._data = offset, self._content.read(offset, self._block)
            self._seen = self._array(self._data)
        self._start = offset - self._base
        self._size = machine.stream.until_frame(len(self._data) - self._start)
        if self._size < 16:
            return None
        self._kinds = kinds = bytes([_NUMBERS.get(type(value)) or _number(value) for value in machine.stack])
        self._lay_out()
        machine.memo.room(_SLOTS)
        depth = len(kinds)
        return [0, depth, len(machine.marks), machine.memo.count, depth, 0, kinds.rfind(bytes([OBJECT])) + 1]

    def _run(self, before: list[int], most: int) -> int:
        self._state[:] = self._array(before, 0)
        stack, memo = self._array(self._stack), self._array(self._machine.memo.bits)
        self._kernel(self._seen[self._start :], self._size, stack, self._marks, memo, self._state, most)
        return int(self._state[5])

    def _restore(self, before: list[int]) -> None:
        """Undo what a run changed."""
        machine, count = self._machine, int(self._state[3])
        machine.memo.cleared(before[3], count)
        self._lay_out()

    def _lay_out(self) -> None:
        self._stack[: len(self._kinds)] = self._kinds
        self._marks[: len(self._machine.marks)] = self._array(self._machine.marks, 0)

    def _leave(self, at: int) -> None:
        """Give the machine its state back."""
        machine, state = self._machine, self._state
        depth, marks, low = int(state[1]), int(state[2]), int(state[4])
        stack = machine.stack
        for value in stack[:low]:
            if isinstance(value, Box) and value.kind in ("list", "dict", "set"):
                value.count += 1  # more may have been put in: it is not known whole any more
        stack[low:] = [FORGOTTEN[kind] for kind in self._stack[low:depth]]
        machine.marks[:] = [int(mark) for mark in self._marks[:marks]]
        machine.memo.passed(int(state[3]))
        machine.stream.skip(at)
        machine.opcodes += int(state[5])


def _number(value: Value) -> int:
    return NUMBER.get(kind_of(value), OBJECT) if plain(value) else OBJECT
