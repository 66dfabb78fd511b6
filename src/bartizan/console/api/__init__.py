"""The API: REST below `/api/v1`, with problem details for errors and a specification that tests hold it to."""

from litestar import Router
from litestar.types import ControllerRouterHandler

from bartizan.console.api import answers, catalog, documents, evidence, interchange, results, systems, trail, webhooks
from bartizan.console.api.description import get_description
from bartizan.console.api.problems import HANDLERS

__all__ = ["ROUTES"]

ROUTES: list[ControllerRouterHandler] = [
    Router(
        path="/api/v1",
        route_handlers=[
            *documents.ROUTES,
            *systems.ROUTES,
            *evidence.ROUTES,
            *results.ROUTES,
            *interchange.ROUTES,
            *trail.ROUTES,
            *answers.ROUTES,
            *catalog.ROUTES,
            *webhooks.ROUTES,
            get_description,
        ],
        exception_handlers=HANDLERS,
    )
]
