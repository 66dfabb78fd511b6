"""Open a register: a file for one machine, PostgreSQL for a team."""

from __future__ import annotations

import contextlib
import os
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Connection, Engine

from bartizan.model import InputError
from bartizan.store.register.assessments import SqlAssessments
from bartizan.store.register.database import Database, url_of
from bartizan.store.register.documents import SqlDocuments
from bartizan.store.register.evidence import SqlEvidence
from bartizan.store.register.interface import Unavailable
from bartizan.store.register.migrate import current, upgrade

__all__ = ["SqlRegister", "open_register"]


class SqlRegister:
    """A register in an SQL database. Safe to share between threads; processes open their own.

    `engine` and `transaction` are for what keeps tables of its own beside the documents (people, webhooks).
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self.documents = SqlDocuments(database)
        self.evidence = SqlEvidence(database)
        self.assessments = SqlAssessments(database)

    @property
    def database(self) -> Database:
        """The database: what `migrate` works on."""
        return self._database

    @property
    def engine(self) -> Engine:
        """The engine, for those who need more than transactions."""
        return self._database.engine

    def transaction(self, *, write: bool = True) -> AbstractContextManager[Connection]:
        """Open a transaction; see Database.transaction."""
        return self._database.transaction(write=write)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()


def open_register(place: str | os.PathLike[str], *, create: bool = True) -> SqlRegister:
    """Open the register at `postgresql://...` or in a file, and bring its tables to the shape that this program knows.

    With `create` one that isn't there is made; a file is then for its owner alone (0600). Raises InputError when there
    is none or the address is wrong, BartizanError when a newer program has changed it, and Unavailable.
    """
    database = Database(url_of(place))
    with contextlib.ExitStack() as stack:
        stack.callback(database.close)
        if database.embedded:
            _file(database, create=create)
        if not create and not current(database):
            raise InputError("there is no register in the database", help="`bartizan up` makes one")
        upgrade(database)
        stack.pop_all()
    return SqlRegister(database)


def _file(database: Database, *, create: bool) -> None:
    """Make the file of an SQLite before SQLite does, so that nobody else can read it for a moment."""
    path = Path(database.url.database or "")
    if not create and not path.is_file():
        raise InputError(f"there is no register at `{path}`", help="`bartizan up` makes one")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        with contextlib.suppress(PermissionError):  # somebody else's file that we may write
            path.chmod(0o600)
    except OSError as error:
        raise Unavailable(
            f"the register can't be kept in `{path}`: {(error.strerror or 'no reason given').lower()}",
            help="give the path of a file in a folder that you can write to",
        ) from error
