"""The portfolio: every system that somebody may see, one line each."""

from __future__ import annotations

from litestar import get

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.render import Html, page
from bartizan.model.documents import Kind
from bartizan.store.register import Query

__all__ = ["ROUTES"]


@get("/", sync_to_thread=True)
def portfolio(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show the systems."""
    found = services.register.documents.list(Query(kind=Kind.SYSTEM, units=services.units(person)))
    return page("portfolio.html", request, services, person, page=found)


ROUTES = [portfolio]
