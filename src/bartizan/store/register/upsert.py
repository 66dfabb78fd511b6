"""Rows that may be there already: the same words for SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, Insert, Table
from sqlalchemy.dialects import postgresql, sqlite

__all__ = ["insert_or_nothing", "upsert"]


def insert_or_nothing(connection: Connection, table: Table) -> Insert:
    """Return a statement that inserts what isn't there: `connection.execute(insert_or_nothing(c, T), rows)`.

    With `.returning(T.c.key)` it gives the rows that were new.
    """
    return _insert(connection, table).on_conflict_do_nothing()


def upsert(connection: Connection, table: Table, *, add: Collection[str] = ()) -> Insert:
    """Return a statement that inserts a row or replaces the one with the same primary key.

    Columns in `add` are added to what is there instead of replaced. Run it with values for all columns; several rows
    go in the order of their keys, so that two writers don't wait for each other for ever.
    """
    statement = _insert(connection, table)
    keys = [column.name for column in table.primary_key]
    changes = {
        column.name: column + statement.excluded[column.name] if column.name in add else statement.excluded[column.name]
        for column in table.columns
        if column.name not in keys
    }
    return statement.on_conflict_do_update(index_elements=keys, set_=changes)


def _insert(connection: Connection, table: Table) -> postgresql.Insert | sqlite.Insert:
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)
