"""Holds requests against the console's own address: what other sites have a browser send is refused.

Sources: the Fetch standard (`Sec-Fetch-Site`), OWASP's Cross-Site Request Forgery Prevention Cheat Sheet, RFC 9110
section 7.4 (421). A host that is not ours is refused too: otherwise another site's name could be made to lead here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit

from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from bartizan.console.headers import HEADERS
from bartizan.console.identity.sessions import COOKIE
from bartizan.console.identity.settings import is_loopback

__all__ = ["OPEN", "guarded", "hosts_of", "refusal"]

OPEN = frozenset({"/healthz", "/readyz", "/metrics"})
"""Paths that are asked under any name: load balancers and Prometheus use the address of the machine."""
_HTTPS_ONLY = "max-age=31536000; includeSubDomains"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_PORTS = {"http": 80, "https": 443}


def guarded(app: ASGIApp, address: str) -> ASGIApp:
    """Wrap an application so that it hears only requests that were meant for it, and that its own pages have sent.

    `address` is the one under which people reach the console; with https, browsers are told to stay with it. A program
    with a token is heard wherever it is: browsers don't send tokens by themselves.
    """
    hosts = hosts_of(address)
    secure = address.startswith("https:")

    async def wrapped(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            if message["type"] == "http.response.start" and secure:
                MutableScopeHeaders.from_message(message)["Strict-Transport-Security"] = _HTTPS_ONLY
            await send(message)

        refused = None
        if scope["path"] not in OPEN:
            headers = {name.lower(): value for name, value in Headers.from_scope(scope).items()}
            refused = refusal(str(scope["method"]), headers, hosts)
        if refused is None:
            await app(scope, receive, sending)
        else:
            await _refuse(sending, *refused)

    return wrapped


def hosts_of(address: str) -> Mapping[str, str]:
    """Return the `Host`s under which the console answers, each with its origin. On this machine it has three names."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]
    names = ["127.0.0.1", "localhost", "[::1]"] if is_loopback(host) else [f"[{host}]" if ":" in host else host]
    found = {f"{name}:{port}": f"{parts.scheme}://{name}:{port}" for name in names}
    if port == _PORTS[parts.scheme]:
        plain = {name: f"{parts.scheme}://{name}" for name in names}
        found = {**{with_port: origin.rpartition(":")[0] for with_port, origin in found.items()}, **plain}
    return found


def refusal(method: str, headers: Mapping[str, str], hosts: Mapping[str, str]) -> tuple[int, str] | None:
    """Return the status and the sentence with which a request is refused, None where it is heard."""
    own = hosts.get(headers.get("host", "").lower())
    if own is None:
        return 421, "this address is not served here"
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if method in _SAFE:
        # A page elsewhere may lead here, but not take parts of us in.
        leads = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") in (None, "document")
        foreign = site in ("cross-site", "same-site") and not leads
        return (403, "the request was sent by another site") if foreign else None
    if _program(headers):
        return None
    if site is not None:
        return None if site in ("same-origin", "none") else (403, "the request was sent by another site")
    if origin is None:
        return 403, "the request does not say which page sent it"
    return None if origin.lower() == own else (403, "the request was sent by another site")


def _program(headers: Mapping[str, str]) -> bool:
    """Tell whether a request comes with a token, and without the cookie of somebody who is signed in."""
    names = {part.partition("=")[0].strip() for part in headers.get("cookie", "").split(";")}
    bearer = headers.get("authorization", "").lower().startswith("bearer ")
    return bearer and not names & {COOKIE, f"__Host-{COOKIE}"}


async def _refuse(send: Send, status: int, sentence: str) -> None:
    body = json.dumps({"type": "about:blank", "title": sentence, "status": status}).encode()
    said = {"content-type": "application/problem+json", "content-length": str(len(body)), "cache-control": "no-store"}
    headers = [(name.lower().encode(), value.encode()) for name, value in {**said, **HEADERS}.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})
