"""Decisions that wait for a second person."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, insert, select, update

from bartizan.store.register.interface import Conflict, Missing, Page
from bartizan.store.register.open import SqlRegister
from bartizan.store.register.people_events import write_note
from bartizan.store.register.people_records import Acceptance, Note
from bartizan.store.register.people_tables import ACCEPTANCE

__all__ = ["Acceptances"]


class Acceptances:
    """Questions to a second person, each answered once."""

    def __init__(self, register: SqlRegister) -> None:
        self._register = register

    def ask(self, system: str, threat: str, verdict: str, why: str, until: date, ticket: str, note: Note) -> Acceptance:
        """Keep a question, in place of an open one about the same threat. `note.person` asks."""
        open_ = (ACCEPTANCE.c.system == system) & (ACCEPTANCE.c.threat == threat) & (ACCEPTANCE.c.state == "asked")
        with self._register.transaction() as connection:
            gone = {"state": "withdrawn", "decided_by": note.person, "decided_at": note.at}
            connection.execute(update(ACCEPTANCE).where(open_).values(**gone))
            said = {"system": system, "threat": threat, "verdict": verdict, "why": why, "until": until,
                    "ticket": ticket, "asked_by": note.person, "asked_at": note.at, "state": "asked"}  # fmt: skip
            made = connection.execute(insert(ACCEPTANCE).values(**said, decided_by="", decided_at="", note=""))
            assert made.inserted_primary_key is not None
            id = int(made.inserted_primary_key[0])
            write_note(connection, note)
            return Acceptance(**connection.execute(select(ACCEPTANCE).where(ACCEPTANCE.c.id == id)).one()._mapping)

    def get(self, id: int) -> Acceptance | None:
        """Return one."""
        with self._register.transaction(write=False) as connection:
            row = connection.execute(select(ACCEPTANCE).where(ACCEPTANCE.c.id == id)).first()
        return Acceptance(**row._mapping) if row else None

    def list(self, *, systems: frozenset[str] | None = None, states: frozenset[str] = frozenset({"asked", "confirming"}),
             after: str = "", limit: int = 50) -> Page[Acceptance]:  # fmt: skip
        """Return a page, the latest first: about some systems (None is all), in some states (none is all)."""
        where = [ACCEPTANCE.c.state.in_(states)] if states else []
        if systems is not None:
            where.append(ACCEPTANCE.c.system.in_(systems))
        before = [ACCEPTANCE.c.id < int(after)] if after.isdecimal() and len(after) < 19 else []
        with self._register.transaction(write=False) as connection:
            total = connection.execute(select(func.count()).select_from(ACCEPTANCE).where(*where)).scalar_one()
            asked = select(ACCEPTANCE).where(*where, *before).order_by(ACCEPTANCE.c.id.desc()).limit(limit + 1)
            found = [Acceptance(**row._mapping) for row in connection.execute(asked)]
        more = len(found) > limit
        return Page(items=found[:limit], next=str(found[limit - 1].id) if more else "", total=total)

    def move(self, id: int, before: frozenset[str], state: str, note: Note, *, why: str = "") -> Acceptance:
        """Bring a question from one of some states into another. Raises Missing, and Conflict when it is in no such."""
        with self._register.transaction() as connection:
            there = ACCEPTANCE.c.id == id
            values = {"state": state, "decided_by": note.person, "decided_at": note.at, "note": why}
            asked = update(ACCEPTANCE).where(there, ACCEPTANCE.c.state.in_(before)).values(**values)
            moved = connection.execute(asked).rowcount
            row = connection.execute(select(ACCEPTANCE).where(there)).first()
            if row is None:
                raise Missing("there is no such question")
            if not moved:
                raise Conflict(f"the question is answered already: it is {row.state}", 1)
            write_note(connection, note)
            return Acceptance(**row._mapping)
