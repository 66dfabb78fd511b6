"""For machines: whether the console lives and can answer, and what it counts. Nobody has to sign in for it."""

from __future__ import annotations

import logging
from hmac import compare_digest
from pathlib import Path
from urllib.parse import urlsplit

from litestar import Response, get
from litestar.enums import MediaType
from litestar.types import ControllerRouterHandler

from bartizan.console.access import AnyRequest, WithServices
from bartizan.console.identity.origin import hosts_of
from bartizan.console.identity.settings import SHORTEST_TOKEN, is_loopback
from bartizan.console.measuring import scraped
from bartizan.console.services import Services
from bartizan.model.documents import Kind
from bartizan.store.register import Unavailable

__all__ = ["ROUTES"]

_LOG = logging.getLogger("bartizan.console")

_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""Headers by which a proxy tells that it has passed a request on."""


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


@get("/metrics", media_type=MediaType.TEXT, sync_to_thread=True)
def metrics(request: AnyRequest, services: WithServices) -> Response[str]:
    """Give what the console counts to Prometheus: to who has the token, or without one to this machine alone.

    The gateway's are open to whoever reaches it, as what stands in front of it lets through only some paths. In front
    of the console a proxy lets all of them through, and all that it sends comes from this machine.
    """
    if services.metrics_token_file:
        if not _has_token(request, services.metrics_token_file):
            headers = {"www-authenticate": 'Bearer realm="metrics"'}
            return Response("the token for metrics is missing or wrong\n", status_code=401, headers=headers)
    elif not _is_here(request, services):
        return Response("metrics are for this machine alone: set `metrics_token_file` for others\n", status_code=403)
    return Response(scraped(services), headers={"content-type": "text/plain; version=0.0.4; charset=utf-8"})


def _has_token(request: AnyRequest, file: str) -> bool:
    """Compare with the file as it is now, so that a new token needs no restart."""
    scheme, _, said = request.headers.get("authorization", "").partition(" ")
    try:
        token = Path(file).read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        _LOG.warning("`metrics_token_file` can't be read, so nobody may read the metrics: %s", type(error).__name__)
        return False
    same = compare_digest(said.strip().encode(), token.encode())
    return same and scheme.lower() == "bearer" and len(token) >= SHORTEST_TOKEN


def _is_here(request: AnyRequest, services: Services) -> bool:
    """Tell whether a request comes from this machine, to a console that is for this machine, past no proxy."""
    headers = request.headers
    peer = request.client.host if request.client else ""
    mine = is_loopback(urlsplit(services.address).hostname or "") and is_loopback(peer)
    return (
        mine
        and headers.get("host", "").lower() in hosts_of(services.address)
        and headers.get("sec-fetch-site", "none") in ("none", "same-origin")
        and not any(name in headers for name in _FORWARDED)
    )


ROUTES: list[ControllerRouterHandler] = [lives, ready, metrics]
