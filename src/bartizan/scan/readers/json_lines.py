"""JSON Lines (JSONL, NDJSON): one document a line; columns by path, rows by line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.arrow import ArrowBlocks
from bartizan.scan.readers.parts.encodings import SAMPLE, Encoding, converted, encoding_of
from bartizan.scan.readers.parts.json_values import decoded, decoded_all
from bartizan.scan.readers.parts.lines import PIECE, TABLE_CHUNK, line_blocks, line_units, range_of, whole_lines
from bartizan.scan.readers.parts.members import budget_of
from bartizan.scan.readers.parts.records import block_of
from bartizan.scan.readers.parts.rows import values_by_path

__all__ = ["READER", "JsonRows"]

_SUFFIXES = (".jsonl", ".ndjson", ".jsonlines", ".ldjson")
_TRIES = 5
_SAMPLE = 64 << 10
_FIELDS = 200
"""Fields of one object from which it is taken for a map, which is no table."""


class JsonLinesReader:
    """Each line is a document; a line that is none is read as text and counted."""

    name = "JSON Lines"

    def recognises(self, head: bytes, name: str) -> int:
        """By suffix, or by two whole lines that are documents."""
        if name.endswith(_SUFFIXES):
            return 2
        lines = head.removeprefix(b"\xef\xbb\xbf").split(b"\n")
        if len(lines) < 3 or not lines[0].startswith(b"{") or not lines[1].startswith(b"{"):
            return 0
        return 3 if decoded_all(lines[:2]) is not None else 0

    def units(self, source: Source, target: int) -> list[Unit]:
        """Byte ranges that end at line ends."""
        with source.open() as file:
            encoding = encoding_of(file.read(SAMPLE)) or Encoding()
        return line_units(source, target) if encoding.width == 1 else [Unit()]

    def blocks(self, source: Source, unit: Unit) -> Iterator[Block | Unread]:
        """One block a path and some hundred lines."""
        rows = JsonRows(source)
        with source.open() as file:
            encoding = encoding_of(file.read(SAMPLE)) or Encoding()
            yield from rows.blocks(converted(range_of(file, unit, encoding.mark, TABLE_CHUNK), encoding))


class JsonRows:
    """Turns lines into blocks: the first lines in Python, the rest natively as long as it looks like the first."""

    def __init__(self, source: Source) -> None:
        self._arrow = ArrowBlocks(source, budget_of(source)[0])
        self._schema: Any = None
        self._tries = _TRIES
        self._seen: set[tuple[str, str]] = set()
        self._bad = 0
        self._first_bad = 0

    def blocks(self, pieces: Iterable[bytes]) -> Iterator[Block | Unread]:
        """Give the values of all lines, by path."""
        line = 1
        parts = whole_lines(pieces, PIECE * 4)
        for part, ended in parts:
            if not ended:
                # A line that is larger than what is decoded at once is read as text, in pieces.
                counted = [0]
                for block in line_blocks(_until_end(part, parts, counted)):
                    yield msgspec.structs.replace(block, first=block.first + line - 1)
                line += counted[0]
                continue
            if self._tries == _TRIES and (cut := part.rfind(b"\n", 0, _SAMPLE) + 1):
                # The first lines show the shape of the others.
                yield from self._decoded(part[:cut], line)
                line += part.count(b"\n", 0, cut)
                part = part[cut:]  # noqa: PLW2901
            number = part.count(b"\n") + (part != b"" and not part.endswith(b"\n"))
            native = self._native(part, number)
            if native is not None:
                for name, column in zip(native.column_names, native.columns, strict=True):
                    for chunk in column.chunks:
                        yield from self._arrow.blocks(chunk, name, line)
            elif part:
                yield from self._decoded(part, line)
            line += number
        yield from self._arrow.leftovers()
        if self._bad == 1:
            yield Unread(f"1 line is not valid JSON and was read as text: line {self._first_bad:,}")
        elif self._bad:
            lines = f"{self._bad:,} lines are not valid JSON and were read as text"
            yield Unread(f"{lines}: the first is line {self._first_bad:,}")

    def _native(self, part: bytes, number: int) -> Any:
        """Decode lines by Arrow; None where they don't fit what came before."""
        if self._schema is None:
            return None
        import pyarrow as pa  # type: ignore[import-untyped]
        from pyarrow import json as arrow_json

        try:
            table = arrow_json.read_json(
                pa.BufferReader(part),
                arrow_json.ReadOptions(use_threads=False, block_size=len(part) + 1),
                arrow_json.ParseOptions(explicit_schema=self._schema, unexpected_field_behavior="error"),
            )
        except (pa.ArrowException, ValueError):
            table = None
        if table is None or table.num_rows != number:
            self._schema = None
            return None
        return table

    def _decoded(self, part: bytes, line: int) -> Iterator[Block]:
        lines = part.split(b"\n")
        if not lines[-1]:
            lines.pop()
        values = decoded_all(lines)
        if values is not None:
            self._learn(values)
            yield from values_by_path(values, range(line, line + len(values)), seen=self._seen)
            return
        good: list[Any] = []
        places: list[int] = []
        for place, text in enumerate(lines, line):
            if not text.strip():
                continue
            try:
                good.append(decoded(text))
                places.append(place)
            except (ValueError, RecursionError):
                yield block_of([text], first=place)
                self._first_bad = self._first_bad or place
                self._bad += 1
        if good:
            yield from values_by_path(good, places, seen=self._seen)

    def _learn(self, values: list[Any]) -> None:
        """Take the shape of these values for that of the following ones, where it is a table's."""
        if not self._tries:
            return
        self._tries -= 1
        import pyarrow as pa

        if not all(type(value) is dict for value in values):
            return
        try:
            kind = pa.array(values).type
        except (pa.ArrowException, ValueError, TypeError, OverflowError):
            return
        self._schema = pa.schema(list(kind)) if _tabular(kind) else None


def _until_end(part: bytes, parts: Iterator[tuple[bytes, bool]], counted: list[int]) -> Iterator[bytes]:
    """Give a long line's parts up to its end, and count the lines that end in them."""
    yield part
    for following, ended in parts:
        counted[0] += following.count(b"\n")
        yield following
        if ended:
            return


def _tabular(kind: Any) -> bool:
    """Whether a type is one of fixed fields: no maps, nothing that Arrow reads in another way than JSON says."""
    import pyarrow as pa
    from pyarrow import types

    if types.is_struct(kind):
        return 0 < kind.num_fields <= _FIELDS and all(_tabular(field.type) for field in kind)
    if types.is_list(kind):
        return _tabular(kind.value_type)
    return kind in (pa.string(), pa.int64(), pa.float64(), pa.bool_(), pa.null())


READER = JsonLinesReader()
