"""The pickle machine: every opcode of protocols 0 to 5 on symbols.

Opcodes are those of `pickletools` in Python 3.11; data written by its `pickle` are compared with in the tests.

Stack, marks, memo and frames behave as in the C loader; what a loader would import, call or build becomes a symbol and
is shown to the judge at that moment. A pickle that a loader would refuse raises Malformed at the same opcode.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.pickles.calls import Built, Calls
from bartizan.scan.pickles.stream import Stream
from bartizan.scan.pickles.values import Datum, Global, Persistent, Value

if TYPE_CHECKING:
    from bartizan.scan.pickles.judge import Judge
    from bartizan.scan.pickles.plain import PlainData

__all__ = ["Machine"]

_DEEPEST = 1 << 22
"""Values on the stack, and below it marks: recursion in what was pickled makes a few thousand."""
_MARKS = 1 << 18
_CHECKED = 1 << 14
"""Opcodes between two looks at the clock."""
_SHORT = 8
"""Opcodes before the loop for plain data is tried again."""
_WORTH = 512
"""Opcodes that are worth the way into the loop for plain data."""


class Machine(Calls):
    """Runs one pickle. The extension registry outlives it: pickles in a row share it, as a process does."""

    def __init__(self, stream: Stream, judge: Judge, extensions: dict[int, Global], built: Built | None = None) -> None:
        super().__init__(stream, judge, extensions, built)
        table = self._table()
        self._run = [table.get(code) for code in range(256)]

    def run(self, plain: PlainData | None = None) -> None:
        """Run to STOP; with `plain`, plain data are passed over in bulk. Raises Malformed, LimitReached."""
        round_ = _SHORT
        while not self._steps(_CHECKED if plain is None else round_):
            if len(self.stack) > _DEEPEST or len(self.marks) > _MARKS:
                raise LimitReached("the stack grows beyond what any pickle of a library needs")
            self._check_time()
            if plain is not None:
                round_ = _SHORT if plain.go() > _WORTH else min(2 * round_, _CHECKED)

    def _check_time(self) -> None:
        try:
            self.judge.desk.check_time()
        except LimitReached as error:
            raise LimitReached(error.message + self.hint) from error

    def _steps(self, most: int) -> bool:
        """Run some opcodes. Tell whether STOP was among them."""
        byte, run = self.stream.byte, self._run
        for number in range(most):
            code = byte()
            if code == 0x2E:
                self.opcodes += number + 1
                self._stop()
                return True
            step = run[code]
            if step is None:
                raise Malformed(f"0x{code:02x} is no opcode", self.stream.offset - 1)
            step()
        self.opcodes += most
        return False

    def _stop(self) -> None:
        """STOP wants one value; the loader forgets the rest."""
        self._pop()

    def _persistent(self, pid: Value) -> None:
        self.stack.append(self.judge.persistent(Persistent(pid), self._here))

    def _persid(self) -> None:
        self._persistent(self.stream.line().decode("ascii", "replace"))

    def _buffer(self) -> None:
        self.stack.append(Datum("buffer"))

    def _readonly(self) -> None:
        self._top()

    def _text_index(self) -> int:
        offset = self.stream.offset
        line = self.stream.line().strip()
        if not line.isdigit() or len(line) > 20:
            raise Malformed("a memo slot has no number", offset)
        return int(line)

    def _get(self, index: int) -> None:
        self.stack.append(self.memo.get(index, self._here))

    def _put(self, index: int) -> None:
        self.memo.put(index, self._top())

    def _memoize(self) -> None:
        self.memo.append(self._top())

    def _table(self) -> dict[int, Callable[[], None]]:
        take = self.stream.take
        little = int.from_bytes
        return self.literal_table() | {
            ord("c"): self._global,
            0x93: self._stack_global,
            0x82: lambda: self._extension(take(1)[0]),
            0x83: lambda: self._extension(little(take(2), "little")),
            0x84: lambda: self._extension(little(take(4), "little", signed=True)),
            ord("R"): self._reduce,
            0x81: self._newobj,
            0x92: self._newobj_ex,
            ord("i"): self._inst,
            ord("o"): self._obj,
            ord("b"): self._build,
            ord("P"): self._persid,
            ord("Q"): lambda: self._persistent(self._pop()),
            0x97: self._buffer,
            0x98: self._readonly,
            ord("g"): lambda: self._get(self._text_index()),
            ord("h"): lambda: self._get(take(1)[0]),
            ord("j"): lambda: self._get(little(take(4), "little")),
            ord("p"): lambda: self._put(self._text_index()),
            ord("q"): lambda: self._put(take(1)[0]),
            ord("r"): lambda: self._put(little(take(4), "little")),
            0x94: self._memoize,
        }
