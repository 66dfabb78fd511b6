"""A system: what it is, its attack paths, threats, controls, risk, coverage, evidence and history."""

from __future__ import annotations

from litestar import get
from litestar.params import FromPath, FromQuery

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.pages.system_graph import money_at
from bartizan.console.pages.system_seen import see, show
from bartizan.console.render import Html, words_of
from bartizan.govern.changes import differences
from bartizan.model.assurance import ControlState, ProofSource
from bartizan.model.documents import Kind
from bartizan.report import FORMATS
from bartizan.report.paper_plan import named_risk

__all__ = ["ROUTES"]

_CHANCES = (0.9, 0.75, 0.5, 0.25, 0.1, 0.05, 0.01)
_PAGE = 50


@get("/systems/{name:str}", sync_to_thread=True)
def overview(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show what it is, how it stands, its diagram and what has to be done first."""
    seen = see(services, person, name)
    return show("system.html", "overview", request, services, person, seen, formats=FORMATS)


@get("/systems/{name:str}/paths", sync_to_thread=True)
def paths(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], path: FromQuery[str] = ""
) -> Html:
    """Show the attack paths, one of them step by step."""
    seen = see(services, person, name)
    found = seen.review.paths if seen.review else []
    chosen = next((one for one in found if one.id == path), found[0] if found else None)
    return show("system_paths.html", "paths", request, services, person, seen, chosen=chosen)


@get("/systems/{name:str}/threats", sync_to_thread=True)
def threats(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show the threats, those that matter first."""
    seen = see(services, person, name)
    return show("system_threats.html", "threats", request, services, person, seen)


@get("/systems/{name:str}/controls", sync_to_thread=True)
def controls(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show the controls, how each stands, and what says so."""
    seen = see(services, person, name)
    state = request.query_params.get("state", "")  # not an argument: the framework keeps that name
    states = list(ControlState)
    shown = [view for view in seen.standing.views if not state or view.state == state]
    counts = {one: sum(view.state is one for view in seen.standing.views) for one in states}
    return show("system_controls.html", "controls", request, services, person, seen, views=shown, state_counts=counts)


@get("/systems/{name:str}/risk", sync_to_thread=True)
def risk(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show the money at risk: the curves, what moves it, the losses behind it."""
    seen = see(services, person, name)
    rows, named = [], None
    names = seen.names(services, words_of(request, person, services.organisation().language))
    if seen.review and names:
        named = named_risk(seen.review, names)
        curves = (named.exceedance_inherent, named.exceedance, named.exceedance_planned)
        rows = [(chance, [money_at(curve, chance) for curve in curves]) for chance in _CHANCES]
    return show("system_risk.html", "risk", request, services, person, seen, risk=named, rows=rows)


@get("/systems/{name:str}/coverage", sync_to_thread=True)
def coverage(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Html:
    """Show per framework what controls in place meet, what the plan would meet, and what stays open."""
    seen = see(services, person, name)
    scope = services.organisation().frameworks
    found = seen.review.coverage if seen.review else {}
    order = sorted(found, key=lambda id: (scope.index(id) if id in scope else len(scope), id))
    return show("system_coverage.html", "coverage", request, services, person, seen, order=order, scope=scope)


@get("/systems/{name:str}/evidence", sync_to_thread=True)
def evidence(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,
    name: FromPath[str],
    after: FromQuery[str] = "",
    source: FromQuery[str] = "",
) -> Html:
    """Show every piece of evidence that came in, the latest first."""
    seen = see(services, person, name)
    found = services.register.evidence.list(
        system=name,
        source=source if source in set(ProofSource) else "",
        after=int(after) if after.isascii() and after.isdecimal() and len(after) < 18 else 0,
        limit=_PAGE,
    )
    return show(
        "system_evidence.html", "evidence", request, services, person, seen, found=found, sources=list(ProofSource)
    )


@get("/systems/{name:str}/history", sync_to_thread=True)
def history(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,
    name: FromPath[str],
    version: FromQuery[int] = 0,
    against: FromQuery[int] = 0,
) -> Html:
    """Show who changed what when and why, and what is different between two versions."""
    seen = see(services, person, name)
    documents = services.register.documents
    changes = documents.history(Kind.SYSTEM, name)
    version = min(max(version, 0), seen.stored.version) or seen.stored.version
    against = min(max(against, 0), seen.stored.version) or max(version - 1, 1)
    old = documents.version(Kind.SYSTEM, name, against)
    new = documents.version(Kind.SYSTEM, name, version)
    found = differences(old.document, new.document) if old and new and version != against else []
    return show(
        "system_history.html", "history", request, services, person, seen,
        changes=changes, differences=found, version=version, against=against,
    )  # fmt: skip


ROUTES = [overview, paths, threats, controls, risk, coverage, evidence, history]
