"""Decisions that wait for a second person."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from bartizan.console import loosened
from bartizan.console.accepting import confirm, refuse, withdraw
from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, page, said
from bartizan.console.services import Services, sql_register
from bartizan.console.words import message
from bartizan.govern.acceptance import may_confirm
from bartizan.govern.changes import Difference, differences
from bartizan.govern.loosening import against
from bartizan.govern.roles import Action, Person
from bartizan.model.documents import Organisation
from bartizan.store.register.acceptances import Acceptances
from bartizan.store.register.people import People

__all__ = ["ROUTES"]


class Proposal(NamedTuple):
    """What is asked for of the organisation, as the page shows it to somebody."""

    version: int
    asked_by: str
    differences: list[Difference]
    answerable: bool
    mine: bool


@get("/acceptances", sync_to_thread=True)
def acceptances(
    request: AnyRequest, services: WithServices, person: WithPerson, show: FromQuery[str] = "open",
    after: FromQuery[str] = "",
) -> Html:  # fmt: skip
    """List questions about systems that somebody may see."""
    return _list(request, services, person, Form({}), all_=show == "all", after=after)


@post("/acceptances/{id:int}", sync_to_thread=True, status_code=303)
def answer(
    request: AnyRequest, services: WithServices, person: WithPerson, id: FromPath[int], data: FormData
) -> Response[Any]:
    """Confirm, refuse, or take back."""
    form = Form(data)
    what = form.choice("answer", ("confirm", "refuse", "withdraw"))
    note = form.text("note", required=what == "refuse", longest=1000, lines=True)
    if not form.ok:
        return _list(request, services, person, form, status=422)
    if what == "confirm":
        confirm(services, person, id)
        return said(services, "/acceptances", message("The decision was confirmed, and is part of the system now."))
    if what == "refuse":
        refuse(services, person, id, note)
        return said(services, "/acceptances", message("The decision was refused."))
    withdraw(services, person, id)
    return said(services, "/acceptances", message("The question was taken back."))


@post("/acceptances/organisation", sync_to_thread=True, status_code=303)
def answer_organisation(
    request: AnyRequest, services: WithServices, person: WithPerson, data: FormData
) -> Response[Any]:
    """Confirm, refuse or take back what is asked for of the organisation."""
    form = Form(data)
    what = form.choice("answer", ("confirm", "refuse", "withdraw"))
    note = form.text("note", required=what == "refuse", longest=300, lines=True)
    version = form.whole("version")
    if not form.ok:
        return _list(request, services, person, form, status=422)
    if what == "confirm":
        loosened.confirm(services, person, version)
        return said(services, "/acceptances", message("The change was confirmed, and holds now."))
    loosened.drop(services, person, version, note)
    text = message("The decision was refused.") if what == "refuse" else message("The question was taken back.")
    return said(services, "/acceptances", text)


def _proposal(services: Services, person: Person) -> Proposal | None:
    """Return what is asked for of the organisation, for those who may see it."""
    stored = loosened.waiting(services)
    if stored is None or not services.may(person, Action.READ, ""):
        return None
    spec = stored.document.spec
    assert isinstance(spec, Organisation)
    assert spec.proposed is not None
    asked_by, askers = spec.proposed.asked_by, loosened.askers_of(stored, services)
    old = msgspec.structs.replace(stored.document, spec=msgspec.structs.replace(spec, proposed=None))
    return Proposal(
        version=stored.version,
        asked_by=asked_by,
        differences=differences(old, loosened.as_confirmed(stored)),
        answerable=services.may(person, Action.ACCEPT, "") and against(spec, person, askers) is None,
        mine=person.id in askers,
    )


def _list(
    request: AnyRequest, services: Services, person: Person, form: Form, *, all_: bool = False, after: str = "",
    status: int = 200,
) -> Html:  # fmt: skip
    register = sql_register(services)
    states = frozenset[str]() if all_ else frozenset({"asked", "confirming"})
    found = Acceptances(register).list(units=services.units(person), states=states, after=after)
    accepts = services.units(person, Action.ACCEPT)
    answerable = {
        one.id
        for one in found.items
        if (accepts is None or one.unit in accepts) and not may_confirm(one.asked_by, person)
    }
    who = {name for one in found.items for name in (one.asked_by, one.decided_by) if name}
    proposal = _proposal(services, person)
    who |= {proposal.asked_by} if proposal else set()
    return page(
        "acceptances.html",
        request,
        services,
        person,
        status=status,
        page=found,
        answerable=answerable,
        names=People(register).names(who),
        all_=all_,
        form=form,
        proposal=proposal,
        catalog=services.catalog,
    )


ROUTES = [acceptances, answer, answer_organisation]
