"""People of a register: accounts, their roles by business unit, and the links with which accounts begin."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from bartizan.govern.roles import Role
from bartizan.model import InputError
from bartizan.store.register.interface import Conflict, Missing, Page
from bartizan.store.register.open import SqlRegister
from bartizan.store.register.people_events import write_note
from bartizan.store.register.people_records import Note, PersonRecord
from bartizan.store.register.people_tables import API_TOKEN, ENROLMENT, PERSON, PERSON_ROLE, SESSION, SIGNIN_STATE
from bartizan.store.register.tables import HEAD

__all__ = ["People", "login_key"]

GIVEN, GROUPS = "given", "groups"
_TRIES = 10
"""How often an account is made anew that others take the id of."""
_WHERE_LIKE = str.maketrans({"%": r"\%", "_": r"\_", "\\": r"\\"})


def login_key(email: str) -> str:
    """Return an address in the form by which accounts are found, whatever the capitals."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


class People:
    """Accounts and roles. Every method is one transaction, with the note of what happened in it."""

    def __init__(self, register: SqlRegister) -> None:
        self._register = register

    def get(self, id: str) -> PersonRecord | None:
        """Return somebody."""
        with self._register.transaction(write=False) as connection:
            return _one(connection, PERSON.c.id == id)

    def by_login(self, email: str) -> PersonRecord | None:
        """Return who signs in with a password under an address."""
        with self._register.transaction(write=False) as connection:
            return _one(connection, PERSON.c.login == login_key(email))

    def list(self, *, text: str = "", after: str = "", limit: int = 50) -> Page[PersonRecord]:
        """Return a page of people by id; `text` stands in the name, the address or the id."""
        where: list[Any] = []
        if text:
            pattern = f"%{text.casefold().translate(_WHERE_LIKE)}%"
            where.append(or_(*(func.lower(one).like(pattern, escape="\\") for one in
                               (PERSON.c.name, PERSON.c.email, PERSON.c.id))))  # fmt: skip
        with self._register.transaction(write=False) as connection:
            total = connection.execute(select(func.count()).select_from(PERSON).where(*where)).scalar_one()
            asked = select(PERSON).where(*where, PERSON.c.id > after).order_by(PERSON.c.id).limit(limit + 1)
            rows = connection.execute(asked).all()
            found = _records(connection, rows[:limit])
        return Page(items=found, next=found[-1].id if len(rows) > limit else "", total=total)

    def names(self, ids: Iterable[str]) -> dict[str, str]:
        """Return what people are called, for those ids that are somebody's."""
        with self._register.transaction(write=False) as connection:
            rows = connection.execute(select(PERSON.c.id, PERSON.c.name).where(PERSON.c.id.in_(set(ids)))).all()
        return {row.id: row.name or row.id for row in rows}

    def add_local(self, name: str, email: str, note: Note, *, password: str = "") -> PersonRecord:
        """Make an account that signs in with a password (its hash). Raises Conflict when the address has one."""
        try:
            with self._register.transaction() as connection:
                return _add(connection, name, email, note, password=password)
        except IntegrityError:
            raise Conflict("somebody made such an account at the same moment", 1) from None

    def signed_in_from(
        self, issuer: str, subject: str, *, name: str, email: str, roles: dict[str, frozenset[Role]], note: Note
    ) -> PersonRecord:
        """Return the account of somebody whom a provider has identified; it is made at the first time.

        The name and the address follow the provider, and so do `roles`, which replace what groups gave before.
        Addresses are never compared with other accounts: whoever could have one changed at a provider would take the
        account over.
        """
        for left in range(_TRIES, 0, -1):
            try:
                return self._from_provider(issuer, subject, name, email, roles, note)
            except IntegrityError:  # the same person, or a namesake, came at the same moment
                if left == 1:
                    raise
        raise AssertionError("the last try has raised")

    def _from_provider(
        self, issuer: str, subject: str, name: str, email: str, roles: dict[str, frozenset[Role]], note: Note
    ) -> PersonRecord:
        mine = (PERSON.c.issuer == issuer) & (PERSON.c.subject == subject)
        with self._register.transaction() as connection:
            found = _one(connection, mine)
            if found is None:
                id = _free_id(connection, name or email)
                connection.execute(insert(PERSON).values(**_empty(id, note.at), issuer=issuer, subject=subject))
                write_note(connection, _about(note, "account-made", id))
                found = PersonRecord(id=id, name=name, email=email)
            said = {"name": name or found.name, "email": email or found.email}
            connection.execute(update(PERSON).where(PERSON.c.id == found.id).values(**said))
            if roles != found.groups:
                _replace_groups(connection, found.id, roles)
                detail = ", ".join(f"{role}@{unit}" for unit in sorted(roles) for role in sorted(roles[unit]))
                write_note(connection, _about(note, "roles-from-groups", found.id, detail))
            kept = _one(connection, PERSON.c.id == found.id)
        assert kept is not None
        return kept

    def note_sign_in(self, id: str, at: str) -> None:
        """Keep when somebody signed in last."""
        self._set(id, None, last_sign_in=at)

    def set_profile(self, id: str, *, name: str, language: str, note: Note) -> None:
        """Change what somebody is called, and the language of the pages."""
        self._set(id, note, name=name, language=language)

    def set_password(self, id: str, hashed: str, note: Note | None, *, keep: str = "") -> None:
        """Keep a new hash, and with a note end all sessions but the one with id `keep`, and all open links."""
        with self._register.transaction() as connection:
            values = {"password": hashed, **({"password_at": note.at} if note else {})}
            connection.execute(update(PERSON).where(PERSON.c.id == id).values(**values))
            if note is not None:
                _end(connection, id, keep)
                connection.execute(delete(ENROLMENT).where(ENROLMENT.c.person == id))
                write_note(connection, note)

    def set_disabled(self, id: str, disabled: bool, note: Note) -> None:
        """Close an account or open it again. Closing ends its sessions and links, and for good revokes its tokens.

        Raises Conflict for the last administrator of the whole organisation.
        """
        with self._register.transaction() as connection:
            if disabled:
                _not_last(connection, id)
                _end(connection, id)
                connection.execute(delete(ENROLMENT).where(ENROLMENT.c.person == id))
                mine = (API_TOKEN.c.person == id) & (API_TOKEN.c.revoked == "")
                connection.execute(update(API_TOKEN).where(mine).values(revoked=note.at))
            connection.execute(update(PERSON).where(PERSON.c.id == id).values(disabled=note.at if disabled else ""))
            write_note(connection, note)

    def give(self, id: str, unit: str, role: Role, note: Note) -> None:
        """Give a role in a unit; what is given already stays as it is."""
        with self._register.transaction() as connection:
            row = {"person": id, "unit": unit, "role": role.value, "source": GIVEN}
            # On PostgreSQL too, two who give the same at once wait for each other here.
            connection.execute(select(PERSON.c.id).where(PERSON.c.id == id).with_for_update())
            there = select(PERSON_ROLE).where(*(PERSON_ROLE.c[name] == value for name, value in row.items()))
            if connection.execute(there).first() is None:
                connection.execute(insert(PERSON_ROLE).values(**row))
                write_note(connection, note)

    def take(self, id: str, unit: str, role: Role, note: Note) -> None:
        """Take back a role that was given. Raises Conflict for the last administrator, Missing when it isn't given."""
        with self._register.transaction() as connection:
            if unit == "" and role is Role.ADMINISTRATOR:
                _not_last(connection, id)
            row = {"person": id, "unit": unit, "role": role.value, "source": GIVEN}
            gone = delete(PERSON_ROLE).where(*(PERSON_ROLE.c[name] == value for name, value in row.items()))
            if not connection.execute(gone).rowcount:
                raise Missing("there is no such role to take back")
            write_note(connection, note)

    def administrators(self) -> frozenset[str]:
        """Return who can sign in and administer the whole organisation."""
        with self._register.transaction(write=False) as connection:
            return _administrators(connection)

    def add_link(self, digest: str, person: str | None, ends: str, note: Note) -> None:
        """Keep a link with which somebody sets a password; without a person it makes the first administrator.

        An earlier link for the same ends. Raises Conflict where an administrator is there already.
        """
        with self._register.transaction() as connection:
            _alone(connection)
            if person is None and _administrators(connection):
                raise _has_administrator()
            same = ENROLMENT.c.person.is_(None) if person is None else ENROLMENT.c.person == person
            connection.execute(delete(ENROLMENT).where(same))
            connection.execute(insert(ENROLMENT).values(digest=digest, person=person, created=note.at, ends=ends))
            write_note(connection, note)

    def link(self, digest: str, now: str) -> PersonRecord | None:
        """Return whom a link is for, without an id where it makes the first administrator; None where it is over."""
        with self._register.transaction(write=False) as connection:
            row = connection.execute(select(ENROLMENT).where(ENROLMENT.c.digest == digest)).first()
            if row is None or row.ends <= now:
                return None
            if row.person is None:
                return PersonRecord(id="", name="", email="")
            return _one(connection, (PERSON.c.id == row.person) & (PERSON.c.disabled == ""))

    def use_link(self, digest: str, name: str, email: str, password: str, note: Note) -> PersonRecord:
        """Use a link up: set a password, or make the first administrator and owner. Raises Missing where it is over."""
        with self._register.transaction() as connection:
            _alone(connection)
            asked = select(ENROLMENT).where(ENROLMENT.c.digest == digest).with_for_update()
            row = connection.execute(asked).first()
            if row is None or row.ends <= note.at:
                raise Missing("the link has been used, or its time is over")
            if row.person is None:
                if _administrators(connection):
                    raise _has_administrator()
                made = _add(connection, name, email, note, password=password)
                for role in (Role.ADMINISTRATOR, Role.OWNER):
                    connection.execute(insert(PERSON_ROLE).values(person=made.id, unit="", role=role, source=GIVEN))
                id = made.id
            else:
                id = row.person
                values = {"password": password, "password_at": note.at}
                open_ = (PERSON.c.id == id) & (PERSON.c.disabled == "")
                if not connection.execute(update(PERSON).where(open_).values(**values)).rowcount:
                    raise Missing("the link has been used, or its time is over")
                _end(connection, id)
            connection.execute(delete(ENROLMENT).where(ENROLMENT.c.digest == digest))
            write_note(connection, _about(note, "link-used", id))
            found = _one(connection, PERSON.c.id == id)
        assert found is not None
        return found

    def _set(self, id: str, note: Note | None, **values: str) -> None:
        with self._register.transaction() as connection:
            connection.execute(update(PERSON).where(PERSON.c.id == id).values(**values))
            if note is not None:
                write_note(connection, note)


