"""The second factor at the sign-in, and passkeys: what follows a right password, and what stands in for it.

Between the two there is no session: the browser holds a number that is good for one sign-in and a few minutes.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import msgspec
from litestar import Response, Router, get, post
from litestar.di import Provide
from litestar.exceptions import NotFoundException

from bartizan.console.access import AnyRequest, WithServices
from bartizan.console.identity.factors import CODES, PASSKEY, check_code
from bartizan.console.identity.oidc_claims import NotSignedIn
from bartizan.console.identity.passkeys import NO_PASSKEY, asked_passkey, bound_to, signed_by
from bartizan.console.identity.service import Client, Identity, WithIdentity, digest_of, new_secret, provide_identity
from bartizan.console.identity.sessions import ONE_FACTOR, begin_session, no_cookie, session_cookie
from bartizan.console.identity.signing import TooOften, local_path
from bartizan.console.reading import FormData
from bartizan.console.render import Html, moved, page, said
from bartizan.console.words import message
from bartizan.store.register.people_records import PersonRecord, StateRecord

__all__ = ["ROUTES", "first_passed", "typed", "ways"]

_STEP = "bartizan-step"
_MINUTES = 10
_PURPOSE = "second"
_LONGEST = 200
_RECOVERED = message("You used a recovery code. See that you have a second factor again, and enough codes.")


class _Waiting(msgspec.Struct):
    back: str


def first_passed(
    identity: Identity, request: AnyRequest, record: PersonRecord, client: Client, back: str
) -> Response[Any]:
    """Answer somebody whose password was right, or who has just set one.

    Whoever has a second factor is asked for it; everybody else is signed in and goes on.
    """
    if not identity.factors.of(record.id):
        response = moved(back)
        response.cookies.append(begin_session(identity, request, record, client, method=ONE_FACTOR))
        return response
    secret = new_secret()
    ends = identity.services.later(timedelta(minutes=_MINUTES))
    state = StateRecord(
        browser=digest_of(secret),
        purpose=_PURPOSE,
        person=record.id,
        data=msgspec.json.encode(_Waiting(back)).decode(),
        ends=ends,
    )
    identity.states.put(state, identity.services.now())
    response = moved("/signin/second")
    response.cookies.append(session_cookie(identity, secret, _MINUTES * 60, _STEP))
    return response


@get("/signin/second", sync_to_thread=True)
def second_page(request: AnyRequest, identity: WithIdentity) -> Response[Any]:
    """Ask for a second factor."""
    waiting = _waiting(identity, request)
    return _page(request, identity, waiting[1]) if waiting else moved("/signin")


@post("/signin/second", sync_to_thread=True, status_code=303)
def second(request: AnyRequest, identity: WithIdentity, data: FormData) -> Response[Any]:
    """Sign in with a code, of an application or for recovery."""
    waiting = _waiting(identity, request)
    if waiting is None:
        return moved("/signin")
    state, record = waiting
    client = identity.client(request)
    try:
        kind = check_code(identity, record, typed(data), client)
    except NotSignedIn as error:
        return _page(request, identity, record, wrong=error.message, status=422)
    except TooOften as error:
        answer = _page(request, identity, record, wait=error.seconds, status=429)
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    if identity.states.take(state.browser, _PURPOSE, identity.services.now()) is None:
        return moved("/signin")
    return _in(request, identity, record, client, method=f"{ONE_FACTOR}+{kind}", back=_back(state))


@post("/signin/passkey/options", sync_to_thread=True, status_code=200)
def passkey_options(request: AnyRequest, identity: WithIdentity) -> Response[Any]:
    """Give the page's script what to ask the browser's passkeys for."""
    _possible(identity)
    waiting = _waiting(identity, request)
    secret = _number(identity, request) if waiting else new_secret()
    client = identity.client(request)
    try:
        options = asked_passkey(identity, digest_of(secret), client, waiting[1] if waiting else None)
    except TooOften as error:
        return Response({}, status_code=429, headers={"Retry-After": str(error.seconds)})
    response: Response[Any] = Response(options)
    response.cookies.append(session_cookie(identity, secret, _MINUTES * 60, _STEP))
    return response


@post("/signin/passkey", sync_to_thread=True, status_code=303)
def passkey(request: AnyRequest, identity: WithIdentity, services: WithServices, data: FormData) -> Response[Any]:
    """Sign in with a passkey, with or without a password before."""
    _possible(identity)
    client, browser = identity.client(request), digest_of(_number(identity, request))
    waiting, given = _waiting(identity, request), data.get("credential", "")
    back = _back(waiting[0]) if waiting else local_path(str(data.get("next", "")))
    try:
        factor = signed_by(identity, browser, given if isinstance(given, str) else "", client)
    except NotSignedIn as error:
        if waiting:
            return _page(request, identity, waiting[1], wrong=error.message, status=422)
        return said(services, "/signin", NO_PASSKEY, "bad")
    record = identity.people.get(factor.person)
    if record is None or record.disabled:
        identity.refused(client, about=factor.person, detail="closed")
        return said(services, "/signin", NO_PASSKEY, "bad")
    identity.states.take(browser, _PURPOSE, identity.services.now())
    return _in(request, identity, record, client, method=PASSKEY, back=back)


def typed(data: dict[str, str | list[str]]) -> str:
    """Return the code that a form holds, whichever of its fields it was written into."""
    texts = [data.get(name, "") for name in ("code", "recovery")]
    return next((one[:_LONGEST] for one in texts if isinstance(one, str) and one.strip()), "")


def ways(identity: Identity, record: PersonRecord) -> dict[str, bool]:
    """Return what a page that asks for a factor has to know: which kinds somebody has, and if passkeys are possible."""
    kinds = {one.kind for one in identity.factors.of(record.id)}
    possible = bound_to(identity.services.address) is not None
    return {"codes": CODES in kinds, "passkeys": PASSKEY in kinds, "possible": possible}


def _in(
    request: AnyRequest, identity: Identity, record: PersonRecord, client: Client, *, method: str, back: str
) -> Response[Any]:
    response: Response[Any]
    if method.endswith("+recovery"):
        response = said(identity.services, "/profile/factors", _RECOVERED, "warning")
    else:
        response = moved(back)
    response.cookies.append(no_cookie(identity, _STEP))
    response.cookies.append(begin_session(identity, request, record, client, method=method))
    return response


def _possible(identity: Identity) -> None:
    if not identity.settings.passwords or bound_to(identity.services.address) is None:
        raise NotFoundException("nobody signs in with a passkey here")


def _number(identity: Identity, request: AnyRequest) -> str:
    return request.cookies.get(identity.cookie_name(_STEP), "")[:_LONGEST]


def _waiting(identity: Identity, request: AnyRequest) -> tuple[StateRecord, PersonRecord] | None:
    """Return whose second factor is waited for in this browser."""
    number = _number(identity, request)
    state = identity.states.get(digest_of(number), _PURPOSE, identity.services.now()) if number else None
    record = identity.people.get(state.person) if state and state.person and identity.settings.passwords else None
    return (state, record) if state and record and not record.disabled else None


def _back(state: StateRecord) -> str:
    return local_path(msgspec.json.decode(state.data, type=_Waiting).back)


def _page(
    request: AnyRequest, identity: Identity, record: PersonRecord, *, wrong: str = "", wait: int = 0, status: int = 200
) -> Html:
    return page(
        "signin_second.html", request, identity.services, None, status=status, wrong=wrong, wait=wait,
        **ways(identity, record),
    )  # fmt: skip


ROUTES = [
    Router(
        path="/",
        route_handlers=[second_page, second, passkey_options, passkey],
        dependencies={"identity": Provide(provide_identity, sync_to_thread=False)},
    )
]
