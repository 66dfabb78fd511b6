"""Administration of access: tokens, sessions, and what happened about both."""

from __future__ import annotations

from litestar import Router, get, post
from litestar.di import Provide
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from bartizan.console.access import AnyRequest, WithPerson, WithServices, must
from bartizan.console.identity.service import WithIdentity, provide_identity
from bartizan.console.pages.administration import administers
from bartizan.console.render import Html, page, said
from bartizan.console.words import message
from bartizan.govern.roles import Action

__all__ = ["KINDS", "ROUTES"]

KINDS = {
    "signed-in": message("signed in"),
    "sign-in-failed": message("could not sign in"),
    "signed-out": message("signed out"),
    "signed-out-everywhere": message("signed out everywhere"),
    "session-ended": message("session ended"),
    "account-made": message("account made"),
    "account-closed": message("account closed"),
    "account-opened": message("account opened again"),
    "profile-changed": message("profile changed"),
    "password-changed": message("password changed"),
    "confirmed": message("showed again who they are"),
    "factor-added": message("second factor added"),
    "factor-refused": message("second factor could not be added"),
    "factor-removed": message("second factor removed"),
    "factors-cleared": message("second factors cleared"),
    "recovery-codes-made": message("recovery codes made"),
    "recovery-code-used": message("recovery code used"),
    "link-made": message("link to begin made"),
    "link-used": message("link to begin used"),
    "role-given": message("role given"),
    "role-taken": message("role taken back"),
    "roles-from-groups": message("roles from groups of the provider"),
    "token-made": message("token made"),
    "token-revoked": message("token revoked"),
    "webhook-made": message("webhook made"),
    "webhook-changed": message("webhook changed"),
    "webhook-secret-made": message("new secret of a webhook made"),
    "webhook-removed": message("webhook removed"),
    "acceptance-asked": message("asked for a second person"),
    "acceptance-confirming": message("confirmed as the second person"),
    "acceptance-confirmed": message("decision kept with the system"),
    "acceptance-refused": message("refused as the second person"),
    "acceptance-withdrawn": message("question withdrawn"),
}


@get("/administration/tokens", sync_to_thread=True)
def tokens(request: AnyRequest, services: WithServices, identity: WithIdentity, person: WithPerson) -> Html:
    """List everybody's tokens."""
    administers(services, person)
    found = identity.tokens.list()
    names = identity.people.names(one.person for one in found)
    return page("administration_tokens.html", request, services, person, tokens=found, names=names, now=services.now())


@post("/administration/tokens/{token:str}/revoke", sync_to_thread=True, status_code=303)
def revoke(
    request: AnyRequest, services: WithServices, identity: WithIdentity, person: WithPerson, token: FromPath[str]
) -> Redirect:
    """Revoke somebody's token."""
    administers(services, person)
    note = identity.note("token-revoked", identity.client(request), person=person.id, about=token)
    identity.tokens.revoke(token, note)
    return said(services, "/administration/tokens", message("The token was revoked. It is refused from now on."))


@get("/administration/sessions", sync_to_thread=True)
def sessions(request: AnyRequest, services: WithServices, identity: WithIdentity, person: WithPerson) -> Html:
    """List who is signed in."""
    administers(services, person)
    found = identity.sessions.list(now=services.now())
    names = identity.people.names(one.person for one in found)
    return page("administration_sessions.html", request, services, person, sessions=found, names=names)


@post("/administration/sessions/{session:str}/end", sync_to_thread=True, status_code=303)
def end_session(
    request: AnyRequest, services: WithServices, identity: WithIdentity, person: WithPerson, session: FromPath[str]
) -> Redirect:
    """End somebody's session."""
    administers(services, person)
    found = identity.sessions.get(session)
    about = found.person if found else ""
    note = identity.note("session-ended", identity.client(request), person=person.id, about=about)
    identity.sessions.end(session, note)
    return said(services, "/administration/sessions", message("That session has ended."))


@get("/access", sync_to_thread=True)
def events(
    request: AnyRequest,
    services: WithServices,
    identity: WithIdentity,
    person: WithPerson,
    kind: FromQuery[str] = "",
    who: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Html:
    """Show what happened about accounts and access: to auditors and administrators of the whole organisation."""
    must(services, person, Action.AUDIT, "")
    found = identity.events.list(kind=kind if kind in KINDS else "", who=who[:100], after=after)
    return page("administration_events.html", request, services, person, page=found, kinds=KINDS)


ROUTES = [
    Router(
        path="/",
        route_handlers=[tokens, revoke, sessions, end_session, events],
        dependencies={"identity": Provide(provide_identity, sync_to_thread=False)},
    )
]
