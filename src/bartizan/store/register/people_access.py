"""What people and programs come with: sessions, tokens, and how often somebody tried."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Connection, Row, delete, insert, select, update

from bartizan.govern.roles import Action
from bartizan.store.register.interface import Missing
from bartizan.store.register.open import SqlRegister
from bartizan.store.register.people_events import write_note
from bartizan.store.register.people_records import ApiToken, Note, SessionRecord
from bartizan.store.register.people_tables import API_TOKEN, SESSION, SIGNIN_ATTEMPT
from bartizan.store.register.upsert import insert_or_nothing

__all__ = ["Attempts", "Limit", "Sessions", "Tokens"]

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_KEPT = timedelta(days=2)
_LONGEST = timedelta(minutes=15)


class Sessions:
    """Who is signed in. Sessions are known by the digest of what the browser holds."""

    def __init__(self, register: SqlRegister) -> None:
        self._register = register

    def begin(self, session: SessionRecord, note: Note, *, instead: str = "") -> None:
        """Keep a new session, and end the one that the browser had before and all whose time is over."""
        with self._register.transaction() as connection:
            over = (SESSION.c.ends <= session.created) | (SESSION.c.id == instead)
            connection.execute(delete(SESSION).where(over))
            connection.execute(insert(SESSION).values(**msgspec.structs.asdict(session)))
            write_note(connection, note)

    def get(self, id: str) -> SessionRecord | None:
        """Return a session, also one whose time is over."""
        with self._register.transaction(write=False) as connection:
            row = connection.execute(select(SESSION).where(SESSION.c.id == id)).first()
        return SessionRecord(**row._mapping) if row else None

    def touch(self, id: str, at: str) -> None:
        """Keep that a session was used."""
        with self._register.transaction() as connection:
            connection.execute(update(SESSION).where(SESSION.c.id == id).values(seen=at))

    def confirm(self, id: str, note: Note) -> None:
        """Keep that whoever sits there has just shown who they are."""
        with self._register.transaction() as connection:
            connection.execute(update(SESSION).where(SESSION.c.id == id).values(confirmed=note.at))
            write_note(connection, note)

    def end(self, id: str, note: Note, *, person: str = "") -> None:
        """End a session, somebody's own where a person is given; nothing happens where there is none."""
        where = (SESSION.c.id == id) & (SESSION.c.person == person if person else SESSION.c.id == id)
        with self._register.transaction() as connection:
            if connection.execute(delete(SESSION).where(where)).rowcount:
                write_note(connection, note)

    def end_all(self, person: str, note: Note, *, but: str = "") -> int:
        """End all sessions of somebody, but one. Returns how many."""
        with self._register.transaction() as connection:
            ended = connection.execute(delete(SESSION).where(SESSION.c.person == person, SESSION.c.id != but)).rowcount
            write_note(connection, note)
        return int(ended)

    def list(self, person: str = "", *, now: str, limit: int = 200) -> list[SessionRecord]:
        """Return sessions that are not over, the latest used first: of somebody, or of all."""
        where = [SESSION.c.ends > now, *([SESSION.c.person == person] if person else [])]
        with self._register.transaction(write=False) as connection:
            rows = connection.execute(select(SESSION).where(*where).order_by(SESSION.c.seen.desc()).limit(limit)).all()
        return [SessionRecord(**row._mapping) for row in rows]


class Tokens:
    """Tokens of programs, known by their digest."""

    def __init__(self, register: SqlRegister) -> None:
        self._register = register

    def add(self, token: ApiToken, digest: str, note: Note) -> None:
        """Keep a new token."""
        with self._register.transaction() as connection:
            connection.execute(
                insert(API_TOKEN).values(
                    id=token.id,
                    digest=digest,
                    person=token.person,
                    name=token.name,
                    actions=" ".join(sorted(token.actions)),
                    units=None if token.units is None else " ".join(sorted(token.units)),
                    created=token.created,
                    ends=token.ends,
                    used=token.used,
                    revoked=token.revoked,
                )
            )
            write_note(connection, note)

    def find(self, digest: str) -> ApiToken | None:
        """Return a token, also one that is over or revoked."""
        with self._register.transaction(write=False) as connection:
            row = connection.execute(select(API_TOKEN).where(API_TOKEN.c.digest == digest)).first()
        return _token(row) if row else None

    def list(self, person: str = "", *, limit: int = 500) -> list[ApiToken]:
        """Return tokens, the latest first: of somebody, or of all."""
        where = [API_TOKEN.c.person == person] if person else []
        with self._register.transaction(write=False) as connection:
            rows = connection.execute(
                select(API_TOKEN).where(*where).order_by(API_TOKEN.c.created.desc(), API_TOKEN.c.id).limit(limit)
            ).all()
        return [_token(row) for row in rows]

    def touch(self, id: str, at: str) -> None:
        """Keep that a token was used."""
        with self._register.transaction() as connection:
            connection.execute(update(API_TOKEN).where(API_TOKEN.c.id == id).values(used=at))

    def revoke(self, id: str, note: Note, *, person: str = "") -> None:
        """Revoke a token, somebody's own where a person is given. Raises Missing."""
        mine = [API_TOKEN.c.person == person] if person else []
        with self._register.transaction() as connection:
            asked = update(API_TOKEN).where(API_TOKEN.c.id == id, API_TOKEN.c.revoked == "", *mine)
            if not connection.execute(asked.values(revoked=note.at)).rowcount:
                raise Missing("there is no such token to revoke")
            write_note(connection, note)


