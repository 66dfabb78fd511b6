"""Documents and their versions in an SQL database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Connection, Select, and_, delete, func, insert, select, update

from bartizan.model import BartizanError, InputError
from bartizan.model.documents import Change, Document, ExceptionSpec, Kind, Stored, canonical, digest_of
from bartizan.store.register.assessments import mark_due
from bartizan.store.register.database import Database
from bartizan.store.register.interface import Conflict, Entry, Missing, Page, Query
from bartizan.store.register.listing import LARGEST, check_limit, prepare
from bartizan.store.register.rows import change_of, columns_of, document_of, stored_of
from bartizan.store.register.tables import ASSESSMENT, DOCUMENT, HEAD, REVIEW, TRAIL, VERSION
from bartizan.store.register.trail import append, lock, verify

__all__ = ["SqlDocuments"]

_CHUNK = 100
_SEVERAL = 500


class SqlDocuments:
    """Documents of a register; see the interface."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, kind: Kind, name: str) -> Stored | None:
        """Return the present version, None without one."""
        with self._database.transaction(write=False) as connection:
            return _present(connection, kind, name)

    def several(self, kind: Kind, names: Collection[str]) -> dict[str, Stored]:
        """Return the present versions of some by name, without those that there aren't: in few round trips."""
        wanted, found = sorted(set(names)), dict[str, Stored]()
        for start in range(0, len(wanted), _SEVERAL):
            chunk = wanted[start : start + _SEVERAL]
            statement = _bodies().where(DOCUMENT.c.kind == kind.value, DOCUMENT.c.name.in_(chunk))
            with self._database.transaction(write=False) as connection:
                rows = connection.execute(statement).all()
            found.update((row.name, stored_of(row)) for row in rows)
        return found

    def version(self, kind: Kind, name: str, version: int) -> Stored | None:
        """Return an earlier version, also of what was deleted since."""
        if not 0 < version < 2**31:
            return None
        key = (VERSION.c.kind == kind.value, VERSION.c.name == name, VERSION.c.version == version)
        with self._database.transaction(write=False) as connection:
            row = connection.execute(select(VERSION).where(*key)).one_or_none()
        return stored_of(row) if row else None

    def put(self, document: Document, *, expected: int, by: str, why: str, at: str) -> Stored:
        """Keep a new version on top of version `expected`, 0 for a new document.

        What says the same as before makes no new version. Raises Conflict.
        """
        body, digest = _body(document), digest_of(document)
        kind, name = document.kind.value, document.name
        with self._database.transaction() as connection:
            end = lock(connection)
            before = _present(connection, document.kind, name)
            _agree(document.kind, name, before, expected)
            if before is not None and before.digest == digest:
                return before
            version = (before.version if before else _last(connection, document.kind, name)) + 1
            written = {"version": version, "digest": digest, "at": at, "author": by}
            row = {"kind": kind, "name": name, "unit": document.unit, "why": why, "body": body, **written}
            connection.execute(insert(VERSION), row)
            stored = Stored(document=document, version=version, digest=digest, at=at, by=by, why=why)
            line = append(connection, end, _line(stored, "updated" if before else "created"))
            columns = {**columns_of(document), **written, "seq": line.seq}
            if before:
                connection.execute(update(DOCUMENT).where(*_is(document.kind, name)).values(**columns))
            else:
                connection.execute(insert(DOCUMENT), {"kind": kind, "name": name, **columns})
            _touch(connection, [document, *([before.document] if before else [])])
        return stored

    def delete(self, kind: Kind, name: str, *, expected: int, by: str, why: str, at: str) -> Change:
        """Take a document out; its versions stay. Raises Missing or Conflict."""
        with self._database.transaction() as connection:
            end = lock(connection)
            before = _present(connection, kind, name)
            if before is None:
                raise Missing(f"there is no {kind} `{name}`")
            _agree(kind, name, before, expected)
            last = msgspec.structs.replace(before, at=at, by=by, why=why)
            line = append(connection, end, _line(last, "deleted"))
            connection.execute(delete(DOCUMENT).where(*_is(kind, name)))
            if kind is Kind.SYSTEM:
                connection.execute(delete(ASSESSMENT).where(ASSESSMENT.c.system == name))
                connection.execute(delete(REVIEW).where(REVIEW.c.system == name))
            _touch(connection, [before.document])
        return line

    def list(self, query: Query) -> Page[Entry]:
        """Return a page of a list. Raises InputError for an order or a cursor that is none."""
        page = prepare(query)
        with self._database.transaction(write=False) as connection:
            return page.read(connection)

    def all(self, kind: Kind, units: frozenset[str] | None = None) -> Iterator[Stored]:
        """Return every document of a kind, by name, in bounded memory.

        No transaction stays open between documents, so the caller may take its time, and write.
        """
        after = ""
        while True:
            statement = _bodies().where(DOCUMENT.c.kind == kind.value, DOCUMENT.c.name > after)
            if units is not None:
                statement = statement.where(DOCUMENT.c.unit.in_(units))
            with self._database.transaction(write=False) as connection:
                rows = connection.execute(statement.order_by(DOCUMENT.c.name).limit(_CHUNK)).all()
            yield from map(stored_of, rows)
            if len(rows) < _CHUNK:
                return
            after = rows[-1].name

    def history(self, kind: Kind, name: str) -> Sequence[Change]:
        """Return what was done to a document, the latest first."""
        statement = select(TRAIL).where(TRAIL.c.kind == kind.value, TRAIL.c.name == name).order_by(TRAIL.c.seq.desc())
        with self._database.transaction(write=False) as connection:
            return [change_of(row) for row in connection.execute(statement)]

    def trail(self, *, units: frozenset[str] | None = None, after: int = 0, limit: int = 100) -> Page[Change]:
        """Return what was done to any, the latest first; `after` is the `seq` from which on (not included)."""
        check_limit(limit)
        seen = [] if units is None else [TRAIL.c.unit.in_(units)]
        before = [TRAIL.c.seq < min(after, LARGEST)] if after > 0 else []
        statement = select(TRAIL).where(*seen, *before).order_by(TRAIL.c.seq.desc()).limit(limit + 1)
        count = select(HEAD.c.seq) if units is None else select(func.count()).select_from(TRAIL).where(*seen)
        with self._database.transaction(write=False) as connection:
            changes = [change_of(row) for row in connection.execute(statement)]
            total = connection.execute(count).scalar_one()
        further = str(changes[limit - 1].seq) if len(changes) > limit else ""
        return Page(items=changes[:limit], next=further, total=total)

    def verify(self) -> int:
        """Follow the hashes of the trail and return its length. Raises BartizanError at the first line that is off.

        What the trail says of versions is held against their bodies too.
        """
        with self._database.transaction(write=False) as connection:
            return verify(connection)


