"""Arrow IPC files and streams, which Feather files are too: a unit some record batches."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.arrow import ArrowBlocks, shared_out
from bartizan.scan.readers.parts.foreign import Bad, contained
from bartizan.scan.readers.parts.members import budget_of
from bartizan.scan.sources import seekable

__all__ = ["READER"]

_DAMAGED = "is a damaged or truncated Arrow file"
_FILE = b"ARROW1"
_STREAM = b"\xff\xff\xff\xff"


class ArrowReader:
    """Columns by name, nested ones by path."""

    name = "Arrow"

    def recognises(self, head: bytes, name: str) -> int:
        """By magic number; a stream has none but the mark of its first message."""
        if head.startswith((_FILE, b"FEA1")):
            return 3
        suffix = name.endswith((".arrow", ".arrows", ".feather", ".ipc"))
        if head.startswith(_STREAM) and head[8:9] == b"\x10" and b"\x0a\x00" in head[8:32]:
            return 3
        return 1 if suffix and b"\x00" in head else 0

    def units(self, source: Source, target: int) -> list[Unit]:
        """Record batches of a file, shared out evenly; a stream can't be cut."""
        try:
            with seekable(source) as file:
                if file.read(6) != _FILE:
                    return [Unit()]
                number = _opened(file).num_record_batches
        except Bad:
            return [Unit()]
        return shared_out(number, source.size, target)

    def blocks(self, source: Source, unit: Unit) -> Iterator[Block | Unread]:
        """The columns of each batch."""
        arrow = ArrowBlocks(source, budget_of(source)[0])
        row = max(1, unit.first)
        try:
            with seekable(source) as file:
                for batch in _batches(file, unit):
                    with contained(_DAMAGED):
                        columns = list(zip(batch.schema.names, batch.columns, strict=True))
                    for name, array in columns:
                        try:
                            checked = _checked(array)
                        except Bad as bad:
                            yield Unread(f"column `{name}`, rows {row:,} to {row + batch.num_rows - 1:,}: {bad}")
                            continue
                        yield from arrow.blocks(checked, name, row)
                    row += batch.num_rows
        except Bad as bad:
            yield Unread(str(bad))
        yield from arrow.leftovers()


def _opened(file: IO[bytes]) -> Any:
    import pyarrow as pa  # type: ignore[import-untyped]

    file.seek(0)
    with contained(_DAMAGED):
        return pa.ipc.open_file(file)


def _batches(file: IO[bytes], unit: Unit) -> Iterator[Any]:
    """The record batches of a unit."""
    import pyarrow as pa

    head = file.read(6)
    file.seek(0)
    if head.startswith(b"FEA1"):
        with contained(_DAMAGED):
            from pyarrow import feather

            yield from feather.read_table(file).to_batches()
        return
    if head == _FILE:
        opened = _opened(file)
        for number in range(unit.start, opened.num_record_batches if unit.stop < 0 else unit.stop):
            with contained(f"record batch {number + 1} is damaged or truncated"):
                batch = opened.get_batch(number)
            yield batch
        return
    with contained(_DAMAGED):
        stream = pa.ipc.open_stream(file)
    number = 0
    while True:
        number += 1
        with contained(f"record batch {number} is damaged or truncated"):
            try:
                batch = stream.read_next_batch()
            except StopIteration:
                return
        yield batch


def _checked(array: Any) -> Any:
    """Check a column, since Arrow itself trusts the offsets in a file; broken letters are no damage. Raises Bad."""
    from pyarrow import types

    # Bytes are checked like strings, but for their letters.
    if types.is_string(array.type) or types.is_large_string(array.type):
        import pyarrow as pa

        array = array.view(pa.binary() if types.is_string(array.type) else pa.large_binary())
        with contained("is damaged"):
            array.validate(full=True)
        return array.cast(pa.large_binary()).view(pa.large_string())
    with contained("is damaged"):
        array.validate(full=True)
    return array


READER = ArrowReader()
