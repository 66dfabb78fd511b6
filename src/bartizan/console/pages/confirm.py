"""Showing anew who one is, before something that somebody else at the same machine must not be able to do."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.di import Provide
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.params import FromQuery
from litestar.response import Redirect

from bartizan.console.access import AnyRequest, admit
from bartizan.console.identity.factors import PASSKEY, check_code
from bartizan.console.identity.oidc_claims import NotSignedIn
from bartizan.console.identity.passkeys import asked_passkey, signed_by
from bartizan.console.identity.service import Identity, WithIdentity, provide_identity
from bartizan.console.identity.sessions import CONFIRMED_MINUTES, ONE_FACTOR, Current, current, person_of
from bartizan.console.identity.signing import TooOften, check_password, local_path
from bartizan.console.pages.signin_second import typed, ways
from bartizan.console.reading import FormData
from bartizan.console.render import Html, moved, page, said
from bartizan.console.services import Services
from bartizan.console.words import message

__all__ = ["ROUTES", "TOO_OFTEN", "mine", "unconfirmed"]

TOO_OFTEN = message("Too many attempts. Wait a few minutes, and try again.")
_WRONG = message("This is not your present password.")
_FIRST = message("Show that it is you first: it is some minutes since you did.")


@get("/profile/confirm", sync_to_thread=True)
def confirm_page(
    request: AnyRequest,
    identity: WithIdentity,
    next: FromQuery[str] = "/profile",  # noqa: A002
) -> Html:
    """Ask somebody who has signed in to show who they are."""
    return _page(request, identity, mine(identity, request), local_path(next))


@post("/profile/confirm", sync_to_thread=True, status_code=303)
def confirm(request: AnyRequest, identity: WithIdentity, data: FormData) -> Response[Any]:
    """Take a code, or the password of somebody who has no second factor."""
    now, back = mine(identity, request), _back(data)
    client, who = identity.client(request), now.person.id
    given = data.get("password", "")
    try:
        if identity.factors.of(who):
            kind = check_code(identity, now.person, typed(data), client, person=who)
        else:
            check_password(identity, now.person.login, given if isinstance(given, str) else "", client, about=who)
            kind = ONE_FACTOR
    except NotSignedIn as error:
        wrong = error.message if identity.factors.of(who) else _WRONG
        return _page(request, identity, now, back, wrong=wrong, status=422)
    except TooOften as error:
        answer = _page(request, identity, now, back, wrong=TOO_OFTEN, status=429)
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    return _confirmed(request, identity, now, kind, back)


@post("/profile/confirm/options", sync_to_thread=True, status_code=200)
def options(request: AnyRequest, identity: WithIdentity) -> Response[Any]:
    """Give the page's script what to ask the browser's passkeys for."""
    now = mine(identity, request)
    try:
        return Response(asked_passkey(identity, now.session.id, identity.client(request), now.person))
    except TooOften as error:
        return Response({}, status_code=429, headers={"Retry-After": str(error.seconds)})
    except NotSignedIn:
        raise NotFoundException("there are no passkeys here") from None


@post("/profile/confirm/passkey", sync_to_thread=True, status_code=303)
def confirm_passkey(request: AnyRequest, identity: WithIdentity, data: FormData) -> Response[Any]:
    """Take a passkey."""
    now, back, given = mine(identity, request), _back(data), data.get("credential", "")
    client = identity.client(request)
    try:
        signed_by(identity, now.session.id, given if isinstance(given, str) else "", client, person=now.person.id)
    except NotSignedIn as error:
        return _page(request, identity, now, back, wrong=error.message, status=422)
    return _confirmed(request, identity, now, PASSKEY, back)


def mine(identity: Identity, request: AnyRequest) -> Current:
    """Return the session of somebody with a local account, also of one who has to add a second factor first.

    Raises NotAuthorizedException for nobody and for programs, NotFoundException for somebody whom a provider knows,
    and TooManyRequestsException.
    """
    now = current(identity, request) if request.headers.get("authorization") is None else None
    if now is None:
        raise NotAuthorizedException("nobody is signed in")
    admit(request, person_of(now.person))
    if not now.person.login:
        raise NotFoundException("the provider of this account asks for a second factor, or does not")
    return now


def unconfirmed(services: Services, back: str) -> Redirect:
    """Send somebody to show who they are, and then back to a page."""
    return said(services, f"/profile/confirm?next={back}", _FIRST, "warning")


def _confirmed(request: AnyRequest, identity: Identity, now: Current, kind: str, back: str) -> Response[Any]:
    note = identity.note("confirmed", identity.client(request), person=now.person.id, about=now.person.id, detail=kind)
    identity.sessions.confirm(now.session.id, note)
    return moved(back)


def _back(data: dict[str, str | list[str]]) -> str:
    return local_path(str(data.get("next", "/profile")))


def _page(
    request: AnyRequest, identity: Identity, now: Current, back: str, *, wrong: str = "", status: int = 200
) -> Html:
    return page(
        "factors_confirm.html",
        request,
        identity.services,
        None,
        status=status,
        record=now.person,
        minutes=CONFIRMED_MINUTES,
        back=back,
        wrong=wrong,
        **ways(identity, now.person),
    )


ROUTES = [
    Router(
        path="/",
        route_handlers=[confirm_page, confirm, options, confirm_passkey],
        dependencies={"identity": Provide(provide_identity, sync_to_thread=False)},
    )
]
