"""The head of a GGUF file: numbers, pairs and tensor descriptions, one after the other. Source: ggml's GGUF page."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.wire.blocks import Blocks

__all__ = ["ARRAY", "STRING", "Head", "Pair", "Tensor", "read_pairs", "read_tensors"]

STRING = 8
ARRAY = 9
_NUMBERS = {0: "B", 1: "b", 2: "H", 3: "h", 4: "I", 5: "i", 6: "f", 7: "?", 10: "Q", 11: "q", 12: "d"}
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 2: (32, 18), 3: (32, 20), 4: (32, 20), 5: (32, 24), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    9: (32, 40), 10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110), 22: (256, 82),
    23: (256, 136), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8), 28: (1, 8), 29: (256, 56), 30: (1, 2),
    31: (32, 18), 32: (32, 18), 33: (32, 18), 34: (256, 54), 35: (256, 66), 36: (32, 18), 37: (32, 18), 38: (32, 18),
    39: (32, 17), 40: (64, 36), 41: (128, 18),
}  # fmt: skip
"""Numbers in a block of a type, and its bytes."""
_LONGEST_NAME = 1 << 16
_LONGEST_VALUE = 1 << 12
_DIMENSIONS = 4
_WHOLE = 1 << 64


class Head(NamedTuple):
    """Version, byte order (`<` or `>`), the numbers of tensors and pairs, and where the pairs start."""

    version: int
    order: str
    tensors: int
    pairs: int
    end: int

    @classmethod
    def read(cls, content: Content) -> Head:
        """Read it. Raises Malformed."""
        source = Blocks(content)
        raw = source.read(4, 4)
        order = "<" if raw[0] else ">"
        version = struct.unpack(f"{order}I", raw)[0]
        if version not in (1, 2, 3):
            raise Malformed(f"this is version {version} of the format", 4)
        wide = version > 1
        tensors, pairs = struct.unpack(f"{order}QQ" if wide else f"{order}II", source.read(8, 16 if wide else 8))
        return cls(version, order, tensors, pairs, 24 if wide else 16)


class Pair(NamedTuple):
    """A key with its value: a number, the start of a text, or nothing of an array. `length` are bytes or entries.

    `wraps` where the announced count times its size doesn't fit in 64 bits; no pair comes after such a one.
    """

    name: str
    kind: int
    value: int | float | str | None
    length: int
    start: int
    body: int
    end: int
    wraps: bool = False


class Tensor(NamedTuple):
    """A tensor: numbers, bytes (not cut to 64 bits), and where its data lie after the head."""

    name: str
    elements: int
    size: int
    offset: int
    start: int
    end: int


class _Walk:
    """Reads one value after the other."""

    def __init__(self, head: Head, content: Content, at: int) -> None:
        self.source, self.at, self.order = Blocks(content), at, head.order
        self.wide = head.version > 1

    def number(self, letter: str) -> int | float:
        layout = struct.Struct(self.order + letter)
        value: int | float = layout.unpack(self.source.read(self.at, layout.size))[0]
        self.at += layout.size
        return value

    def count(self) -> int:
        return int(self.number("Q" if self.wide else "I"))

    def name(self) -> str:
        length = self.count()
        if length > _LONGEST_NAME:
            raise Malformed(f"a name is announced with {length} bytes", self.at)
        text = self.source.read(self.at, length)
        self.at += length
        return text.decode("utf-8", "replace")

    def skip(self, size: int) -> None:
        if self.at + size > self.source.size:
            raise Malformed("the file ends before what it announces", self.at)
        self.at += size


def read_pairs(head: Head, content: Content) -> Iterator[Pair]:
    """Give the pairs in their order. Raises Malformed."""
    walk = _Walk(head, content, head.end)
    for _ in range(head.pairs):
        start = walk.at
        if (length := walk.count()) >= _WHOLE - 1:
            yield Pair("", STRING, None, length, start, walk.at, walk.at, True)
        walk.at = start
        name = walk.name()
        kind = int(walk.number("I"))
        if kind in _NUMBERS:
            body = walk.at
            yield Pair(name, kind, walk.number(_NUMBERS[kind]), 1, start, body, walk.at)
            continue
        if kind == STRING:
            count, body = walk.count(), walk.at
            if count >= _WHOLE - 1:
                yield Pair(name, kind, None, count, start, body, body, True)
            value = walk.source.upto(body, min(count, _LONGEST_VALUE)).decode("utf-8", "replace")
            walk.skip(count)
            yield Pair(name, kind, value, count, start, body, walk.at)
        elif kind == ARRAY:
            yield from _array(walk, name, start)
        else:
            raise Malformed(f"`{name}` has a type that doesn't exist", start)


def _array(walk: _Walk, name: str, start: int) -> Iterator[Pair]:
    kind, count, body = int(walk.number("I")), walk.count(), walk.at
    if kind not in _NUMBERS and kind != STRING:
        raise Malformed(f"`{name}` is an array of a type that doesn't exist", start)
    size = 16 if kind == STRING else struct.calcsize("=" + _NUMBERS[kind])
    if count * size >= _WHOLE:
        yield Pair(name, ARRAY, None, count, start, body, body, True)
    if kind == STRING:
        if count * (8 if walk.wide else 4) > walk.source.size - walk.at:
            raise Malformed(f"`{name}` announces {count} texts", start)
        _texts(walk, count)
    else:
        walk.skip(count * size)
    yield Pair(name, ARRAY, None, count, start, body, walk.at)


def _texts(walk: _Walk, count: int) -> None:
    """Step over texts: vocabularies have hundreds of thousands, so this reads larger pieces and cuts nothing out."""
    width = 8 if walk.wide else 4
    length = struct.Struct(walk.order + ("Q" if walk.wide else "I"))
    at, end = walk.at, walk.source.size
    data, base = b"", at
    for _ in range(count):
        if at - base + width > len(data):
            data, base = walk.source.upto(at, 1 << 18), at
            if len(data) < width:
                raise Malformed("the file ends before what it announces", at)
        at += width + length.unpack_from(data, at - base)[0]
        if at > end:
            raise Malformed("a text is longer than the file", walk.at)
    walk.at = at


def read_tensors(head: Head, content: Content, at: int) -> Iterator[Tensor]:
    """Give the tensor descriptions in their order. Raises Malformed."""
    walk = _Walk(head, content, at)
    for _ in range(head.tensors):
        start = walk.at
        name = walk.name()
        dimensions = int(walk.number("I"))
        if dimensions > _DIMENSIONS:
            raise Malformed(f"`{name}` has {dimensions} dimensions", start)
        elements = first = 1
        for number in range(dimensions):
            length = walk.count()
            first = length if number == 0 else first
            elements *= length
        kind = int(walk.number("I"))
        if kind not in _BLOCKS:
            raise Malformed(f"`{name}` has a type that doesn't exist", start)
        many, size = _BLOCKS[kind]
        offset = int(walk.number("Q"))
        if first % many and elements < _WHOLE:
            raise Malformed(f"`{name}` has rows that its type can't divide", start)
        yield Tensor(name, elements, elements // many * size, offset, start, walk.at)
