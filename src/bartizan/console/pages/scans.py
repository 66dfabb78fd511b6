"""Results of scans: handed in for a component of a system, kept, looked at, and turned into evidence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, NamedTuple

import msgspec
from litestar import Response, get, post
from litestar.concurrency import sync_to_thread
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.exceptions import NotFoundException
from litestar.params import Body, FromPath

from bartizan.console.access import AnyRequest, WithPerson, WithServices, must
from bartizan.console.limits import LONG
from bartizan.console.pages.common import spec_of, theirs, titles
from bartizan.console.reading import Form
from bartizan.console.render import Html, page, said
from bartizan.console.scanning import Finding, Result, keep_scan
from bartizan.console.services import Services, sql_register
from bartizan.console.words import message
from bartizan.govern.roles import Action, Person
from bartizan.model import InputError, System
from bartizan.model.documents import Kind, Stored
from bartizan.model.words import Level
from bartizan.store.register import Query
from bartizan.store.register.scans import ScanLog

__all__ = ["ROUTES"]

_SHOWN = 300
_SYSTEMS = 500
_MOST = 15 << 20
"""Bytes of a result that is taken."""


class _Group(NamedTuple):
    """Findings of one rule."""

    rule: str
    title: str
    severity: str
    remedy: str
    found: list[Finding]


@dataclass
class _Upload:
    """The form of a scan. Parts that are lacking are empty."""

    file: UploadFile | None = None
    system: str = ""
    component: str = ""
    observed_at: str = ""


@get("/scans", sync_to_thread=True)
def scans(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show the scans of systems that one may see."""
    query = request.query_params
    after = str(query.get("after", ""))
    found = ScanLog(sql_register(services)).list(
        units=services.units(person), system=str(query.get("system", ""))[:100],
        after=int(after) if after.isascii() and after.isdigit() and len(after) < 19 else 0,
    )  # fmt: skip
    called = titles(services, {(Kind.SYSTEM, one.system) for one in found.items})
    return page("scans.html", request, services, person, page=found, titles=called, systems=Kind.SYSTEM)


@get("/scans/new", sync_to_thread=True)
def new(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Choose the system, and then the component and the file."""
    name = str(request.query_params.get("system", ""))
    stored = theirs(services, person, Kind.SYSTEM, name, Action.CHANGE) if name else None
    return _form(request, services, person, stored, Form({}))


@post("/scans/new", status_code=303, dear=LONG, request_max_body_size=_MOST + (1 << 16))
async def create(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,
    data: Annotated[_Upload, Body(media_type=RequestEncodingType.MULTI_PART)],
) -> Response[Any]:
    """Take a result: it is kept, and becomes evidence about the component."""
    content = await data.file.read(_MOST + 1) if data.file is not None else b""
    return await sync_to_thread(_taken, request, services, person, data, content)


@get("/scans/{id:int}", sync_to_thread=True)
def scan(request: AnyRequest, services: WithServices, person: WithPerson, id: FromPath[int]) -> Html:
    """Show what a scan found."""
    found = ScanLog(sql_register(services)).get(id) if 0 < id < 1 << 62 else None
    if found is None or not services.may(person, Action.READ, found[0].unit):
        raise NotFoundException("there is no such scan")
    kept, content = found
    result = msgspec.json.decode(content, type=Result)
    stored = services.register.documents.get(Kind.SYSTEM, kept.system)
    return page(
        "scan.html", request, services, person, scan=kept, result=result, groups=_groups(result),
        title=stored.document.title if stored else kept.system, shown=_SHOWN,
        formats=Counter(one.format for one in result.artefacts if one.format).most_common(12),
    )  # fmt: skip


def _taken(request: AnyRequest, services: Services, person: Person, data: _Upload, content: bytes) -> Response[Any]:
    stored = theirs(services, person, Kind.SYSTEM, data.system, Action.CHANGE)
    form = Form({"component": data.component, "observed_at": data.observed_at})
    system = spec_of(stored, System)
    component = form.choice("component", system.components)
    observed = form.day("observed_at", required=True)
    if observed is not None and observed > services.today():
        form.fail("observed_at", message("This day is still to come."))
    if not content or data.file is None:
        form.fail("file", message("Choose a file."))
    elif not data.file.filename.lower().endswith(".json"):
        form.fail("file", message("The result of a scan is a file that ends in .json."))
    elif len(content) > _MOST:
        form.fail("file", message("This is too large."))
    if form.ok:
        try:
            return _kept(services, person, system, component, observed or services.today(), content)
        except InputError as error:
            form.fail("file", error.message)
    return _form(request, services, person, stored, form, status=422)


def _kept(
    services: Services, person: Person, system: System, component: str, observed: date, content: bytes
) -> Response[Any]:
    id, new, failed = keep_scan(services, person, system, component, observed, content)
    text = message("The scan is kept; of %(new)s new pieces of evidence, %(failed)s speak against a control.")
    return said(services, f"/scans/{id}", text, "warning" if failed else "good", new=new, failed=failed)


def _groups(result: Result) -> list[_Group]:
    """Return the findings by rule, the worst first."""
    by: dict[str, list[Finding]] = {}
    for one in result.findings:
        by.setdefault(one.rule, []).append(one)
    ranks = {level.value: level.rank for level in Level}
    made = [_Group(rule, found[0].title, found[0].severity, found[0].remedy, found) for rule, found in by.items()]
    return sorted(made, key=lambda group: (-ranks.get(group.severity, 0), -len(group.found), group.rule))


def _form(
    request: AnyRequest, services: Services, person: Person, stored: Stored | None, form: Form, *, status: int = 200
) -> Html:
    units = services.units(person, Action.CHANGE)
    if units == frozenset():
        must(services, person, Action.CHANGE, "")
    listed = services.register.documents.list(Query(kind=Kind.SYSTEM, units=units, order="title", limit=_SYSTEMS))
    return page(
        "scan_form.html", request, services, person, status=status, stored=stored, form=form,
        systems=[(one.name, one.title) for one in listed.items],
        components=list(spec_of(stored, System).components) if stored else [], most=_MOST >> 20,
    )  # fmt: skip


ROUTES = [scans, new, create, scan]
