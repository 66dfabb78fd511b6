"""Changes of a system: decisions about threats, and evidence."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from litestar import Response, get, post
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from bartizan.console.accepting import decide, takes_two
from bartizan.console.access import AnyRequest, WithPerson, WithServices, must
from bartizan.console.pages.system_seen import Seen, see, show
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, said
from bartizan.console.services import Services
from bartizan.console.words import message
from bartizan.govern.proofs import attested
from bartizan.govern.roles import Action, Person
from bartizan.model import InputError, InputErrors, Verdict
from bartizan.model.documents import Stored

__all__ = ["ROUTES"]

_YEAR = timedelta(days=365)


@get("/systems/{name:str}/decide", sync_to_thread=True)
def decide_form(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], threat: FromQuery[str] = ""
) -> Html:
    """Show the form of a decision about a threat."""
    return _decide_page(request, services, person, see(services, person, name), threat, Form({}))


@post("/systems/{name:str}/decide", sync_to_thread=True, status_code=303)
def decide_threat(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Keep a decision about a threat, or ask a second person where it takes two."""
    form, seen = Form(data), see(services, person, name)
    threat = form.text("threat", required=True)
    verdict = form.member("verdict", Verdict)
    why = form.text("why", required=True, longest=1000, lines=True)
    today = services.today()
    until = form.day("until", required=True, first=today)
    if until is not None and until > today + _YEAR:
        form.fail("until", message("A decision stands for a year at most; it can be decided again."))
    ticket = form.text("ticket", longest=100)
    if not form.ok or until is None:
        return _decide_page(request, services, person, seen, threat, form, status=422)
    made = decide(services, person, name, threat=threat, verdict=verdict, why=why, until=until, ticket=ticket)
    to = f"/systems/{name}/threats"
    if isinstance(made, Stored):
        return said(services, to, message("The decision was kept."))
    return said(services, to, message("A second person has to confirm this decision; it was asked for."), "warning")


def _decide_page(
    request: AnyRequest, services: Services, person: Person, seen: Seen, id: str, form: Form, status: int = 200
) -> Html:
    known = (*seen.review.threats, *seen.review.appendix) if seen.review else ()
    threat = next((one for one in known if one.id == id), None)
    if threat is None:
        raise NotFoundException("there is no such threat in this system")
    two = [verdict for verdict in Verdict if takes_two(services, seen.stored, id, verdict)]
    until = services.today() + _YEAR / 2
    return show(
        "system_decide.html", "threats", request, services, person, seen,
        status=status, threat=threat, form=form, two=two, until=until, last=services.today() + _YEAR,
    )  # fmt: skip


@get("/systems/{name:str}/evidence/new", sync_to_thread=True)
def evidence_form(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str],
    control: FromQuery[str] = "", place: FromQuery[str] = "",
) -> Html:  # fmt: skip
    """Show the form of an attestation."""
    seen = see(services, person, name)
    must(services, person, Action.CHANGE, seen.stored.document.unit)
    return _evidence_page(request, services, person, seen, Form({"control": control, "place": place}))


@post("/systems/{name:str}/evidence/new", sync_to_thread=True, status_code=303)
def add_evidence(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str], data: FormData
) -> Response[Any]:
    """Keep somebody's word that a control works, or that it doesn't."""
    form, seen = Form(data), see(services, person, name)
    must(services, person, Action.CHANGE, seen.stored.document.unit)
    today = services.today()
    control = form.choice("control", services.catalog.controls)
    place = form.text("place", longest=200)
    works = form.choice("outcome", ("pass", "fail")) == "pass"
    on = form.day("observed_at", required=True)
    if on is not None and on > today:
        form.fail("observed_at", message("This day is still to come."))
    until = form.day("good_until", first=today)
    detail = form.text("detail", required=True, longest=300)
    if form.ok and on is not None:
        try:
            proof = attested(
                seen.system, control, place, services.catalog,
                by=person.id, on=on, good_until=until, detail=detail, works=works,
            )  # fmt: skip
        except InputError as error:
            form.fail("place", _plain(error))
        else:
            services.register.evidence.add([proof], at=services.now(), by=person.id)
            return said(services, f"/systems/{name}/controls", message("The evidence was kept."))
    return _evidence_page(request, services, person, seen, form, status=422)


def _evidence_page(
    request: AnyRequest, services: Services, person: Person, seen: Seen, form: Form, status: int = 200
) -> Html:
    controls = sorted(((one.id, one.title) for one in services.catalog.controls.values()), key=lambda one: one[1])
    places = [(id, component.name or id) for id, component in seen.system.components.items()]
    flows = [(f"{flow.source} -> {flow.target}", f"{flow.source} → {flow.target}") for flow in seen.system.flows]
    return show(
        "system_attest.html", "controls", request, services, person, seen,
        status=status, form=form, controls=controls, places=places + flows,
    )  # fmt: skip


def _plain(error: InputError) -> str:
    said_ = error.errors[0].message if isinstance(error, InputErrors) else error.message
    return f"{said_[:1].upper()}{said_[1:]}."


ROUTES = [decide_form, decide_threat, evidence_form, add_evidence]
