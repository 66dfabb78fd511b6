"""Vendors: what is known of them, what they claim, and which certificates they hold."""

from __future__ import annotations

from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath

from bartizan.console.access import AnyRequest, WithPerson, WithServices, visible
from bartizan.console.pages.claims import CRITERIA, added, rows, without
from bartizan.console.pages.common import add, listed, read_unit, revise, spec_of, theirs, units_for, units_where
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, page, said
from bartizan.console.services import Services
from bartizan.console.words import message
from bartizan.govern.roles import Action, Person
from bartizan.model.documents import Certificate, Kind, Stored, ToolSpec, VendorSpec
from bartizan.model.words import Level

__all__ = ["ROUTES"]


@get("/vendors", sync_to_thread=True)
def vendors(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show the vendors."""
    return page("vendors.html", request, services, person, page=listed(request, services, person, Kind.VENDOR))


@get("/vendors/new", sync_to_thread=True)
def new(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show the form of a new vendor."""
    return _form(request, services, person, Form({}))


@post("/vendors/new", sync_to_thread=True, status_code=303)
def create(request: AnyRequest, services: WithServices, person: WithPerson, data: FormData) -> Response[Any]:
    """Take a vendor into the register."""
    form, units = Form(data), units_where(services, person, Action.CHANGE)
    unit = read_unit(form, units)
    spec, why = _facts(form, VendorSpec(title="")), form.text("why", required=True, longest=300)
    if not form.ok:
        return _form(request, services, person, form, status=422)
    name = add(services, person, Kind.VENDOR, unit, spec, title=spec.title, why=why)
    return said(services, f"/vendors/{name}", message("%(vendor)s is in the register."), vendor=spec.title)


@get("/vendors/{name:str}", sync_to_thread=True)
def vendor(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show a vendor."""
    return _vendor(request, services, person, visible(services, person, Kind.VENDOR, name), Form({}))


@get("/vendors/{name:str}/edit", sync_to_thread=True)
def edit(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show the form of what is known about a vendor."""
    stored = theirs(services, person, Kind.VENDOR, name, Action.CHANGE)
    spec = spec_of(stored, VendorSpec)
    values: dict[str, str | list[str]] = {
        "title": spec.title, "about": spec.about, "owner": spec.owner, "country": spec.country,
        "criticality": spec.criticality.value, "products": "\n".join(spec.products), "contact": spec.contact,
        "contract_until": spec.contract_until.isoformat() if spec.contract_until else "",
    }  # fmt: skip
    return _form(request, services, person, Form(values), stored=stored)


@post("/vendors/{name:str}/edit", sync_to_thread=True, status_code=303)
def change(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Change what is known about a vendor."""
    stored = theirs(services, person, Kind.VENDOR, name, Action.CHANGE)
    form = Form(data)
    return _kept(request, services, person, stored, form, _facts(form, spec_of(stored, VendorSpec)), edits=True)


@post("/vendors/{name:str}/claims", sync_to_thread=True, status_code=303)
def claim(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Add a claim of a vendor, or take one out."""
    stored = theirs(services, person, Kind.VENDOR, name, Action.CHANGE)
    form, spec = Form(data), spec_of(stored, VendorSpec)
    made = without(form, spec.claims) if form.flag("remove") else added(form, spec.claims, services.today())
    return _kept(request, services, person, stored, form, msgspec.structs.replace(spec, claims=made))


@post("/vendors/{name:str}/certificates", sync_to_thread=True, status_code=303)
def certificate(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Add a certificate of a vendor, or take one out."""
    stored = theirs(services, person, Kind.VENDOR, name, Action.CHANGE)
    form, spec = Form(data), spec_of(stored, VendorSpec)
    title = form.text("certificate", required=True, longest=200)
    if form.flag("remove"):
        kept = [one for one in spec.certificates if one.title != title]
    else:
        until = form.day("certificate_until", required=True)
        made = Certificate(title=title, good_until=until or services.today(), covers_ai=form.flag("covers_ai"))
        kept = [*(one for one in spec.certificates if one.title != title), made]
    return _kept(request, services, person, stored, form, msgspec.structs.replace(spec, certificates=kept))


def _kept(
    request: AnyRequest,
    services: Services,
    person: Person,
    stored: Stored,
    form: Form,
    spec: VendorSpec,
    *,
    edits: bool = False,
) -> Response[Any]:
    why, version = form.text("why", required=True, longest=300), form.whole("version")
    if not form.ok and edits:
        return _form(request, services, person, form, stored=stored, status=422)
    if not form.ok:
        return _vendor(request, services, person, stored, form, status=422)
    revise(services, person, stored, spec, expected=version, why=why)
    return said(
        services, f"/vendors/{stored.document.name}", message("The change of %(vendor)s was kept."), vendor=spec.title
    )


def _facts(form: Form, spec: VendorSpec) -> VendorSpec:
    return msgspec.structs.replace(
        spec,
        title=form.text("title", required=True, longest=200),
        about=form.text("about", longest=2_000, lines=True),
        owner=form.text("owner", longest=200),
        country=form.text("country", longest=80),
        criticality=form.member("criticality", Level),
        products=form.lines("products"),
        contact=form.text("contact", longest=300),
        contract_until=form.day("contract_until"),
    )


def _form(
    request: AnyRequest,
    services: Services,
    person: Person,
    form: Form,
    *,
    stored: Stored | None = None,
    status: int = 200,
) -> Html:
    units = (units_where if stored is None else units_for)(services, person, Action.CHANGE)
    return page("vendor_form.html", request, services, person, status=status, form=form, stored=stored, units=units,
                levels=list(Level))  # fmt: skip


def _vendor(
    request: AnyRequest, services: Services, person: Person, stored: Stored, form: Form, *, status: int = 200
) -> Html:
    spec, name = spec_of(stored, VendorSpec), stored.document.name
    tools = []
    for tool in services.register.documents.all(Kind.TOOL, services.units(person)):
        about = tool.document.spec
        if isinstance(about, ToolSpec) and about.vendor == name:
            tools.append((tool.document.name, about))
    return page(
        "vendor.html", request, services, person, status=status, stored=stored, vendor=spec, form=form, tools=tools,
        claim_rows=rows(spec.claims, services.today()), criteria=CRITERIA,
        history=services.register.documents.history(Kind.VENDOR, name)[:20],
    )  # fmt: skip


ROUTES = [vendors, new, create, vendor, edit, change, claim, certificate]
