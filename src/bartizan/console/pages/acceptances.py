"""Decisions that wait for a second person."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery

from bartizan.console.accepting import confirm, refuse, withdraw
from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.identity.service import sql_register
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, page, said
from bartizan.console.services import Services
from bartizan.console.words import message
from bartizan.govern.acceptance import may_confirm
from bartizan.govern.roles import Action, Person
from bartizan.store.register.acceptances import Acceptances
from bartizan.store.register.people import People

__all__ = ["ROUTES"]


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
    )


ROUTES = [acceptances, answer]