def _end(connection: Connection, id: str, keep: str = "") -> None:
    """End somebody's sessions but one, and what they have begun of signing in."""
    connection.execute(delete(SESSION).where(SESSION.c.person == id, SESSION.c.id != keep))
    connection.execute(delete(SIGNIN_STATE).where(SIGNIN_STATE.c.person == id))


def _empty(id: str, at: str) -> dict[str, str]:
    names = ("name", "email", "password", "password_at", "language", "disabled", "last_sign_in")
    return {"id": id, "created": at, **dict.fromkeys(names, "")}


def _add(connection: Connection, name: str, email: str, note: Note, *, password: str) -> PersonRecord:
    key = login_key(email)
    if not key:
        raise InputError("an account needs an address", help="it is what people sign in with")
    if connection.execute(select(PERSON.c.id).where(PERSON.c.login == key)).first() is not None:
        raise Conflict("the address has an account already", 1)
    id = _free_id(connection, name or email)
    said = {"name": name, "email": email.strip(), "login": key, "password": password}
    said |= {"password_at": note.at} if password else {}
    connection.execute(insert(PERSON).values(**{**_empty(id, note.at), **said}))
    write_note(connection, _about(note, "account-made", id))
    found = _one(connection, PERSON.c.id == id)
    assert found is not None
    return found


