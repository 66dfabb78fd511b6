"""What is kept of hits: counts, and the first places of each kind; never a value, and never every hit."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.span import Hits
from bartizan.scan.blocks import Block

__all__ = ["FIRST", "OTHERS", "Aggregate", "ColumnTally", "Spot", "TypeTally", "masked"]

FIRST = 20
"""Places kept for each file, member, column, type and confidence."""
OTHERS = "…"
"""The column that stands for all others, where a file has more than are kept apart."""
_COLUMNS = 10_000
_SPOTS = 30_000
_SAMPLE = 1_000
_SAMPLE_OF_BLOCK = 200
_LOOK_BACK = 65_536
_NEWLINE = 10
_WORD = re.compile(rb"[A-Za-z\x80-\xff]")
_NUMBER = re.compile(r"[0-9 .\-/:()+]{3,40}")
_CODE = re.compile(r"[0-9A-Za-z .\-/:]{4,40}")


class Spot(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Where a value stands, and what it looks like.

    `line` is the line, row, page or paragraph, counted from 1; `position` the character in it, counted from 1, 0 when
    not known; `offset` the byte in it, counted from 0; `shape` the value with its letters and digits taken out.
    """

    line: int
    position: int
    offset: int
    shape: str


class TypeTally(msgspec.Struct, array_like=True):
    """One type in one place: hits by their confidence, records by their best one, and the first spots by confidence.

    `whole` counts hits that fill their record.
    """

    hits: dict[int, int] = {}
    records: dict[int, int] = {}
    whole: int = 0
    spots: dict[int, list[Spot]] = {}

    def join(self, other: TypeTally, shift: int = 0) -> None:
        """Add what another part of the same place holds; its lines are `shift` further down."""
        for mine, others in ((self.hits, other.hits), (self.records, other.records)):
            for confidence, number in others.items():
                mine[confidence] = mine.get(confidence, 0) + number
        self.whole += other.whole
        for confidence, spots in other.spots.items():
            moved = [Spot(s.line + shift, s.position, s.offset, s.shape) for s in spots] if shift else spots
            kept = self.spots.setdefault(confidence, [])
            kept.extend(moved[: FIRST - len(kept)])


class ColumnTally(msgspec.Struct, array_like=True):
    """One column of a table, or the free text of a file or member, where `column` is empty.

    `records` and `filled` count records and those that aren't empty. Of `sampled` records, `numeric` are numbers.
    """

    member: str
    column: str
    records: int = 0
    filled: int = 0
    sampled: int = 0
    numeric: int = 0
    types: dict[str, TypeTally] = {}

    def join(self, other: ColumnTally, shift: int = 0) -> None:
        """Add what another part of the file holds of the same column."""
        self.records += other.records
        self.filled += other.filled
        self.sampled += other.sampled
        self.numeric += other.numeric
        for name, tally in other.types.items():
            self.types.setdefault(name, TypeTally()).join(tally, shift)


