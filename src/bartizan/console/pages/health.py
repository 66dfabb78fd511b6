"""For load balancers: whether the console lives, and whether it can answer. Nobody has to sign in for it."""

from __future__ import annotations

from litestar import Response, get
from litestar.enums import MediaType
from litestar.types import ControllerRouterHandler

from bartizan.console.access import WithServices
from bartizan.model.documents import Kind
from bartizan.store.register import Unavailable

__all__ = ["ROUTES"]


@get("/healthz", media_type=MediaType.TEXT, sync_to_thread=False)
def lives() -> str:
    """Say that the process answers, whatever the database does."""
    return "lives\n"


@get("/readyz", media_type=MediaType.TEXT, sync_to_thread=True)
def ready(services: WithServices) -> Response[str]:
    """Say whether the register answers: 503 sends requests to another machine until it does."""
    try:
        services.register.documents.get(Kind.ORGANISATION, "organisation")
    except Unavailable:
        return Response("the register does not answer\n", status_code=503, headers={"retry-after": "5"})
    return Response("ready\n")


ROUTES: list[ControllerRouterHandler] = [lives, ready]
