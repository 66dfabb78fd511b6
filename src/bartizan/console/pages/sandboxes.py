"""Sandboxes: asked for, granted, watched, ended; and the report of what came of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bartizan.console import sandboxing
from bartizan.console.access import AnyRequest, WithPerson, WithServices, must, visible
from bartizan.console.limits import DEAR
from bartizan.console.pages.common import (
    keep,
    listed,
    new_name,
    read_unit,
    revise,
    spec_of,
    theirs,
    units_where,
    writers,
)
from bartizan.console.pages.sandbox_form import MEASURES, read_sandbox, values_of
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, page, said
from bartizan.console.services import Services
from bartizan.console.words import message
from bartizan.govern import sandboxes as life
from bartizan.govern.reason import Reason, Refused, is_same
from bartizan.govern.roles import Action, Person
from bartizan.guard.sandbox import exit_json, exit_markdown
from bartizan.model import BartizanError
from bartizan.model.documents import Document, Kind, RegisteredSandbox, SandboxState, Stored
from bartizan.store.register import Query

__all__ = ["ROUTES"]

_OPEN_TO_CHANGE = (SandboxState.DRAFT, SandboxState.ASKED, SandboxState.REFUSED)


@get("/sandboxes", sync_to_thread=True)
def sandboxes(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show the sandboxes."""
    found = listed(request, services, person, Kind.SANDBOX, states=list(SandboxState), standard="-changed")
    return page("sandboxes.html", request, services, person, page=found, states=list(SandboxState))


