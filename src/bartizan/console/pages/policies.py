"""Policies and standards: drafted from the catalog, changed, approved by two people, published, and downloaded."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bartizan.console.access import AnyRequest, WithPerson, WithServices, must, visible
from bartizan.console.editions import edition_in_force
from bartizan.console.limits import DEAR
from bartizan.console.pages.common import keep, listed, spec_of, theirs, units_for
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, page, said
from bartizan.console.services import Services
from bartizan.console.stated import statements
from bartizan.console.words import LANGUAGES, message
from bartizan.govern.policies import (
    Move,
    applies,
    coverage,
    diff,
    draft,
    enforcement,
    languages_for,
    moved,
    moves,
    refusal,
    translated,
    with_text,
    without_statement,
)
from bartizan.govern.reason import Reason
from bartizan.govern.roles import Action, Person
from bartizan.model import BartizanError, InputError
from bartizan.model.documents import Document, ExceptionSpec, Kind, PolicySpec, PolicyState, Stored
from bartizan.report.policy import POLICY_FORMATS, build_policy

__all__ = ["ROUTES"]

_LEVELS = ("must", "should", "may")


@get("/policies", sync_to_thread=True)
def policies(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show the policies, which documents of the catalog can be drafted, and what the published ones cover."""
    return _list(request, services, person, Form({}))


@post("/policies", sync_to_thread=True, status_code=303)
def create(request: AnyRequest, services: WithServices, person: WithPerson, data: FormData) -> Response[Any]:
    """Draft a document of the catalog for the organisation."""
    must(services, person, Action.CHANGE, "")
    form = Form(data)
    document = form.choice("document", statements().documents)
    language = form.choice("language", LANGUAGES, required=False)
    owner = form.text("owner", required=True, longest=200)
    if document and services.register.documents.get(Kind.POLICY, document) is not None:
        form.fail("document", message("There is one already; revise that."))
    made = PolicySpec(title="")
    if form.ok:
        try:
            made = draft(document, services.organisation(), statements(), services.catalog, language=language)
        except InputError as error:
            form.fail("document", error.message)
    if not form.ok:
        return _list(request, services, person, form, status=422)
    whole = Document(kind=Kind.POLICY, name=document, spec=msgspec.structs.replace(made, owner=owner))
    keep(services, person, whole, expected=0, why="drafted from the catalog")
    return said(services, f"/policies/{document}", message("The draft was made, with %(number)s statements."),
                number=len(made.statements))  # fmt: skip


@get("/policies/{name:str}", sync_to_thread=True)
def policy(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show a policy, or an earlier version of it."""
    stored = visible(services, person, Kind.POLICY, name)
    return _policy(request, services, person, _version(request, services, stored, "version"), stored, Form({}))


@post("/policies/{name:str}/move", sync_to_thread=True, status_code=303)
def move(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Approve, publish or withdraw a policy, or begin its next edition."""
    stored, form = visible(services, person, Kind.POLICY, name), Form(data)
    wanted = form.member("move", Move)
    why, version = form.text("why", required=True, longest=300), form.whole("version")
    effective = form.day("effective", first=services.today()) if wanted is Move.PUBLISH else None
    spec = spec_of(stored, PolicySpec)
    wrong = _refusal(services, person, stored, wanted)
    if wrong:
        form.fail("move", wrong.text)
    if not form.ok:
        return _policy(request, services, person, stored, stored, form, status=422)
    made = moved(spec, wanted, by=person.id, on=services.today(), effective=effective)
    keep(services, person, msgspec.structs.replace(stored.document, spec=made), expected=version, why=why)
    return said(services, f"/policies/{name}", message("%(policy)s is kept as it now stands."), policy=spec.title)


@post("/policies/{name:str}/draft", sync_to_thread=True, status_code=303)
def redraft(services: WithServices, person: WithPerson, name: FromPath[str], data: FormData) -> Response[Any]:
    """Bring a draft up to what the catalog and the organisation's profile say now; words of one's own stay."""
    stored, form = _draft(services, person, name), Form(data)
    version, spec = form.whole("version"), spec_of(stored, PolicySpec)
    made = draft(spec.document or name, services.organisation(), statements(), services.catalog, spec)
    if made is spec:
        return said(services, f"/policies/{name}", message("Nothing has changed since."))
    document = msgspec.structs.replace(stored.document, spec=made)
    keep(services, person, document, expected=version, why="drafted anew from the catalog")
    return said(services, f"/policies/{name}", message("The draft is up to date with the catalog."))


@get("/policies/{name:str}/statements/{id:str}", sync_to_thread=True)
def statement(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], id: FromPath[str]
) -> Html:
    """Show the form of a statement of a draft."""
    stored = _draft(services, person, name)
    return _statement(request, services, person, stored, id, Form({}))