class Limit(NamedTuple):
    """How often something may be tried: so often, and then again after a while.

    When it `grows`, each attempt beyond takes twice as long as the one before, up to a quarter of an hour, until there
    was none for the `window`. Otherwise it is so often in each window.
    """

    free: int
    window: timedelta
    grows: bool


class Attempts:
    """How often somebody tried to sign in, by a key. Shared by all replicas."""

    def __init__(self, register: SqlRegister) -> None:
        self._register = register

    def wait(self, keys: list[str], now: datetime) -> int:
        """Return the seconds until the next attempt is heard under all keys; 0 is now."""
        with self._register.transaction(write=False) as connection:
            asked = select(SIGNIN_ATTEMPT.c.until).where(SIGNIN_ATTEMPT.c.key.in_(keys))
            return _seconds(max(connection.execute(asked).scalars(), default=""), now)

    def count(self, limits: dict[str, Limit], now: datetime) -> None:
        """Count an attempt under each key, whether or not it is heard."""
        with self._register.transaction() as connection:
            _count(connection, _held(connection, limits, now), limits, now)

    def take(self, limits: dict[str, Limit], now: datetime) -> int:
        """Count an attempt under each key if it is heard, and return 0; otherwise the seconds until one is.

        It is counted before it is known whether it is right, and heard or not in the same transaction: of many at once
        no more get through than of as many one after the other.
        """
        with self._register.transaction() as connection:
            rows = _held(connection, limits, now)
            wait = _seconds(max((row.until for row in rows), default=""), now)
            if not wait:
                _count(connection, rows, limits, now)
        return wait

    def succeeded(self, account: str, address: str) -> None:
        """Forget attempts at an account that was signed in to, and that one among those from an address."""
        with self._register.transaction() as connection:
            connection.execute(delete(SIGNIN_ATTEMPT).where(SIGNIN_ATTEMPT.c.key == account))
            mine = (SIGNIN_ATTEMPT.c.key == address) & (SIGNIN_ATTEMPT.c.failures > 0)
            connection.execute(
                update(SIGNIN_ATTEMPT).where(mine).values(failures=SIGNIN_ATTEMPT.c.failures - 1, until="")
            )


def _seconds(until: str, now: datetime) -> int:
    if until <= now.strftime(_TIME):
        return 0
    return max(1, int((datetime.fromisoformat(until) - now).total_seconds()) + 1)


def _held(connection: Connection, limits: dict[str, Limit], now: datetime) -> list[Row[Any]]:
    """Return what is kept of keys; whoever else counts under them waits. What is old is dropped."""
    at, old = now.strftime(_TIME), (now - _KEPT).strftime(_TIME)
    connection.execute(delete(SIGNIN_ATTEMPT).where(SIGNIN_ATTEMPT.c.at <= old))
    rows = list[Row[Any]]()
    for key in sorted(limits):
        fresh = {"key": key, "failures": 0, "at": at, "until": ""}
        connection.execute(insert_or_nothing(connection, SIGNIN_ATTEMPT), fresh)
        asked = select(SIGNIN_ATTEMPT).where(SIGNIN_ATTEMPT.c.key == key).with_for_update()
        rows.append(connection.execute(asked).one())
    return rows


def _count(connection: Connection, rows: list[Row[Any]], limits: dict[str, Limit], now: datetime) -> None:
    for row in rows:
        values = _counted(row, limits[row.key], now)
        connection.execute(update(SIGNIN_ATTEMPT).where(SIGNIN_ATTEMPT.c.key == row.key).values(**values))


def _counted(row: Row[Any], limit: Limit, now: datetime) -> dict[str, Any]:
    """Return what is kept of a key after one more attempt."""
    since = datetime.fromisoformat(row.at)
    ended = now >= since + limit.window
    count = 1 if ended else row.failures + 1
    began = now if ended or limit.grows else since
    over = count - limit.free
    if over < 0:
        until = ""
    elif limit.grows:
        until = (now + min(timedelta(seconds=2 ** min(over, 20)), _LONGEST)).strftime(_TIME)
    else:
        until = (began + limit.window).strftime(_TIME)
    return {"failures": count, "at": began.strftime(_TIME), "until": until}


def _token(row: Row[Any]) -> ApiToken:
    said: dict[str, Any] = dict(row._mapping)
    del said["digest"]
    known = set(Action)
    said["actions"] = frozenset(Action(one) for one in said["actions"].split() if one in known)
    said["units"] = None if said["units"] is None else frozenset(said["units"].split())
    return ApiToken(**said)
