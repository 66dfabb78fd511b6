"""Administration of people: accounts, and roles by business unit."""

from __future__ import annotations

from typing import Any

from litestar import Response, Router, get, post
from litestar.di import Provide
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from bartizan.console.access import AnyRequest, WithPerson, WithServices, must
from bartizan.console.identity.enrolment import link_for
from bartizan.console.identity.service import Identity, WithIdentity, provide_identity
from bartizan.console.pages.profile import ROLES
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, page, said
from bartizan.console.services import Services
from bartizan.console.words import message
from bartizan.govern.roles import Action, Person, Role
from bartizan.store.register import Conflict
from bartizan.store.register.people_records import PersonRecord

__all__ = ["ROUTES", "administers"]

_WHOLE = "*"
"""The whole organisation in a form, where nothing chosen is nothing."""
_LAST = message("This is the last administrator of the whole organisation. Make somebody else one first.")


@get("/administration", sync_to_thread=True)
def people(
    request: AnyRequest,
    services: WithServices,
    identity: WithIdentity,
    person: WithPerson,
    text: FromQuery[str] = "",
    after: FromQuery[str] = "",
) -> Html:
    """List accounts."""
    administers(services, person, somewhere=True)
    return _people(request, identity, person, Form({}), text=text[:200], after=after[:100])


@post("/administration/people", sync_to_thread=True, status_code=200)
def add_person(
    request: AnyRequest, services: WithServices, identity: WithIdentity, person: WithPerson, data: FormData
) -> Response[Any]:
    """Make an account, and show the link with which it begins."""
    administers(services, person)
    form = Form(data)
    name, email = form.text("name", required=True, longest=200), form.text("email", required=True, longest=320)
    if email and "@" not in email:
        form.fail("email", message("This is no address."))
    client = identity.client(request)
    made = None
    if form.ok:
        try:
            made = identity.people.add_local(name, email, identity.note("account-made", client, person=person.id))
        except Conflict:
            form.fail("email", message("This address has an account already."))
    if made is None:
        return _people(request, identity, person, form, status=422)
    link = link_for(identity, made.id, person.id, client)
    return _one(request, identity, person, made, link=link)


@get("/administration/people/{id:str}", sync_to_thread=True)
def one(
    request: AnyRequest, services: WithServices, identity: WithIdentity, person: WithPerson, id: FromPath[str]
) -> Html:
    """Show an account."""
    administers(services, person, somewhere=True)
    return _one(request, identity, person, _record(identity, id))


@post("/administration/people/{id:str}/roles", sync_to_thread=True, status_code=303)
def change_roles(
    request: AnyRequest,
    services: WithServices,
    identity: WithIdentity,
    person: WithPerson,
    id: FromPath[str],
    data: FormData,
) -> Response[Any]:
    """Give a role in a unit, or take it back."""
    administers(services, person, somewhere=True)
    record, form = _record(identity, id), Form(data)
    role = form.member("role", Role)
    unit = form.choice("unit", [_WHOLE, *services.organisation().units, *record.given])
    if not form.ok:
        return _one(request, identity, person, record, form=form, status=422)
    unit = "" if unit == _WHOLE else unit
    must(services, person, Action.ADMINISTER, unit)
    if record.id == person.id:
        raise PermissionDeniedException("nobody changes their own roles")
    to, client = f"/administration/people/{record.id}", identity.client(request)
    if form.flag("take"):
        note = identity.note("role-taken", client, person=person.id, about=record.id, unit=unit, detail=role)
        try:
            identity.people.take(record.id, unit, role, note)
        except Conflict:
            return said(services, to, _LAST, "bad")
        return said(services, to, message("The role was taken back."))
    note = identity.note("role-given", client, person=person.id, about=record.id, unit=unit, detail=role)
    identity.people.give(record.id, unit, role, note)
    return said(services, to, message("The role was given."))


@post("/administration/people/{id:str}/link", sync_to_thread=True, status_code=200)
def new_link(
    request: AnyRequest, services: WithServices, identity: WithIdentity, person: WithPerson, id: FromPath[str]
) -> Html:
    """Make a link with which somebody sets a new password."""
    administers(services, person)
    record = _record(identity, id)
    if not record.login or record.disabled:
        raise NotFoundException("this account has no password")
    return _one(request, identity, person, record, link=link_for(identity, id, person.id, identity.client(request)))


