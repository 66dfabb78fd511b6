"""What follows for a system: its assessment, how its controls stand, and the whole review."""

from __future__ import annotations

from litestar import Response, get
from litestar.params import FromPath

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.api import giving
from bartizan.console.api.asked import Nothing, asked
from bartizan.console.api.bodies import JSON
from bartizan.console.api.documents import found
from bartizan.console.assessing import standing
from bartizan.model.documents import Kind
from bartizan.store.register import Missing

__all__ = ["ROUTES"]


@get("/systems/{name:str}/assessment", sync_to_thread=True)
def get_assessment(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]
) -> Response[bytes]:
    """Read what follows for a system: tier, risk, threats, controls."""
    asked(request, Nothing)
    found(services, person, Kind.SYSTEM, name)
    assessment = services.register.assessments.get(name)
    if assessment is None:
        raise _not_yet(name)
    return giving.json(assessment)


@get("/systems/{name:str}/controls", sync_to_thread=True)
def list_controls(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]
) -> Response[bytes]:
    """List the controls of a system, how each stands today, and the evidence that says so."""
    asked(request, Nothing)
    stored = found(services, person, Kind.SYSTEM, name)
    if services.register.assessments.get(name) is None:
        raise _not_yet(name)
    views = standing(services, stored).views
    return giving.page(request, views, "", len(views))


@get("/systems/{name:str}/review", sync_to_thread=True)
def get_review(
    request: AnyRequest, services: WithServices, person: WithPerson, name: FromPath[str]
) -> Response[bytes]:
    """Read the whole review (`bartizan/review/1`): threats, attack paths, controls, risk."""
    asked(request, Nothing)
    found(services, person, Kind.SYSTEM, name)
    review = services.register.assessments.review(name)
    if review is None:
        raise _not_yet(name)
    return Response(review, media_type=JSON)


def _not_yet(name: str) -> Missing:
    return Missing(f"System `{name}` is not assessed yet", help="it is done in the background; ask again in a minute")


ROUTES = [get_assessment, list_controls, get_review]
