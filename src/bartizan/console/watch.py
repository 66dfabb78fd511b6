"""What the console refuses or fails at, in its log: who asked for what when, and how it was answered.

Never what a request held: no query, no body, no cookie, no token. Addresses with a secret in them, such as the links
with which accounts begin, are cut. Sources: OWASP ASVS 5 chapter 16.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Sequence

from litestar.datastructures import Headers
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from bartizan.console.access import OVER, WHO
from bartizan.console.identity.service import beyond
from bartizan.console.limits import Over
from bartizan.console.mistakes import told_path

__all__ = ["print_log", "watched"]

_LOG = logging.getLogger("bartizan.console")
_LOUD = frozenset({403, 413, 421, 429})
"""Refused because of who or how much: worth a look. The others happen to everybody who mistypes."""


def print_log() -> None:
    """Have this process print what Bartizan logs to standard error, a line each, with the time in UTC."""
    line = logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    line.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(line)
    logger = logging.getLogger("bartizan")
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


def watched(app: ASGIApp, proxies: Sequence[str] = ()) -> ASGIApp:
    """Wrap an application so that what it refuses is logged by `bartizan.console`.

    `proxies` are the networks whose `X-Forwarded-For` counts. What breaks is logged where it breaks. An account that
    asks too often is logged once a minute, and not with each of its requests.
    """

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        method = str(scope["method"])

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and 400 <= message["status"] < 500:
                over = scope.get(OVER)
                if not (isinstance(over, Over) and over.told):
                    _note(scope, method, message["status"], proxies)
            await send(message)

        await app(scope, receive, sending)

    return wrapped


def _note(scope: Scope, method: str, status: int, proxies: Sequence[str]) -> None:
    client = scope.get("client")
    peer = client[0] if client else ""
    address = beyond(peer, Headers.from_scope(scope).getall("x-forwarded-for", []), proxies)
    method = re.sub(r"[^A-Z]", "", method)[:10]
    level = logging.WARNING if status in _LOUD else logging.INFO
    who = str(scope.get(WHO, "")) or "nobody"
    _LOG.log(level, "refused with %d: %s %s, by %s from %s", status, method, told_path(scope["path"]), who, address)
