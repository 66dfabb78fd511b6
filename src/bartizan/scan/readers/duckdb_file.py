"""DuckDB files: every column of every table and view, read-only, without access to anything outside of the file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.arrow import ArrowBlocks
from bartizan.scan.readers.parts.foreign import FOREIGN, Bad
from bartizan.scan.readers.parts.members import budget_of
from bartizan.scan.readers.parts.sql import quoted
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.sources import on_disk

__all__ = ["READER"]

_ROWS = 8192
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "allow_community_extensions": "false",
    "memory_limit": "128MB",
    "threads": "1",
}
_LIST = """SELECT schema_name, table_name FROM duckdb_tables() WHERE NOT internal
UNION ALL SELECT schema_name, view_name FROM duckdb_views() WHERE NOT internal ORDER BY ALL"""


class DuckDbReader(Whole):
    """Columns as `table.column`, rows by number."""

    name = "DuckDB"

    def recognises(self, head: bytes, _name: str) -> int:
        """By magic number, which stands after a checksum."""
        return 3 if head[8:12] == b"DUCK" else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """One block a column and some thousand rows."""
        import duckdb

        arrow = ArrowBlocks(source, budget_of(source)[0])
        with on_disk(source) as path:
            try:
                connection = duckdb.connect(path, read_only=True, config=_CONFIG)
            except (duckdb.Error, *FOREIGN):
                yield Unread("is a DuckDB file that is damaged, encrypted, open elsewhere, or of another version")
                return
            try:
                connection.execute("SET lock_configuration = true")
                tables = connection.execute(_LIST).fetchall()
                for schema, table in tables:
                    yield from _table(connection, schema, table, arrow)
            except (duckdb.Error, *FOREIGN):
                yield Unread("is a damaged DuckDB file")
            finally:
                connection.close()
        yield from arrow.leftovers()


def _table(connection: Any, schema: str, table: str, arrow: ArrowBlocks) -> Iterator[Block | Unread]:
    import duckdb

    name = table if schema == "main" else f"{schema}.{table}"
    try:
        query = f"SELECT * FROM {quoted(schema)}.{quoted(table)}"  # noqa: S608 - quoted names
        batches = connection.sql(query).to_arrow_reader(_ROWS)
        row = 1
        for batch in batches:
            for column, array in zip(batch.schema.names, batch.columns, strict=True):
                yield from arrow.blocks(array, f"{name}.{column}", row)
            row += batch.num_rows
    except (duckdb.Error, Bad, *FOREIGN):
        yield Unread(f"table or view `{name}` can't be read to its end")


READER = DuckDbReader()
