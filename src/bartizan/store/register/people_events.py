"""What happened about people and their access: only ever added to."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, func, insert, or_, select

from bartizan.store.register.interface import Page
from bartizan.store.register.open import SqlRegister
from bartizan.store.register.people_records import AuthEvent, Note
from bartizan.store.register.people_tables import AUTH_EVENT

__all__ = ["AuthEvents", "write_note"]


def write_note(connection: Connection, note: Note) -> None:
    """Keep what happened, in the transaction of the change itself."""
    connection.execute(insert(AUTH_EVENT).values(**msgspec.structs.asdict(note)))


class AuthEvents:
    """The events of sign-ins, accounts, roles and tokens."""

    def __init__(self, register: SqlRegister) -> None:
        self._register = register

    def add(self, note: Note) -> None:
        """Keep what happened where nothing else changes."""
        with self._register.transaction() as connection:
            write_note(connection, note)

    def list(self, *, kind: str = "", who: str = "", after: str = "", limit: int = 100) -> Page[AuthEvent]:
        """Return a page, the latest first: of a kind, by or about somebody."""
        where = [AUTH_EVENT.c.kind == kind] if kind else []
        if who:
            where.append(or_(AUTH_EVENT.c.person == who, AUTH_EVENT.c.about == who))
        before = [AUTH_EVENT.c.seq < int(after)] if after.isdecimal() and len(after) < 19 else []
        with self._register.transaction(write=False) as connection:
            total = connection.execute(select(func.count()).select_from(AUTH_EVENT).where(*where)).scalar_one()
            asked = select(AUTH_EVENT).where(*where, *before).order_by(AUTH_EVENT.c.seq.desc()).limit(limit + 1)
            found = [AuthEvent(**row._mapping) for row in connection.execute(asked)]
        more = len(found) > limit
        return Page(items=found[:limit], next=str(found[limit - 1].seq) if more else "", total=total)
