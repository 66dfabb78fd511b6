"""The audit trail over HTTP, and who is asking."""

from __future__ import annotations

from litestar import Response, get
from litestar.exceptions import PermissionDeniedException

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.api.asked import Nothing, TrailAsked, asked
from bartizan.console.api.giving import json_answer, page_answer
from bartizan.govern.roles import Action

__all__ = ["ROUTES"]


@get("/trail", sync_to_thread=True)
def list_trail(request: AnyRequest, services: WithServices, person: WithPerson) -> Response[bytes]:
    """List what was done to any document, the latest first."""
    what = asked(request, TrailAsked)
    units = services.units(person, Action.AUDIT)
    if units is not None and not units:
        raise PermissionDeniedException(f"your roles don't include `{Action.AUDIT}`")
    page = services.register.documents.trail(units=units, after=what.after, limit=what.limit)
    return page_answer(request, page.items, page.next, page.total)


@get("/me", sync_to_thread=True)
def get_me(request: AnyRequest, services: WithServices, person: WithPerson) -> Response[bytes]:
    """Tell who is asking, and what they may do: in which units, None for all."""
    asked(request, Nothing)
    units = {action.value: services.units(person, action) for action in Action}
    may = {action: None if found is None else sorted(found) for action, found in units.items() if found != frozenset()}
    return json_answer(
        {"id": person.id, "name": person.name, "email": person.email, "program": person.program, "may": may}
    )


ROUTES = [list_trail, get_me]
