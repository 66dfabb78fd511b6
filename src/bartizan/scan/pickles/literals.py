"""The part of the machine that makes plain data and moves it about: literals, containers, marks, frames."""

from __future__ import annotations

import struct
from collections.abc import Callable

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.pickles.containers import Containers
from bartizan.scan.pickles.values import KEPT_TEXT, Box, Datum

__all__ = ["Literals"]

_DIGITS = 4300
"""Digits of a number that Python turns into an int by default."""
_FLOAT = struct.Struct(">d")


class Literals(Containers):
    """Stack, marks and the opcodes that need nothing else."""

    def _text(self, size: int, encoding: str = "utf-8") -> None:
        offset = self.stream.offset
        head = self.stream.payload(size, min(size, KEPT_TEXT), whole=False)
        if size <= KEPT_TEXT:
            try:
                self.stack.append(head.decode(encoding, "surrogatepass"))
            except UnicodeDecodeError as error:
                raise Malformed("a text is no UTF-8", offset) from error
        else:
            self.stack.append(Datum("str", size, head.decode(encoding, "replace")))

    def _bytes(self, size: int, kind: str = "bytes") -> None:
        offset = self.stream.offset
        head = self.stream.payload(size, min(size, KEPT_TEXT), whole=True)
        self.judge.payload(head, self.stream.offset - size, size)
        kept = size <= KEPT_TEXT and kind == "bytes"
        self.stack.append(head if kept else Datum(kind, size, head))
        if self.stream.offset < offset:
            raise Malformed("a length leads back", offset)

    def _old_string(self, body: bytes) -> None:
        """A Python 2 string: text, or bytes where the loader is told so."""
        self.judge.payload(body, self.stream.offset - len(body), len(body))
        text = body.decode("latin-1")
        self.stack.append(text if len(text) <= KEPT_TEXT else Datum("str", len(text), text[:KEPT_TEXT]))

    def _sized_old_string(self, size: int) -> None:
        if size < 0:
            raise Malformed("a string has a negative length", self._here)
        head = self.stream.payload(size, min(size, KEPT_TEXT), whole=False)
        if size <= KEPT_TEXT:
            self._old_string(head)
        else:
            self.judge.payload(head, self.stream.offset - size, size)
            self.stack.append(Datum("str", size, head.decode("latin-1")))

    def _quoted(self) -> None:
        offset = self.stream.offset
        line = self.stream.line().strip()
        if len(line) < 2 or line[:1] != line[-1:] or line[:1] not in (b"'", b'"'):
            raise Malformed("a string stands without quotes", offset)
        body = line[1:-1]
        self._old_string(_unescaped(body, offset) if b"\\" in body else body)

    def _unicode_line(self) -> None:
        line = self.stream.line()
        text = line.decode("latin-1") if b"\\" not in line else _raw_unicode(line, self.stream.offset)
        self.stack.append(text if len(text) <= KEPT_TEXT else Datum("str", len(text), text[:KEPT_TEXT]))

    def _number_line(self, *, long: bool) -> None:
        offset = self.stream.offset
        line = self.stream.line().strip()
        if long:
            line = line.removesuffix(b"L")
        if not long and line in (b"00", b"01"):
            self.stack.append(line == b"01")
            return
        if len(line) > _DIGITS:
            raise LimitReached(f"a number has {len(line)} digits")
        try:
            self.stack.append(int(line, 0) if line[:1] != b"0" or line[1:2].isalpha() else int(line, 10))
        except ValueError as error:
            raise Malformed("a number is none", offset) from error

    def _float_line(self) -> None:
        offset = self.stream.offset
        line = self.stream.line().strip()
        try:
            self.stack.append(float(line[:400]))
        except ValueError as error:
            raise Malformed("a number is none", offset) from error

    def _long(self, size: int) -> None:
        if size < 0:
            raise Malformed("a number has a negative length", self._here)
        if size <= 16:
            self.stack.append(int.from_bytes(self.stream.take(size), "little", signed=True))
        else:
            self.stream.payload(size, min(size, 16), whole=False)
            self.stack.append(Datum("int", size))

    def _proto(self) -> None:
        version = self.stream.take(1)[0]
        if version > 5:
            raise Malformed(f"protocol {version} is not known", self._here)
        self.protocol = version

    def _frame(self) -> None:
        size = int.from_bytes(self.stream.take(8), "little")
        if not self.stream.frame(size):
            self.judge.frame(f"a frame of {size} bytes in a file that is shorter", self.stream.offset - 9)

    def literal_table(self) -> dict[int, Callable[[], None]]:
        """Return what to do by opcode."""
        push, take, little = self.stack.append, self.stream.take, int.from_bytes
        return {
            ord("("): self._mark,
            ord("0"): self._pop_one,
            ord("1"): self._pop_mark,
            ord("2"): self._dup,
            ord("N"): lambda: push(None),
            0x88: lambda: push(True),
            0x89: lambda: push(False),
            ord("I"): lambda: self._number_line(long=False),
            ord("L"): lambda: self._number_line(long=True),
            ord("F"): self._float_line,
            ord("J"): lambda: push(little(take(4), "little", signed=True)),
            ord("K"): lambda: push(take(1)[0]),
            ord("M"): lambda: push(little(take(2), "little")),
            ord("G"): lambda: push(_FLOAT.unpack(take(8))[0]),
            0x8A: lambda: self._long(take(1)[0]),
            0x8B: lambda: self._long(little(take(4), "little", signed=True)),
            ord("S"): self._quoted,
            ord("T"): lambda: self._sized_old_string(little(take(4), "little", signed=True)),
            ord("U"): lambda: self._sized_old_string(take(1)[0]),
            ord("V"): self._unicode_line,
            0x8C: lambda: self._text(take(1)[0]),
            ord("X"): lambda: self._text(little(take(4), "little")),
            0x8D: lambda: self._text(little(take(8), "little")),
            ord("C"): lambda: self._bytes(take(1)[0]),
            ord("B"): lambda: self._bytes(little(take(4), "little")),
            0x8E: lambda: self._bytes(little(take(8), "little")),
            0x96: lambda: self._bytes(little(take(8), "little"), "bytearray"),
            ord("]"): lambda: push(Box("list")),
            ord("}"): lambda: push(Box("dict")),
            ord(")"): lambda: push(Box("tuple")),
            0x8F: lambda: push(Box("set")),
            0x85: lambda: self._tuple_of(1),
            0x86: lambda: self._tuple_of(2),
            0x87: lambda: self._tuple_of(3),
            ord("t"): lambda: self._box("tuple", self._to_mark()),
            ord("l"): lambda: self._box("list", self._to_mark()),
            ord("d"): self._dict,
            0x91: lambda: self._box("frozenset", self._to_mark()),
            ord("a"): self._append,
            ord("e"): self._appends,
            0x90: lambda: self._appends("set"),
            ord("s"): self._setitem,
            ord("u"): self._setitems,
            0x80: self._proto,
            0x95: self._frame,
        }


def _unescaped(body: bytes, offset: int) -> bytes:
    import codecs

    try:
        return codecs.escape_decode(body)[0]
    except ValueError as error:
        raise Malformed("a string has a broken escape", offset) from error


def _raw_unicode(line: bytes, offset: int) -> str:
    try:
        return line.decode("raw-unicode-escape")
    except UnicodeDecodeError as error:
        raise Malformed("a text has a broken escape", offset) from error
