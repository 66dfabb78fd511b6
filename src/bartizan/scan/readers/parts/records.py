"""Collects records as they come, and gives them as blocks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bartizan.scan.blocks import Block
from bartizan.scan.readers.parts.lines import LAP, PIECE

__all__ = ["FULL", "LongText", "Records", "block_of"]

FULL = 1 << 20
"""Bytes after which collected records are given away."""
_OVERHEAD = 64
"""Bytes that a record costs beside its own, so that a million empty ones don't fill the memory."""


def block_of(records: Sequence[bytes], column: str = "", first: int = 1, places: Sequence[int] | None = None) -> Block:
    """Join records into a block; with `places`, where each of them stands."""
    ends = np.fromiter(map(len, records), np.int64, len(records))
    ends += 1
    np.cumsum(ends, out=ends)
    ends -= 1
    where = None
    if places is not None:
        where = np.fromiter(places, np.int64, len(records))
        first = int(where[0]) if len(where) else first
        if len(where) == 0 or bool((where == np.arange(first, first + len(where))).all()):
            where = None
    return Block(b"\n".join(records), ends, column, first, places=where)


class Records:
    """Records on their way into blocks, by column; each column keeps its order.

    Add until `full`, then take. What is left is taken at the end.
    """

    def __init__(self, full: int = FULL) -> None:
        self._limit = full
        self._size = 0
        self._columns: dict[str, tuple[list[bytes], list[int]]] = {}
        self._pieces: list[Block] = []

    @property
    def full(self) -> bool:
        """Whether it is time to take."""
        return self._size >= self._limit

    def add(self, text: str | bytes, place: int, column: str = "") -> None:
        """Add a record; blank ones are left out."""
        data = text.encode("utf-8", "surrogatepass") if isinstance(text, str) else text
        if not data or data.isspace():
            return
        found = self._columns.get(column)
        if found is None:
            found = self._columns[column] = ([], [])
        found[0].append(data)
        found[1].append(place)
        self._size += len(data) + _OVERHEAD

    def piece(self, data: bytes, place: int, column: str, before: int, after: int) -> None:
        """Add a piece of a record that is too long for one block."""
        self._pieces.append(Block(data, np.array([len(data)]), column, place, before=before, after=after))
        self._size += len(data)

    def take(self) -> Iterator[Block]:
        """Give everything collected, as one block a column."""
        pieces, self._pieces = self._pieces, []
        yield from pieces
        columns, self._columns, self._size = self._columns, {}, 0
        for column, (records, places) in columns.items():
            yield block_of(records, column, places=places)

    def taken_when_full(self) -> Iterator[Block]:
        """Give everything collected if that is enough for blocks, nothing otherwise."""
        if self.full:
            yield from self.take()


class LongText:
    """One record that comes in parts. However long it gets, only a piece of it is kept.

    `empty` says whether nothing but blanks was added; those before the first letter are not kept.
    """

    __slots__ = ("_before", "_head", "_parts", "_records", "_size", "empty")

    def __init__(self, records: Records) -> None:
        self._records = records
        self._head = b""
        self._parts: list[str] = []
        self._size = 0
        self._before = 0
        self.empty = True

    def add(self, text: str, place: int, column: str = "") -> None:
        """Add a part; the place and column are those of the record as known so far."""
        if self.empty:
            if not text or text.isspace():
                return
            self.empty = False
        self._parts.append(text)
        self._size += len(text)
        if self._size > PIECE:
            whole = self._whole()
            self._records.piece(whole, place, column, self._before, LAP)
            self._head, self._before, self._parts, self._size = whole[-2 * LAP :], LAP, [], 0

    def text(self) -> str:
        """Return what is kept of the record."""
        return self._head.decode("utf-8", "replace") + "".join(self._parts)

    def end(self, place: int, column: str = "") -> None:
        """Add the record to the others, and begin a new one."""
        if self.empty:
            return
        whole = self._whole()
        if self._before:
            self._records.piece(whole, place, column, self._before, 0)
        else:
            self._records.add(whole.strip(), place, column)
        self._head, self._before, self._parts, self._size, self.empty = b"", 0, [], 0, True

    def _whole(self) -> bytes:
        return self._head + "".join(self._parts).encode("utf-8", "surrogatepass")
