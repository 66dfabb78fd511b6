"""Decisions that wait for a second person."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, insert, select, update

from bartizan.model.documents import Kind
from bartizan.store.register.interface import Conflict, Missing, Page
from bartizan.store.register.open import SqlRegister
from bartizan.store.register.people_events import write_note
from bartizan.store.register.people_records import Acceptance, Note
from bartizan.store.register.people_tables import ACCEPTANCE
from bartizan.store.register.tables import DOCUMENT

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

    def list(
        self,
        *,
        units: frozenset[str] | None = None,
        system: str = "",
        states: frozenset[str] = frozenset({"asked", "confirming"}),
        after: str = "",
        limit: int = 50,
    ) -> Page[Acceptance]:
        """Return a page, the latest first: of systems in some units (None is all), in some states (none is all)."""
        asked = select(ACCEPTANCE, DOCUMENT.c.title, DOCUMENT.c.unit).join(
            DOCUMENT, (DOCUMENT.c.kind == Kind.SYSTEM.value) & (DOCUMENT.c.name == ACCEPTANCE.c.system)
        )
        if states:
            asked = asked.where(ACCEPTANCE.c.state.in_(states))
        if units is not None:
            asked = asked.where(DOCUMENT.c.unit.in_(units))
        if system:
            asked = asked.where(ACCEPTANCE.c.system == system)
        with self._register.transaction(write=False) as connection:
            total = connection.execute(select(func.count()).select_from(asked.subquery())).scalar_one()
            if after.isdecimal() and len(after) < 19:
                asked = asked.where(ACCEPTANCE.c.id < int(after))
            rows = connection.execute(asked.order_by(ACCEPTANCE.c.id.desc()).limit(limit + 1)).all()
        found = [Acceptance(**row._mapping) for row in rows[:limit]]
        return Page(items=found, next=str(found[-1].id) if len(rows) > limit else "", total=total)

    def move(self, id: int, before: frozenset[str], state: str, note: Note, *, why: str = "") -> Acceptance:
        """Bring a question from one of some states into another. Raises Missing, and Conflict when it is in none."""
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
