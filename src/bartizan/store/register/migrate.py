"""From one shape of the tables to the next, and back: Alembic, without a file of settings."""

from __future__ import annotations

import importlib
import pkgutil
import threading
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from bartizan.model import BartizanError
from bartizan.store.register.database import Database
from bartizan.store.register.migrations import versions
from bartizan.store.register.tables import METADATA

if TYPE_CHECKING:  # Alembic takes its time to load, and most starts find the tables as they should be
    from alembic.config import Config

__all__ = ["check", "current", "downgrade", "latest", "revisions", "upgrade"]

_LOCK = 0x62617274697A616E
"""The advisory lock under which the tables of a PostgreSQL are changed: `bartizan` in ASCII."""
_ONE = threading.Lock()
"""Alembic keeps what it works on in global variables."""


def upgrade(database: Database) -> None:
    """Bring the tables to the newest shape, all of it or nothing. Many processes may call it at once.

    Raises BartizanError when a newer program has changed the tables, Unavailable.
    """
    if not _pending(database):
        return
    from alembic import command

    with _ONE, database.transaction() as connection:
        _lock(connection)
        if _behind(connection):
            command.upgrade(_config(connection), "head")


def downgrade(database: Database, revision: str) -> None:
    """Bring the tables back to an earlier shape, `base` for none at all. What had no place there is lost."""
    from alembic import command

    with _ONE, database.transaction() as connection:
        _lock(connection)
        command.downgrade(_config(connection), revision)


def current(database: Database) -> str:
    """Return the revision of the tables, empty when there are none."""
    with database.transaction(write=False) as connection:
        return _revision(connection)


@cache
def revisions() -> tuple[str, ...]:
    """Return the revisions that this program knows, the oldest first: the numbers in the names of their files."""
    names = (module.name for module in pkgutil.iter_modules(versions.__path__))
    return tuple(sorted(name[1:].partition("_")[0] for name in names))


def latest() -> str:
    """Return the newest revision that this program knows."""
    return revisions()[-1]


def check(database: Database) -> list[str]:
    """Return how the tables differ from what the program takes them for; nothing when they agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    package = importlib.import_module(__name__.rpartition(".")[0])
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        if not module.ispkg:
            importlib.import_module(module.name)
    with database.transaction(write=False) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return [str(difference) for difference in compare_metadata(context, METADATA)]


def _pending(database: Database) -> bool:
    with database.transaction(write=False) as connection:
        return _behind(connection)


def _behind(connection: Connection) -> bool:
    """Tell whether the tables are older than the program. Raises BartizanError when they are newer."""
    revision = _revision(connection)
    if revision and revision not in revisions():
        raise BartizanError(
            f"the register was last used by a newer Bartizan: its tables have revision `{revision[:40]}`",
            help=f"update this program, which knows them up to `{latest()}`",
        )
    return revision != latest()


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none() or ""


def _lock(connection: Connection) -> None:
    """Wait for others who change the tables of the same PostgreSQL. SQLite has one writer anyhow."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL lock_timeout = '300s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})


def _config(connection: Connection) -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", "bartizan.store.register:migrations")
    config.attributes["connection"] = connection
    return config