def _free_id(connection: Connection, text: str) -> str:
    """Return an id that can be read, is nobody's yet, and stays the same whatever happens to name and address."""
    plain = unicodedata.normalize("NFKD", text.partition("@")[0]).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40] or "person"
    taken = set(connection.execute(select(PERSON.c.id).where(PERSON.c.id.like(f"{base}%"))).scalars())
    numbered = [base, *(f"{base}-{count}" for count in range(2, len(taken) + 2))]
    return next(one for one in numbered if one not in taken)


def _about(note: Note, kind: str, id: str, detail: str = "") -> Note:
    return Note(kind=kind, at=note.at, person=note.person or id, about=id, unit=note.unit,
                detail=detail or note.detail, address=note.address)  # fmt: skip


def _replace_groups(connection: Connection, id: str, roles: dict[str, frozenset[Role]]) -> None:
    connection.execute(delete(PERSON_ROLE).where(PERSON_ROLE.c.person == id, PERSON_ROLE.c.source == GROUPS))
    rows = [{"person": id, "unit": unit, "role": role.value, "source": GROUPS}
            for unit, several in roles.items() for role in several]  # fmt: skip
    if rows:
        connection.execute(insert(PERSON_ROLE), rows)


def _alone(connection: Connection) -> None:
    """Wait for others who make or use links: two consoles that start at once must not both have a first account."""
    connection.execute(select(HEAD.c.id).where(HEAD.c.id == 1).with_for_update())


