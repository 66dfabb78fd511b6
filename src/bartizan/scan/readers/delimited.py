"""CSV, TSV and their like: a column by its heading, rows by number, cells of several lines.

The file is cut between records, and each part decoded natively; rows of another width are read as text and counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.arrow import ArrowBlocks
from bartizan.scan.readers.parts.dialect import Dialect, dialect_of
from bartizan.scan.readers.parts.encodings import SAMPLE, Encoding, converted, encoding_of
from bartizan.scan.readers.parts.lines import CHUNK, TABLE_CHUNK, line_blocks
from bartizan.scan.readers.parts.members import budget_of
from bartizan.scan.readers.parts.records import block_of

__all__ = ["READER"]

_SUFFIXES = (".csv", ".tsv", ".tab", ".psv")
_MOST = 16 << 20
"""Bytes without an end of a record, from which quotes are taken for letters."""


class DelimitedReader:
    """Tables as text."""

    name = "delimited text"

    def recognises(self, head: bytes, name: str) -> int:
        """By suffix and content, or by content that is a table beyond doubt."""
        encoding = encoding_of(head)
        if encoding is None:
            return 0
        text = b"".join(converted([head[encoding.mark :]], encoding))
        if text[:1] in b"{[<" and not name.endswith(_SUFFIXES):
            return 0
        found = dialect_of(text, name)
        if found is None:
            return 1 if name.endswith(_SUFFIXES) else 0
        return 2 if name.endswith(_SUFFIXES) or (found.columns > 2 and found.heading) else 0

    def units(self, source: Source, target: int) -> list[Unit]:
        """Byte ranges that end at ends of records; rows are counted on the way."""
        with source.open() as file:
            encoding = encoding_of(file.read(SAMPLE)) or Encoding()
            if encoding.width > 1 or source.size <= target or target <= 0:
                return [Unit()]
            file.seek(0)
            return list(_cut(file, source.size, target))

    def blocks(self, source: Source, unit: Unit) -> Iterator[Block | Unread]:
        """One block a column and part; the heading itself is a record too."""
        with source.open() as file:
            head = file.read(SAMPLE)
            encoding = encoding_of(head) or Encoding()
            text = b"".join(converted([head[encoding.mark :]], encoding))
            dialect = dialect_of(text, source.name.lower())
            begin = unit.start or encoding.mark
            file.seek(begin)
            pieces = converted(_range(file, unit.stop - begin if unit.stop >= 0 else -1), encoding)
            if dialect is None:
                yield from line_blocks(pieces)
                return
            rows = _Rows(dialect, ArrowBlocks(source, budget_of(source)[0], files=False))
            rows.row = unit.first or 1
            note = encoding.note if encoding.codec else ""
            for item in rows.blocks(pieces, unit.start == 0):
                yield msgspec.structs.replace(item, encoding=note) if note and isinstance(item, Block) else item


def _range(file: IO[bytes], size: int) -> Iterator[bytes]:
    while size and (chunk := file.read(TABLE_CHUNK if size < 0 else min(TABLE_CHUNK, size))):
        size -= len(chunk) if size > 0 else 0
        yield chunk


class _Rows:
    """Rows of one file on their way into blocks."""

    def __init__(self, dialect: Dialect, arrow: ArrowBlocks) -> None:
        self.row = 1
        self._dialect = dialect
        self._arrow = arrow
        self._bad = 0
        self._first_bad = 0

    def blocks(self, pieces: Iterable[bytes], from_start: bool) -> Iterator[Block | Unread]:
        """Give all rows; the first part of a file has what stands before its records."""
        skip = self._dialect.skip if from_start else 0
        heading = bool(self._dialect.heading) and from_start
        for part in _records(pieces):
            body = part[skip:] if skip else part
            skip = 0
            yield from self._part(body, heading)
            heading = False
        yield from self._arrow.leftovers()
        width = self._dialect.columns
        if self._bad == 1:
            yield Unread(f"1 row doesn't have {width} columns and was read as text: row {self._first_bad:,}")
        elif self._bad:
            rows = f"{self._bad:,} rows don't have {width} columns and were read as text"
            yield Unread(f"{rows}: the first is row {self._first_bad:,}")

    def _part(self, part: bytes, heading: bool) -> Iterator[Block | Unread]:
        import pyarrow as pa  # type: ignore[import-untyped]
        from pyarrow import csv

        bad: list[tuple[int, bytes]] = []

        def keep(row: Any) -> str:
            bad.append((row.number, row.text.encode("utf-8", "surrogateescape")))
            return "skip"

        names = self._dialect.names
        if not part.isascii():
            part = _whole_letters(part)
        try:
            table = csv.read_csv(
                pa.BufferReader(part),
                csv.ReadOptions(use_threads=False, block_size=len(part) + 1, column_names=names),
                csv.ParseOptions(
                    delimiter=self._dialect.delimiter,
                    newlines_in_values=True,
                    ignore_empty_lines=False,
                    invalid_row_handler=keep,
                ),
                csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.binary()), strings_can_be_null=False, check_utf8=False
                ),
            )
        except (pa.ArrowException, ValueError):
            yield from self._as_text(part)
            return
        numbers = np.array([number - 1 for number, _ in bad], np.int64)
        total = table.num_rows + len(bad)
        places = _remaining(total, numbers) + self.row if bad else None
        if heading and (places is None or (len(places) and places[0] == self.row)):
            yield block_of([column[0].as_buffer().to_pybytes() for column in table.columns], places=[1] * len(names))
            table = table.slice(1)
            first, places = self.row + 1, None if places is None else places[1:]
        else:
            first = self.row
        for name, column in zip(names, table.columns, strict=True):
            done = 0
            for chunk in column.chunks:
                where = None if places is None else places[done : done + len(chunk)]
                yield from self._arrow.blocks(chunk, name, first + done, where)
                done += len(chunk)
        # Empty lines are rows with one empty column, which nobody misses.
        wrong = [(number - 1 + self.row, text) for number, text in bad if text.strip()]
        if wrong:
            yield block_of([text for _, text in wrong], places=[place for place, _ in wrong])
            self._first_bad = self._first_bad or wrong[0][0]
            self._bad += len(wrong)
        self.row += total

    def _as_text(self, part: bytes) -> Iterator[Block]:
        """A part that is no table after all."""
        self._first_bad = self._first_bad or self.row
        for block in line_blocks([part]):
            yield msgspec.structs.replace(block, first=block.first + self.row - 1)
        lines = part.count(b"\n")
        self._bad += max(1, lines)
        self.row += lines


def _whole_letters(part: bytes) -> bytes:
    """Replace broken letters: Arrow drops bad rows that hold any."""
    try:
        part.decode()
    except UnicodeDecodeError:
        return part.decode("utf-8", "replace").encode()
    return part


def _remaining(total: int, without: NDArray[np.int64]) -> NDArray[np.int64]:
    kept = np.ones(total, bool)
    kept[without[without < total]] = False
    return np.flatnonzero(kept)


def _records(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Cut text between records: at a line end with an even number of quotes before it."""
    rest = b""
    for piece in pieces:
        data = rest + piece if rest else piece
        cut = _last_end(data)
        if not cut and len(data) > _MOST:
            # One quote too many somewhere.
            cut = data.rfind(b"\n") + 1 or len(data)
        if cut:
            yield data[:cut]
        rest = data[cut:]
    if rest:
        yield rest


