"""May somebody use a tool with some data: the question of every day, for chat bots and portals to ask."""

from __future__ import annotations

import msgspec
from litestar import Response, post
from litestar.params import RawBody

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.api.asked import Nothing, asked
from bartizan.console.api.bodies import JSON, media_type, value_of
from bartizan.console.api.documents import found
from bartizan.console.api.giving import json_answer
from bartizan.console.services import Services
from bartizan.govern.answer import Answer, for_tool, may
from bartizan.govern.roles import Action, Person
from bartizan.model.documents import ExceptionSpec, Kind, ToolSpec, VendorSpec
from bartizan.model.words import Category

__all__ = ["ROUTES", "Question", "Reply"]


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"class_": "class"}):
    """Whether a tool may be used with data of a class and of some categories."""

    tool: str
    class_: str
    categories: list[Category] = []


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """The answer, in sentences. `verdict` is `yes`, `conditions`, `ask` or `no`; `until` its last sure day."""

    verdict: str
    reasons: list[str]
    conditions: list[str]
    until: str | None
    instead: list[str]


@post("/answers", sync_to_thread=True, status_code=200)
def answer_question(request: AnyRequest, services: WithServices, person: WithPerson, body: RawBody) -> Response[bytes]:
    """Answer whether a tool may be used with some data."""
    asked(request, Nothing)
    media_type(request, JSON)
    question = value_of(body, Question)
    tool = found(services, person, Kind.TOOL, question.tool).document.spec
    assert isinstance(tool, ToolSpec)
    vendor = services.register.documents.get(Kind.VENDOR, tool.vendor) if tool.vendor else None
    spec = vendor.document.spec if vendor else None
    answer = may(
        tool,
        question.class_,
        question.categories,
        services.organisation(),
        spec if isinstance(spec, VendorSpec) else None,
        for_tool(question.tool, _exceptions(services, person)),
        as_of=services.today(),
    )
    return json_answer(_reply(answer, services, person))


def _exceptions(services: Services, person: Person) -> list[ExceptionSpec]:
    kept = services.register.documents.all(Kind.EXCEPTION, services.units(person))
    return [one.document.spec for one in kept if isinstance(one.document.spec, ExceptionSpec)]


def _reply(answer: Answer, services: Services, person: Person) -> Reply:
    return Reply(
        verdict=answer.verdict.value,
        reasons=[one.text for one in answer.reasons],
        conditions=[one.text for one in answer.conditions],
        until=answer.until.isoformat() if answer.until else None,
        instead=[name for name in answer.instead if _sees(name, services, person)],
    )


def _sees(tool: str, services: Services, person: Person) -> bool:
    stored = services.register.documents.get(Kind.TOOL, tool)
    return stored is not None and services.may(person, Action.READ, stored.document.unit)


ROUTES = [answer_question]