class Aggregate:
    """Adds up the hits of a part of a file, in bounded memory whatever the part holds."""

    def __init__(self) -> None:
        self.columns: dict[tuple[str, str], ColumnTally] = {}
        self.bytes = 0
        self.records = 0
        self.lines = 0
        self.last = 0
        self.encoding = ""
        self._spots = 0

    def tallies(self) -> list[ColumnTally]:
        """Return what is known of each column, in the order in which they came."""
        return list(self.columns.values())

    def join(self, tallies: list[ColumnTally], shift: int = 0) -> None:
        """Add the columns of another part of the file."""
        for tally in tallies:
            self._of(tally.member, tally.column).join(tally, shift)

    def add(self, block: Block, hits: Hits) -> None:
        """Add a block and what was found in it."""
        self.bytes += len(block.data) - block.after
        self.encoding = self.encoding or block.encoding
        ends = block.ends
        if ends is None:
            starts = None
            self.lines += _lines(block.data)
        else:
            starts = np.concatenate((np.zeros(min(1, len(ends)), np.int64), ends[:-1] + 1))
            self.records += len(ends)
            self.last = max(self.last, block.place(len(ends) - 1) if len(ends) else 0)
        own = np.flatnonzero((hits.start >= block.before) & (hits.start < len(block.data) - block.after))
        if not len(own) and not block.column:
            return
        tally = self._of(block.member, block.column)
        if starts is not None and ends is not None:
            tally.records += len(ends)
            tally.filled += int(np.count_nonzero(ends > starts))
            if len(own) and block.column:
                _sample(tally, block.data, starts, ends)
        elif block.column:
            tally.records += _lines(block.data)
            tally.filled += _lines(block.data)
        for kind, rows in _by_kind(hits, own):
            self._count(tally, hits, kind, rows, block, starts)

    def _of(self, member: str, column: str) -> ColumnTally:
        key = (member, column)
        if key not in self.columns and len(self.columns) >= _COLUMNS:
            key = ("", OTHERS if column else "")
        return self.columns.setdefault(key, ColumnTally(*key))

    def _count(
        self,
        tally: ColumnTally,
        hits: Hits,
        kind: int,
        rows: NDArray[np.int64],
        block: Block,
        starts: NDArray[np.int64] | None,
    ) -> None:
        one = tally.types.setdefault(hits.types[kind], TypeTally())
        confidence, record = hits.confidence[rows], hits.record[rows]
        _add(one.hits, confidence)
        order = np.lexsort((confidence, record))
        last = np.flatnonzero(np.append(record[order][1:] != record[order][:-1], True))
        _add(one.records, confidence[order][last])
        if starts is not None and block.ends is not None:
            room = block.ends[record] - starts[record]
            # Quotes may stand around a value.
            one.whole += int(np.count_nonzero(hits.end[rows] - hits.start[rows] >= room - 2))
        for level in np.unique(confidence):
            kept = one.spots.setdefault(int(level), [])
            most = FIRST if self._spots < _SPOTS else 1
            for row in rows[confidence == level][: max(0, most - len(kept))]:
                kept.append(_spot(block, hits, int(row), starts))
                self._spots += 1


def _by_kind(hits: Hits, own: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """The rows of each kind among `own`, in the order of their starts."""
    kinds = hits.kind[own]
    for kind in np.unique(kinds):
        yield int(kind), own[kinds == kind]


def _lines(data: bytes | memoryview) -> int:
    if isinstance(data, bytes):
        return data.count(b"\n")
    return int(np.count_nonzero(np.frombuffer(data, np.uint8) == _NEWLINE))


def _add(counts: dict[int, int], values: NDArray[np.uint8]) -> None:
    for value, number in zip(*np.unique(values, return_counts=True), strict=True):
        counts[int(value)] = counts.get(int(value), 0) + int(number)


def _spot(block: Block, hits: Hits, row: int, starts: NDArray[np.int64] | None) -> Spot:
    start, end, record = int(hits.start[row]), int(hits.end[row]), int(hits.record[row])
    if starts is not None:
        begin = int(starts[record])
    else:
        floor = max(0, start - _LOOK_BACK)
        begin = bytes(block.data[floor:start]).rfind(b"\n") + 1 + floor
        if begin == floor and (floor or block.before):
            # So far into its line that the line's beginning is out of sight.
            return Spot(block.place(record), 0, 0, masked(bytes(block.data[start:end])))
    before = bytes(block.data[begin : min(start, begin + _LOOK_BACK)])
    position = len(before.decode("utf-8", "replace")) + 1 if len(before) == start - begin else 0
    return Spot(block.place(record), position, start - begin, masked(bytes(block.data[start:end])))


def masked(value: bytes) -> str:
    """Return what a value looks like, without the value: `###-##-####`, `XX## ####`, or how long it is."""
    text = value.decode("utf-8", "replace")
    if _NUMBER.fullmatch(text):
        return re.sub("[0-9]", "#", text)
    digits = sum(letter.isdigit() for letter in text)
    if _CODE.fullmatch(text) and digits * 3 >= len(text) and len(text) <= 34:
        return re.sub("[a-z]", "x", re.sub("[A-Z]", "X", re.sub("[0-9]", "#", text)))
    return f"{len(text)} character{'' if len(text) == 1 else 's'}"


def _sample(
    tally: ColumnTally, data: bytes | memoryview, starts: NDArray[np.int64] | None, ends: NDArray[np.int64]
) -> None:
    """Look at some records, whether they are numbers."""
    assert starts is not None
    wanted = min(_SAMPLE_OF_BLOCK, _SAMPLE - tally.sampled)
    if wanted <= 0:
        return
    filled = np.flatnonzero(ends > starts)
    for index in filled[:: max(1, len(filled) // wanted)][:wanted]:
        record = bytes(data[int(starts[index]) : min(int(ends[index]), int(starts[index]) + 64)])
        tally.sampled += 1
        tally.numeric += _WORD.search(record) is None
