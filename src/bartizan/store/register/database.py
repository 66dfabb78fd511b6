"""The database under a register: connections, transactions, and what is said when it doesn't answer."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, exc, make_url

from bartizan.model import BartizanError, InputError
from bartizan.store.register.interface import Unavailable

__all__ = ["Database", "url_of"]

CONNECT_SECONDS = 5
WAIT_SECONDS = 15
"""How long a statement waits for another writer, and a thread for a free connection."""
STATEMENT_SECONDS = 60
POOL, MORE = 10, 20
"""Connections of one process: kept open, and opened above that when many ask at once."""
_WRITES = "bartizan_writes"
_NO_CONNECTION = (exc.TimeoutError, exc.DisconnectionError)
_READ_ONLY = "25006"
"""What PostgreSQL says while another server takes over from it."""


def url_of(place: str | os.PathLike[str]) -> URL:
    """Return the address of a database: `postgresql://...`, or the path of an SQLite file.

    Raises InputError without repeating the address, which may hold a password.
    """
    text = os.fspath(place)
    if "://" not in text:
        return URL.create("sqlite", database=str(Path(text).absolute()))
    try:
        url = make_url(text)
        backend = url.get_backend_name()
    except (exc.ArgumentError, ValueError) as error:
        raise InputError("the address of the database can't be read", help=_FORM) from error
    if backend in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    if backend == "sqlite" and url.database:
        return URL.create("sqlite", database=str(Path(url.database).absolute()))
    raise InputError(f"`{backend[:40]}` is no database that a register can be in", help=_FORM)


_FORM = "postgresql://USER@HOST:PORT/DATABASE, or the path of a file for SQLite"


def _unkeepable() -> InputError:
    return InputError(
        "the input holds a character or number that the register can't keep",
        help="leave out null characters and halves of surrogate pairs",
    )


class Database:
    """A database that registers and what stands beside them (people, webhooks) work on.

    Safe to share between threads. Nothing is connected before the first transaction.
    """

    def __init__(self, url: URL) -> None:
        self.url = url
        self.embedded = url.get_backend_name() == "sqlite"
        self._writer = threading.Lock()
        self.engine: Engine = self._sqlite() if self.embedded else self._postgresql()
        self._error: type[Exception] = self.engine.dialect.loaded_dbapi.Error
        """What comes unwrapped out of the first words to a new connection."""

    @contextlib.contextmanager
    def transaction(self, *, write: bool = True) -> Iterator[Connection]:
        """Open a transaction that is kept when the block ends, and undone when an error leaves it.

        With `write=False` it only reads, and others may write meanwhile. Don't open one inside another that writes.
        Raises Unavailable when the database doesn't answer, InputError for text that it can't hold.
        """
        with contextlib.ExitStack() as stack:
            try:
                if write and self.embedded:
                    stack.enter_context(self._alone())
                connection = stack.enter_context(self.engine.connect()).execution_options(**{_WRITES: write})
                with connection.begin():
                    yield connection
            except (exc.DataError, UnicodeEncodeError, OverflowError) as error:
                raise _unkeepable() from error
            except _NO_CONNECTION as error:
                raise self.unavailable() from error
            except (exc.DBAPIError, self._error) as error:
                if (said := self._said(error)) is None:
                    raise
                raise said from error

    def unavailable(self) -> Unavailable:
        """Return the error that says so, without user or password."""
        if self.embedded:
            return Unavailable(
                f"the register in `{self.url.database}` can't be used now",
                help="is the disk full or read-only, or does another program hold the file?",
            )
        return Unavailable(
            f"the database at `{self.url.host or 'the local socket'}` doesn't answer", help="try again in a moment"
        )

    def _said(self, error: Exception) -> BartizanError | None:
        """Return what to say of an error of the database, None when it is a mistake of ours."""
        original = error.orig if isinstance(error, exc.DBAPIError) else error
        if self.embedded and type(original) is sqlite3.DatabaseError:
            return BartizanError(
                f"`{self.url.database}` is not a register, or it is damaged",
                help="give another file, or a backup of it",
            )
        dbapi = self.engine.dialect.loaded_dbapi
        gone = isinstance(original, dbapi.OperationalError | dbapi.InterfaceError)
        return self.unavailable() if gone or getattr(original, "sqlstate", "") == _READ_ONLY else None

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Wait for the other writers of this process in turn; SQLite's own way to wait is unfair."""
        if not self._writer.acquire(timeout=WAIT_SECONDS * 2):
            raise self.unavailable()
        try:
            yield
        finally:
            self._writer.release()

    def _sqlite(self) -> Engine:
        engine = create_engine(
            self.url,
            connect_args={"timeout": WAIT_SECONDS, "check_same_thread": False},
            pool_size=POOL,
            max_overflow=MORE,
            pool_timeout=WAIT_SECONDS,
            hide_parameters=True,
        )

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _record: Any) -> None:
            connection.isolation_level = None  # we begin ourselves: Python's own way leaves some statements outside
            for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
                connection.execute(f"PRAGMA {pragma}")

        @event.listens_for(engine, "begin")
        def begin(connection: Connection) -> None:
            writes = connection.get_execution_options().get(_WRITES, False)
            connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

        @event.listens_for(engine, "before_cursor_execute")
        def refuse(_c: Any, _cursor: Any, _statement: str, parameters: Any, _context: Any, _many: bool) -> None:
            # PostgreSQL can't hold null characters, and SQLite compares and searches up to the first one only.
            rows = parameters if parameters and isinstance(parameters[0], tuple) else [parameters]
            if any(isinstance(value, str) and "\0" in value for row in rows for value in row):
                raise _unkeepable()

        return engine

    def _postgresql(self) -> Engine:
        try:
            engine = create_engine(
                self.url,
                connect_args={
                    "connect_timeout": CONNECT_SECONDS,
                    "keepalives_idle": 10,
                    "keepalives_interval": 5,
                    "keepalives_count": 3,
                    "tcp_user_timeout": WAIT_SECONDS * 1000,
                    "application_name": "bartizan",
                },
                pool_size=POOL,
                max_overflow=MORE,
                pool_timeout=WAIT_SECONDS,
                pool_pre_ping=True,
                hide_parameters=True,
            )
        except ModuleNotFoundError as error:
            raise BartizanError(
                "PostgreSQL needs a package that is not installed", help="pip install 'bartizan[postgresql]'"
            ) from error

        @event.listens_for(engine, "connect")
        def prepare(connection: Any, _record: Any) -> None:
            with connection.cursor() as cursor:
                cursor.execute(f"SET statement_timeout = '{STATEMENT_SECONDS}s'")
                cursor.execute(f"SET lock_timeout = '{WAIT_SECONDS}s'")
                cursor.execute("SET idle_in_transaction_session_timeout = '60s'")
            connection.commit()

        return engine
