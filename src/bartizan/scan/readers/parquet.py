"""Parquet: a unit some row groups, a block a stretch of a column; only one column's pages are in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.arrow import ArrowBlocks
from bartizan.scan.readers.parts.foreign import Bad, contained
from bartizan.scan.readers.parts.members import budget_of
from bartizan.scan.sources import seekable

__all__ = ["READER"]

_BATCH = 4 << 20
"""Bytes of a column that are decoded at once, as the file's own figures say."""
_ROWS = 65_536
_FEW = 1024
_SUSPICIOUS = 512 << 20
_RATIO = 200
_BUFFER = 1 << 20
_DAMAGED = "is a damaged or truncated Parquet file"


class ParquetReader:
    """Columns by name, nested ones by path; rows counted over the whole file."""

    name = "Parquet"

    def recognises(self, head: bytes, name: str) -> int:
        """By magic number; PARE is that of files with an encrypted footer."""
        if head.startswith((b"PAR1", b"PARE")):
            return 3
        return 1 if name.endswith((".parquet", ".pq")) and b"\x00" in head else 0

    def units(self, source: Source, target: int) -> list[Unit]:
        """Row groups, joined until they make `target` bytes; `start` and `stop` are their numbers."""
        try:
            with seekable(source) as file:
                metadata = _opened(file).metadata
        except Bad:
            return [Unit()]
        units: list[Unit] = []
        start, row, size, rows = 0, 1, 0, 0
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            if size and size + group.total_byte_size > target:
                units.append(Unit(start, number, row))
                start, row, size, rows = number, row + rows, 0, 0
            size += group.total_byte_size
            rows += group.num_rows
        return [*units, Unit(start, metadata.num_row_groups, row)]

    def blocks(self, source: Source, unit: Unit) -> Iterator[Block | Unread]:
        """The columns of each row group, one after the other."""
        budget, _ = budget_of(source)
        arrow = ArrowBlocks(source, budget)
        try:
            with seekable(source) as file:
                opened = _opened(file)
                metadata = opened.metadata
                stop = metadata.num_row_groups if unit.stop < 0 else unit.stop
                if unit.start == 0:
                    yield from _descriptions(metadata)
                row = unit.first
                with contained(_DAMAGED):
                    names = opened.schema_arrow.names
                for number in range(unit.start, stop):
                    group = metadata.row_group(number)
                    if group.total_byte_size > max(_SUSPICIOUS, _RATIO * source.size) and source.size >= 0:
                        yield Unread(f"row group {number + 1} unpacks to far more than the file's size, as a bomb does")
                    else:
                        for name in names:
                            yield from _column(opened, number, name, row, arrow)
                    row += group.num_rows
        except Bad as bad:
            yield Unread(str(bad))
        yield from arrow.leftovers()


def _opened(file: IO[bytes]) -> Any:
    from pyarrow import parquet  # type: ignore[import-untyped]

    file.seek(0)
    if file.read(4) == b"PARE":
        raise Bad("is an encrypted Parquet file")
    with contained(_DAMAGED):
        return parquet.ParquetFile(file, buffer_size=_BUFFER, pre_buffer=False)


def _descriptions(metadata: Any) -> Iterator[Block]:
    """What stands beside the data: key-value pairs of the file, such as a schema with comments."""
    from bartizan.scan.readers.parts.records import Records

    records = Records()
    for key, value in (metadata.metadata or {}).items():
        # Arrow's own schema is a binary message.
        if key != b"ARROW:schema":
            records.add(value, 1, "metadata")
    yield from records.take()


def _column(opened: Any, group: int, name: str, row: int, arrow: ArrowBlocks) -> Iterator[Block | Unread]:
    damaged = f"column `{name}` of row group {group + 1} is damaged or truncated"
    try:
        for batch in _batches(opened, group, name, damaged):
            for array in batch.columns:
                yield from arrow.blocks(array, name, row)
            row += batch.num_rows
    except Bad as bad:
        yield Unread(str(bad))


def _batches(opened: Any, group: int, name: str, damaged: str) -> Iterator[Any]:
    """A column in batches of some megabytes.

    How large its values are is told by a few of them. The file's own figures for each column are left alone: pyarrow
    ends the process where those are damaged.
    """
    with contained(damaged):
        described = opened.metadata.row_group(group)
        rows = max(16, min(_FEW, _BATCH * described.num_rows // max(1, described.total_byte_size)))
        few = next(opened.iter_batches(rows, row_groups=[group], columns=[name], use_threads=False), None)
    if few is None:
        return
    if few.num_rows == described.num_rows:
        yield few
        return
    rows = max(16, min(_ROWS, _BATCH * few.num_rows // max(1, few.nbytes)))
    with contained(damaged):
        batches = opened.iter_batches(rows, row_groups=[group], columns=[name], use_threads=False)
    while True:
        with contained(damaged):
            batch = next(batches, None)
        if batch is None:
            return
        yield batch


READER = ParquetReader()
