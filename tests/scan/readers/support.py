"""What the readers' tests share: read bytes as a file of some name, and look at what comes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers import recognise
from bartizan.scan.sources import Memory

__all__ = ["Record", "everything", "read", "reasons", "records", "values"]


class Record(NamedTuple):
    """One record, with where it stands."""

    text: str
    column: str
    place: int
    member: str


def read(source: Source, unit: Unit | None = None) -> list[Block | Unread]:
    """Read a source by the reader that recognises it."""
    reader = recognise(source)
    return [reader] if isinstance(reader, Unread) else list(reader.blocks(source, unit or Unit()))


def everything(name: str, data: bytes) -> list[Block | Unread]:
    """Read bytes as a file."""
    return read(Memory(name, data))


def records(items: Iterable[Block | Unread]) -> list[Record]:
    """Take blocks apart, as their contract says."""
    return [record for item in items if isinstance(item, Block) for record in _records(item)]


def _records(block: Block) -> Iterator[Record]:
    data = bytes(block.data)
    if block.ends is None:
        lines = data.decode("utf-8", "backslashreplace").split("\n")
        if lines and not lines[-1]:
            lines.pop()
        for number, line in enumerate(lines):
            yield Record(line, block.column, block.place(number), block.member)
        return
    start = 0
    for number, end in enumerate(block.ends.tolist()):
        assert start <= end <= len(data)
        yield Record(
            data[start:end].decode("utf-8", "backslashreplace"), block.column, block.place(number), block.member
        )
        start = end + 1
    assert start == len(data) + 1 or not len(block.ends)


def values(items: Iterable[Block | Unread], column: str, member: str = "") -> list[str]:
    """Return the records of one column."""
    return [record.text for record in records(items) if record.column == column and record.member == member]


def reasons(items: Iterable[Block | Unread]) -> list[tuple[str, str]]:
    """Return what could not be read: member and reason."""
    return [(item.member, item.reason) for item in items if isinstance(item, Unread)]
