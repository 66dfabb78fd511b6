"""What follows for a system: its assessment, how its controls stand, and the whole review."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.api.asked import Nothing, asked
from bartizan.console.api.bodies import JSON
from bartizan.console.api.documents import found
from bartizan.console.api.giving import json_answer, page_answer
from bartizan.console.assessing import reviewed, standing
from bartizan.model.documents import Kind
from bartizan.model.system import System
from bartizan.report.json_ import render

__all__ = ["ROUTES"]


@get("/systems/{name:str}/assessment", sync_to_thread=True)
def get_assessment(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]
) -> Response[bytes]:
    """Read what follows for a system: tier, risk, threats, controls."""
    asked(request, Nothing)
    return json_answer(standing(services, found(services, person, Kind.SYSTEM, name)).assessment)


@get("/systems/{name:str}/controls", sync_to_thread=True)
def list_controls(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]
) -> Response[bytes]:
    """List the controls of a system, how each stands today, and the evidence that says so."""
    asked(request, Nothing)
    views = reviewed(services, found(services, person, Kind.SYSTEM, name))[0].views
    return page_answer(request, views, "", len(views))


@get("/systems/{name:str}/review", sync_to_thread=True)
def get_review(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Response[bytes]:
    """Read the whole review (`bartizan/review/1`): threats, attack paths, controls, risk."""
    asked(request, Nothing)
    stored = found(services, person, Kind.SYSTEM, name)
    review, system = reviewed(services, stored)[1], stored.document.spec
    assert isinstance(system, System)
    return Response(render(review, system, services.catalog), media_type=JSON)


ROUTES = [get_assessment, list_controls, get_review]
