"""The audit trail: who did what to which document when, and why."""

from __future__ import annotations

from litestar import get
from litestar.exceptions import PermissionDeniedException
from litestar.params import FromQuery

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.render import Html, page
from bartizan.govern.roles import Action

__all__ = ["ROUTES"]

_PAGE = 100


@get("/trail", sync_to_thread=True)
def trail(request: AnyRequest, services: WithServices, person: WithPerson, after: FromQuery[str] = "") -> Html:
    """Show the trail, the latest first, of the units that somebody may audit."""
    units = services.units(person, Action.AUDIT)
    if units == frozenset():
        raise PermissionDeniedException("your roles don't include the audit trail")
    start = int(after) if after.isascii() and after.isdecimal() and len(after) < 18 else 0
    found = services.register.documents.trail(units=units, after=start, limit=_PAGE)
    return page("trail.html", request, services, person, found=found)


ROUTES = [trail]