def _last_end(data: bytes) -> int:
    """The offset behind the last line end outside quotes; 0 without one."""
    quotes = data.count(b'"')
    end = len(data)
    while True:
        found = data.rfind(b"\n", 0, end)
        if found < 0:
            return 0
        quotes -= data.count(b'"', found, end)
        if quotes % 2 == 0:
            return found + 1
        end = found


def _cut(file: IO[bytes], size: int, target: int) -> Iterator[Unit]:
    """Cut a file into units of about `target` bytes, and count their rows."""
    number = -(-size // target)
    step = -(-size // number)
    start, first, row, position, odd = 0, 1, 1, 0, False
    while chunk := file.read(CHUNK):
        if position + len(chunk) < start + step:
            inside, odd = _row_ends(chunk, odd)
            row += len(inside) if inside is not None else chunk.count(b"\n")
            position += len(chunk)
            continue
        inside, odd = _row_ends(chunk, odd)
        ends = inside if inside is not None else np.flatnonzero(np.frombuffer(chunk, np.uint8) == 10)
        at = int(np.searchsorted(ends, start + step - position - 1))
        if at < len(ends) and position + int(ends[at]) + 1 < size:
            stop = position + int(ends[at]) + 1
            yield Unit(start, stop, first)
            start, first = stop, row + at + 1
        row += len(ends)
        position += len(chunk)
    yield Unit(start, position, first)


def _row_ends(chunk: bytes, odd: bool) -> tuple[NDArray[np.int64] | None, bool]:
    """Line ends outside quotes, None for all of them; and whether the next chunk begins within quotes."""
    quotes = chunk.count(b'"')
    if not quotes and not odd:
        return None, False
    data = np.frombuffer(chunk, np.uint8)
    marks = np.flatnonzero(data == 34)
    ends = np.flatnonzero(data == 10)
    before = np.searchsorted(marks, ends) + odd
    return ends[before % 2 == 0], bool((quotes + odd) % 2)


READER = DelimitedReader()
