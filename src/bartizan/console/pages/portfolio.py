"""The portfolio: every system that somebody may see, one line each."""

from __future__ import annotations

from litestar import get
from litestar.response import Template

from bartizan.console.access import WithPerson, WithServices
from bartizan.model.documents import Kind
from bartizan.store.register import Query

__all__ = ["ROUTES"]


@get("/", sync_to_thread=True)
def portfolio(services: WithServices, person: WithPerson) -> Template:
    """Show the systems."""
    page = services.register.documents.list(Query(kind=Kind.SYSTEM, units=services.units(person)))
    return Template("portfolio.html", context={"page": page, "person": person})


ROUTES = [portfolio]
