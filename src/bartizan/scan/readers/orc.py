"""ORC: a unit some stripes; one column of a stripe is in memory at a time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.arrow import ArrowBlocks, shared_out
from bartizan.scan.readers.parts.foreign import Bad, contained
from bartizan.scan.readers.parts.members import budget_of
from bartizan.scan.sources import seekable

__all__ = ["READER"]

_DAMAGED = "is a damaged or truncated ORC file"


class OrcReader:
    """Columns by name, nested ones by path."""

    name = "ORC"

    def recognises(self, head: bytes, name: str) -> int:
        """By magic number."""
        return 3 if head.startswith(b"ORC") and (name.endswith(".orc") or b"\x00" in head) else 0

    def units(self, source: Source, target: int) -> list[Unit]:
        """Stripes, shared out evenly; `start` and `stop` are their numbers."""
        try:
            with seekable(source) as file:
                number = int(_opened(file).nstripes)
        except Bad:
            return [Unit()]
        return shared_out(number, source.size, target)

    def blocks(self, source: Source, unit: Unit) -> Iterator[Block | Unread]:
        """The columns of each stripe, one after the other."""
        arrow = ArrowBlocks(source, budget_of(source)[0])
        row = max(1, unit.first)
        try:
            with seekable(source) as file:
                opened = _opened(file)
                with contained(_DAMAGED):
                    names = opened.schema.names
                for number in range(unit.start, opened.nstripes if unit.stop < 0 else unit.stop):
                    rows = 0
                    for name in names:
                        try:
                            with contained(f"column `{name}` of stripe {number + 1} is damaged or truncated"):
                                batch = opened.read_stripe(number, columns=[name])
                        except Bad as bad:
                            yield Unread(str(bad))
                            continue
                        rows = batch.num_rows
                        for column in batch.columns:
                            yield from arrow.blocks(column, name, row)
                    row += rows
        except Bad as bad:
            yield Unread(str(bad))
        yield from arrow.leftovers()


def _opened(file: IO[bytes]) -> Any:
    from pyarrow import orc  # type: ignore[import-untyped]

    file.seek(0)
    with contained(_DAMAGED):
        return orc.ORCFile(file)


READER = OrcReader()
