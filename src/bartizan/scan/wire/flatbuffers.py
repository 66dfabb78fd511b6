"""FlatBuffers without generated code: tables, their fields, vectors; every step is checked against the content.

Source: the FlatBuffers internals page. `Buffer.high` is the end of what was looked at, which tells of bytes behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.wire.blocks import Blocks

__all__ = ["Buffer", "Table"]

_MOST = 10_000_000
"""Entries of a vector of tables or texts."""
_MOST_TABLES = 2_000_000
"""Tables that are visited in one file."""
_OTHER = re.compile(
    rb"\x80[\x02-\x05](?:\x95.{6}\x00\x00|[cC}\](KNX\x8c\x88\x89])|PK\x03\x04|\x1f\x8b\x08|c[\w.]{2,60}\n[\w.]{2,60}\n",
    re.DOTALL,
)
"""How pickles and archives begin."""


class Buffer:
    """A buffer. `identifier` are the four letters after the first offset."""

    def __init__(self, content: Content) -> None:
        self.source, self.high, self.size, self.tables = Blocks(content), 8, content.size, 0
        self.identifier = self.source.upto(4, 4)

    def root(self) -> Table:
        """Return the root table. Raises Malformed."""
        return Table(self, self.source.number(0, 4))

    def end(self, most: int) -> int:
        """Return where the buffer may end: up to `most` bytes behind what was looked at are parts of no interest.

        They are none where something begins there that another loader would run.
        """
        rest = self.source.upto(self.high, min(most, self.size - self.high))
        found = _OTHER.search(rest)
        return self.high + (len(rest) if found is None else found.start())

    def reached(self, end: int) -> None:
        """Note how far the buffer goes. Raises Malformed where that is beyond the content."""
        if end > self.size:
            raise Malformed("a part lies beyond the end of the file", end)
        self.high = max(self.high, end)


class Table:
    """A table: fields are asked for by their number in the schema, from 0."""

    __slots__ = ("_fields", "_size", "at", "buffer")

    def __init__(self, buffer: Buffer, at: int) -> None:
        self.buffer, self.at = buffer, at
        buffer.tables += 1
        if buffer.tables > _MOST_TABLES:
            # Vectors may refer to each other's tables, so that a small file has any number of ways through it.
            raise LimitReached(f"the file refers to more than {_MOST_TABLES} tables")
        source = buffer.source
        fields = at - source.number(at, 4, signed=True)
        if at < 4 or fields < 0:
            raise Malformed("a table lies outside the file", at)
        length, self._size = source.number(fields, 2), source.number(fields + 2, 2)
        if length < 4 or length % 2 or self._size < 4:
            raise Malformed("a table has a size that can't be", at)
        self._fields = source.read(fields, length)
        buffer.reached(fields + length)
        buffer.reached(at + self._size)

    def place(self, number: int, width: int) -> int:
        """Return where a field lies, 0 where it isn't set."""
        slot = 4 + 2 * number
        offset = int.from_bytes(self._fields[slot : slot + 2], "little")
        if offset and not 4 <= offset <= self._size - width:
            raise Malformed("a field lies outside its table", self.at)
        return self.at + offset if offset else 0

    def number(self, number: int, width: int, default: int = 0, *, signed: bool = False) -> int:
        """Return a number of `width` bytes."""
        place = self.place(number, width)
        return self.buffer.source.number(place, width, signed=signed) if place else default

    def _target(self, number: int) -> int:
        place = self.place(number, 4)
        return place + self.buffer.source.number(place, 4) if place else 0

    def table(self, number: int) -> Table | None:
        """Return a table that a field refers to."""
        target = self._target(number)
        return Table(self.buffer, target) if target else None

    def vector(self, number: int, width: int) -> tuple[int, int]:
        """Return where the elements of a vector start, and their number. Raises Malformed where they don't fit."""
        target = self._target(number)
        if not target:
            return 0, 0
        count = self.buffer.source.number(target, 4)
        self.buffer.reached(target + 4 + count * width)
        return target + 4, count

    def text(self, number: int, most: int = 65536) -> str:
        """Return a text, its first `most` bytes."""
        start, count = self.vector(number, 1)
        return self.buffer.source.upto(start, min(count, most)).decode("utf-8", "replace") if count else ""

    def tables(self, number: int) -> Iterator[Table]:
        """Give the tables of a vector."""
        start, count = self.vector(number, 4)
        if count > _MOST:
            raise Malformed(f"a vector announces {count} tables", start)
        for one in range(count):
            at = start + 4 * one
            yield Table(self.buffer, at + self.buffer.source.number(at, 4))

    def texts(self, number: int) -> Iterator[str]:
        """Give the texts of a vector, their first bytes."""
        start, count = self.vector(number, 4)
        source = self.buffer.source
        for one in range(min(count, _MOST)):
            at = start + 4 * one
            at += source.number(at, 4)
            length = source.number(at, 4)
            self.buffer.reached(at + 4 + length)
            yield source.upto(at + 4, min(length, 4096)).decode("utf-8", "replace")
