"""External tools: the register of them, and the answer to "may I use this tool with this data?"."""

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
from bartizan.govern.answer import Answer, for_tool, may
from bartizan.govern.roles import Action, Person
from bartizan.model.documents import ExceptionSpec, Kind, Standing, Stored, ToolSpec, VendorSpec
from bartizan.model.words import Category

__all__ = ["ROUTES"]

_MOST = 500


@get("/tools", sync_to_thread=True)
def tools(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show the tools, and ask about one."""
    found = listed(request, services, person, Kind.TOOL, states=list(Standing))
    return page("tools.html", request, services, person, page=found, **_asking(request, services, person))


@get("/tools/answer", sync_to_thread=True)
def answer(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Answer whether a tool may be used with data; without htmx a page of its own."""
    return page("tool_answer.html", request, services, person, **_asking(request, services, person))


@get("/tools/new", sync_to_thread=True)
def new(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show the form of a new tool."""
    return _form(request, services, person, Form({"title": str(request.query_params.get("title", ""))[:200]}))


@post("/tools/new", sync_to_thread=True, status_code=303)
def create(request: AnyRequest, services: WithServices, person: WithPerson, data: FormData) -> Response[Any]:
    """Take a tool into the register, unreviewed: that is to ask for it."""
    form, units = Form(data), units_where(services, person, Action.ASK)
    unit = read_unit(form, units)
    spec, why = _facts(form, services, person, ToolSpec(title="")), form.text("why", required=True, longest=300)
    if not form.ok:
        return _form(request, services, person, form, status=422)
    name = add(services, person, Kind.TOOL, unit, spec, title=spec.title, why=why)
    return said(
        services, f"/tools/{name}", message("%(tool)s is in the register, and waits for a decision."), tool=spec.title
    )


@get("/tools/{name:str}", sync_to_thread=True)
def tool(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show a tool."""
    return _tool(request, services, person, visible(services, person, Kind.TOOL, name), Form({}))


@get("/tools/{name:str}/edit", sync_to_thread=True)
def edit(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show the form of what is known about a tool."""
    stored = theirs(services, person, Kind.TOOL, name, Action.CHANGE)
    spec = spec_of(stored, ToolSpec)
    values = {"title": spec.title, "plan": spec.plan, "about": spec.about, "owner": spec.owner,
              "vendor": spec.vendor or "", "domains": "\n".join(spec.domains)}  # fmt: skip
    return _form(request, services, person, Form({**values}), stored=stored)


@post("/tools/{name:str}/edit", sync_to_thread=True, status_code=303)
def change(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Change what is known about a tool; what was decided stays."""
    stored = theirs(services, person, Kind.TOOL, name, Action.CHANGE)
    form = Form(data)
    spec = _facts(form, services, person, spec_of(stored, ToolSpec))
    return _kept(request, services, person, stored, form, spec, shown="form")


@post("/tools/{name:str}/decide", sync_to_thread=True, status_code=303)
def decide(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Decide about a tool."""
    stored = theirs(services, person, Kind.TOOL, name, Action.DECIDE)
    form, today, spec = Form(data), services.today(), spec_of(stored, ToolSpec)
    standing = form.member("standing", Standing)
    approves = standing in (Standing.APPROVED, Standing.CONDITIONAL)
    conditions = form.lines("conditions", longest=300, most=30)
    if standing is Standing.CONDITIONAL and not conditions:
        form.fail("conditions", message("Say which conditions hold, one a line."))
    made = msgspec.structs.replace(
        spec,
        standing=standing,
        highest=form.choice("highest", services.organisation().classes, required=approves),
        forbidden=[Category(one) for one in form.many("forbidden", list(Category))],
        conditions=conditions,
        instead=form.many("instead", [id for id, _ in _options(services, person)]),
        decided_by=person.id,
        decided_on=today,
        good_until=form.day("good_until", required=approves, first=today),
    )
    return _kept(request, services, person, stored, form, made)


@post("/tools/{name:str}/claims", sync_to_thread=True, status_code=303)
def claim(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Add a claim about a tool, or take one out."""
    stored = theirs(services, person, Kind.TOOL, name, Action.CHANGE)
    form, spec = Form(data), spec_of(stored, ToolSpec)
    made = without(form, spec.claims) if form.flag("remove") else added(form, spec.claims, services.today())
    return _kept(request, services, person, stored, form, msgspec.structs.replace(spec, claims=made))


def _kept(
    request: AnyRequest, services: Services, person: Person, stored: Stored, form: Form, spec: ToolSpec, shown: str = ""
) -> Response[Any]:
    """Keep a change, or show again where it was made, with what is wrong."""
    why, version = form.text("why", required=True, longest=300), form.whole("version")
    if not form.ok and shown:
        return _form(request, services, person, form, stored=stored, status=422)
    if not form.ok:
        return _tool(request, services, person, stored, form, status=422)
    revise(services, person, stored, spec, expected=version, why=why)
    return said(
        services, f"/tools/{stored.document.name}", message("The change of %(tool)s was kept."), tool=spec.title
    )


def _facts(form: Form, services: Services, person: Person, spec: ToolSpec) -> ToolSpec:
    vendor = form.choice("vendor", [id for id, _ in _vendors(services, person)], required=False)
    return msgspec.structs.replace(
        spec,
        title=form.text("title", required=True, longest=200),
        plan=form.text("plan", longest=100),
        about=form.text("about", longest=2_000, lines=True),
        owner=form.text("owner", longest=200),
        vendor=vendor or None,
        domains=form.lines("domains", longest=253),
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
    units = (units_where if stored is None else units_for)(services, person, Action.ASK)
    return page("tool_form.html", request, services, person, status=status, form=form, stored=stored, units=units,
                vendors=_vendors(services, person))  # fmt: skip


def _tool(
    request: AnyRequest, services: Services, person: Person, stored: Stored, form: Form, *, status: int = 200
) -> Html:
    spec, today = spec_of(stored, ToolSpec), services.today()
    vendor = services.register.documents.get(Kind.VENDOR, spec.vendor) if spec.vendor else None
    of_vendor = vendor.document.spec if vendor and services.may(person, Action.READ, vendor.document.unit) else None
    more = {} if not isinstance(of_vendor, VendorSpec) else {"vendor_rows": rows(of_vendor.claims, today)}
    return page(
        "tool.html", request, services, person, status=status, stored=stored, tool=spec, form=form,
        vendor=of_vendor, claim_rows=rows(spec.claims, today), criteria=CRITERIA,
        forbidden=form.many("forbidden", list(Category)) if form.values else list(spec.forbidden),
        instead=form.many("instead", [id for id, _ in _options(services, person)]) if form.values else spec.instead,
        history=services.register.documents.history(Kind.TOOL, stored.document.name)[:20],
        exceptions=_exceptions(services, stored.document.name),
        **{"vendor_rows": [], **more}, **_asking(request, services, person, stored.document.name),
    )  # fmt: skip


def _options(services: Services, person: Person) -> list[tuple[str, str]]:
    return _titles(services, person, Kind.TOOL)


def _vendors(services: Services, person: Person) -> list[tuple[str, str]]:
    return _titles(services, person, Kind.VENDOR)


def _titles(services: Services, person: Person, kind: Kind) -> list[tuple[str, str]]:
    """Return names and titles of a kind, as far as a list to choose from goes."""
    found: list[tuple[str, str]] = []
    for stored in services.register.documents.all(kind, services.units(person)):
        found.append((stored.document.name, stored.document.title))
        if len(found) == _MOST:
            break
    return sorted(found, key=lambda one: one[1].casefold())


def _exceptions(services: Services, tool: str) -> list[ExceptionSpec]:
    specs = (stored.document.spec for stored in services.register.documents.all(Kind.EXCEPTION))
    return for_tool(tool, (spec for spec in specs if isinstance(spec, ExceptionSpec)))


def _asking(request: AnyRequest, services: Services, person: Person, tool: str = "") -> dict[str, Any]:
    """Return what the question needs: what can be asked, what was asked, and the answer."""
    query, organisation = request.query_params, services.organisation()
    name = tool or str(query.get("tool", ""))
    chosen = str(query.get("class", ""))
    categories = [one for one in Category if one.value in query.getall("category", [])]
    context: dict[str, Any] = {
        "options": _options(services, person), "classes": organisation.classes, "all_categories": list(Category),
        "asked_tool": name, "asked_class": chosen, "asked_categories": categories, "answer": None, "asked": None,
        "others": [],
    }  # fmt: skip
    if not name or chosen not in organisation.classes:
        return context
    stored = visible(services, person, Kind.TOOL, name)
    context["asked"] = stored
    context["answer"] = _answered(services, stored, chosen, categories)
    for other in context["answer"].instead:
        found = services.register.documents.get(Kind.TOOL, other)
        if found is not None and services.may(person, Action.READ, found.document.unit):
            context["others"].append((found, _answered(services, found, chosen, categories)))
    return context


def _answered(services: Services, stored: Stored, data_class: str, categories: list[Category]) -> Answer:
    spec = spec_of(stored, ToolSpec)
    vendor = services.register.documents.get(Kind.VENDOR, spec.vendor) if spec.vendor else None
    about = vendor.document.spec if vendor is not None else None
    return may(
        spec, data_class, categories, services.organisation(), about if isinstance(about, VendorSpec) else None,
        _exceptions(services, stored.document.name), as_of=services.today(),
    )  # fmt: skip


ROUTES = [tools, answer, new, create, tool, edit, change, decide, claim]
