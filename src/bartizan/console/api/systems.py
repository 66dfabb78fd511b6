"""What follows for a system: its assessment, how its controls stand, and the whole review."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.api.asked import Nothing, asked
from bartizan.console.api.bodies import JSON
from bartizan.console.api.documents import found
from bartizan.console.api.giving import json_answer, page_answer
from bartizan.console.api.problems import Refused
from bartizan.console.assessing import Standing, standing
from bartizan.console.services import Services
from bartizan.model.documents import Kind, Stored
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
    views = _assessed(services, found(services, person, Kind.SYSTEM, name)).views
    return page_answer(request, views, "", len(views))


@get("/systems/{name:str}/review", sync_to_thread=True)
def get_review(request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]) -> Response[bytes]:
    """Read the whole review (`bartizan/review/1`): threats, attack paths, controls, risk."""
    asked(request, Nothing)
    stored = found(services, person, Kind.SYSTEM, name)
    review, system = _assessed(services, stored).review, stored.document.spec
    assert isinstance(system, System)
    assert review is not None
    return Response(render(review, system, services.catalog), media_type=JSON)


def _assessed(services: Services, stored: Stored) -> Standing:
    """Return how a system stands. Raises Refused for one that can't be assessed: there is nothing to say of it.

    An empty list of controls would look as if there were none.
    """
    stands = standing(services, stored)
    if stands.review is None:
        why = stands.assessment.mistake or "its assessment is lacking"
        raise Refused(
            404,
            "not-assessed",
            f"System `{stored.document.name}` can't be assessed: {why}",
            help="change what is wrong in its description, and ask again",
        )
    return stands


ROUTES = [get_assessment, list_controls, get_review]
