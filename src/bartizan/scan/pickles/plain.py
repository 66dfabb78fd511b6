"""The fast way over plain data and small objects in big pickles: a compiled loop that leaves all else to the machine.

The loop counts what it passes and keeps the kinds of values, not the values. As names and arguments stand before the
opcode that uses them, the last opcodes before it are run by the machine once more.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

import bartizan.scan.pickles.kernel as numbers
from bartizan.scan.pickles.kernel import ASK, CODE, KEPT, ROW, STATE
from bartizan.scan.pickles.memo import FORGOTTEN, KINDS, NUMBER, is_risky, scalar_code, simple
from bartizan.scan.pickles.settled import Settled, container
from bartizan.scan.pickles.values import Box, Call, Datum, Global, Value

if TYPE_CHECKING:
    from bartizan.scan.artefacts.content import Content
    from bartizan.scan.pickles.compiled import Kernel
    from bartizan.scan.pickles.machine import Machine

__all__ = ["PlainData"]

_BLOCK = 1 << 20
_DEPTH = 1 << 19
_MARKS = 1 << 16
"""Room of the loop for values on the stack, and for marks."""
_WRITES = 1 << 19
"""Writes into the memo at a stretch, and slots that there must be room for."""
_STRETCH = 1 << 22
"""Opcodes that the loop passes before the machine has its turn."""
_AGAIN = 256
"""Opcodes before one that uses values which the machine runs itself."""
_NAMES = 24
"""Opcodes before any other end which the machine runs itself: names for an opcode behind the end of a block."""
_USES = frozenset({0x93, 0x52, 0x81, 0x92, 0x62, 0x6F, 0x69, 0x51, 0x32, 0x30})
"""Opcodes that use values and not just their kinds: STACK_GLOBAL, REDUCE, NEWOBJ, BUILD, OBJ, INST, BINPERSID, DUP."""
_BOXES = frozenset({"list", "tuple", "dict", "set", "frozenset"})


class PlainData:
    """Passes over plain data for the machines of pickles in a row."""

    def __init__(self, content: Content, settled: Settled, kernel: Kernel, block: int = _BLOCK) -> None:
        self._content, self._settled, self._kernel, self._block = content, settled, kernel, block
        self._base, self._data = 0, b""
        self._stack, self._marks = array("q", bytes(8 * _DEPTH)), array("q", bytes(8 * _MARKS))
        self._log, self._state = array("q", bytes(8 * _WRITES)), array("q", bytes(8 * STATE))
        self._entries: list[int] = []
        self._doublings = 0.0

    def attach(self, machine: Machine) -> None:
        """Work for a machine from now on."""
        self._machine = machine
        machine.names = self._settled.known
        machine.memo.settled = self._settled.value

    def go(self) -> int:
        """Go on as far as there is plain data. Returns the number of opcodes passed."""
        machine = self._machine
        if len(machine.stack) > _DEPTH // 2 or len(machine.marks) > _MARKS // 2:
            return 0
        before = self._enter()
        if before is None:
            return 0
        passed = self._run(before, _STRETCH)
        again = _AGAIN if self._code() in _USES else _NAMES
        if passed:
            self._kernel.undo(machine.memo.slots, self._log, self._state[numbers.LOGGED])
            before[numbers.LAST] = passed - again // 2
            passed = self._run(before, passed - again) if passed > again else 0
        if passed:
            self._leave(before[numbers.AT])
        return passed

    def _code(self) -> int:
        at = self._state[numbers.AT]
        return self._data[at] if at < len(self._data) else 0

    def _enter(self) -> list[int] | None:
        """Lay out the machine's state for the loop. None where too little is left."""
        machine, settled = self._machine, self._settled
        stream, memo = machine.stream, machine.memo
        offset = stream.offset
        if not self._base <= offset < self._base + len(self._data) - 1024:
            self._base, self._data = offset, self._content.read(offset, self._block)
        at = offset - self._base
        if len(self._data) - at < 16:
            return None
        settled.spell(machine.protocol)
        memo.settle(self._known)
        self._entries = [self._entry(value) for value in machine.stack]
        left = stream.frame_left
        state = [at, len(self._entries), len(machine.marks), memo.count, memo.high, len(self._entries), 0]
        state += [at + left if left >= 0 else -1, 0, len(self._data), self._content.size - self._base]
        state += [_DEPTH - 4, _MARKS - 2, memo.room(_WRITES), _WRITES]
        return [*state, settled.count, settled.texts, settled.lengths, 0, _STRETCH]

    def _known(self, value: Value) -> int:
        """Return the number of a value in the memo, as far as the loop may know it."""
        if isinstance(value, Box):
            open_ = value.kind in ("list", "dict", "set") and any(value is one for one in self._machine.stack)
            return NUMBER[value.kind] if simple(value) and not open_ else ASK
        return self._settled.part(value) if isinstance(value, str) else self._settled.of(value)

    def _entry(self, value: Value) -> int:
        """Return the number of a value on the stack, with its marks."""
        if isinstance(value, Box):
            self._doublings = max(self._doublings, value.doublings)
            if value.dunders and any(is_risky(key) for key in value.dunders):
                return ASK
            return NUMBER[value.kind] | container(value)
        if isinstance(value, (Global, Call)):
            return self._settled.of(value)
        code = scalar_code(value)
        return code | numbers.FETCHED if isinstance(value, Datum) and value.kind in _BOXES else code

    def _run(self, before: list[int], most: int) -> int:
        machine, settled = self._machine, self._settled
        self._state[:] = array("q", before)
        self._stack[: len(self._entries)] = array("q", self._entries)
        self._marks[: len(machine.marks)] = array("q", machine.marks)
        settled.before()
        self._kernel.pass_over(
            self._data, self._stack, self._marks, machine.memo.slots, self._log, settled.table, settled.names,
            settled.spelled, self._state, most,
        )  # fmt: skip
        return self._state[numbers.OPS]

    def _leave(self, start: int) -> None:
        """Give the machine its state back."""
        machine, state, memo = self._machine, self._state, self._machine.memo
        at, depth, low = state[numbers.AT], state[numbers.DEPTH], state[numbers.LOW]
        stack = machine.stack
        for value, entry in zip(stack[:low], self._stack[:low], strict=True):
            if isinstance(value, Box) and value.kind in ("list", "dict", "set"):
                value.count += 1  # more may have been put in: it is not known whole any more
                value.plain = value.plain and not entry & numbers.MIXED
        stack[low:] = [self._value(entry) for entry in self._stack[low:depth]]
        machine.marks[:] = self._marks[: state[numbers.MARKS]].tolist()
        memo.passed(state[numbers.COUNT], state[numbers.HIGH])
        if state[numbers.DROPPED]:
            for written in self._log[: state[numbers.LOGGED]]:
                if written & KEPT:
                    memo.forget(written >> 8)
        self._settled.after(self._base)
        frame = state[numbers.FRAME]
        machine.stream.skip(at - start, max(frame - at, -1))
        machine.opcodes += state[numbers.OPS]

    def _value(self, entry: int) -> Value:
        """Return what stands for a value that the loop made."""
        code = entry & CODE
        if code >= ROW:
            return self._settled.value(code)
        if entry & numbers.PART:
            return self._settled.value(entry >> 16)
        if code >= ASK or KINDS[code] not in _BOXES:
            return FORGOTTEN[min(code, ASK - 1)]
        box = Box(KINDS[code])
        if not entry & numbers.EMPTY:
            box.count, box.plain = 1, not entry & numbers.MIXED
            box.doublings = self._doublings if entry & numbers.SHARED else 0.0
        return box
