"""The syntax of PDF objects (ISO 32000-1, 7.3), and the one stream filter that metadata need."""

from __future__ import annotations

import re
import zlib
from mmap import mmap
from typing import Any, TypeAlias

import msgspec

__all__ = ["MOST_STREAM", "Buffer", "Name", "Parser", "PdfError", "Ref", "inflated", "predicted", "whole_numbers"]

Buffer: TypeAlias = bytes | mmap
MOST_STREAM = 16 * 1024 * 1024
"""Bytes of a stream that are read or unpacked."""

_SPACE = re.compile(rb"(?:[\x00\t\n\x0c\r ]|%[^\r\n]*)*")
_NUMBER = re.compile(rb"[+-]?(?:\d{1,20}\.?\d{0,20}|\.\d{1,20})")
_REF = re.compile(rb"(\d{1,10})[\x00\t\n\x0c\r ]+(\d{1,5})[\x00\t\n\x0c\r ]+R(?![A-Za-z0-9])")
_NAME = re.compile(rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]{0,200})")
_PLAIN = re.compile(rb"[^()\\]+")
_OCTAL = re.compile(rb"[0-7]{1,3}")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_DEPTH = 30


class PdfError(ValueError):
    """The file, or the object asked for, is damaged."""


class Name(str):
    """A name object, such as `/Info`, without its slash."""

    __slots__ = ()


class Ref(msgspec.Struct, frozen=True):
    """A reference to an object by number."""

    number: int


class Parser:
    """Reads objects where they stand. Raises PdfError for what is none."""

    def __init__(self, data: Buffer) -> None:
        self.data = data

    def parse(self, at: int, depth: int = 0) -> tuple[Any, int]:
        """Return the object that stands at an offset, and where it ends."""
        at = self.skip(at)
        head = self.data[at : at + 2]
        if depth > _DEPTH or not head:
            raise PdfError
        if head == b"<<":
            return self._dictionary(at + 2, depth)
        if head[:1] == b"[":
            return self._array(at + 1, depth)
        if head[:1] == b"(":
            return self._literal(at + 1)
        if head[:1] == b"<":
            return self._hexadecimal(at + 1)
        return self._word(at)

    def skip(self, at: int) -> int:
        """Return where the next token begins, behind white space and comments."""
        match = _SPACE.match(self.data, at)
        return match.end() if match else at

    def _word(self, at: int) -> tuple[Any, int]:
        if name := _NAME.match(self.data, at):
            raw = re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes.fromhex(code[1].decode()), name[1])
            return Name(raw.decode("utf-8", "replace")), name.end()
        if ref := _REF.match(self.data, at):
            return Ref(int(ref[1])), ref.end()
        if number := _NUMBER.match(self.data, at):
            return (float(number[0]) if b"." in number[0] else int(number[0])), number.end()
        for word, value in ((b"true", True), (b"false", False), (b"null", None)):
            if self.data[at : at + len(word)] == word:
                return value, at + len(word)
        raise PdfError

    def _dictionary(self, at: int, depth: int) -> tuple[dict[str, Any], int]:
        out: dict[str, Any] = {}
        while True:
            at = self.skip(at)
            if self.data[at : at + 2] == b">>":
                return out, at + 2
            key, at = self._word(at)
            if not isinstance(key, Name):
                raise PdfError
            out[key], at = self.parse(at, depth + 1)

    def _array(self, at: int, depth: int) -> tuple[list[Any], int]:
        out: list[Any] = []
        while True:
            at = self.skip(at)
            if self.data[at : at + 1] == b"]":
                return out, at + 1
            value, at = self.parse(at, depth + 1)
            out.append(value)

    def _hexadecimal(self, at: int) -> tuple[bytes, int]:
        end = self.data.find(b">", at, at + 2 * MOST_STREAM)
        digits = re.sub(rb"\s", b"", self.data[at:end]) if end >= 0 else b"?"
        if re.fullmatch(rb"[0-9A-Fa-f]*", digits) is None:
            raise PdfError
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()), end + 1

    def _literal(self, at: int) -> tuple[bytes, int]:
        out, depth = bytearray(), 1
        while True:
            if plain := _PLAIN.match(self.data, at):
                out += plain[0]
                at = plain.end()
            letter = self.data[at : at + 1]
            if not letter or len(out) > MOST_STREAM:
                raise PdfError
            at += 1
            if letter == b"\\":
                escape, at = self._escape(at)
                out += escape
                continue
            depth += 1 if letter == b"(" else -1
            if not depth:
                return bytes(out), at
            out += letter

    def _escape(self, at: int) -> tuple[bytes, int]:
        if octal := _OCTAL.match(self.data, at):
            return bytes([int(octal[0], 8) & 255]), octal.end()
        if self.data[at : at + 2] == b"\r\n":
            return b"", at + 2
        letter = self.data[at : at + 1]
        return (b"" if letter in (b"\r", b"\n") else _ESCAPES.get(letter, letter)), at + 1


def whole_numbers(value: Any, length: int) -> bool:
    """Tell whether a value is a list of that many whole numbers, none below 0; any length for 0."""
    return (
        isinstance(value, list)
        and (len(value) == length or not length)
        and all(isinstance(one, int) and one >= 0 for one in value)
    )


def inflated(content: bytes) -> bytes:
    """Undo Flate, up to `MOST_STREAM` bytes. Raises PdfError."""
    machine = zlib.decompressobj()
    try:
        return machine.decompress(content, MOST_STREAM)
    except zlib.error:
        raise PdfError from None


def predicted(content: bytes, parms: dict[str, Any]) -> bytes:
    """Undo a PNG predictor, as cross-reference streams have it. Raises PdfError for another one."""
    predictor = parms.get("Predictor", 1)
    if predictor == 1:
        return content
    columns, colours, bits = parms.get("Columns", 1), parms.get("Colors", 1), parms.get("BitsPerComponent", 8)
    if not whole_numbers([predictor, columns, colours, bits], 4) or predictor < 10:
        raise PdfError
    width, step = (columns * colours * bits + 7) // 8, max(1, colours * bits // 8)
    out, above = bytearray(), bytes(width)
    for at in range(0, len(content), width + 1):
        row = _row(content[at], bytearray(content[at + 1 : at + 1 + width]), above, step)
        out += row
        above = bytes(row).ljust(width, b"\0")
    return bytes(out)


def _row(kind: int, row: bytearray, above: bytes, step: int) -> bytearray:
    for n in range(len(row)):
        left = row[n - step] if n >= step else 0
        corner = above[n - step] if n >= step else 0
        if kind == 1:
            add = left
        elif kind == 2:
            add = above[n]
        elif kind == 3:
            add = (left + above[n]) // 2
        elif kind == 4:
            estimate = left + above[n] - corner
            add = min((left, above[n], corner), key=lambda value: abs(estimate - value))
        else:
            add = 0
        row[n] = (row[n] + add) & 255
    return row
