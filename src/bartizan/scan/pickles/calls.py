"""Names, calls and building: what the machine hands to the judge."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.pickles.literals import Literals
from bartizan.scan.pickles.memo import Memo
from bartizan.scan.pickles.names import modern
from bartizan.scan.pickles.stream import Stream
from bartizan.scan.pickles.values import Box, Call, Datum, Global, Value

if TYPE_CHECKING:
    from bartizan.scan.pickles.judge import Judge

__all__ = ["Built", "Calls"]

_NAMES = 200
"""Names that are kept as they were spelled, for the loop over plain data."""
_EXTENSIONS = 100_000

Built: TypeAlias = Callable[[Call, int], int]
"""Told of every BUILD with the offset after it; returns the offset to go on at."""


class Calls(Literals):
    """Resolves names, and tells the judge of calls."""

    def __init__(self, stream: Stream, judge: Judge, extensions: dict[int, Global], built: Built | None = None) -> None:
        super().__init__(stream, judge)
        self.memo = Memo()
        self.opcodes = 0
        self.names: dict[tuple[str, str], Global] = {}
        """Names that were found, as they were spelled: the first few."""
        self.hint = ""
        """What to say where the time is over."""
        self._extensions, self._built = extensions, built

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
                case [str(module), str(name), int(code)] if len(self._extensions) < _EXTENSIONS:
                    self._extensions[code] = Global(module, name)

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