@post("/policies/{name:str}/statements/{id:str}", sync_to_thread=True, status_code=303)
def change(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,
    name: FromPath[str],
    id: FromPath[str],
    data: FormData,
) -> Response[Any]:
    """Change the words of a statement of a draft, or leave it out."""
    stored, form = _draft(services, person, name), Form(data)
    why, version = form.text("why", required=True, longest=300), form.whole("version")
    spec, leaves = spec_of(stored, PolicySpec), form.flag("leave_out")
    words = "" if leaves else form.text("text", required=True, longest=2_000, lines=True)
    level = "" if leaves else form.choice("level", _LEVELS)
    if not form.ok:
        return _statement(request, services, person, stored, id, form, status=422)
    made = without_statement(spec, id) if leaves else with_text(spec, id, words, level)
    keep(services, person, msgspec.structs.replace(stored.document, spec=made), expected=version, why=why)
    return said(services, f"/policies/{name}", message("The change of the draft was kept."))


@get("/policies/{name:str}/changes", sync_to_thread=True)
def changes(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show what one version changes over another: by default the present one over the last edition before it."""
    stored = visible(services, person, Kind.POLICY, name)
    after = _version(request, services, stored, "to")
    before = _version(request, services, stored, "from") if request.query_params.get("from") else None
    before = before or _edition_before(services, after)
    found = diff(spec_of(before, PolicySpec), spec_of(after, PolicySpec)) if before else []
    return page("policy_changes.html", request, services, person, stored=stored, before=before, after=after,
                differences=found, history=services.register.documents.history(Kind.POLICY, name)[:100])  # fmt: skip


@get("/policies/{name:str}/paper/{form:str}", sync_to_thread=True, dear=DEAR)
def paper(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], form: FromPath[str]
) -> Response[bytes]:
    """Give a policy as a file, in its own language or in the one that `language` says."""
    stored = visible(services, person, Kind.POLICY, name)
    printed = POLICY_FORMATS.get(form)
    if printed is None:
        raise NotFoundException("there is no such form of a policy")
    shown = _version(request, services, stored, "version")
    before, organisation = _edition_before(services, shown), services.organisation()
    original, previous = spec_of(shown, PolicySpec), spec_of(before, PolicySpec) if before else None
    language = str(request.query_params.get("language", "")) or original.language
    if language != original.language and language not in languages_for(original, statements()):
        raise NotFoundException("there is no such policy in this language")
    spec = translated(original, language, organisation, statements())
    if previous is not None and language in languages_for(previous, statements()):
        previous = translated(previous, language, organisation, statements())
    made = build_policy(
        spec,
        catalog=services.catalog,
        statements=statements(),
        day=services.today(),
        organisation=organisation.title,
        exceptions=_exceptions(services, person),
        active=services.active() if services.active else None,
        previous=previous,
        original=original if spec is not original else None,
    )
    spoken = f"-{language}" if spec is not original else ""
    headers = {"Content-Disposition": f'attachment; filename="{name}-{spec.edition}{spoken}{printed.suffix}"'}
    return Response(printed.render(made), media_type=printed.media, headers=headers)


def _list(request: AnyRequest, services: Services, person: Person, form: Form, *, status: int = 200) -> Html:
    found = listed(request, services, person, Kind.POLICY, states=list(PolicyState))
    organisation, known = services.organisation(), statements()
    there, published = set(), {}
    for stored in services.register.documents.all(Kind.POLICY):
        there.add(stored.document.name)
        held = edition_in_force(services, stored)
        if held is not None and services.may(person, Action.READ, stored.document.unit):
            published[stored.document.name] = spec_of(held, PolicySpec)
    missing = [
        (id, one.title, sum(applies(entry.when, organisation) for entry in known.of(id)))
        for id, one in known.documents.items()
        if id not in there
    ]
    whole = any(not id for id, _ in units_for(services, person, Action.CHANGE))
    covered = coverage(published, services.catalog, organisation.frameworks) if published else []
    return page(
        "policies.html", request, services, person, status=status, page=found, form=form, missing=missing,
        covered=covered, states=list(PolicyState), whole=whole, published=published,
        tongues=known.languages(next(iter(known.documents))),
    )  # fmt: skip


def _policy(
    request: AnyRequest,
    services: Services,
    person: Person,
    shown: Stored,
    stored: Stored,
    form: Form,
    *,
    status: int = 200,
) -> Html:
    spec, present = spec_of(shown, PolicySpec), shown.version == stored.version
    active = services.active() if services.active else None
    held = {one.id: one for one in enforcement(spec, active or frozenset())}
    sections: dict[str, list[Any]] = {}
    for one in sorted(spec.statements, key=lambda one: [int(part) for part in one.number.split(".")]):
        sections.setdefault(one.section, []).append(one)
    holds = edition_in_force(services, stored)
    may_move = [(one, _refusal(services, person, stored, one)) for one in moves(spec)] if present else []
    return page(
        "policy.html", request, services, person, status=status, stored=stored, shown=shown, policy=spec, form=form,
        present=present, sections=sections, held=held, known=active is not None, moves=may_move,
        controls=services.catalog.controls, frameworks=services.catalog.frameworks, formats=list(POLICY_FORMATS),
        holds=holds if holds is not None and holds.version != shown.version else None,
        exceptions=_of_statements(services, person, spec), others=languages_for(spec, statements()),
        edits=present and spec.state is PolicyState.DRAFT and services.may(person, Action.CHANGE, stored.document.unit),
        history=services.register.documents.history(Kind.POLICY, stored.document.name)[:20],
    )  # fmt: skip


def _statement(
    request: AnyRequest, services: Services, person: Person, stored: Stored, id: str, form: Form, *, status: int = 200
) -> Html:
    spec = spec_of(stored, PolicySpec)
    found = next((one for one in spec.statements if one.id == id), None)
    if found is None:
        raise NotFoundException("there is no such statement")
    return page("policy_statement.html", request, services, person, status=status, stored=stored, policy=spec,
                statement=found, form=form, levels=_LEVELS)  # fmt: skip


def _draft(services: Services, person: Person, name: str) -> Stored:
    stored = theirs(services, person, Kind.POLICY, name, Action.CHANGE)
    if spec_of(stored, PolicySpec).state is not PolicyState.DRAFT:
        raise BartizanError("what was approved is changed no more", help="begin a draft of the next edition")
    return stored


def _refusal(services: Services, person: Person, stored: Stored, wanted: Move) -> Reason | None:
    below, unit = services.organisation().below, stored.document.unit
    editors = _editors(services, stored)
    return refusal(spec_of(stored, PolicySpec), wanted, person, unit=unit, below=below, editors=editors)


def _editors(services: Services, stored: Stored) -> set[str]:
    """Return who has worked on this draft: everybody who kept a version of it since it last was none."""
    found = set()
    name = stored.document.name
    for change in services.register.documents.history(Kind.POLICY, name):
        old = services.register.documents.version(Kind.POLICY, name, change.version)
        if old is None or spec_of(old, PolicySpec).state is not PolicyState.DRAFT:
            break
        found.add(change.by)
    return found


def _version(request: AnyRequest, services: Services, stored: Stored, key: str) -> Stored:
    """Return the version that the query asks for, by default the present one."""
    number = str(request.query_params.get(key, ""))
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return stored
    found = services.register.documents.version(Kind.POLICY, stored.document.name, int(number))
    if found is None or not isinstance(found.document.spec, PolicySpec):
        raise NotFoundException("there is no such version")
    return found


def _edition_before(services: Services, stored: Stored) -> Stored | None:
    """Return the latest version before one whose edition is another, and that was approved or more."""
    edition = spec_of(stored, PolicySpec).edition
    for change in services.register.documents.history(Kind.POLICY, stored.document.name):
        if change.version >= stored.version:
            continue
        old = services.register.documents.version(Kind.POLICY, stored.document.name, change.version)
        if old is None or not isinstance(old.document.spec, PolicySpec):
            return None
        if old.document.spec.edition != edition and old.document.spec.state is not PolicyState.DRAFT:
            return old
    return None


def _exceptions(services: Services, person: Person) -> list[ExceptionSpec]:
    found = services.register.documents.all(Kind.EXCEPTION, services.units(person))
    return [stored.document.spec for stored in found if isinstance(stored.document.spec, ExceptionSpec)]


def _of_statements(
    services: Services, person: Person, policy: PolicySpec
) -> dict[str, list[tuple[str, ExceptionSpec]]]:
    """Return the exceptions that count today, by the statement that they are from."""
    known = {one.id for one in policy.statements}
    found: dict[str, list[tuple[str, ExceptionSpec]]] = {}
    for stored in services.register.documents.all(Kind.EXCEPTION, services.units(person)):
        spec = stored.document.spec
        if isinstance(spec, ExceptionSpec) and spec.statement in known and spec.counts(services.today()):
            found.setdefault(spec.statement or "", []).append((stored.document.name, spec))
    return found


ROUTES = [policies, create, policy, move, redraft, statement, change, changes, paper]