@post("/administration/people/{id:str}/disabled", sync_to_thread=True, status_code=303)
def disable(
    request: AnyRequest,
    services: WithServices,
    identity: WithIdentity,
    person: WithPerson,
    id: FromPath[str],
    data: FormData,
) -> Redirect:
    """Close an account, or open it again."""
    administers(services, person)
    record, form = _record(identity, id), Form(data)
    to = f"/administration/people/{record.id}"
    if record.id == person.id:
        raise PermissionDeniedException("nobody closes the own account")
    closed = form.flag("disabled")
    kind = "account-closed" if closed else "account-opened"
    note = identity.note(kind, identity.client(request), person=person.id, about=record.id)
    try:
        identity.people.set_disabled(record.id, closed, note)
    except Conflict:
        return said(services, to, _LAST, "bad")
    if closed:
        return said(services, to, message("The account is closed. Its sessions have ended, its tokens are revoked."))
    return said(services, to, message("The account is open again."))


@post("/administration/people/{id:str}/sessions/end", sync_to_thread=True, status_code=303)
def end_sessions(
    request: AnyRequest, services: WithServices, identity: WithIdentity, person: WithPerson, id: FromPath[str]
) -> Redirect:
    """Sign somebody out everywhere."""
    administers(services, person)
    record = _record(identity, id)
    note = identity.note("signed-out-everywhere", identity.client(request), person=person.id, about=record.id)
    identity.sessions.end_all(record.id, note)
    return said(services, f"/administration/people/{record.id}", message("All sessions have ended."))


@post("/administration/people/{id:str}/factors/clear", sync_to_thread=True, status_code=303)
def clear_factors(
    request: AnyRequest, services: WithServices, identity: WithIdentity, person: WithPerson, id: FromPath[str]
) -> Redirect:
    """Take out the second factors of somebody who has lost them; the own ones are changed in the profile."""
    administers(services, person)
    record = _record(identity, id)
    if record.id == person.id:
        raise PermissionDeniedException("nobody clears their own second factors")
    note = identity.note("factors-cleared", identity.client(request), person=person.id, about=record.id)
    identity.factors.clear(record.id, note)
    told = message("The second factors are gone. All sessions have ended.")
    return said(services, f"/administration/people/{record.id}", told)


def administers(services: Services, person: Person, *, somewhere: bool = False) -> None:
    """Let through a person who administers the whole organisation, or with `somewhere` any unit.

    Raises PermissionDeniedException for everybody else, and for programs: accounts are people's business.
    """
    units = services.units(person, Action.ADMINISTER)
    if person.program or not (units is None or (somewhere and units)):
        raise PermissionDeniedException("your roles don't include `administer` here")


def _record(identity: Identity, id: str) -> PersonRecord:
    record = identity.people.get(id)
    if record is None:
        raise NotFoundException("there is no such account")
    return record


def _people(
    request: AnyRequest, identity: Identity, person: Person, form: Form, *, text: str = "", after: str = "",
    status: int = 200,
) -> Html:  # fmt: skip
    services = identity.services
    found = identity.people.list(text=text, after=after)
    return page(
        "administration.html",
        request,
        services,
        person,
        status=status,
        page=found,
        having=identity.factors.having(one.id for one in found.items),
        whole=services.units(person, Action.ADMINISTER) is None,
        passwords=identity.settings.passwords,
        roles=ROLES,
        form=form,
    )


def _one(
    request: AnyRequest, identity: Identity, person: Person, record: PersonRecord, *, status: int = 200, **more: Any
) -> Html:
    services = identity.services
    units = services.units(person, Action.ADMINISTER)
    organisation = services.organisation()
    known = {"": "", **{name: one.title for name, one in organisation.units.items()}}
    may_give = [(name or _WHOLE, title) for name, title in known.items() if units is None or name in units]
    shown: dict[str, Any] = {"form": Form({}), "link": "", **more}
    return page(
        "administration_person.html",
        request,
        services,
        person,
        status=status,
        record=record,
        factors=len(identity.factors.of(record.id)),
        whole=units is None,
        may_give=may_give,
        unit_titles=known,
        roles=ROLES,
        sessions=identity.sessions.list(record.id, now=services.now()) if units is None else [],
        **shown,
    )


ROUTES = [
    Router(
        path="/",
        route_handlers=[people, add_person, one, change_roles, new_link, disable, end_sessions, clear_factors],
        dependencies={"identity": Provide(provide_identity, sync_to_thread=False)},
    )
]
