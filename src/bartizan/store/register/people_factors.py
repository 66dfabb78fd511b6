"""What people sign in with beside a password, and what was begun in a browser: for one purpose, once, and not for long.

Every change of somebody's factors is one transaction with its note, and ends their other sessions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from bartizan.model import BartizanError
from bartizan.store.register.interface import Conflict, Missing
from bartizan.store.register.open import SqlRegister
from bartizan.store.register.people_events import write_note
from bartizan.store.register.people_records import FactorRecord, Note, StateRecord
from bartizan.store.register.people_tables import FACTOR, PERSON, RECOVERY_CODE, SESSION, SIGNIN_STATE
from bartizan.store.register.upsert import upsert

__all__ = ["MOST", "Factors", "States", "TooManyFactors"]

MOST = 20
"""How many factors somebody may have."""


class TooManyFactors(BartizanError):
    """Somebody has as many factors as one can have."""


class Factors:
    """Somebody's factors and recovery codes. Codes are known by their digest alone."""

    def __init__(self, register: SqlRegister) -> None:
        self._register = register

    def of(self, person: str) -> list[FactorRecord]:
        """Return what somebody has, the oldest first."""
        with self._register.transaction(write=False) as connection:
            asked = select(FACTOR).where(FACTOR.c.person == person).order_by(FACTOR.c.created, FACTOR.c.id)
            return [FactorRecord(**row._mapping) for row in connection.execute(asked)]

    def having(self, people: Iterable[str]) -> frozenset[str]:
        """Return those of some people who have a factor."""
        with self._register.transaction(write=False) as connection:
            asked = select(FACTOR.c.person).where(FACTOR.c.person.in_(set(people))).distinct()
            return frozenset(connection.execute(asked).scalars())

    def by_credential(self, credential: str) -> FactorRecord | None:
        """Return the passkey with an id."""
        with self._register.transaction(write=False) as connection:
            row = connection.execute(select(FACTOR).where(FACTOR.c.credential == credential)).first()
        return FactorRecord(**row._mapping) if row else None

    def add(self, factor: FactorRecord, codes: Sequence[str], note: Note, *, keep: str = "") -> bool:
        """Keep a new factor, and end all sessions of its owner but one.

        With the first one the digests of recovery codes are kept too, which is what True says. Raises Conflict for a
        passkey that is somebody's already, and TooManyFactors.
        """
        try:
            with self._register.transaction() as connection:
                count = _counted(connection, factor.person)
                if count >= MOST:
                    raise TooManyFactors(f"nobody has more than {MOST} factors", help="remove one first")
                connection.execute(insert(FACTOR).values(**msgspec.structs.asdict(factor)))
                if count == 0:
                    _replace_codes(connection, factor.person, codes)
                _end(connection, factor.person, keep)
                write_note(connection, note)
        except IntegrityError:
            raise Conflict("this passkey is in use already", 1) from None
        return count == 0

    def remove(self, id: str, person: str, note: Note, *, keep: str = "", last_stays: bool = False) -> None:
        """Take a factor of somebody out, with the last one the recovery codes too, and end all sessions but one.

        Raises Missing, and with `last_stays` Conflict for the last one.
        """
        with self._register.transaction() as connection:
            count = _counted(connection, person)
            if not connection.execute(delete(FACTOR).where(FACTOR.c.id == id, FACTOR.c.person == person)).rowcount:
                raise Missing("there is no such factor")
            if count == 1:
                if last_stays:
                    raise Conflict("this is the last factor", 1)
                _replace_codes(connection, person, ())
            _end(connection, person, keep)
            write_note(connection, note)

    def clear(self, person: str, note: Note) -> None:
        """Take all factors and recovery codes of somebody out, and end all sessions."""
        with self._register.transaction() as connection:
            _counted(connection, person)
            connection.execute(delete(FACTOR).where(FACTOR.c.person == person))
            _replace_codes(connection, person, ())
            _end(connection, person, "")
            write_note(connection, note)

    def take_step(self, id: str, step: int, at: str) -> bool:
        """Keep that the code of a step of time was used; False where that one, or a later one, was before."""
        fresh = (FACTOR.c.id == id) & (FACTOR.c.step < step)
        with self._register.transaction() as connection:
            return bool(connection.execute(update(FACTOR).where(fresh).values(step=step, used=at)).rowcount)

    def take_signature(self, id: str, signed: int, at: str) -> bool:
        """Keep how often a passkey has signed; False where that is no more than before: there may be a copy of it.

        Passkeys that don't count always say 0.
        """
        fresh = FACTOR.c.signed < signed
        if signed == 0:
            fresh = FACTOR.c.signed == 0
        with self._register.transaction() as connection:
            asked = update(FACTOR).where(FACTOR.c.id == id, fresh).values(signed=signed, used=at)
            return bool(connection.execute(asked).rowcount)

    def set_codes(self, person: str, digests: Sequence[str], note: Note) -> None:
        """Keep new recovery codes instead of those before. Raises Missing for somebody without a factor."""
        with self._register.transaction() as connection:
            if not _counted(connection, person):
                raise Missing("there is no factor that these would stand in for")
            _replace_codes(connection, person, digests)
            write_note(connection, note)

    def take_code(self, person: str, digest: str, note: Note) -> bool:
        """Use a recovery code up; False where it is none of somebody's."""
        mine = (RECOVERY_CODE.c.digest == digest) & (RECOVERY_CODE.c.person == person)
        with self._register.transaction() as connection:
            used = bool(connection.execute(delete(RECOVERY_CODE).where(mine)).rowcount)
            if used:
                write_note(connection, note)
        return used

    def codes_left(self, person: str) -> int:
        """Return how many recovery codes somebody has."""
        with self._register.transaction(write=False) as connection:
            asked = select(func.count()).select_from(RECOVERY_CODE).where(RECOVERY_CODE.c.person == person)
            return connection.execute(asked).scalar_one()


