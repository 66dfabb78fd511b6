"""The pickle machine: every opcode of protocols 0 to 5 on symbols.

Opcodes are those of `pickletools` in Python 3.11; data written by its `pickle` are compared with in the tests.

Stack, marks, memo and frames behave as in the C loader; what a loader would import, call or build becomes a symbol and
is shown to the judge at that moment. A pickle that a loader would refuse raises Malformed at the same opcode.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.pickles.literals import Literals
from bartizan.scan.pickles.memo import Memo
from bartizan.scan.pickles.names import modern
from bartizan.scan.pickles.stream import Stream
from bartizan.scan.pickles.values import Box, Call, Datum, Global, Persistent, Value

if TYPE_CHECKING:
    from bartizan.scan.pickles.judge import Judge
    from bartizan.scan.pickles.plain import PlainData

__all__ = ["Machine"]

_DEEPEST = 1 << 22
_MARKS = 1 << 18
_CHECKED = 1 << 14
_SHORT = 8
_NAMES = 200
_WORTH = 512
"""Opcodes that are worth the way into the loop for plain data."""

Built: TypeAlias = Callable[[Call, int], int]
"""Told of every BUILD with the offset after it; returns the offset to go on at."""


class Machine(Literals):
    """Runs one pickle. The extension registry outlives it: pickles in a row share it, as a process does."""

    def __init__(self, stream: Stream, judge: Judge, extensions: dict[int, Global], built: Built | None = None) -> None:
        super().__init__(stream, judge)
        self.memo = Memo()
        self.opcodes = 0
        self.names: dict[tuple[str, str], Global] = {}
        """Names that were found, as they were spelled: the first few."""
        self.hint = ""
        """What to say where the time is over."""
        self._extensions, self._built = extensions, built
        self._run = [self._table().get(code) for code in range(256)]

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

    # ---- names

    def _find(self, module: str, name: str) -> Global:
        found = Global(*modern(module, name) if self.protocol < 3 else (module, name))
        self.judge.found(found, self._here)
        if len(self.names) < _NAMES:
            self.names[module, name] = found
        return found

    def _global(self) -> None:
        offset = self.stream.offset
        module, name = self.stream.line(), self.stream.line()
        try:
            self.stack.append(self._find(module.decode("utf-8"), name.decode("utf-8")))
        except UnicodeDecodeError as error:
            raise Malformed("a name is no UTF-8", offset) from error

    def _stack_global(self) -> None:
        name, module = self._pop(), self._pop()
        if isinstance(name, str) and isinstance(module, str):
            self.memo.pin(name)
            self.memo.pin(module)
            self.stack.append(self._find(module, name))
            return
        for part in (name, module):
            known = part.kind in ("str", "object") if isinstance(part, Datum) else isinstance(part, (str, Call))
            if not known:
                raise Malformed("a name is no text", self._here)
        shown = [part if isinstance(part, str) else "?" for part in (module, name)]
        found = Global(shown[0], shown[1], "computed")
        self.judge.computed(module, name, self._here)
        self.stack.append(found)

    def _extension(self, code: int) -> None:
        if code <= 0:
            raise Malformed("an extension code must be positive", self._here)
        found = self._extensions.get(code)
        if found is None:
            found = Global("copyreg", f"extension {code}", "unregistered")
            self.judge.extension(code, self._here)
        else:
            self.judge.found(found, self._here)
        self.stack.append(found)

    def _register(self, call: Call) -> None:
        """Follow `copyreg.add_extension(module, name, code)`."""
        func, args = call.func, call.args
        if isinstance(func, Global) and func.path == "copyreg.add_extension" and isinstance(args, Box):
            match args.items:
                case [str(module), str(name), int(code)] if len(self._extensions) < 100_000:
                    self._extensions[code] = Global(module, name)

    # ---- calls

    def _call(self, func: Value, args: Value, *, new: bool = False, kwargs: Value = None) -> None:
        made = Call(func, args, offset=self._here, new=new, kwargs=kwargs)
        self._register(made)
        self.stack.append(self.judge.called(made))

    def _reduce(self) -> None:
        args, func = self._pop(), self._pop()
        self._call(func, args)

    def _newobj(self) -> None:
        args, cls = self._pop(), self._pop()
        self._call(cls, args, new=True)

    def _newobj_ex(self) -> None:
        kwargs, args, cls = self._pop(), self._pop(), self._pop()
        self._call(cls, args, new=True, kwargs=kwargs)

    def _inst(self) -> None:
        offset = self.stream.offset
        module, name = self.stream.line(), self.stream.line()
        args = self._to_mark()
        try:
            found = self._find(module.decode("ascii"), name.decode("ascii"))
        except UnicodeDecodeError as error:
            raise Malformed("a name is no ASCII", offset) from error
        self._call(found, Box("tuple", args))

    def _obj(self) -> None:
        args = self._to_mark()
        if not args:
            raise Malformed("OBJ finds no class", self._here)
        self._call(args[0], Box("tuple", args[1:]))

    def _build(self) -> None:
        state = self._pop()
        target = self._top()
        self.judge.built(target, state, self._here)
        if isinstance(target, Call):
            if len(target.states) < 8:
                target.states.append(state)
            if self._built is not None:
                offset = self.stream.offset
                after = self._built(target, offset)
                if after != offset:
                    self.stream.seek(after)

    def _persistent(self, pid: Value) -> None:
        self.stack.append(self.judge.persistent(Persistent(pid), self._here))

    def _persid(self) -> None:
        self._persistent(self.stream.line().decode("ascii", "replace"))

    def _buffer(self) -> None:
        self.stack.append(Datum("buffer"))

    def _readonly(self) -> None:
        self._top()

    # ---- memo

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
