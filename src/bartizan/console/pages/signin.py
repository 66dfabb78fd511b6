"""Signing in and out: with a password, or at a provider."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from litestar import Response, Router, get, post
from litestar.di import Provide
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from bartizan.console.access import AnyRequest, WithServices
from bartizan.console.identity.oidc import OidcClient
from bartizan.console.identity.oidc_claims import NotSignedIn, TooWeak
from bartizan.console.identity.passkeys import bound_to
from bartizan.console.identity.service import Identity, WithIdentity, provide_identity
from bartizan.console.identity.sessions import begin_session, current, end_session, no_cookie, session_cookie
from bartizan.console.identity.signing import (
    WRONG,
    TooOften,
    account_of,
    begun_text,
    check_password,
    local_path,
    read_begun,
)
from bartizan.console.pages.signin_second import first_passed
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, moved, page
from bartizan.console.words import message
from bartizan.store.register.people_access import Limit

__all__ = ["ROUTES"]

_BEGUN = "bartizan-begun"
_BEGUN_SECONDS = 900
_TOLD = Limit(free=50, window=timedelta(minutes=15), grows=False)
_TRY_AGAIN = message("Signing in there did not work. Try again; an administrator sees the reason among the events.")
_TOO_WEAK = message(
    "Your provider does not say that it has asked you as strongly as is demanded here. Sign in there once more, with a "
    "second factor; if that does not help, an administrator sees among the events what is lacking."
)
_UNREACHABLE = message("The provider can't be reached. Try again in a moment.")


@get("/signin", sync_to_thread=True)
def sign_in_page(
    request: AnyRequest,
    identity: WithIdentity,
    next: FromQuery[str] = "/",  # noqa: A002
) -> Html:
    """Show how one can sign in."""
    return _form(request, identity, back=local_path(next))


@post("/signin", sync_to_thread=True, status_code=303)
def sign_in(request: AnyRequest, identity: WithIdentity, data: FormData) -> Response[Any]:
    """Sign in with a password."""
    if not identity.settings.passwords:
        raise NotFoundException("nobody signs in with a password here")
    form = Form(data)
    email = form.text("email", required=True, longest=320)
    back, password = local_path(str(data.get("next", ""))), data.get("password", "")
    client = identity.client(request)
    if not form.ok or not isinstance(password, str) or not password:
        return _form(request, identity, back=back, email=email, wrong=WRONG, status=422)
    try:
        record = check_password(identity, email, password, client)
    except NotSignedIn:
        return _form(request, identity, back=back, email=email, wrong=WRONG, status=422)
    except TooOften as error:
        answer = _form(request, identity, back=back, email=email, wait=error.seconds, status=429)
        answer.headers["Retry-After"] = str(error.seconds)
        return answer
    return first_passed(identity, request, record, client, back)


@get("/signin/{provider:str}", sync_to_thread=True, status_code=303)
def begin_at_provider(
    request: AnyRequest,
    identity: WithIdentity,
    provider: FromPath[str],
    next: FromQuery[str] = "/",  # noqa: A002
) -> Response[Any]:
    """Send the browser to a provider. It is a link and no form: our policy lets forms lead to our own pages only.

    Another site that leads here would have somebody signed in who did nothing for it: they come to the page with the
    link. A bookmark is somebody's own act, and says `none`.
    """
    at = _provider(identity, provider)
    if request.headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return moved(f"/signin?{urlencode({'next': local_path(next)})}")
    try:
        begun, place = at.begin(local_path(next))
    except NotSignedIn as error:
        _failed(identity, request, provider, error)
        return _form(request, identity, back=local_path(next), wrong=_UNREACHABLE, status=503)
    response = Redirect(place, status_code=303)
    response.cookies.append(session_cookie(identity, begun_text(begun), _BEGUN_SECONDS, _BEGUN))
    return response


@get("/signin/{provider:str}/callback", sync_to_thread=True, status_code=303)
def back_from_provider(request: AnyRequest, identity: WithIdentity, provider: FromPath[str]) -> Response[Any]:
    """Sign in whom a provider has identified."""
    at = _provider(identity, provider)
    client = identity.client(request)
    back = "/"
    try:
        answer = _answer(request)
        begun = read_begun(request.cookies.get(identity.cookie_name(_BEGUN), ""))
        back = local_path(begun.back)
        signed = at.finish(begun, answer)
        record = account_of(identity, provider, signed, client)
    except NotSignedIn as error:
        _failed(identity, request, provider, error)
        wrong = _TOO_WEAK if isinstance(error, TooWeak) else _TRY_AGAIN
        response: Response[Any] = _form(request, identity, back=back, wrong=wrong, status=422)
        response.cookies.append(no_cookie(identity, _BEGUN))
        return response
    response = moved(back)
    response.cookies.append(no_cookie(identity, _BEGUN))
    response.cookies.append(begin_session(identity, request, record, client, method=provider, id_token=signed.id_token))
    return response


@post("/signout", sync_to_thread=True, status_code=200)
def sign_out(request: AnyRequest, services: WithServices, identity: WithIdentity) -> Response[Any]:
    """Sign out here, and say how to sign out at the provider too."""
    now = current(identity, request)
    onward = ""
    provider = None
    if now is not None:
        end_session(identity, now, identity.client(request))
        provider = identity.providers.get(now.session.method)
    if provider is not None and now is not None:
        try:
            onward = provider.sign_out_address(now.session.id_token, f"{services.address.rstrip('/')}/signin")
        except NotSignedIn:
            onward = ""
    title = provider.provider.title or provider.provider.name if provider else ""
    response: Response[Any] = page("signin_out.html", request, services, None, onward=onward, provider=title)
    response.cookies.append(no_cookie(identity))
    # What a browser may have put aside in spite of all, so that the next at this machine doesn't find it.
    response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _provider(identity: Identity, name: str) -> OidcClient:
    found = identity.providers.get(name)
    if found is None:
        raise NotFoundException("there is no such provider")
    return found


def _answer(request: AnyRequest) -> dict[str, str]:
    said = {name: request.query_params.getall(name) for name in request.query_params}
    # A parameter that comes twice is somebody's attempt to slip one in.
    if any(len(values) > 1 for values in said.values()):
        raise NotSignedIn("the provider's answer says something twice")
    return {name: str(values[0]) for name, values in said.items()}


def _failed(identity: Identity, request: AnyRequest, provider: str, error: NotSignedIn) -> None:
    """Keep why it failed; but nobody without an account fills the log by failing again and again."""
    client, now = identity.client(request), identity.services.clock()
    key = f"provider {client.address}"
    if identity.attempts.wait([key], now) or identity.attempts.take({key: _TOLD}, now):
        return
    identity.refused(client, detail=f"{provider}: {error.message}")


def _form(
    request: AnyRequest,
    identity: Identity,
    *,
    back: str,
    email: str = "",
    wrong: str = "",
    wait: int = 0,
    status: int = 200,
) -> Html:
    providers = [(name, one.provider.title or name) for name, one in identity.providers.items()]
    return page(
        "signin.html",
        request,
        identity.services,
        None,
        status=status,
        providers=providers,
        passwords=identity.settings.passwords,
        passkeys=identity.settings.passwords and bound_to(identity.services.address) is not None,
        back=back,
        email=email,
        wrong=wrong,
        wait=wait,
    )


ROUTES = [
    Router(
        path="/",
        route_handlers=[sign_in_page, sign_in, begin_at_provider, back_from_provider, sign_out],
        dependencies={"identity": Provide(provide_identity, sync_to_thread=False)},
    )
]