def _administrators(connection: Connection) -> frozenset[str]:
    can = or_(PERSON.c.password != "", PERSON.c.issuer.is_not(None))
    asked = (
        select(PERSON.c.id)
        .join(PERSON_ROLE, PERSON_ROLE.c.person == PERSON.c.id)
        .where(PERSON_ROLE.c.role == Role.ADMINISTRATOR.value, PERSON_ROLE.c.unit == "", PERSON.c.disabled == "", can)
    )
    return frozenset(connection.execute(asked).scalars())


def _not_last(connection: Connection, id: str) -> None:
    # Two administrators who take each other's role at once wait for each other here.
    connection.execute(
        select(PERSON_ROLE).where(PERSON_ROLE.c.role == Role.ADMINISTRATOR.value).with_for_update()
    ).all()
    if _administrators(connection) == {id}:
        raise Conflict("this is the last administrator", 1)


def _has_administrator() -> Conflict:
    return Conflict("an administrator is there already, who can make accounts", 1)


def _one(connection: Connection, where: Any) -> PersonRecord | None:
    found = _records(connection, connection.execute(select(PERSON).where(where)).all())
    return found[0] if found else None


def _records(connection: Connection, rows: Sequence[Row[Any]]) -> list[PersonRecord]:
    asked = select(PERSON_ROLE).where(PERSON_ROLE.c.person.in_([row.id for row in rows]))
    roles: dict[tuple[str, str], dict[str, frozenset[Role]]] = {}
    for one in connection.execute(asked) if rows else ():
        if one.role in set(Role):
            units = roles.setdefault((one.person, one.source), {})
            units[one.unit] = units.get(one.unit, frozenset()) | {Role(one.role)}
    return [
        PersonRecord(**{name: value or "" for name, value in row._mapping.items()},
                     given=roles.get((row.id, GIVEN), {}), groups=roles.get((row.id, GROUPS), {}))
        for row in rows
    ]  # fmt: skip
