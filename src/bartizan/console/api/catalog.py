"""The catalog over HTTP: threats, controls, patterns, frameworks, statements: what ids in documents mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from litestar import Response, get
from litestar.params import FromPath

from bartizan.catalog import Catalog
from bartizan.catalog.statements import CatalogStatement
from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.api.asked import CatalogAsked, Nothing, asked
from bartizan.console.api.giving import json_answer, page_answer
from bartizan.console.services import Services
from bartizan.console.stated import statements
from bartizan.govern.policies import fill, parameters
from bartizan.store.register import Missing

__all__ = ["KINDS", "ROUTES"]

KINDS = ("threats", "controls", "patterns", "positions", "frameworks", "statements")


@get("/catalog/{part:str}", sync_to_thread=True)
def list_catalog(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,  # noqa: ARG001 - only those who have signed in
    part: FromPath[str],
) -> Response[bytes]:
    """List the entries of a part of the catalog by id and title."""
    text = asked(request, CatalogAsked).text.casefold()
    titles = _titles(services, part)
    entries = [{"id": id, "title": title} for id, title in titles.items()]
    kept = [one for one in entries if text in one["id"].casefold() or text in one["title"].casefold()]
    return page_answer(request, sorted(kept, key=lambda one: one["id"]), "", len(kept))


@get("/catalog/{part:str}/{id:str}", sync_to_thread=True)
def get_entry(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,  # noqa: ARG001 - only those who have signed in
    part: FromPath[str],
    id: FromPath[str],
) -> Response[bytes]:
    """Read an entry of the catalog."""
    asked(request, Nothing)
    entry = _part(services.catalog, part).get(id)
    if entry is None:
        raise Missing("the catalog has no such entry")
    if isinstance(entry, CatalogStatement):
        return json_answer({"title": _said(services)(entry), **msgspec.to_builtins(entry)})
    return json_answer(entry)


def _titles(services: Services, part: str) -> dict[str, str]:
    """Return the title of each entry. A statement has none: it is what it says."""
    entries = _part(services.catalog, part)
    say = _said(services)
    return {id: say(one) if isinstance(one, CatalogStatement) else one.title for id, one in entries.items()}


def _said(services: Services) -> Callable[[CatalogStatement], str]:
    """Return what says a statement as it would stand in a policy of the organisation."""
    organisation = services.organisation()
    language = organisation.language

    def say(statement: CatalogStatement) -> str:
        known = language if language in statement.text else "en"
        return fill(statement.text[known], parameters(organisation, known))

    return say


def _part(catalog: Catalog, name: str) -> dict[str, Any]:
    if name not in KINDS:
        raise Missing("the catalog has no such part", help=f"it has {', '.join(KINDS)}")
    part: dict[str, Any] = getattr(statements() if name == "statements" else catalog, name)
    return part


ROUTES = [list_catalog, get_entry]
