"""Avro object container files: a block of rows at a time, columns by path.

The container is read here, so that a damaged block costs that block only, and none unpacks to more than is bounded;
the rows are fastavro's. Format: Apache Avro 1.12 specification, "Object Container Files".
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import IO, Any

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.foreign import Bad, contained
from bartizan.scan.readers.parts.inflate import inflated_block
from bartizan.scan.readers.parts.rows import values_by_path
from bartizan.scan.readers.parts.whole import Whole

__all__ = ["READER"]

_ROWS = 1000
_MOST = 64 << 20
"""Bytes of a block, packed or unpacked."""
_CODECS = {"deflate": "deflate", "bzip2": "bzip2", "xz": "xz", "zstandard": "zstd", "snappy": "snappy"}
_DAMAGED = "is a damaged or truncated Avro file"


class AvroReader(Whole):
    """Rows with the names of the schema in the file."""

    name = "Avro"

    def recognises(self, head: bytes, _name: str) -> int:
        """By magic number."""
        return 3 if head.startswith(b"Obj\x01") else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """One block a path and some hundred rows."""
        with source.open() as file:
            try:
                yield from _File(file).blocks()
            except Bad as bad:
                yield Unread(str(bad))


class _File:
    """An open container file."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._row = 1
        self._seen: set[tuple[str, str]] = set()

    def blocks(self) -> Iterator[Block | Unread]:
        """Give what is said about the file, then its rows. Raises Bad where it can't go on."""
        import fastavro
        import fastavro.schema

        self._exactly(4)
        header = self._header()
        sync = self._exactly(16)
        codec = header.pop("avro.codec", b"null").decode("utf-8", "replace")
        text = header.pop("avro.schema", b"")
        if codec != "null" and codec not in _CODECS:
            raise Bad("is compressed in a way that is not known here")
        with contained(_DAMAGED, fastavro.schema.SchemaParseException):
            schema = fastavro.parse_schema(json.loads(text))
        extra = {key: value.decode("utf-8", "replace") for key, value in header.items()}
        yield from values_by_path([json.loads(text), extra], [1, 1], "metadata")
        while True:
            rows = self._number(first=True)
            if rows is None:
                return
            size = self._number()
            if rows < 0 or size is None or not 0 <= size <= _MOST:
                raise Bad(f"{_DAMAGED}, after row {self._row - 1:,}")
            data = self._exactly(size)
            if self._exactly(16) != sync:
                raise Bad(f"{_DAMAGED}, after row {self._row - 1:,}")
            yield from self._rows(data, codec, rows, schema)

    def _rows(self, data: bytes, codec: str, rows: int, schema: Any) -> Iterator[Block | Unread]:
        import fastavro

        try:
            # Snappy blocks end with a checksum of four bytes.
            body = data[:-4] if codec == "snappy" else data
            stream = io.BytesIO(body if codec == "null" else inflated_block(body, _CODECS[codec], _MOST))
        except Bad as bad:
            yield Unread(f"rows {self._row:,} to {self._row + rows - 1:,}: {bad}")
            self._row += rows
            return
        batch: list[Any] = []
        problem = ""
        for number in range(rows):
            try:
                with contained(f"rows {self._row + number:,} to {self._row + rows - 1:,} are damaged"):
                    batch.append(fastavro.schemaless_reader(stream, schema, None))
            except Bad as bad:
                problem = str(bad)
                break
            if len(batch) == _ROWS:
                yield from self._given(batch, self._row + number + 1 - len(batch))
                batch = []
        done = number + 1 if rows and not problem else number if rows else 0
        yield from self._given(batch, self._row + done - len(batch))
        if problem:
            yield Unread(problem)
        self._row += rows

    def _given(self, batch: list[Any], row: int) -> Iterator[Block]:
        if batch:
            yield from values_by_path(batch, range(row, row + len(batch)), seen=self._seen)

    def _header(self) -> dict[str, bytes]:
        """The map of the header: blocks of pairs, a negative number of them is followed by a size."""
        out: dict[str, bytes] = {}
        while number := self._number():
            if number < 0:
                self._number()
            for _ in range(abs(number)):
                key = self._bytes().decode("utf-8", "replace")
                out[key] = self._bytes()
        return out

    def _bytes(self) -> bytes:
        size = self._number()
        if size is None or not 0 <= size <= _MOST:
            raise Bad(_DAMAGED)
        return self._exactly(size)

    def _exactly(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) != size:
            raise Bad(f"{_DAMAGED}, after row {self._row - 1:,}")
        return data

    def _number(self, *, first: bool = False) -> int | None:
        """A zigzag number of 7-bit groups; None at the end of the file, where that may be."""
        value = 0
        for shift in range(0, 70, 7):
            byte = self._file.read(1)
            if not byte:
                if first and not shift:
                    return None
                raise Bad(f"{_DAMAGED}, after row {self._row - 1:,}")
            value |= (byte[0] & 0x7F) << shift
            if byte[0] < 0x80:
                return (value >> 1) ^ -(value & 1)
        raise Bad(_DAMAGED)


READER = AvroReader()
