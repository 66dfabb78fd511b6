"""One's own account: name and language, password, sessions, tokens."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.di import Provide
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath
from litestar.response import Redirect

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.identity.api_tokens import LONGEST, make_token
from bartizan.console.identity.oidc_claims import NotSignedIn
from bartizan.console.identity.service import Identity, WithIdentity, provide_identity
from bartizan.console.identity.sessions import Current, begin_session, confirmed, current, no_cookie
from bartizan.console.identity.signing import TooOften, check_password
from bartizan.console.pages.confirm import unconfirmed
from bartizan.console.pages.enrol import new_password
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, moved, page, said
from bartizan.console.services import Services
from bartizan.console.words import LANGUAGES, message
from bartizan.govern.roles import Action, Person
from bartizan.model import InputError

__all__ = ["ACTIONS", "ROLES", "ROUTES"]

ROLES = {
    "owner": message("owner"),
    "reviewer": message("reviewer"),
    "engineer": message("engineer"),
    "business": message("business"),
    "auditor": message("auditor"),
    "administrator": message("administrator"),
}
ACTIONS = {
    "read": message("read"),
    "ask": message("ask: draft systems, ask for tools, sandboxes and exceptions"),
    "change": message("change systems, vendors and evidence"),
    "decide": message("decide about threats, tools, sandboxes, exceptions and policies"),
    "accept": message("accept risk"),
    "audit": message("read the audit trail"),
    "administer": message("administer accounts, webhooks and the organisation"),
}


@get("/profile", sync_to_thread=True)
def profile(request: AnyRequest, identity: WithIdentity, person: WithPerson) -> Html:
    """Show one's account."""
    return _page(request, identity, _mine(identity, request, person), person)


@post("/profile", sync_to_thread=True, status_code=303)
def change(request: AnyRequest, identity: WithIdentity, person: WithPerson, data: FormData) -> Response[Any]:
    """Change name and language."""
    now, form = _mine(identity, request, person), Form(data)
    # The name of somebody from a provider is the provider's.
    name = now.person.name if now.person.issuer else form.text("name", required=True, longest=200)
    language = form.choice("language", LANGUAGES, required=False)
    if not form.ok:
        return _page(request, identity, now, person, form=form, status=422)
    note = identity.note("profile-changed", identity.client(request), person=person.id, about=person.id)
    identity.people.set_profile(person.id, name=name, language=language, note=note)
    return said(identity.services, "/profile", message("Your profile was kept."))


@post("/profile/password", sync_to_thread=True, status_code=303)
def change_password(request: AnyRequest, identity: WithIdentity, person: WithPerson, data: FormData) -> Response[Any]:
    """Set another password: all other sessions end, and this one gets a new number."""
    now, form = _mine(identity, request, person), Form(data)
    record, client = now.person, identity.client(request)
    if not record.login:
        raise NotFoundException("this account has no password")
    password = new_password(identity, form, data, (record.name, record.email))
    old = data.get("old", "")
    try:
        check_password(identity, record.login, old if isinstance(old, str) else "", client, about=person.id)
    except NotSignedIn:
        form.fail("old", message("This is not your present password."))
    except TooOften:
        form.fail("old", message("Too many attempts. Wait a few minutes, and try again."))
    if not form.ok:
        return _page(request, identity, now, person, form=form, status=422)
    note = identity.note("password-changed", client, person=person.id, about=person.id)
    identity.people.set_password(person.id, identity.passwords.hash(password), note)
    response = said(identity.services, "/profile", message("Your password was changed. All other sessions have ended."))
    response.cookies.append(begin_session(identity, request, record, client, method=now.session.method,
                                          confirmed=now.session.confirmed))  # fmt: skip
    return response


