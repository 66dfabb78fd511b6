"""SQLite databases: every text of every table, in a copy that keeps nothing of what was there."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from bartizan.model import InputError
from bartizan.scan.rewriters.base import Work
from bartizan.scan.rewriters.values import as_number, cell_text

__all__ = ["REWRITERS"]

_ROWS = 2000  # rows that are looked at together
_TABLES = """SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite_%'
AND type IN ('table', 'virtual')"""


class Sqlite:
    """SQLite 3 databases."""

    name = "sqlite"

    def recognises(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a Rewriter's signature
        """Go by the magic number."""
        return 3 if head.startswith(b"SQLite format 3\0") else 0

    def rewrite(self, source: IO[bytes], target: IO[bytes], work: Work, name: str) -> None:  # noqa: ARG002
        """Rewrite a copy, and vacuum it, so that deleted rows are gone too."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "copy.sqlite")
            with path.open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
            try:
                database = sqlite3.connect(path, isolation_level=None)
                try:
                    _rewrite(database, work)
                finally:
                    database.close()
            except sqlite3.IntegrityError:
                raise InputError(
                    "two rows that must differ would become the same", help="use --mode token or pseudonym"
                ) from None
            except sqlite3.Error as error:
                # Messages of the database may quote values, so its kind of error has to do.
                raise InputError(f"the database is damaged or encrypted ({type(error).__name__})") from None
            with path.open("rb") as made:
                shutil.copyfileobj(made, target, 1 << 20)


REWRITERS = (Sqlite(),)


def _rewrite(database: sqlite3.Connection, work: Work) -> None:
    database.execute("PRAGMA trusted_schema = OFF")
    database.execute("PRAGMA journal_mode = OFF")
    database.execute("PRAGMA secure_delete = ON")
    database.execute("PRAGMA foreign_keys = OFF")
    database.execute("PRAGMA ignore_check_constraints = ON")
    database.text_factory = _text
    # They would run on every row, with effects that nobody asked for.
    triggers = database.execute("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").fetchall()
    for name, _ in triggers:
        database.execute(f"DROP TRIGGER {_quoted(name)}")
    for table, without_rowid in database.execute(_TABLES).fetchall():
        _table(database, table, work, without_rowid=bool(without_rowid))
    for _, sql in triggers:
        database.execute(sql)
    database.execute("VACUUM")


def _text(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _table(database: sqlite3.Connection, table: str, work: Work, *, without_rowid: bool) -> None:
    info = database.execute("SELECT name, pk, hidden FROM pragma_table_xinfo(?)", (table,)).fetchall()
    keys = [_quoted(name) for name, pk, _ in sorted(info, key=lambda row: row[1]) if pk] if without_rowid else ["rowid"]
    columns = [str(name) for name, _, hidden in info if hidden == 0]
    if not columns:
        return
    names = ", ".join([*keys, *map(_quoted, columns)])
    where = " AND ".join(f"{key} IS ?" for key in keys)
    for batch in _batches(database, f"SELECT {names} FROM {_quoted(table)}", by_rowid=not without_rowid):  # noqa: S608 - names are quoted
        new_rows = _new_rows([row[len(keys) :] for row in batch], columns, work)
        for row, new in zip(batch, new_rows, strict=True):
            changed = [at for at, (old, now) in enumerate(zip(row[len(keys) :], new, strict=True)) if old is not now]
            if changed:
                sets = ", ".join(f"{_quoted(columns[at])} = ?" for at in changed)
                statement = f"UPDATE {_quoted(table)} SET {sets} WHERE {where}"  # noqa: S608 - names are quoted
                database.execute(statement, (*(new[at] for at in changed), *row[: len(keys)]))


def _batches(database: sqlite3.Connection, select: str, *, by_rowid: bool) -> Iterator[list[Any]]:
    """Yield rows, some at a time where rows have a number; a table without is read as a whole."""
    if not by_rowid:
        if rows := database.execute(select).fetchall():
            yield rows
        return
    last = None
    while rows := database.execute(
        f"{select} WHERE ?1 IS NULL OR rowid > ?1 ORDER BY rowid LIMIT {_ROWS}", (last,)
    ).fetchall():
        yield rows
        last = rows[-1][0]


def _new_rows(rows: Sequence[Sequence[Any]], columns: Sequence[str], work: Work) -> Iterator[tuple[Any, ...]]:
    made = [list(_new_values([row[at] for row in rows], column, work)) for at, column in enumerate(columns)]
    return zip(*made, strict=True)


def _new_values(values: Sequence[Any], column: str, work: Work) -> Iterator[Any]:
    texts = [cell_text(value) for value in values]
    made = work.editor.edits_many(texts, column)
    for value, text, edits in zip(values, texts, made, strict=True):
        if not edits:
            yield value
            continue
        new = work.apply(text, edits)
        if isinstance(value, bytes):
            yield new.encode("utf-8", "surrogateescape")
        elif isinstance(value, str):
            yield new
        else:
            number = as_number(value, new)
            yield number if number is not None else new or None
