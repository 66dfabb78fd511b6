"""Intake: a new initiative as a few questions on one page, which make a draft of its system."""

from __future__ import annotations

from typing import Any

from litestar import Response, get, post

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.pages.common import keep, new_name, read_unit, units_where
from bartizan.console.reading import Form, FormData
from bartizan.console.render import Html, page, said
from bartizan.console.services import Services
from bartizan.console.words import message
from bartizan.govern.intake import draft, questions
from bartizan.govern.roles import Action, Person
from bartizan.model import InputError
from bartizan.model.documents import Document, Kind

__all__ = ["ROUTES"]


@get("/intake", sync_to_thread=True)
def intake(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show the questions."""
    return _questions(request, services, person, Form({}))


@post("/intake", sync_to_thread=True, status_code=303)
def answer(request: AnyRequest, services: WithServices, person: WithPerson, data: FormData) -> Response[Any]:
    """Make a draft of the answers and keep it, to be worked on."""
    form, units = Form(data), units_where(services, person, Action.ASK)
    unit = read_unit(form, units)
    organisation = services.organisation()
    answers: dict[str, str | list[str]] = {}
    for one in questions(organisation):
        known = [choice.id for choice in one.choices]
        if one.many:
            answers[one.id] = form.many(one.id, known)
        elif known:
            answers[one.id] = form.choice(one.id, known)
        else:
            answers[one.id] = form.text(one.id, required=True, longest=200)
    if not form.ok:
        return _questions(request, services, person, form, status=422)
    name = new_name(services, Kind.SYSTEM, str(answers["name"]))
    try:
        system = draft(
            answers, organisation, services.catalog, services.today(), id=name, owner=person.email or person.id
        )
    except InputError as error:
        form.fail("name", error.message)
        return _questions(request, services, person, form, status=422)
    document = Document(kind=Kind.SYSTEM, name=name, unit=unit, spec=system)
    keep(services, person, document, expected=0, why="drafted from the answers about a new initiative")
    return said(
        services, f"/systems/{name}", message("A draft of %(name)s was made from your answers."), name=system.name
    )


def _questions(request: AnyRequest, services: Services, person: Person, form: Form, *, status: int = 200) -> Html:
    units = units_where(services, person, Action.ASK)
    asked = questions(services.organisation())
    chosen = {
        one.id: Form(form.values).many(one.id, [choice.id for choice in one.choices]) for one in asked if one.many
    }
    return page("intake.html", request, services, person, status=status, form=form, questions=asked, units=units,
                chosen=chosen)  # fmt: skip


ROUTES = [intake, answer]
