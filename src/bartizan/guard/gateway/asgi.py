"""A guard in front of an application that itself speaks a wire format: ASGI 3 middleware, without any framework.

Written from the ASGI specification (asgi.readthedocs.io, HTTP and WebSocket version 2.5, lifespan 2.0).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from typing import Any, Literal, NamedTuple

from bartizan.guard.gateway.asgi_answer import Answer
from bartizan.guard.gateway.asgi_request import CallerGone, Request, headers_of
from bartizan.guard.inprocess import Guard, GuardedCall
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused
from bartizan.guard.routes import Route, door_of, route
from bartizan.model import BartizanError, Event, InputError, stamp

__all__ = ["GuardMiddleware"]

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
ASGIApp = Callable[[Scope, Receive, Send], Awaitable[None]]

_DOORS = {"openai": "/openai/v1", "anthropic": "/anthropic", "gemini": "/gemini", "azure": "/azure"}
_SLASHES = re.compile(r"[/\\]+")
_DOTS = re.compile(r"/\.(?=/|$)")
_UP = re.compile(r"/[^/]*/\.\.(?=/|$)")


class _Guarded(NamedTuple):
    """A path that lies below a guarded prefix: the prefix, what stands before it, the door, and the rest."""

    root: str
    prefix: str
    door: str
    rest: str


class GuardMiddleware:
    """Identifies and decides requests before an application sees them, and its answers before they leave.

    `prefixes` are the paths that are guarded, each with the wire formats that are spoken below it (`openai`,
    `anthropic`, `gemini`, `azure`): `{"/v1": "openai"}` guards `/v1/chat/completions`. What lies outside passes
    untouched. `others` says what happens to paths below a prefix that are no call of its formats: they are refused, or
    with `pass` handed to the application for callers that are identified, unseen, with an event of the kind `skip`.

    `identify` returns the caller where the application's own middleware outside has found out who that is; by default,
    or when it returns None, the guard asks for a key or a token. Callers' credentials are taken away unless
    `keep_credentials`; the application finds the caller in `scope["bartizan.principal"]`. `headers` names headers
    that decided answers may have besides those of the protocol; a value that the rules for answers would change is left
    out.

    Put what compresses answers, and what answers CORS preflights, outside this middleware. Raises InputError.
    """

    def __init__(
        self,
        app: ASGIApp,
        guard: Guard,
        prefixes: Mapping[str, str],
        *,
        others: Literal["refuse", "pass"] = "refuse",
        identify: Callable[[Scope], Principal | None] | None = None,
        keep_credentials: bool = False,
        headers: tuple[str, ...] = (),
    ) -> None:
        if not prefixes:
            raise InputError("no prefix is guarded", help='name one, such as {"/v1": "openai"}')
        for prefix, door in prefixes.items():
            if not prefix.startswith("/") or prefix.endswith("/"):
                raise InputError(f"`{prefix}` is no prefix", help="write it with a slash in front and none at the end")
            if door not in _DOORS:
                raise InputError(f"`{door}` is no family of formats", help=f"one of {', '.join(_DOORS)}")
        self._app, self._guard, self._others = app, guard, others
        # The longest first: what lies deeper is another service.
        self._prefixes = sorted(((name.lower(), door) for name, door in prefixes.items()), key=lambda one: -len(one[0]))
        self._identify, self._keep = identify, keep_credentials
        self._headers = frozenset(name.lower() for name in headers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        guarded = self._find(scope) if scope["type"] != "lifespan" else None
        if guarded is None:
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._http(scope, receive, send, guarded)
        else:
            await self._no_socket(scope, receive, send)

    # ---- what is guarded

    def _find(self, scope: Scope) -> _Guarded | None:
        """Return what is guarded of a path, read as widely as any router might: case, slashes and dots don't matter."""
        path, root = str(scope.get("path", "")), str(scope.get("root_path", ""))
        for before in dict.fromkeys((root, "")):
            if not path.startswith(before):
                continue
            inner = path[len(before) :]
            plain = _plain(inner)
            for prefix, door in self._prefixes:
                if plain == prefix or plain.startswith(prefix + "/"):
                    # A path that is written in another way has no route, so that it is refused.
                    straight = inner.lower().startswith(prefix) and "//" not in inner and "/." not in inner
                    rest = inner[len(prefix) :] if straight else "/."
                    return _Guarded(before, inner[: len(prefix)], door, rest)
        return None

    def _route(self, scope: Scope, guarded: _Guarded) -> Route | None:
        return route(scope["method"], _DOORS[guarded.door] + guarded.rest)

    # ---- http

    async def _http(self, scope: Scope, receive: Receive, send: Send, guarded: _Guarded) -> None:
        guard = self._guard
        found = self._route(scope, guarded)
        headers = headers_of(scope)
        call = guard.opened(found, _trace(headers))
        request = Request(scope, receive, headers)
        answer = Answer(call, send, self._headers, request.stop, head=scope["method"] == "HEAD")
        mistake = Refused(500, "guard-failed", "the guard made a mistake with this call, and let nothing through")
        try:
            who = await self._who(call, scope, headers)
            if found is None and self._others == "pass" and _unlike(guarded):
                await self._unseen(call, scope, who)
                await self._app(scope, receive, send)
                return
            limits = call.engine.config.limits
            read = found is not None and found.format is not None
            body = await request.body(limits.body, limits.seconds) if read else b""
            await call.decide(guard.awaiting, body, who, scope.get("query_string", b"").decode("latin-1"))
            inner = request.decided(call, guarded.root + guarded.prefix, keep=self._keep)
            inner["bartizan.principal"] = who
            mistake = Refused(500, "upstream-failed", "the application made a mistake with this call")
            await self._app(inner, request.again, answer.send)
            if not request.gone:
                await answer.end()
        except Refused as refused:
            await answer.refuse(refused)
        except CallerGone:
            pass
        except asyncio.CancelledError:  # how some servers tell that the caller has gone
            request.gone = True
            raise
        except Exception:
            # The mistake goes on to the server; an OSError is also how servers tell that the caller has gone.
            with suppress(OSError):
                await answer.broken(mistake)
            raise
        finally:
            with suppress(Refused):  # it is over: what can't be recorded was not answered
                await call.aclose("caller-gone" if request.gone or answer.lost else "failed")

    async def _who(self, call: GuardedCall, scope: Scope, headers: list[tuple[str, str]]) -> Principal:
        said = None if self._identify is None else self._identify(scope)
        return await call.identify(self._guard.awaiting, headers if said is None else said)

    async def _unseen(self, call: GuardedCall, scope: Scope, who: Principal) -> None:
        """Put on record that something passes that nobody looks into. Raises Refused when that isn't possible."""
        call.over = True
        event = Event(
            kind="skip", time=stamp(self._guard.clock()), principal=who.id, action=str(scope["method"]).lower(),
            decision="allow", rule="path-not-inspected",
        )  # fmt: skip
        await self._guard.recorded(self._guard.awaiting, event)

    # ---- anything else

    async def _no_socket(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a WebSocket, which nothing here could look into."""
        call = self._guard.opened(None)
        with suppress(BartizanError, Refused):
            refused = Refused(404, "path-not-served", "only http is served here")
            await call.finish(self._guard.awaiting, refused)
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": "only http is served here"})


def _unlike(guarded: _Guarded) -> bool:
    """Tell whether no router could take a path for one of a call that is inspected."""
    if door_of(_DOORS[guarded.door] + guarded.rest) is None:
        return False
    rests = {guarded.rest.rstrip("/"), guarded.rest.rstrip("/").lower()}
    return not any(route("POST", _DOORS[guarded.door] + rest) for rest in rests)


def _plain(path: str) -> str:
    """Return a path as the most forgiving router reads it."""
    if "\\" not in path and "//" not in path and "/." not in path:
        return path.lower()
    out = _DOTS.sub("", _SLASHES.sub("/", path))
    while (shorter := _UP.sub("", out, count=1)) != out:
        out = shorter
    return out.lower()


def _trace(headers: list[tuple[str, str]]) -> str:
    """Return the caller's trace id (W3C Trace Context), empty when it sends none."""
    said = next((value for name, value in headers if name == "traceparent"), "")
    parts = said.split("-")
    return parts[1] if len(parts) == 4 and re.fullmatch(r"[0-9a-f]{32}", parts[1]) else ""
