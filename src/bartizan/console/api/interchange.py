"""Policies and systems in formats of other programs, by the names of their files."""

from __future__ import annotations

from functools import partial

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from bartizan.console.access import AnyRequest, WithPerson, WithServices
from bartizan.console.api.asked import Nothing, asked
from bartizan.console.api.documents import found
from bartizan.console.interchange import FILE, give
from bartizan.console.limits import DEAR
from bartizan.store.register import Missing

__all__ = ["ROUTES"]


@get("/interchange/{file:str}", sync_to_thread=True, dear=DEAR)
def get_interchange(
    request: AnyRequest, services: WithServices, person: WithPerson, file: FromPath[str]
) -> Response[bytes]:
    """Read a policy, what is known of a system, or the catalog of controls in a format of other programs."""
    asked(request, Nothing)
    try:
        given = give(file, services, partial(found, services, person)) if FILE.fullmatch(file) else None
    except NotFoundException:
        given = None
    if given is None:
        raise Missing(f"there is no `{file}`")
    return Response(given.content, media_type=given.media)


ROUTES = [get_interchange]
