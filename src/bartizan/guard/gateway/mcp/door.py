"""The way in for MCP clients, at `/mcp/NAME`: streamable HTTP in every revision that is served.

Sources: the transport and authorization pages of MCP 2025-06-18, 2025-11-25 and 2026-07-28.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Literal, TypeAlias
from urllib.parse import urlsplit

from granian._granian import RSGIProtocolClosed as ProtocolClosed
from granian._granian import RSGIProtocolError as ProtocolError

from bartizan.guard.config_mcp import McpDoor
from bartizan.guard.gateway.body import read_body
from bartizan.guard.gateway.mcp.answers import JSON, SSE
from bartizan.guard.gateway.mcp.channels import Channel, Item, event
from bartizan.guard.gateway.mcp.oauth import Caller
from bartizan.guard.gateway.mcp.resource import base, challenged, check_token
from bartizan.guard.gateway.mcp.session import Session
from bartizan.guard.gateway.mcp.sessions import Sessions
from bartizan.guard.gateway.mcp.upstream import Asked
from bartizan.guard.gateway.presence import Presence
from bartizan.guard.gateway.service import Service
from bartizan.guard.mcp import headers as rules
from bartizan.guard.mcp.codes import INVALID_REQUEST, METHOD_NOT_FOUND, REFUSED, UNSUPPORTED_VERSION
from bartizan.guard.mcp.jsonrpc import Id, Malformed, Message, Request, Response, error_bytes, parse
from bartizan.guard.mcp.revisions import LATEST_LEGACY, LEGACY, MODERN, OLDER, SERVED
from bartizan.guard.passing import refusal_headers
from bartizan.guard.principal import Principal
from bartizan.guard.record import Record
from bartizan.guard.refused import Refused, undecided

__all__ = ["Door"]

_ALIVE = 15.0
"""Seconds of silence after which a comment keeps a stream open."""
_KNOWN = 60.0
"""Seconds between looks at whether who reads a stream still may."""
_STREAM = [("content-type", SSE), ("cache-control", "no-cache, no-transform"), ("x-accel-buffering", "no")]
_SESSION, _VERSION = "mcp-session-id", "mcp-protocol-version"
_SHOWN = ("access-control-expose-headers", "mcp-session-id, www-authenticate")
_PREFLIGHT = [
    ("access-control-allow-methods", "POST, GET, DELETE"),
    ("access-control-allow-headers", "*, authorization"),
    ("access-control-max-age", "600"),
]
_TASK = "x-bartizan-task"
"""A header by which a client whose revision has no sessions may keep its tasks apart."""
_LONGEST_TASK = 200
_ANY = frozenset({"*/*", ""})
_Era: TypeAlias = Literal["begun", "named", "none"]
"""How the session of a request is known: it begins one, it names one, or there is none in its revision."""


class Door:
    """One door. `sessions` are its own; `passed` are the headers of callers that any of its servers may get."""

    def __init__(self, door: McpDoor, sessions: Sessions, passed: frozenset[str]) -> None:
        self.door, self.sessions, self._passed = door, sessions, passed

    async def serve(self, service: Service, scope: Any, proto: Any) -> None:
        """Answer one request."""
        record = service.record(scope, None)
        exchange = _Exchange(self, service, scope, proto)
        try:
            await exchange.run(record)
        except Refused as refused:
            await exchange.refuse(refused, record)
        except ProtocolClosed:
            pass  # whatever was decided is on record
        except Exception as error:  # noqa: BLE001 - the process boundary: what can't be decided is refused, and told
            service.failed(error)
            with suppress(ProtocolClosed, ProtocolError):  # an answer in pieces had begun
                await exchange.refuse(undecided(error), record)

    def asked(self, scope: Any, who: Principal) -> Asked:
        """Return on whose behalf something is asked, with the headers that may go on."""
        token, headers = "", {}
        for name, value in scope.headers.items():
            if name in self._passed and value.isascii() and value.isprintable():
                headers[name] = value
            elif name in _CREDENTIALS and who.source.startswith("issuer:"):
                token = token or value.rpartition(" ")[2]
        return Asked(Caller(who.source, who.id, token, who.until), headers)


_CREDENTIALS = frozenset({"authorization", "x-api-key", "api-key", "x-goog-api-key"})


class _Exchange:
    """One request and its answer."""

    def __init__(self, door: Door, service: Service, scope: Any, proto: Any) -> None:
        self.door, self.service, self.scope, self.proto = door, service, scope, proto
        self.id: Id | None = None
        self.page: list[tuple[str, str]] = []
        """Headers by which a browser lets the page that calls read the answer."""

    async def run(self, record: Record) -> None:
        """Decide and answer. Raises Refused, and ProtocolClosed when the caller has gone."""
        self._origin()
        if self.scope.method == "OPTIONS" and self.page:
            self.proto.response_empty(204, [*self.page, *_PREFLIGHT])
            return
        who = record.principal = await self.service.known(self.scope.headers)
        check_token(self.service.config, self.door.door, who)
        match self.scope.method:
            case "POST":
                await self._post(who)
            case "GET" | "DELETE" if self._said(_VERSION) < MODERN:
                session = self._session(who)
                if self.scope.method == "DELETE":
                    self.door.sessions.end(session)
                    self.proto.response_empty(204, self.page)
                else:
                    await self._get(session)
            case _:
                raise Refused(405, "method-not-served", "only POST is served here")

    def _origin(self) -> None:
        """Refuse what a web page has a browser send that was not named. Raises Refused."""
        origin = self.scope.headers.get("origin")
        if origin is None:
            return
        own = urlsplit(base(self.service.config))
        if origin not in (*self.door.door.origins, f"{own.scheme}://{own.netloc}"):
            raise Refused(403, "origin-not-allowed", "no page of that origin may call here")
        self.page = [("access-control-allow-origin", origin), ("vary", "origin"), _SHOWN]

    def _said(self, name: str) -> str:
        said: str = self.scope.headers.get(name) or ""
        return said.strip()

    def _accepts(self, *kinds: str) -> None:
        said = {one.partition(";")[0].strip().lower() for one in self._said("accept").split(",")}
        for kind in kinds:
            if not said & {kind, kind.partition("/")[0] + "/*", *_ANY}:
                raise Refused(406, "answer-not-accepted", f"the client has to accept {' and '.join(kinds)}")

    def _session(self, who: Principal) -> Session:
        id = self._said(_SESSION)
        if not id:
            raise Refused(400, "session-not-named", "the request names no session: begin one with `initialize`")
        found = self.door.sessions.find(id, who)
        if found is None:
            raise Refused(404, "session-not-known", "there is no such session: begin one with `initialize`")
        return found

    # ---- POST

    async def _post(self, who: Principal) -> None:
        self._accepts(JSON, SSE)
        if self._said("content-type").partition(";")[0].strip().lower() != JSON:
            raise Refused(415, "content-not-json", "the body has to be application/json")
        limits = self.service.config.limits
        message = self._message(await read_body(self.scope, self.proto, limits.body, limits.seconds))
        if message is None:
            return
        of = self._of(message, who)
        if of is None:
            return
        session, era = of
        asked = self.door.asked(self.scope, who)
        if not isinstance(message, Request):
            await session.take(message, None, asked, who)
            self.proto.response_empty(202, self.page)
            return
        stream = session.stream()
        session.open += 1
        try:
            await session.take(message, stream, asked, who)
            await self._answer(session, stream, era)
            await session.settled()
        finally:
            session.open -= 1

    def _message(self, body: bytes) -> Message | None:
        """Return the message. What is none is answered."""
        try:
            message = parse(body)
        except Malformed as error:
            self._error(400, error.id, error.code, error.message)
            return None
        self.id = message.id if isinstance(message, Request) else None
        return message

    def _of(self, message: Message, who: Principal) -> tuple[Session, _Era] | None:
        """Return the session that a message is of, and how that is kept. None when the message was answered."""
        given = self.scope.headers.items()
        revision = rules.revision_of(message, given)
        if revision == MODERN:
            session = self.door.sessions.standing(who, self._task())
            fault = rules.check(message, given, session.schema(message))
            if isinstance(message, Response):
                fault = rules.Fault(INVALID_REQUEST, "an answer is sent with the request that it belongs to")
            elif fault is None and message.method == "initialize":
                fault = rules.Fault(METHOD_NOT_FOUND, "there is no such method in this revision")
            if fault is not None:
                self._error(rules.status(fault.code), self.id, fault.code, fault.message)
                return None
            return session, "none"
        if isinstance(message, Request) and message.method == "initialize":
            return self.door.sessions.begin(who), "begun"
        if revision and revision not in (*LEGACY, *OLDER):
            supported = {"supported": list(SERVED), "requested": revision[:40]}
            self._error(400, self.id, UNSUPPORTED_VERSION, "unsupported protocol version", supported)
            return None
        return self._session(who), "named"

    def _task(self) -> str:
        """Return which of an agent's tasks a request is of, as its client says. Raises Refused."""
        task = self._said(_TASK)
        if len(task) > _LONGEST_TASK or not task.isascii() or not task.isprintable():
            raise Refused(400, "task-not-named", f"`{_TASK}` is at most {_LONGEST_TASK} printable ASCII characters")
        return task

    async def _answer(self, session: Session, stream: Channel, era: _Era) -> None:
        """Answer with one object when that is all there is, else with a stream."""
        headers = [*self.page, *([(_SESSION, session.id)] if era == "begun" else [])]
        try:
            async with Presence(self.proto):
                await stream.wait(_ALIVE)
                first = stream.take()
                if first is not None and first.final:
                    session.done(stream)
                    if era == "begun" and first.code:
                        self.door.sessions.end(session)
                    status = rules.status(first.code) if era == "none" else 200
                    self.proto.response_bytes(status, [("content-type", JSON), *headers], first.message)
                    return
                transport = self.proto.response_stream(200, [*_STREAM, *headers])
                prefix = "" if era == "none" else f"{stream.number}-"
                if prefix and self._said(_VERSION) >= LATEST_LEGACY:
                    # Clients of this revision take an event without data as the place from which to resume.
                    await transport.send_bytes(f"id: {prefix}0\ndata:\n\n".encode())
                await self._pour(stream, stream.reader, transport, prefix, first)
                session.done(stream)
        except (ProtocolClosed, asyncio.CancelledError):
            if era == "none":
                await session.left(stream)
            else:
                # In these revisions a lost connection cancels nothing; the client may come for the rest.
                stream.detach()
            raise

    # ---- GET

    async def _get(self, session: Session) -> None:
        """Send what belongs to no request, or the rest of a stream that broke off."""
        self._accepts(SSE)
        last = self._said("last-event-id")
        stream = self._resumed(session, last) if last else session.alone
        session.open += 1
        reader = stream.attach()
        try:
            transport = self.proto.response_stream(200, [*_STREAM, *self.page, (_SESSION, session.id)])
            async with Presence(self.proto):
                await transport.send_bytes(b": open\n\n")
                await self._pour(stream, reader, transport, f"{stream.number}-", None)
        finally:
            stream.detach(reader)
            session.open -= 1
            session.touch()

    def _resumed(self, session: Session, last: str) -> Channel:
        number, _, at = last.partition("-")
        usable = number.isascii() and at.isascii() and number.isdigit() and at.isdigit() and len(last) < 30
        stream = session.streams.get(int(number)) if usable else None
        if stream is None or not stream.rewind(int(at)):
            raise Refused(404, "stream-not-kept", "what followed that event is not kept any more")
        return stream

    async def _pour(self, stream: Channel, reader: int, transport: Any, prefix: str, item: Item | None) -> None:
        """Send what comes, until nothing more does or somebody else reads. `prefix` begins the ids of events."""
        loop = asyncio.get_running_loop()
        looked = loop.time()
        while stream.reader == reader:
            item = item or stream.take()
            if item is not None:
                if prefix:
                    stream.keep(item)
                await transport.send_bytes(event(item.message, f"{prefix}{item.number}" if prefix else ""))
                item = None
                continue
            if stream.over:
                return
            await stream.wait(_ALIVE)
            if loop.time() >= looked + _KNOWN:
                looked = loop.time()
                try:
                    await self.service.known(self.scope.headers)
                except Refused:
                    return
            if not stream.waits and not stream.over:
                await transport.send_bytes(b": still here\n\n")

    # ---- refusals

    def _error(self, status: int, id: Id | None, code: int, message: str, data: Any = None) -> None:
        self.proto.response_bytes(status, [("content-type", JSON), *self.page], error_bytes(id, code, message, data))

    async def refuse(self, refused: Refused, record: Record) -> None:
        """Answer a request that may not go on, and put that on record."""
        record.refused(refused)
        record.more["door"] = f"mcp/{self.door.door.id}"
        await self.service.recorded(record)
        headers = [one for one in refusal_headers(refused, "", record.trace) if one[0] != "www-authenticate"]
        if refused.status in (401, 403):
            said = challenged(self.service.config, self.door.door, refused.rule)
            if refused.status == 401 or refused.rule == "scope-missing":
                headers.append(("www-authenticate", said))
        if refused.status == 405:
            headers.append(("allow", "POST"))
        headers += self.page
        code = INVALID_REQUEST if refused.status in (400, 404, 405, 406, 415) else REFUSED
        body = error_bytes(self.id, code, refused.sentence, {"code": "bartizan_denied", "rule": refused.rule})
        self.proto.response_bytes(refused.status, headers, body)