class States:
    """What was begun in a browser, one of a purpose."""

    def __init__(self, register: SqlRegister) -> None:
        self._register = register

    def put(self, state: StateRecord, now: str) -> None:
        """Keep what was begun, instead of what the browser began for the same purpose, and drop all that is over."""
        with self._register.transaction() as connection:
            connection.execute(delete(SIGNIN_STATE).where(SIGNIN_STATE.c.ends <= now))
            connection.execute(upsert(connection, SIGNIN_STATE), msgspec.structs.asdict(state))

    def get(self, browser: str, purpose: str, now: str) -> StateRecord | None:
        """Return what was begun, if its time is not over."""
        with self._register.transaction(write=False) as connection:
            asked = select(SIGNIN_STATE).where(*_mine(browser, purpose, now))
            row = connection.execute(asked).first()
        return StateRecord(**row._mapping) if row else None

    def take(self, browser: str, purpose: str, now: str) -> StateRecord | None:
        """Return what was begun, and end it: of two who ask at once one gets it."""
        with self._register.transaction() as connection:
            asked = delete(SIGNIN_STATE).where(*_mine(browser, purpose, now)).returning(*SIGNIN_STATE.c)
            row = connection.execute(asked).first()
        return StateRecord(**row._mapping) if row else None


def _mine(browser: str, purpose: str, now: str) -> tuple[ColumnElement[bool], ...]:
    return SIGNIN_STATE.c.browser == browser, SIGNIN_STATE.c.purpose == purpose, SIGNIN_STATE.c.ends > now


def _counted(connection: Connection, person: str) -> int:
    """Return how many factors somebody has; whoever else changes them waits."""
    connection.execute(select(PERSON.c.id).where(PERSON.c.id == person).with_for_update())
    return connection.execute(select(func.count()).select_from(FACTOR).where(FACTOR.c.person == person)).scalar_one()


def _replace_codes(connection: Connection, person: str, digests: Sequence[str]) -> None:
    connection.execute(delete(RECOVERY_CODE).where(RECOVERY_CODE.c.person == person))
    if digests:
        connection.execute(insert(RECOVERY_CODE), [{"digest": one, "person": person} for one in digests])


def _end(connection: Connection, person: str, keep: str) -> None:
    connection.execute(delete(SESSION).where(SESSION.c.person == person, SESSION.c.id != keep))
    connection.execute(delete(SIGNIN_STATE).where(SIGNIN_STATE.c.person == person))
