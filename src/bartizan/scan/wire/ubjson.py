"""UBJSON, draft 12: values one after the other, arrays of numbers stepped over. Source: the page at ubjson.org.

XGBoost writes its models in it; typed arrays hold what is large.
"""

from __future__ import annotations

from collections.abc import Callable

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.wire.blocks import Blocks

__all__ = ["read"]

_SIZES = {b"Z": 0, b"N": 0, b"T": 0, b"F": 0, b"i": 1, b"U": 1, b"I": 2, b"l": 4, b"L": 8, b"d": 4, b"D": 8, b"C": 1}
_INTEGERS = {b"i": 1, b"U": 1, b"I": 2, b"l": 4, b"L": 8}
_DEPTH = 64
_LONGEST = 4096

Text = Callable[[str, str], None]
"""Gets the path of a text (keys joined by dots) and the text, its first 4096 bytes."""


def read(source: Blocks, text: Text, check_time: Callable[[], None]) -> int:
    """Read one value and return where it ends. Raises Malformed and LimitReached."""
    return _Walk(source, text, check_time).value(0, "", 0)


class _Walk:
    def __init__(self, source: Blocks, text: Text, check_time: Callable[[], None]) -> None:
        self.source, self.text, self.check_time = source, text, check_time
        self.count = 0

    def value(self, at: int, path: str, depth: int, kind: bytes = b"") -> int:
        """Read a value, whose type stands before it or is given."""
        if not kind:
            kind = self.source.read(at, 1)
            at += 1
        self.count += 1
        if self.count % 4096 == 0:
            self.check_time()
        if kind in _SIZES:
            return self._skip(at, _SIZES[kind])
        if kind in (b"S", b"H"):
            length, at = self._length(at)
            end = self._skip(at, length)
            if kind == b"S":
                self.text(path, self.source.upto(at, min(length, _LONGEST)).decode("utf-8", "replace"))
            return end
        if kind in (b"[", b"{"):
            if depth >= _DEPTH:
                raise LimitReached(f"values lie more than {_DEPTH} deep inside each other")
            return self._container(at, path, depth + 1, named=kind == b"{")
        raise Malformed("a value has a type that doesn't exist", at - 1)

    def _container(self, at: int, path: str, depth: int, *, named: bool) -> int:
        kind, count = b"", -1
        if self.source.upto(at, 1) == b"$":
            kind, at = self.source.read(at + 1, 1), at + 2
            if self.source.upto(at, 1) != b"#":
                raise Malformed("a typed array has no length", at)
        if self.source.upto(at, 1) == b"#":
            count, at = self._length(at + 1)
            if not named and kind in _SIZES:
                return self._skip(at, count * _SIZES[kind])
            if count > self.source.size - at:
                raise Malformed(f"an array announces {count} values", at)
        done = 0
        while done != count:
            mark = self.source.read(at, 1)
            if count < 0 and mark == (b"}" if named else b"]"):
                return at + 1
            if mark == b"N" and not kind and not named:
                at += 1
                continue
            inner = path
            if named:
                length, at = self._length(at)
                end = self._skip(at, length)
                key = self.source.upto(at, min(length, 200)).decode("utf-8", "replace")
                inner, at = f"{path}.{key}"[-400:] if path else key, end
            at = self.value(at, inner, depth, kind)
            done += 1
        return at

    def _length(self, at: int) -> tuple[int, int]:
        kind = self.source.read(at, 1)
        width = _INTEGERS.get(kind)
        if width is None:
            raise Malformed("a length is no number", at)
        number = int.from_bytes(self.source.read(at + 1, width), "big", signed=kind != b"U")
        if number < 0:
            raise Malformed("a length is negative", at)
        return number, at + 1 + width

    def _skip(self, at: int, size: int) -> int:
        if at + size > self.source.size:
            raise Malformed("the file ends before what it announces", at)
        return at + size