@post("/profile/tokens", sync_to_thread=True, status_code=200)
def add_token(
    request: AnyRequest, services: WithServices, identity: WithIdentity, person: WithPerson, data: FormData
) -> Response[Any]:
    """Make a token, and show it this once."""
    now, form = _mine(identity, request, person), Form(data)
    name = form.text("token_name", required=True, longest=100)
    actions = form.many("actions", [one.value for one in Action])
    units = form.many("units", services.organisation().units)
    until = form.day("until", required=True, first=services.today())
    if not actions:
        form.fail("actions", message("Choose what it may do."))
    if until is not None and until > services.today() + LONGEST:
        form.fail("until", message("A token ends within a year."))
    if not form.ok or until is None:
        return _page(request, identity, now, person, form=form, status=422)
    try:
        token, text = make_token(
            identity,
            person,
            identity.client(request),
            name=name,
            actions=frozenset(Action(one) for one in actions),
            units=frozenset(units) or None,
            until=until,
        )
    except InputError as error:
        raise PermissionDeniedException(error.message) from None
    return _page(request, identity, now, person, made=(token, text))


@post("/profile/tokens/{token:str}/revoke", sync_to_thread=True, status_code=303)
def revoke_token(
    request: AnyRequest, services: WithServices, identity: WithIdentity, person: WithPerson, token: FromPath[str]
) -> Redirect:
    """Revoke one of one's tokens."""
    _mine(identity, request, person)
    note = identity.note("token-revoked", identity.client(request), person=person.id, about=token)
    identity.tokens.revoke(token, note, person=person.id)
    return said(services, "/profile", message("The token was revoked. It is refused from now on."))


@post("/profile/sessions/end", sync_to_thread=True, status_code=303)
def end_everywhere(request: AnyRequest, identity: WithIdentity, person: WithPerson) -> Response[Any]:
    """Sign out everywhere, here too."""
    if not _shown(identity, _mine(identity, request, person)):
        return unconfirmed(identity.services, "/profile")
    note = identity.note("signed-out-everywhere", identity.client(request), person=person.id, about=person.id)
    identity.sessions.end_all(person.id, note)
    response = moved("/signin")
    response.cookies.append(no_cookie(identity))
    return response


@post("/profile/sessions/{session:str}/end", sync_to_thread=True, status_code=303)
def end_one(
    request: AnyRequest, services: WithServices, identity: WithIdentity, person: WithPerson, session: FromPath[str]
) -> Redirect:
    """End one of one's sessions."""
    if not _shown(identity, _mine(identity, request, person)):
        return unconfirmed(services, "/profile")
    note = identity.note("session-ended", identity.client(request), person=person.id, about=person.id)
    identity.sessions.end(session, note, person=person.id)
    return said(services, "/profile", message("That session has ended."))


def _mine(identity: Identity, request: AnyRequest, person: Person) -> Current:
    """Return the session of a person who is here with a browser. Raises PermissionDeniedException for programs."""
    now = None if person.program else current(identity, request)
    if now is None or now.person.id != person.id:
        raise PermissionDeniedException("this takes a person who has signed in")
    return now


def _shown(identity: Identity, now: Current) -> bool:
    """Tell whether somebody has just shown who they are. Whom a provider knows can't be asked here."""
    return not now.person.login or confirmed(identity, now.session)


def _page(
    request: AnyRequest, identity: Identity, now: Current, person: Person, *, status: int = 200, **more: Any
) -> Html:
    services: Services = identity.services
    record = now.person
    shown: dict[str, Any] = {"form": Form({}), "made": None, **more}
    organisation = services.organisation()
    allowed = [(one.value, ACTIONS[one]) for one in Action if person.units(one, organisation.below) != frozenset()]
    return page(
        "administration_profile.html",
        request,
        services,
        person,
        status=status,
        record=record,
        session=now.session,
        sessions=identity.sessions.list(record.id, now=services.now()),
        tokens=identity.tokens.list(record.id),
        now=services.now(),
        actions=allowed,
        roles=[(unit, [ROLES[one] for one in sorted(several)]) for unit, several in record.roles.items()],
        provider=identity.providers.get(now.session.method),
        factors=len(identity.factors.of(record.id)) if record.login else 0,
        latest=services.today() + LONGEST,
        **shown,
    )


ROUTES = [
    Router(
        path="/",
        route_handlers=[
            profile,
            change,
            change_password,
            add_token,
            revoke_token,
            end_everywhere,
            end_one,
        ],
        dependencies={"identity": Provide(provide_identity, sync_to_thread=False)},
    )
]
