"""How easily persons are re-identified by columns of the tables that a run has planned.

It reads the tables a second time, as it needs whole rows where a scan needs none, and holds one table at a time, up to
a number of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from bartizan.scan.anonymity import TableRisk, guess_quasi, risk_text, table_risk
from bartizan.scan.blocks import Block, Unread
from bartizan.scan.plan import Planned
from bartizan.scan.run_tools import Tools

__all__ = ["AUTO", "MOST_ROWS", "Measured", "TableAt", "measure"]

AUTO = "auto"
"""The word for whatever columns look as if persons could be told apart by them."""
MOST_ROWS = 1_000_000
"""Rows of a table that are measured; more would not fit into memory."""
_SHOWN = 10


class TableAt(msgspec.Struct, frozen=True):
    """One table; `path` ends with the member and the sheet, `cut` says that it has more rows than were measured."""

    path: str
    risk: TableRisk
    cut: bool


class Measured(msgspec.Struct, frozen=True):
    """The tables by risk, the riskiest first, and the same for people."""

    tables: list[TableAt]
    says: list[str]


class _Table:
    """The wanted columns of one table: for each row that has any of them, its values, kept once each."""

    def __init__(self) -> None:
        self.rows: dict[int, dict[str, str]] = {}
        self.columns: dict[str, None] = {}
        self.known: dict[str, str] = {}
        self.cut = False

    def add(self, name: str, block: Block, base: int) -> int:
        """Add a block of a column and return its last row."""
        self.columns[name] = None
        last = base
        for record, value in enumerate(_records(block)):
            last = base + block.place(record)
            if last not in self.rows and len(self.rows) >= MOST_ROWS:
                self.cut = True
                continue
            text = value.decode("utf-8", "replace")
            self.rows.setdefault(last, {})[name] = self.known.setdefault(text, text)
        return last

    def risk(self) -> TableRisk:
        names = list(self.columns)
        return table_risk({name: [row.get(name, "") for row in self.rows.values()] for name in names}, names)


def measure(manifest: Iterable[Planned], tools: Tools, columns: Sequence[str]) -> Measured:
    """Measure every table that has all of the columns, or, asked for `auto`, some that look like it."""
    found = [
        TableAt(path, table.risk(), table.cut)
        for planned in manifest
        if planned.units
        for path, table in _tables(planned, tools, columns).items()
        if columns == [AUTO] or set(columns) == set(table.columns)
    ]
    found.sort(key=lambda one: (one.risk.k, -one.risk.unique_share, one.path))
    says = [line for one in found[:_SHOWN] for line in _says(one)]
    if len(found) > _SHOWN:
        says.append(f"and {len(found) - _SHOWN:,} more tables, which are less risky")
    if not found:
        says.append(f"no table has the columns {', '.join(columns)}" if columns != [AUTO] else "no table looks like it")
    return Measured(found, says)


def _says(one: TableAt) -> Iterator[str]:
    first, *rest = risk_text(one.risk).splitlines()
    yield f"{one.path}: {first}" + (f", of which the first {MOST_ROWS:,} rows were measured" if one.cut else "")
    yield from rest


def _tables(planned: Planned, tools: Tools, columns: Sequence[str]) -> dict[str, _Table]:
    """The tables of a file; what can't be read is told by the scan itself."""
    out: dict[str, _Table] = {}
    try:
        source = tools.source(planned.address)
        reader = tools.recognise(source)
        if isinstance(reader, Unread):
            return out
        last = 0
        for unit in planned.units:
            base = 0 if unit.first else last
            for block in reader.blocks(source, unit):
                if isinstance(block, Unread) or not block.column:
                    continue
                sheet, _, name = block.column.rpartition("!")
                if name in columns or (columns == [AUTO] and guess_quasi([name])):
                    path = "!".join(filter(None, (planned.path, block.member, sheet)))
                    last = max(last, out.setdefault(path, _Table()).add(name, block, base))
    except OSError:
        return out
    return out


def _records(block: Block) -> Iterator[bytes]:
    if block.ends is None:
        yield from bytes(block.data).split(b"\n")
        return
    start = 0
    for end in block.ends.tolist():
        yield bytes(block.data[start:end])
        start = end + 1