def _body(document: Document) -> str:
    """Return a document's canonical JSON, of which the same document can be read again. Raises InputError."""
    body = canonical(document).decode()
    try:
        same = document_of(body) == document
    except BartizanError:
        same = False
    if not same:
        raise InputError(f"{document.kind} `{document.name}` holds a value that can't be kept as it is")
    return body


def _bodies() -> Select[Any]:
    joined = and_(
        VERSION.c.kind == DOCUMENT.c.kind, VERSION.c.name == DOCUMENT.c.name, VERSION.c.version == DOCUMENT.c.version
    )
    return select(VERSION).join_from(DOCUMENT, VERSION, joined)


def _is(kind: Kind, name: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return DOCUMENT.c.kind == kind.value, DOCUMENT.c.name == name


def _present(connection: Connection, kind: Kind, name: str) -> Stored | None:
    row = connection.execute(_bodies().where(*_is(kind, name))).one_or_none()
    return stored_of(row) if row else None


def _last(connection: Connection, kind: Kind, name: str) -> int:
    """Return the number of the last version of what was deleted, 0 for what has never been."""
    key = (VERSION.c.kind == kind.value, VERSION.c.name == name)
    return connection.execute(select(func.max(VERSION.c.version)).where(*key)).scalar_one() or 0


def _agree(kind: Kind, name: str, before: Stored | None, expected: int) -> None:
    """Let through a change on top of what is there. Raises Conflict."""
    now = before.version if before else 0
    if now == expected:
        return
    if before is None:
        raise Conflict(f"{kind} `{name}` was deleted, or never written: it has no version {expected}", 0)
    if expected == 0:
        raise Conflict(f"there is a {kind} `{name}` already", now)
    raise Conflict(f"{kind} `{name}` was changed in between: it has version {now}, not {expected}", now)


def _line(stored: Stored, action: str) -> Change:
    document = stored.document
    return Change(
        seq=0,
        kind=document.kind,
        name=document.name,
        unit=document.unit,
        version=stored.version,
        action=action,
        at=stored.at,
        by=stored.by,
        why=stored.why,
        digest=stored.digest,
        previous="",
        hash="",
    )


def _touch(connection: Connection, documents: Sequence[Document]) -> None:
    """Note which systems have to be assessed anew: those of an exception, as it was and as it is; or all."""
    touched: set[str] = set()
    for document in documents:
        if document.kind is Kind.ORGANISATION:
            touched.add("")
        elif isinstance(document.spec, ExceptionSpec):
            touched.update(document.spec.systems or [""])
    mark_due(connection, {""} if "" in touched else touched)
