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
from bartizan.scan.readers.parts.encodings import encoding_of
from bartizan.scan.readers.parts.members import Budget, budget_of, nested, summed
from bartizan.scan.readers.parts.records import Records
from bartizan.scan.readers.parts.sql import quoted
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.sources import Local, Memory, on_disk

__all__ = ["READER"]

_ROWS = 200
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
            except sqlite3.Error:
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
    for pragma in ("trusted_schema=OFF", "cell_size_check=ON", "query_only=ON", "cache_size=-8000", "mmap_size=0"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _tables(path: str, source: Source, budget: Budget) -> Iterator[Block | Unread]:
    connection = _opened(path)
    try:
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
                except (sqlite3.Error, sqlite3.Warning):
                    yield Unread(f"{kind.decode()} `{table}` can't be read to its end")
    finally:
        connection.close()


def _may(action: int, name: str | None, function: str | None, *_: Any) -> int:
    if action in _ALLOWED:
        return sqlite3.SQLITE_OK
    if action == sqlite3.SQLITE_FUNCTION and (function or name or "") not in _FORBIDDEN:
        return sqlite3.SQLITE_OK
    return sqlite3.SQLITE_DENY


class _Table:
    """A table or view."""

    def __init__(self, connection: sqlite3.Connection, name: str, view: bool, source: Source, budget: Budget) -> None:
        self._connection = connection
        self._name = name
        self._view = view
        self._source = source
        self._budget = budget
        self._records = Records()
        self._steps = 0

    def blocks(self) -> Iterator[Block | Unread]:
        """Give its rows. Raises sqlite3.Error where they can't be read."""
        if self._view:
            self._connection.set_progress_handler(self._step, 1_000_000)
        try:
            cursor = self._connection.execute(f"SELECT * FROM {quoted(self._name)}")  # noqa: S608 - a quoted name
            columns = [f"{self._name}.{column[0]}" for column in cursor.description]
            row = 0
            while rows := cursor.fetchmany(_ROWS):
                for values in rows:
                    row += 1
                    yield from self._row(values, columns, row)
                yield from self._records.taken_when_full()
        finally:
            self._connection.set_progress_handler(None, 0)
            yield from self._records.take()

    def _row(self, values: tuple[Any, ...], columns: list[str], row: int) -> Iterator[Block | Unread]:
        for column, value in zip(columns, values, strict=True):
            if isinstance(value, bytes):
                if encoding_of(value[:2048]) is None:
                    held = Memory(f"{column}[{row}]", value)
                    yield from nested(self._source, self._budget, held.name, opener=held.open, size=len(value))  # type: ignore[arg-type]
                else:
                    self._records.add(value, row, column)
            elif value is not None:
                whole = isinstance(value, float) and value.is_integer() and abs(value) < 2**53
                self._records.add(str(int(value) if whole else value), row, column)

    def _step(self) -> int:
        self._steps += 1_000_000
        return int(self._steps > _STEPS)


READER = SqliteReader()
