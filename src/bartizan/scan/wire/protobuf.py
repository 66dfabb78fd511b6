"""Protocol Buffers without a schema: the fields of a message one after the other, large ones skipped without reading.

Source: the encoding guide of Protocol Buffers. A message is a range of the content; nothing is kept but a small buffer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.wire.blocks import Blocks

__all__ = ["BYTES", "FIXED32", "FIXED64", "VARINT", "Field", "Message", "looks_like", "surely"]

VARINT: Final = 0
FIXED64: Final = 1
BYTES: Final = 2
FIXED32: Final = 5
_END = 4
_GROUPS = {3: 1, _END: -1}
_DEPTH = 100
"""What the reference parsers allow."""
_LONGEST_TEXT = 1 << 16
_SMALL = 1 << 12
"""Bytes of a message whose fields are kept."""


class Field(NamedTuple):
    """A field: its number, wire type, value (the length where it has bytes), and where its bytes lie in the content."""

    number: int
    wire: int
    value: int
    start: int
    end: int


class Message:
    """A message of a content: iterate for its fields. Iterating raises Malformed where the encoding breaks."""

    __slots__ = ("_kept", "depth", "end", "source", "start")

    def __init__(self, source: Blocks, start: int = 0, end: int | None = None, depth: int = 0) -> None:
        self.source, self.start, self.depth = source, start, depth
        self.end = source.size if end is None else end
        self._kept: list[Field] | None = None

    def __iter__(self) -> Iterator[Field]:
        """Give the fields. Those of a small message are kept, as it is mostly asked for several of them."""
        if self._kept is None and self.end - self.start <= _SMALL:
            self._kept = list(self.fields())
        return self.fields() if self._kept is None else iter(self._kept)

    def fields(self) -> Iterator[Field]:
        """Read the fields one after the other. Raises Malformed where the encoding breaks."""
        at, end, source = self.start, self.end, self.source
        data, base, groups = b"", at, 0
        while at < end:
            here = at - base
            if here + 20 > len(data) and (base + len(data) < end or here >= len(data)):
                data, base, here = source.upto(at, min(end - at, 4096)), at, 0
            key, here = _varint(data, here, base)
            wire = key & 7
            if wire == BYTES:
                value, here = _varint(data, here, base)
                start = base + here
                stop = start + value
            else:
                value, here, size = _scalar(wire, data, here, base)
                groups += _GROUPS.get(wire, 0)
                start = base + here
                stop = start + size
            if key < 8 or stop > end or not 0 <= groups <= _DEPTH:
                raise Malformed("a field is longer than the message around it", at)
            if not groups and wire != _END:
                yield Field(key >> 3, wire, value, start, stop)
            at = stop
        if groups:
            raise Malformed("a group doesn't end", at)

    def inner(self, field: Field) -> Message:
        """Return the message that a field of bytes holds. Raises LimitReached where they lie too deep."""
        if self.depth >= _DEPTH:
            raise LimitReached(f"messages lie more than {_DEPTH} deep inside each other")
        return Message(self.source, field.start, field.end, self.depth + 1)

    def inners(self, number: int) -> Iterator[Message]:
        """Return the messages of a field of bytes that repeats."""
        return (self.inner(field) for field in self if field.number == number and field.wire == BYTES)

    def text(self, field: Field, most: int = _LONGEST_TEXT) -> str:
        """Return the text of a field, its first `most` bytes."""
        return self.source.upto(field.start, min(field.end - field.start, most)).decode("utf-8", "replace")

    def texts(self, number: int, most: int = _LONGEST_TEXT) -> list[str]:
        """Return all texts of a field."""
        return [self.text(field, most) for field in self if field.number == number and field.wire == BYTES]

    def last_text(self, number: int) -> str:
        """Return the text of a field that stands once; the last one wins, as with the reference parsers."""
        return (self.texts(number) or [""])[-1]


def _scalar(wire: int, data: bytes, at: int, base: int) -> tuple[int, int, int]:
    """Return a field's number, where its bytes start, and how many there are."""
    if wire == VARINT:
        value, at = _varint(data, at, base)
        return value, at, 0
    if wire in (FIXED32, FIXED64):
        size = 4 if wire == FIXED32 else 8
        return int.from_bytes(data[at : at + size], "little"), at, size
    if wire in _GROUPS:
        return 0, at, 0
    raise Malformed("a field has a wire type that doesn't exist", base + at)


def _varint(data: bytes, at: int, base: int) -> tuple[int, int]:
    """Return a number of variable length and where it ends."""
    try:
        byte = data[at]
        if byte < 128:
            return byte, at + 1
        value, shift = byte & 127, 7
        while shift < 70:
            at += 1
            byte = data[at]
            value |= (byte & 127) << shift
            if byte < 128:
                return value & 0xFFFF_FFFF_FFFF_FFFF, at + 1
            shift += 7
    except IndexError:
        pass
    raise Malformed("a number of variable length doesn't end", base + at)


def looks_like(message: Message, wires: Mapping[int, int], most: int = 24) -> set[int] | None:
    """Return the numbers of a message's first `most` fields where all are of `wires`, None where one is not.

    What breaks after the first few fields is no reason to take the file for something else: it breaks this format.
    """
    seen: set[int] = set()
    count = 0
    try:
        for field in message.fields():
            if wires.get(field.number) != field.wire:
                return None
            seen.add(field.number)
            count += 1
            if count >= most:
                break
    except (Malformed, LimitReached):
        return seen if count >= 3 else None
    return seen


def surely(test: Callable[[], bool]) -> bool:
    """Answer a test of what something is; what breaks while it is tried is not it."""
    try:
        return test()
    except (Malformed, LimitReached):
        return False
