"""The stack of the machine, marks, and what puts values into containers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.pickles.stream import Stream
from bartizan.scan.pickles.values import Box, Call, Datum, Value

if TYPE_CHECKING:
    from bartizan.scan.pickles.judge import Judge

__all__ = ["Containers"]

_DOUBLINGS = 20
"""Levels of containers that hold the same thing twice, from which on it is an attack."""


class Containers:
    """Keeps the stack, and makes and fills lists, dictionaries, sets and tuples."""

    def __init__(self, stream: Stream, judge: Judge) -> None:
        self.stream, self.judge = stream, judge
        self.stack: list[Value] = []
        self.marks: list[int] = []
        self.protocol = 0

    @property
    def _here(self) -> int:
        return self.stream.offset - 1

    def _pop(self) -> Value:
        stack = self.stack
        if not stack or (self.marks and len(stack) <= self.marks[-1]):
            raise Malformed("an opcode finds too little on the stack", self.stream.offset - 1)
        return stack.pop()

    def _top(self) -> Value:
        stack = self.stack
        if not stack or (self.marks and len(stack) <= self.marks[-1]):
            raise Malformed("an opcode finds too little on the stack", self.stream.offset - 1)
        return stack[-1]

    def _to_mark(self) -> list[Value]:
        if not self.marks:
            raise Malformed("an opcode finds no mark", self.stream.offset - 1)
        mark = self.marks.pop()
        items = self.stack[mark:]
        del self.stack[mark:]
        return items

    def _mark(self) -> None:
        self.marks.append(len(self.stack))

    def _pop_one(self) -> None:
        if self.marks and self.marks[-1] == len(self.stack):
            self.marks.pop()
        else:
            self._pop()

    def _pop_mark(self) -> None:
        self._to_mark()

    def _dup(self) -> None:
        self.stack.append(self._top())

    def _box(self, kind: str, items: list[Value]) -> None:
        self.stack.append(made := Box(kind, items))
        if made.doublings > _DOUBLINGS:
            self.judge.grown(made.doublings, self.stream.offset)

    def _tuple_of(self, size: int) -> None:
        items = [self._pop() for _ in range(size)]
        self._box("tuple", items[::-1])

    def _dict(self) -> None:
        items = self._to_mark()
        if len(items) % 2:
            raise Malformed("a dict has a key without a value", self._here)
        self._box("dict", items)

    def _fill(self, target: Value, items: list[Value], how: str) -> None:
        if isinstance(target, Box):
            if target.kind != how:
                raise Malformed("items are put into what can't hold them", self._here)
            target.add(items)
            if target.doublings > _DOUBLINGS:
                self.judge.grown(target.doublings, self.stream.offset)
        elif isinstance(target, Datum):
            if target.kind not in (how, "object"):
                raise Malformed("items are put into what can't hold them", self._here)
        elif target is None or isinstance(target, (bool, int, float, str, bytes)):
            raise Malformed("items are put into what can't hold them", self._here)
        else:
            self.judge.filled(target, items, self._here)
            if isinstance(target, Call) and len(target.states) < 8:
                target.states.append(Box(how, items))

    def _append(self) -> None:
        item = self._pop()
        self._fill(self._top(), [item], "list")

    def _appends(self, how: str = "list") -> None:
        items = self._to_mark()
        target = self._top()
        if items:
            self._fill(target, items, how)

    def _setitem(self) -> None:
        value, key = self._pop(), self._pop()
        self._fill(self._top(), [key, value], "dict")

    def _setitems(self) -> None:
        items = self._to_mark()
        target = self._top()
        if len(items) % 2:
            raise Malformed("a dict has a key without a value", self._here)
        if items:
            self._fill(target, items, "dict")
