"""The catalog over HTTP: threats, controls, patterns and frameworks, to look up what ids in documents mean."""

from __future__ import annotations

from typing import Any

from litestar import Response, get
from litestar.params import FromPath

from bartizan.catalog import Catalog
from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.api.asked import CatalogAsked, Nothing, asked
from bartizan.console.api.giving import json_answer, page_answer
from bartizan.store.register import Missing

__all__ = ["KINDS", "ROUTES"]

KINDS = ("threats", "controls", "patterns", "positions", "frameworks")


@get("/catalog/{part:str}", sync_to_thread=True)
def list_catalog(
    request: AnyRequest,
    services: WithServices,
    person: WithPerson,  # noqa: ARG001 - only those who have signed in
    part: FromPath[str],
) -> Response[bytes]:
    """List the entries of a part of the catalog by id and title."""
    text = asked(request, CatalogAsked).text.casefold()
    entries = [{"id": entry.id, "title": entry.title} for entry in _part(services.catalog, part).values()]
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
    return json_answer(entry)


def _part(catalog: Catalog, name: str) -> dict[str, Any]:
    if name not in KINDS:
        raise Missing("the catalog has no such part", help=f"it has {', '.join(KINDS)}")
    part: dict[str, Any] = getattr(catalog, name)
    return part


ROUTES = [list_catalog, get_entry]
