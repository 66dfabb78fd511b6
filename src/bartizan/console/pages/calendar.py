"""What ends: decisions, evidence, exceptions, tools, sandboxes, policies, contracts and certificates, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from itertools import chain

from litestar import get

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.editions import edition_in_force
from bartizan.console.render import Html, page
from bartizan.console.services import Services
from bartizan.govern.calendar import Ending, What, ends
from bartizan.model.documents import Document, Kind
from bartizan.store.register import Page, Query

__all__ = ["ROUTES"]

_SPANS = (30, 90, 180, 365)
_AGO = 30
_MOST_SYSTEMS, _SHOWN = 200, 100
_DETAILED = 60
"""Systems that are read to say what of them ends; of further ones there is only the day."""
_KINDS = (Kind.TOOL, Kind.VENDOR, Kind.SANDBOX, Kind.EXCEPTION, Kind.POLICY)


@get("/calendar", sync_to_thread=True)
def calendar(request: AnyRequest, services: WithServices, person: WithPerson) -> Html:
    """Show what ends within some days, and what has ended in the last ones."""
    query, today = request.query_params, services.today()
    days = next((span for span in _SPANS if str(span) == query.get("days")), 90)
    what = next((one for one in What if one.value == query.get("what")), None)
    units = services.units(person)
    wanted = str(query.get("unit", ""))
    if wanted:
        below = services.organisation().below(wanted)
        units = below if units is None else units & below
    found, left = _systems(services, units, days)
    documents = chain.from_iterable(_documents(services, kind, units) for kind in _KINDS)
    found += ends(documents, today, days, ago=_AGO)
    shown = sorted(one for one in found if what is None or one.what is what)
    counts = {one: sum(ending.what is one for ending in found) for one in What}
    part = _page(shown, str(query.get("after", "")))
    return page(
        "calendar.html", request, services, person, days=days, what=what, counts=counts, left=left,
        over=[one for one in part.items if one.on < today], coming=[one for one in part.items if one.on >= today],
        part=part, catalog=services.catalog,
    )  # fmt: skip


def _page(shown: list[Ending], after: str) -> Page[Ending]:
    """Return a part of what ends; `after` is how many lines come before it."""
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 7 else 0
    end = start + _SHOWN
    return Page(items=shown[start:end], next=str(end) if end < len(shown) else "", total=len(shown))


def _documents(services: Services, kind: Kind, units: frozenset[str] | None) -> Iterator[Document]:
    for stored in services.register.documents.all(kind, units):
        shown = edition_in_force(services, stored) if kind is Kind.POLICY else stored
        if shown is not None:
            yield shown.document


def _systems(services: Services, units: frozenset[str] | None, days: int) -> tuple[list[Ending], int]:
    """Return what ends of systems, and how many systems were left out.

    Those of which something ends first are looked at: their assessments say which. One that isn't assessed yet comes
    with the next assessment.
    """
    today = services.today()
    query = Query(
        kind=Kind.SYSTEM, units=units, order="ends", limit=_MOST_SYSTEMS,
        ends_from=today - timedelta(days=_AGO), ends_to=today + timedelta(days=days + 1),
    )  # fmt: skip
    listed = services.register.documents.list(query)
    names = [entry.name for entry in listed.items[:_DETAILED]]
    documents = [one.document for one in services.register.documents.several(Kind.SYSTEM, names).values()]
    proofs = (kept.proof for latest in services.register.evidence.latest_of(names).values() for kept in latest)
    found = ends(documents, today, days, ago=_AGO, proofs=proofs)
    found += [
        Ending(entry.ends or today, What.NEXT, entry.kind, entry.name, entry.title, entry.unit, entry.owner)
        for entry in listed.items[_DETAILED:]
    ]
    return found, max(0, listed.total - len(listed.items))


ROUTES = [calendar]
