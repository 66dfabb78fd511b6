"""SQLite files: every column of every table and view. Opened read-only and immutable; nothing in a file is run.

Views are the one thing in a file that computes: they may only read, with SQLite's own harmless functions, for a bounded
number of steps.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.encodings import CONTROL, encoding_of
from bartizan.scan.readers.parts.members import Budget, budget_of, nested, summed
from bartizan.scan.readers.parts.records import Records
from bartizan.scan.readers.parts.rows import values_by_path
from bartizan.scan.readers.parts.sql import quoted
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.sources import Local, Memory, on_disk

__all__ = ["READER"]

_ROWS = 1000
_MOST_BATCH = 4 << 20
_MOST_VALUE = 32 << 20
"""Bytes of one value."""
_STEPS = 50_000_000
"""Instructions of SQLite's machine for one view."""
_ALLOWED = frozenset({sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE})
_FORBIDDEN = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer", "randomblob", "zeroblob"})


class SqliteReader(Whole):
    """Columns as `table.column`, rows by number."""

    name = "SQLite"

    def recognises(self, head: bytes, _name: str) -> int:
        """By magic number."""
        return 3 if head.startswith(b"SQLite format 3\x00") else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """One block a column and some hundred rows."""
        budget, _ = budget_of(source)
        if isinstance(source, Local) and _pending(source.path):
            yield Unread("has changes in a write-ahead log beside it, which are not read")
        with on_disk(source) as path:
            try:
                yield from summed(_tables(path, source, budget))
            except (sqlite3.Error, UnicodeDecodeError):
                # SQLite puts bytes of a damaged file into its message.
                yield Unread("is a damaged or encrypted SQLite file")


def _pending(path: str) -> bool:
    try:
        return Path(f"{path}-wal").stat().st_size > 0
    except OSError:
        return False


def _opened(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"file:{quote(path)}?mode=ro&immutable=1", uri=True)
    connection.text_factory = bytes
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _MOST_VALUE)
    return connection


def _tables(path: str, source: Source, budget: Budget) -> Iterator[Block | Unread]:
    connection = _opened(path)
    try:
        for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "query_only=ON", "cache_size=-8000", "mmap_size=0"):
            connection.execute(f"PRAGMA {pragma}")
        found = connection.execute("SELECT type, name, sql FROM sqlite_schema ORDER BY rowid").fetchall()
        records = Records()
        for _, _, sql in found:
            # Definitions may hold default values and comments.
            records.add(sql or b"", 1, "schema")
        yield from records.take()
        connection.set_authorizer(_may)
        for kind, name, _ in found:
            if kind in (b"table", b"view"):
                table = name.decode("utf-8", "replace")
                try:
                    yield from _Table(connection, table, kind == b"view", source, budget).blocks()
                except (sqlite3.Error, sqlite3.Warning, UnicodeDecodeError):
                    yield Unread(f"{kind.decode()} `{table}` can't be read to its end")
    finally:
        connection.close()


def _may(action: int, name: str | None, function: str | None, *_: Any) -> int:
    if action in _ALLOWED:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (function or name or "") not in _FORBIDDEN:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


def _batches(cursor: sqlite3.Cursor) -> Iterator[list[tuple[Any, ...]]]:
    """Rows in bunches of bounded number and size."""
    rows: list[tuple[Any, ...]] = []
    size = 0
    try:
        for values in cursor:
            rows.append(values)
            size += sum([len(value) for value in values if type(value) is bytes])
            if len(rows) >= _ROWS or size > _MOST_BATCH:
                yield rows
                rows, size = [], 0
    except sqlite3.Error:
        # Damage further on doesn't take away what was read.
        if rows:
            yield rows
        raise
    if rows:
        yield rows


def _binary(values: tuple[Any, ...]) -> bool:
    """Whether control characters stand in any of the values."""
    whole = b"".join(value for value in values if type(value) is bytes)
    return len(whole.translate(None, CONTROL)) < len(whole)


class _Table:
    """A table or view."""

    def __init__(self, connection: sqlite3.Connection, name: str, view: bool, source: Source, budget: Budget) -> None:
        self._connection = connection
        self._name = name
        self._view = view
        self._source = source
        self._budget = budget
        self._steps = 0

    def blocks(self) -> Iterator[Block | Unread]:
        """Give its rows. Raises sqlite3.Error where they can't be read."""
        if self._view:
            self._connection.set_progress_handler(self._step, 1_000_000)
        try:
            cursor = self._connection.execute(f"SELECT * FROM {quoted(self._name)}")  # noqa: S608 - a quoted name
            columns = [f"{self._name}.{column[0]}" for column in cursor.description]
            row = 1
            for rows in _batches(cursor):
                for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                    yield from self._values(values, column, row)
                row += len(rows)
        finally:
            self._connection.set_progress_handler(None, 0)

    def _values(self, values: tuple[Any, ...], column: str, row: int) -> Iterator[Block | Unread]:
        """Some values of one column: texts and numbers as a block, files by their own readers."""
        places = range(row, row + len(values))
        kinds = set(map(type, values))
        if bytes in kinds and _binary(values):
            texts: list[Any] = []
            for place, value in zip(places, values, strict=True):
                # Texts and blobs look alike here.
                if isinstance(value, bytes) and encoding_of(value[:2048]) is None:
                    held = Memory(f"{column}[{place}]", value)
                    yield from nested(self._source, self._budget, held.name, opener=held.open, size=len(value))  # type: ignore[arg-type]
                    texts.append(None)
                else:
                    texts.append(value)
            values = tuple(texts)
        yield from values_by_path(values, places, column)

    def _step(self) -> int:
        self._steps += 1_000_000
        return int(self._steps > _STEPS)


READER = SqliteReader()
