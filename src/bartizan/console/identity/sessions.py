"""Sessions: who is signed in, kept here, known in the browser by a random number alone.

Sources: OWASP ASVS 5 chapter 7 (sessions), RFC 6265bis section 4.1.3.2 (`__Host-`).
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from litestar.datastructures import Cookie

from bartizan.console.access import AnyRequest
from bartizan.console.identity.service import Client, Identity, digest_of, new_secret
from bartizan.govern.roles import Person
from bartizan.store.register.people_records import PersonRecord, SessionRecord

__all__ = [
    "CONFIRMED_MINUTES",
    "COOKIE",
    "ONE_FACTOR",
    "Current",
    "begin_session",
    "confirmed",
    "current",
    "end_session",
    "no_cookie",
    "person_of",
    "second_lacks",
    "session_cookie",
]

COOKIE = "bartizan"
ONE_FACTOR = "password"
"""How a session began that a password alone has opened; a second factor is written behind it, with a plus."""
CONFIRMED_MINUTES = 10
"""How long somebody counts as having just shown who they are: minutes."""
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_NOTED = timedelta(minutes=1)
"""How old the note of the last use may be: not every request writes."""
_LONGEST = 200
"""Characters of a cookie that is looked at."""


class Current(NamedTuple):
    """The session of a request, and whose it is."""

    session: SessionRecord
    person: PersonRecord


def current(identity: Identity, request: AnyRequest) -> Current | None:
    """Return who is signed in with a request's cookie, None for nobody; keeps that the session is in use."""
    secret = request.cookies.get(identity.cookie_name(COOKIE), "")
    if not secret or len(secret) > _LONGEST:
        return None
    session = identity.sessions.get(digest_of(secret))
    now = identity.services.clock()
    if session is None or not _alive(session, now, identity):
        return None
    person = identity.people.get(session.person)
    if person is None or person.disabled:
        return None
    if now - _moment(session.seen) >= _NOTED:
        identity.sessions.touch(session.id, now.strftime(_TIME))
    return Current(session, person)


def begin_session(
    identity: Identity,
    request: AnyRequest,
    person: PersonRecord,
    client: Client,
    *,
    method: str,
    id_token: str = "",
    confirmed: str | None = None,
) -> Cookie:
    """Sign somebody in, with a new number, and return the cookie. The session that the browser had ends.

    `confirmed` is for a session that goes on under a new number: when its person last showed who they are. Without it
    that is now.
    """
    secret, now = new_secret(), identity.services.clock()
    before = request.cookies.get(identity.cookie_name(COOKIE), "")
    session = SessionRecord(
        id=digest_of(secret),
        person=person.id,
        created=now.strftime(_TIME),
        seen=now.strftime(_TIME),
        ends=(now + timedelta(hours=identity.settings.session.hours)).strftime(_TIME),
        method=method,
        address=client.address,
        agent=client.agent,
        id_token=id_token,
        confirmed=now.strftime(_TIME) if confirmed is None else confirmed,
    )
    note = identity.note("signed-in", client, person=person.id, about=person.id, detail=method)
    identity.sessions.begin(session, note, instead=digest_of(before[:_LONGEST]) if before else "")
    identity.people.note_sign_in(person.id, session.created)
    identity.services.metrics.sign_ins.add(1, "let-in")
    return session_cookie(identity, secret, identity.settings.session.hours * 3600)


def confirmed(identity: Identity, session: SessionRecord) -> bool:
    """Tell whether somebody has just shown who they are: what others could do at an open machine asks for it again."""
    since = identity.services.clock() - timedelta(minutes=CONFIRMED_MINUTES)
    return session.confirmed > since.strftime(_TIME)


def second_lacks(identity: Identity, now: Current) -> bool:
    """Tell whether somebody is signed in by a password alone where a second factor is required."""
    required = identity.settings.second_factor == "required"
    return required and now.person.login != "" and now.session.method == ONE_FACTOR


def end_session(identity: Identity, now: Current, client: Client) -> None:
    """Sign somebody out of one session."""
    note = identity.note("signed-out", client, person=now.person.id, about=now.person.id)
    identity.sessions.end(now.session.id, note)


def session_cookie(identity: Identity, secret: str, seconds: int, of: str = COOKIE) -> Cookie:
    """Make a cookie that no script reads and no other site sends along with a form."""
    return Cookie(
        key=identity.cookie_name(of),
        value=secret,
        path="/",
        max_age=seconds,
        httponly=True,
        samesite="lax",
        secure=identity.secure,
    )


def no_cookie(identity: Identity, of: str = COOKIE) -> Cookie:
    """Make the cookie that takes one out."""
    return session_cookie(identity, "", 0, of)


def person_of(record: PersonRecord) -> Person:
    """Return who acts, with all of somebody's roles."""
    return Person(
        id=record.id,
        name=record.name,
        email=record.email,
        language=record.language,
        roles=record.roles,
    )


def _alive(session: SessionRecord, now: datetime, identity: Identity) -> bool:
    idle = timedelta(minutes=identity.settings.session.idle_minutes)
    return now < _moment(session.ends) and now < _moment(session.seen) + idle


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _TIME).replace(tzinfo=UTC)
