"""Approvals: calls of agents that wait for a person's yes, shown to those who may give it."""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from litestar import Response, get, post
from litestar.exceptions import NotFoundException, PermissionDeniedException
from litestar.params import FromPath

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.reading import Form, FormData
from bartizan.console.render import page, said
from bartizan.console.services import Services
from bartizan.console.words import message
from bartizan.govern.roles import Person
from bartizan.guard.asking import Answerer, Approval, Asked
from bartizan.guard.gateway.asking import FolderStore, Reply
from bartizan.model import InputError
from bartizan.model.words import Effect

__all__ = ["ROUTES"]


class Question(NamedTuple):
    """A question that somebody may answer, as the gateway has asked it, and by which name they answer."""

    plain: dict[str, Any]
    name: str


@get("/approvals", sync_to_thread=True)
def approvals(request: AnyRequest, services: WithServices, person: WithPerson) -> Response[Any]:
    """Show what waits for an answer. Asked again with `seen`, it says nothing unless that has changed."""
    mine, others = _questions(services, person)
    state = hashlib.sha256("\n".join([*(one.plain["id"] for one in mine), str(others)]).encode()).hexdigest()[:16]
    if request.query_params.get("seen") == state:
        return Response(None, status_code=204)
    return page(
        "approvals.html", request, services, person, questions=mine, others=others, seen=state,
        here_at=services.places.approvals is not None,
    )  # fmt: skip


@post("/approvals/{id:str}", sync_to_thread=True, status_code=303)
def answer(services: WithServices, person: WithPerson, id: FromPath[str], data: FormData) -> Response[Any]:
    """Answer a question. The digest that the form carries binds the answer to the call that was shown."""
    form, folder = Form(data), services.places.approvals
    if folder is None:
        raise NotFoundException("there is no gateway beside this console")
    if person.program:
        raise PermissionDeniedException("a program answers for nobody")
    decision = form.choice("decision", ["approve", "approve-for-session", "deny"])
    mine, _ = _questions(services, person)
    found = next((one for one in mine if one.plain["id"] == id), None)
    if found is None or not decision:
        return said(services, "/approvals", message("There is no such question; it may be over, or answered."), "bad")
    lasting = decision == "approve-for-session" and found.plain.get("lasting") is True
    reply = Reply(
        approval=id, digest=form.text("digest"), approved=decision != "deny", by=found.name, lasting=lasting,
        groups=sorted(_groups(person)),
    )  # fmt: skip
    try:
        FolderStore(folder).answer(reply)
    except InputError as error:
        return said(services, "/approvals", message("The answer doesn't count: %(why)s"), "bad", why=error.message)
    if reply.approved:
        return said(services, "/approvals", message("The call was approved."))
    return said(services, "/approvals", message("The call was refused."), "warning")


def _questions(services: Services, person: Person) -> tuple[list[Question], int]:
    """Return what somebody may answer, and how many questions are for others: what those show is not theirs to see."""
    if services.places.approvals is None or not services.places.approvals.is_dir():
        return [], 0
    mine, others, now = [], 0, services.clock().isoformat().replace("+00:00", "Z")
    for plain in FolderStore(services.places.approvals).pending():
        if str(plain.get("until", "")) <= now[:19]:
            continue
        name = _answers_as(plain, person)
        if name:
            mine.append(Question(plain, name))
        else:
            others += 1
    return mine, others


def _answers_as(plain: dict[str, Any], person: Person) -> str:
    """Return the name by which somebody may answer a question, nothing when they may not."""
    if person.program:
        return ""
    asked = _asked(plain)
    for name in (person.id, person.email):
        if name and asked.may_answer(Answerer(name=name, groups=frozenset(_groups(person)))):
            return name
    return ""


def _asked(plain: dict[str, Any]) -> Approval:
    """Return as much of a question as tells who may answer it."""

    def text(key: str) -> str:
        value = plain.get(key, "")
        return value if isinstance(value, str) else ""

    return Approval(
        id=text("id"), by=Asked(session=text("session"), principal=text("principal"), agent=text("agent")),
        number=0, tool="", effect=Effect.READ, digest="", rule="", reason="", risk="", whom=text("whom") or "?",
        asked=0, until=0,
    )  # fmt: skip


def _groups(person: Person) -> set[str]:
    """Return the groups that somebody is in for the gateway: their roles, by name, and with the unit they hold for."""
    names = set()
    for unit, roles in person.roles.items():
        for role in roles:
            names |= {role.value, f"{role.value}s"} if not unit else {f"{role.value}@{unit}"}
    return names


ROUTES = [approvals, answer]
