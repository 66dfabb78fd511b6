"""Exceptions: asked for, approved by another person, ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath

from bartizan.console.access import AnyRequest, WithPerson, WithServices, must, visible
from bartizan.console.pages.common import keep, listed, new_name, read_unit, revise, spec_of, units_where, writers
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, page, said
from bartizan.console.services import Services
from bartizan.console.words import message
from bartizan.govern import exceptions as rules
from bartizan.govern.exceptions import ExceptionState
from bartizan.govern.reason import Reason, Refused, is_same
from bartizan.govern.roles import Action, Person
from bartizan.govern.tiers import tier_of
from bartizan.model import System
from bartizan.model.documents import Document, ExceptionSpec, Kind, Stored, TierRule

__all__ = ["ROUTES"]

_STATES = ("requested", "approved", "refused")
_DAYS = 90


@get("/exceptions", sync_to_thread=True)
def exceptions(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show the exceptions."""
    found = listed(request, services, person, Kind.EXCEPTION, states=_STATES, standard="ends")
    return page("exceptions.html", request, services, person, page=found, states=_STATES)


@get("/exceptions/new", sync_to_thread=True)
def new(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show the form of a new exception; the query may say what for."""
    today, query = services.today(), request.query_params
    values: dict[str, str | list[str]] = {
        "owner": person.email or person.id, "starts": today.isoformat(),
        "ends": (today + timedelta(days=_DAYS)).isoformat(), "systems": str(query.get("for", ""))[:100],
        "control": str(query.get("control", ""))[:100], "statement": str(query.get("statement", ""))[:100],
    }  # fmt: skip
    return _form(request, services, person, Form(values))


@post("/exceptions/new", sync_to_thread=True, status_code=303)
def create(request: AnyRequest, services: WithServices, person: WithPerson, data: FormData) -> Response[Any]:
    """Ask for an exception."""
    form, units = Form(data), units_where(services, person, Action.ASK)
    unit = read_unit(form, units)
    spec = _asked(form, services, person)
    if spec is None:
        return _form(request, services, person, form, status=422)
    name = new_name(services, Kind.EXCEPTION, spec.title)
    document = Document(kind=Kind.EXCEPTION, name=name, unit=unit, spec=spec)
    keep(services, person, document, expected=0, why=spec.why[:300])
    return said(services, f"/exceptions/{name}", message("The exception was asked for; somebody else decides."))


@get("/exceptions/{name:str}", sync_to_thread=True)
def exception(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show an exception."""
    return _exception(request, services, person, visible(services, person, Kind.EXCEPTION, name), Form({}))


@post("/exceptions/{name:str}/approve", sync_to_thread=True, status_code=303)
def approve(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Approve an exception; nobody their own."""

    def approved(stored: Stored, spec: ExceptionSpec) -> ExceptionSpec:
        must(services, person, Action.DECIDE, stored.document.unit)
        asked_by = writers(services, Kind.EXCEPTION, name)
        return rules.approved(spec, person, asked_by, _tiers(services, spec), services.today())

    return _done(request, services, person, name, data, approved)


@post("/exceptions/{name:str}/refuse", sync_to_thread=True, status_code=303)
def refuse(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Refuse an exception."""

    def refused(stored: Stored, spec: ExceptionSpec) -> ExceptionSpec:
        must(services, person, Action.DECIDE, stored.document.unit)
        return rules.refused(spec, person, services.today())

    return _done(request, services, person, name, data, refused)


@post("/exceptions/{name:str}/end", sync_to_thread=True, status_code=303)
def end(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """End an exception before its time; its owner and reviewers may."""

    def ended(stored: Stored, spec: ExceptionSpec) -> ExceptionSpec:
        if not is_same(person, spec.owner, by_name=False):
            must(services, person, Action.DECIDE, stored.document.unit)
        return rules.ended(spec, services.today())

    return _done(request, services, person, name, data, ended)


def _done(
    request: AnyRequest,
    services: Services,
    person: Person,
    name: str,
    data: dict[str, str | list[str]],
    made: Callable[[Stored, ExceptionSpec], ExceptionSpec],
) -> Response[Any]:
    """Take one step of an exception's life."""
    stored, form = visible(services, person, Kind.EXCEPTION, name), Form(data)
    why, version = form.text("why", required=True, longest=300), form.whole("version")
    try:
        spec = made(stored, spec_of(stored, ExceptionSpec))
    except Refused as error:
        return _exception(request, services, person, stored, form, refusal=[error.reason], status=422)
    if not form.ok:
        return _exception(request, services, person, stored, form, status=422)
    revise(services, person, stored, spec, expected=version, why=why)
    return said(services, f"/exceptions/{name}", message("What was decided about the exception was kept."))


def _asked(form: Form, services: Services, person: Person) -> ExceptionSpec | None:
    """Return the exception that a form asks for, None with what is wrong in the form."""
    today = services.today()
    control, statement = form.choice("control", services.catalog.controls, required=False), form.text("statement")
    statements = _statements(services)
    if statement and statement not in statements:
        form.fail("statement", message("Choose one of those that are there."))
    if bool(control) == bool(statement):
        form.fail("control", message("Choose a control or a statement of a policy, and one of them."))
    systems = form.lines("systems", longest=100)
    known = _subjects(services, person, systems)
    if set(systems) - known:
        form.fail("systems", message("There is no such system or tool; write its name as its address has it."))
    compensating = form.lines("compensating", longest=100)
    if set(compensating) - set(services.catalog.controls):
        form.fail("compensating", message("There is no such control; the catalog has their ids."))
    starts, ends = form.day("starts", required=True), form.day("ends", required=True, first=today)
    if starts is not None and ends is not None:
        longest = rules.longest(_tiers_of(services, systems))
        if ends < starts:
            form.fail("ends", message("It has to end after it starts."))
        elif (ends - starts).days + 1 > longest:
            form.fail("ends", message("This is longer than the tier of its systems lets an exception hold."))
    title = form.text("title", required=True, longest=200)
    owner = form.text("owner", required=True, longest=200)
    why = form.text("why", required=True, longest=2_000, lines=True)
    if not form.ok or starts is None or ends is None:
        return None
    return ExceptionSpec(
        title=title, statement=statement or None, control=control or None, systems=systems, owner=owner, why=why,
        compensating=compensating, starts=starts, ends=ends,
    )  # fmt: skip


def _statements(services: Services) -> dict[str, str]:
    """Return the statements of all policies that are there, by id, each with its number and text."""
    found = {}
    for stored in services.register.documents.all(Kind.POLICY):
        for one in getattr(stored.document.spec, "statements", ()):
            found[one.id] = f"{one.number} {one.text}"
    return found


def _subjects(services: Services, person: Person, names: list[str]) -> set[str]:
    """Return which names are systems or tools that somebody may see."""
    found = set()
    for name in names:
        for kind in (Kind.SYSTEM, Kind.TOOL):
            stored = services.register.documents.get(kind, name)
            if stored is not None and services.may(person, Action.READ, stored.document.unit):
                found.add(name)
    return found


def _tiers(services: Services, spec: ExceptionSpec) -> list[TierRule]:
    return _tiers_of(services, spec.systems)


def _tiers_of(services: Services, names: list[str]) -> list[TierRule]:
    organisation, tiers = services.organisation(), []
    for name in names:
        stored = services.register.documents.get(Kind.SYSTEM, name)
        if stored is not None and isinstance(stored.document.spec, System):
            tiers.append(tier_of(stored.document.spec, organisation))
    return tiers


def _form(request: AnyRequest, services: Services, person: Person, form: Form, *, status: int = 200) -> Html:
    units = units_where(services, person, Action.ASK)
    controls = sorted((id, one.title) for id, one in services.catalog.controls.items())
    return page("exception_form.html", request, services, person, status=status, form=form, units=units,
                controls=controls, statements=sorted(_statements(services).items()))  # fmt: skip


def _exception(
    request: AnyRequest,
    services: Services,
    person: Person,
    stored: Stored,
    form: Form,
    *,
    refusal: list[Reason] | None = None,
    status: int = 200,
) -> Html:
    spec, name, today = spec_of(stored, ExceptionSpec), stored.document.name, services.today()
    state = rules.state_of(spec, today)
    asked_by = writers(services, Kind.EXCEPTION, name)
    against = (
        rules.against(spec, person, asked_by, _tiers(services, spec), today)
        if state is ExceptionState.REQUESTED and services.may(person, Action.DECIDE, stored.document.unit)
        else []
    )
    subjects = [
        (one, kind, found.document.title if found else one)
        for one in spec.systems
        for kind, found in [_subject(services, person, one)]
    ]
    return page(
        "exception.html", request, services, person, status=status, stored=stored, exception=spec, form=form,
        refusal=refusal or [], against=against, state=state, soon=rules.soon(spec, today), subjects=subjects,
        owns=is_same(person, spec.owner, by_name=False), controls=services.catalog.controls,
        statement=_statements(services).get(spec.statement or "", spec.statement or ""),
        history=services.register.documents.history(Kind.EXCEPTION, name)[:20],
    )  # fmt: skip


def _subject(services: Services, person: Person, name: str) -> tuple[str, Stored | None]:
    for kind in (Kind.SYSTEM, Kind.TOOL):
        stored = services.register.documents.get(kind, name)
        if stored is not None and services.may(person, Action.READ, stored.document.unit):
            return kind.plural, stored
    return "", None


ROUTES = [exceptions, new, create, exception, approve, refuse, end]