@get("/sandboxes/new", sync_to_thread=True)
def new(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show the form of a new sandbox."""
    values: dict[str, str | list[str]] = {
        "owner": person.email or person.id, "users": person.email or person.id, "money": "100",
        "highest": services.organisation().classes[0], "starts": services.today().isoformat(),
    }  # fmt: skip
    return _form(request, services, person, Form(values))


@post("/sandboxes/new", sync_to_thread=True, status_code=303)
def create(request: AnyRequest, services: WithServices, person: WithPerson, data: FormData) -> Response[Any]:
    """Ask for a sandbox; a small one is granted at once."""
    form, units = Form(data), units_where(services, person, Action.ASK)
    unit = read_unit(form, units)
    name = new_name(services, Kind.SANDBOX, form.text("purpose", longest=200))
    made, refusal = _asked(form, services, name, None)
    if made is None:
        return _form(request, services, person, form, refusal=refusal, status=422)
    document = Document(kind=Kind.SANDBOX, name=name, unit=unit, spec=made)
    keep(services, person, document, expected=0, why=made.purpose[:300])
    return _after(services, made)


@get("/sandboxes/{name:str}", sync_to_thread=True)
def sandbox(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show a sandbox."""
    return _sandbox(request, services, person, visible(services, person, Kind.SANDBOX, name), Form({}))


@get("/sandboxes/{name:str}/edit", sync_to_thread=True)
def edit(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show the form of a sandbox that nobody has granted yet."""
    stored = _changeable(services, person, name)
    return _form(request, services, person, Form(values_of(spec_of(stored, RegisteredSandbox))), stored=stored)


@post("/sandboxes/{name:str}/edit", sync_to_thread=True, status_code=303)
def change(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Change what is asked for, as long as it isn't granted; that is to ask anew."""
    stored, form = _changeable(services, person, name), Form(data)
    why, version = form.text("why", required=True, longest=300), form.whole("version")
    made, refusal = _asked(form, services, name, spec_of(stored, RegisteredSandbox))
    if made is None:
        return _form(request, services, person, form, stored=stored, refusal=refusal, status=422)
    revise(services, person, stored, made, expected=version, why=why)
    return _after(services, made)


@post("/sandboxes/{name:str}/grant", sync_to_thread=True, status_code=303)
def grant(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Grant a sandbox, and open it at the gateway."""

    def granted(stored: Stored, spec: RegisteredSandbox, form: Form) -> RegisteredSandbox:
        del form
        must(services, person, Action.DECIDE, stored.document.unit)
        asked_by = writers(services, Kind.SANDBOX, name)
        return life.granted(spec, person, asked_by, services.organisation(), services.today())

    return _done(request, services, person, name, data, granted)


@post("/sandboxes/{name:str}/refuse", sync_to_thread=True, status_code=303)
def refuse(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Refuse a sandbox."""

    def refused(stored: Stored, spec: RegisteredSandbox, form: Form) -> RegisteredSandbox:
        del form
        must(services, person, Action.DECIDE, stored.document.unit)
        return life.refused(spec, person, services.today())

    return _done(request, services, person, name, data, refused)


@post("/sandboxes/{name:str}/end", sync_to_thread=True, status_code=303)
def end(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """End a sandbox, or kill it when something went wrong; its owner and reviewers may."""

    def ended(stored: Stored, spec: RegisteredSandbox, form: Form) -> RegisteredSandbox:
        if not is_same(person, spec.owner, by_name=False):
            must(services, person, Action.DECIDE, stored.document.unit)
        why = form.text("why", required=True, longest=300)
        return life.closed(spec, person.id, why, services.today(), killed=form.flag("kill"))

    return _done(request, services, person, name, data, ended)


@post("/sandboxes/{name:str}/extend", sync_to_thread=True, status_code=303)
def extend(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Move the end of a sandbox, once."""

    def extended(stored: Stored, spec: RegisteredSandbox, form: Form) -> RegisteredSandbox:
        must(services, person, Action.DECIDE, stored.document.unit)
        day = form.day("ends", required=True)
        asked_by = writers(services, Kind.SANDBOX, name)[-1:]
        ends = day.isoformat() if day is not None else spec.ends
        return life.extended(spec, ends, person, asked_by, services.organisation(), services.today())

    return _done(request, services, person, name, data, extended)


@post("/sandboxes/{name:str}/promote", sync_to_thread=True, status_code=303)
def promote(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Note which system a sandbox has become; that ends it."""

    def promoted(stored: Stored, spec: RegisteredSandbox, form: Form) -> RegisteredSandbox:
        must(services, person, Action.DECIDE, stored.document.unit)
        system = form.choice("system", [id for id, _ in _systems(services, person)])
        return life.promoted(spec, system or "none", person.id, services.today())

    return _done(request, services, person, name, data, promoted)


@get("/sandboxes/{name:str}/report", sync_to_thread=True)
def report(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show what came of a sandbox so far, from the gateway's events."""
    stored = visible(services, person, Kind.SANDBOX, name)
    made = sandboxing.exit_report(services, spec_of(stored, RegisteredSandbox))
    return page("sandbox_report.html", request, services, person, stored=stored, report=made)


@get("/sandboxes/{name:str}/report/{form:str}", sync_to_thread=True, dear=DEAR)
def report_file(
    services: WithServices, person: WithPerson, name: FromPath[str], form: FromPath[str]
) -> Response[bytes]:
    """Give the exit report as a file: `markdown` or `json`."""
    if form not in ("json", "markdown"):
        raise NotFoundException("there is no such form of a report")
    stored = visible(services, person, Kind.SANDBOX, name)
    made = sandboxing.exit_report(services, spec_of(stored, RegisteredSandbox))
    if made is None:
        raise BartizanError("there is no gateway beside this console, so there are no events to report from")
    json = form == "json"
    content = msgspec.json.format(msgspec.json.encode(exit_json(made))) if json else exit_markdown(made).encode()
    kind, suffix = ("application/json", "json") if json else ("text/markdown; charset=utf-8", "md")
    headers = {"Content-Disposition": f'attachment; filename="exit-{stored.document.name}.{suffix}"'}
    return Response(content, media_type=kind, headers=headers)


def _done(
    request: AnyRequest,
    services: Services,
    person: Person,
    name: str,
    data: dict[str, str | list[str]],
    made: Callable[[Stored, RegisteredSandbox, Form], RegisteredSandbox],
) -> Response[Any]:
    """Take one step of a sandbox's life: in the register first, then at the gateway."""
    stored, form = visible(services, person, Kind.SANDBOX, name), Form(data)
    why, version = form.text("why", required=True, longest=300), form.whole("version")
    try:
        spec = made(stored, spec_of(stored, RegisteredSandbox), form)
    except Refused as error:
        return _sandbox(request, services, person, stored, form, refusal=[error.reason], status=422)
    if not form.ok:
        return _sandbox(request, services, person, stored, form, status=422)
    revise(services, person, stored, spec, expected=version, why=why)
    if spec.state is SandboxState.GRANTED:
        return _after(services, spec)
    if spec.state is not SandboxState.REFUSED:
        sandboxing.close(services, name, person.id, why)
    return said(services, f"/sandboxes/{name}", message("What was decided about the sandbox was kept."))


def _after(services: Services, spec: RegisteredSandbox) -> Response[Any]:
    """Open a sandbox that was granted at the gateway, and say how it stands."""
    to = f"/sandboxes/{spec.id}"
    if spec.state is not SandboxState.GRANTED:
        return said(services, to, message("The sandbox was asked for; somebody else decides."))
    if services.places.sandboxes is None:
        return said(services, to, message("The sandbox is granted. No gateway is beside this console to hold it."),
                    "warning")  # fmt: skip
    try:
        sandboxing.open_(services, spec, spec.decided_by)
    except BartizanError as error:
        return said(services, to, message("The sandbox is granted, but not open at the gateway: %(why)s"), "bad",
                    why=error.message)  # fmt: skip
    return said(services, to, message("The sandbox is granted, and open at the gateway within a second."))


def _asked(
    form: Form, services: Services, name: str, before: RegisteredSandbox | None
) -> tuple[RegisteredSandbox | None, list[Reason]]:
    """Return what a form asks for as it then stands, or None with why it can't be."""
    organisation = services.organisation()
    spec = read_sandbox(form, name, organisation, before)
    if spec is None:
        return None, []
    if before is not None:
        spec = msgspec.structs.replace(spec, state=before.state)
    try:
        return life.asked(spec, organisation, services.today()), []
    except Refused as error:
        return None, [error.reason]


def _changeable(services: Services, person: Person, name: str) -> Stored:
    stored = theirs(services, person, Kind.SANDBOX, name, Action.ASK)
    spec = spec_of(stored, RegisteredSandbox)
    if spec.state not in _OPEN_TO_CHANGE:
        raise BartizanError(f"a sandbox that is {spec.state.value} is changed no more", help="ask for another one")
    return stored


def _systems(services: Services, person: Person) -> list[tuple[str, str]]:
    found = services.register.documents.list(
        Query(kind=Kind.SYSTEM, units=services.units(person), order="title", limit=500)
    )
    return [(one.name, one.title) for one in found.items]


def _form(
    request: AnyRequest,
    services: Services,
    person: Person,
    form: Form,
    *,
    stored: Stored | None = None,
    refusal: list[Reason] | None = None,
    status: int = 200,
) -> Html:
    units = units_where(services, person, Action.ASK)
    return page("sandbox_form.html", request, services, person, status=status, form=form, stored=stored, units=units,
                refusal=refusal or [], measures=MEASURES, classes=services.organisation().classes)  # fmt: skip


def _sandbox(
    request: AnyRequest,
    services: Services,
    person: Person,
    stored: Stored,
    form: Form,
    *,
    refusal: list[Reason] | None = None,
    status: int = 200,
) -> Html:
    spec, name = spec_of(stored, RegisteredSandbox), stored.document.name
    asked_by = writers(services, Kind.SANDBOX, name)
    began = spec.state not in _OPEN_TO_CHANGE
    return page(
        "sandbox.html", request, services, person, status=status, stored=stored, sandbox=spec, form=form,
        refusal=refusal or [], stands=life.stands(spec, services.clock()),
        against=life.against(spec, person, asked_by) if spec.state is SandboxState.ASKED else [],
        why_asked=life.not_by_itself(spec, services.organisation()) if spec.state is SandboxState.ASKED else [],
        owns=is_same(person, spec.owner, by_name=False),
        opening=sandboxing.opening_of(services, name) if began else None,
        gateway=services.places.sandboxes is not None,
        systems=_systems(services, person) if services.may(person, Action.DECIDE, stored.document.unit) else [],
        history=services.register.documents.history(Kind.SANDBOX, name)[:20],
    )  # fmt: skip


ROUTES = [sandboxes, new, create, sandbox, edit, change, grant, refuse, end, extend, promote, report, report_file]
