"""One session with one MCP server over streamable HTTP.

Sources: the transport pages of MCP 2025-06-18, 2025-11-25 (session ids, the stream of a GET, resumption) and
2026-07-28 (neither; a request is cancelled by closing its stream).
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, NamedTuple, Protocol

from bartizan.guard.config_mcp import McpServer
from bartizan.guard.gateway.mcp.answers import JSON, SSE, TooMuch, answers, error_of, kind_of, messages, whole
from bartizan.guard.gateway.mcp.http1 import Answer, Broken, Connections
from bartizan.guard.gateway.mcp.oauth import Caller, NoToken, Tokens
from bartizan.guard.gateway.mcp.reaching import NotReached, Reaching
from bartizan.guard.mcp.acts import ToServer
from bartizan.guard.streams.sse import StreamError
from bartizan.model import BartizanError

__all__ = ["Asked", "Bounds", "Heard", "HttpLink", "Place"]

_LATER = "2026-07-28"
"""The first revision without sessions; revisions are compared as the dates that they are."""
_RESUMED = 3
"""How often a stream that broke is taken up again for one request."""
_PAUSES = (1.0, 2.0, 5.0, 15.0, 60.0)
"""Seconds before the stream of a GET is opened again, after each failure."""
_LONGEST_ID = 1024
_REST = 0.25
"""Seconds that are waited for the end of a stream that has said everything."""
_GOODBYE = 2.0
"""Seconds for telling a server that a session has ended."""
_LISTENS = "subscriptions/listen"


class Bounds(NamedTuple):
    """Bytes of one message, bytes of all that one request is answered with, and requests at once in a session."""

    message: int = 4 << 20
    answer: int = 50_000_000
    requests: int = 256


class Asked(NamedTuple):
    """On whose behalf something is sent, and the caller's headers that may go on."""

    caller: Caller
    headers: dict[str, str]

    @classmethod
    def nobody(cls) -> Asked:
        """Return what stands for nobody in particular."""
        return cls(Caller("", ""), {})


class Heard(Protocol):
    """Takes what becomes of a session with a server. All are called in the event loop."""

    async def said(self, server: str, message: bytes, related: int | None) -> None:
        """Take a message, and the id of the request on whose stream it came. It waits while there is no room."""
        ...

    async def failed(self, server: str, id: int, why: str) -> None:
        """Learn that a request will get no answer; `why` is a sentence without anything that the server has said."""
        ...

    async def lost(self, server: str) -> None:
        """Learn that the session has ended; it may be begun again."""
        ...

    def complain(self, error: Exception) -> None:
        """Learn of a mistake of our own."""
        ...


class Place(NamedTuple):
    """How a server is reached, and the gateway's credential there: a header, or tokens."""

    server: McpServer
    reaching: Reaching
    connections: Connections
    credential: tuple[str, str] | None
    tokens: Tokens | None


class HttpLink:
    """Sends messages to a server, and hands on what comes back. To be used and closed within one event loop."""

    def __init__(self, place: Place, heard: Heard, bounds: Bounds) -> None:
        self._place, self._heard, self._bounds = place, heard, bounds
        self._id = place.server.id
        self._session = self._revision = ""
        self._tasks: set[asyncio.Task[None]] = set()
        self._requests: dict[int, asyncio.Task[None]] = {}
        self._before: asyncio.Task[None] | None = None
        self._listening: asyncio.Task[None] | None = None
        self._asked = Asked.nobody()

    def send(self, act: ToServer, asked: Asked) -> None:
        """Send a message, in a task of its own."""
        self._asked = asked
        revision = _lower(act.headers).get("mcp-protocol-version", "")
        if act.cancels is not None and revision >= _LATER:
            self.drop(act.cancels)
            return
        if act.method == "initialize":
            self._ended_session()
        if act.id is not None and len(self._requests) >= self._bounds.requests:
            self._begin(self._heard.failed(self._id, act.id, "too many requests are under way"))
            return
        task = self._begin(self._send(act, asked, self._before))
        if act.id is not None:
            self._requests[act.id] = task
            task.add_done_callback(lambda _, id=act.id: self._requests.pop(id, None))  # type: ignore[misc]
        if act.method == "notifications/initialized":
            # What follows must not arrive before it.
            self._before, self._revision = task, revision
            if self._session:
                self._listening = self._begin(self._listen(self._session))

    def drop(self, id: int) -> None:
        """Close the stream of a request, whose answer nobody waits for any more."""
        task = self._requests.pop(id, None)
        if task is not None:
            task.cancel()

    async def close(self) -> None:
        """End the session."""
        tasks = [*self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if self._session:
            with suppress(Broken, BartizanError, TimeoutError):
                async with asyncio.timeout(_GOODBYE):
                    headers = await self._own_headers()
                    async with self._place.connections.request("DELETE", headers):
                        pass

    # ---- one message

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return task

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._heard.complain(error)

    async def _send(self, act: ToServer, asked: Asked, before: asyncio.Task[None] | None) -> None:
        if before is not None and not before.done():
            await asyncio.wait([before])
        why = await self._tried(act, asked)
        if why and act.id is not None:
            await self._heard.failed(self._id, act.id, why)

    async def _tried(self, act: ToServer, asked: Asked) -> str:
        """Send a message and take its answer. Return why there is none."""
        try:
            async with asyncio.timeout(None) as limit:
                token = await self._token(asked)
                status, why = await self._post(act, asked, token, limit)
                if status == 401 and token is not None and self._place.tokens is not None:
                    # It may have been withdrawn before its time.
                    self._place.tokens.refused(asked.caller, token)
                    _, why = await self._post(act, asked, await self._token(asked), limit)
                return why
        except (NoToken, NotReached) as error:
            return error.message
        except Broken as error:
            self._place.reaching.failed()
            return f"the server can't be reached, or breaks off: {error}"
        except TimeoutError:
            return f"the server has said nothing for {self._place.server.seconds:g} seconds"
        except TooMuch:
            return "the server's answer is longer than it may be"
        except StreamError:
            return "the server's answer can't be read"

    async def _token(self, asked: Asked) -> str | None:
        tokens = self._place.tokens
        return None if tokens is None else await tokens.token(asked.caller)

    def _headers(self, asked: Asked, token: str | None, more: tuple[tuple[str, str], ...] = ()) -> dict[str, str]:
        headers = {**asked.headers, **_lower(more), "accept": f"{JSON}, {SSE}"}
        if self._session and headers.get("mcp-protocol-version", "") < _LATER:
            headers["mcp-session-id"] = self._session
        if token is not None:
            headers["authorization"] = f"Bearer {token}"
        elif self._place.credential is not None:
            name, value = self._place.credential
            headers[name] = value
        return headers

    async def _post(self, act: ToServer, asked: Asked, token: str | None, limit: asyncio.Timeout) -> tuple[int, str]:
        _give_time(limit, act, self._place.server.seconds)
        headers = self._headers(asked, token, act.headers)
        headers["content-type"] = JSON
        async with self._place.connections.request("POST", headers, act.message) as response:
            status = response.status
            if status == 404 and "mcp-session-id" in headers and act.method != "initialize":
                await self._lost(headers["mcp-session-id"])
                return status, "the server has ended the session"
            if act.id is None:
                return status, ""
            if status != 200:
                return status, await self._failed(act.id, response)
            if act.method == "initialize":
                self._session = _session_of(response) or self._session
            return status, await self._answer(act, response, asked, limit)

    async def _failed(self, id: int, response: Answer) -> str:
        if response.status == 401:
            return "the server did not take the gateway's own credential"
        if 300 <= response.status < 400:
            return "the server sends to another place, which is not followed"
        error = await error_of(response, id) if response.status >= 400 else None
        if error is None:
            return f"the server answered with status {response.status}"
        await self._heard.said(self._id, error, id)
        return ""

    async def _answer(self, act: ToServer, response: Answer, asked: Asked, limit: asyncio.Timeout) -> str:
        kind = kind_of(response)
        if kind == JSON:
            body = await whole(response, self._bounds.message)
            limit.reschedule(None)
            if not answers(body, act.id):
                return "the server's answer is none to the request"
            await self._heard.said(self._id, body, act.id)
            return ""
        if kind != SSE:
            return "the server's answer is neither JSON nor a stream"
        last = await self._stream(act, response, limit)
        for _ in range(_RESUMED):
            if last is None or not last or not self._session:
                break
            last = await self._resumed(act, asked, last, limit)
        return "" if last is None else "the server's answer broke off"

    async def _stream(self, act: ToServer, response: Answer, limit: asyncio.Timeout, last: str = "") -> str | None:
        """Hand on a stream. Return None when the request is answered, else the id of the last event."""
        try:
            async for said in messages(response, self._bounds.answer):
                last = said.id or last
                limit.reschedule(None)
                if said.data:
                    await self._heard.said(self._id, said.data, act.id)
                if answers(said.data, act.id):
                    await _read_out(response)
                    return None
                _give_time(limit, act, self._place.server.seconds)
        except Broken:
            if not last:
                raise
        return last

    async def _resumed(self, act: ToServer, asked: Asked, last: str, limit: asyncio.Timeout) -> str | None:
        """Take up a stream where it broke off."""
        await asyncio.sleep(_PAUSES[0])
        _give_time(limit, act, self._place.server.seconds)
        headers = {**self._headers(asked, await self._token(asked), act.headers), "last-event-id": last}
        async with self._place.connections.request("GET", headers) as response:
            if response.status != 200 or kind_of(response) != SSE:
                return ""
            return await self._stream(act, response, limit, last)

    # ---- the session

    def _ended_session(self) -> None:
        self._session = self._revision = ""
        self._before = None
        if self._listening is not None:
            if self._listening is not asyncio.current_task():
                self._listening.cancel()
            self._listening = None

    async def _lost(self, session: str) -> None:
        """Take note that the server no longer knows a session, once."""
        if session == self._session:
            self._ended_session()
            await self._heard.lost(self._id)

    async def _own_headers(self) -> dict[str, str]:
        """Return the headers of a request that belongs to no message."""
        token = await self._token(self._asked)
        return self._headers(self._asked, token, (("mcp-protocol-version", self._revision),))

    # ---- what a server says by itself

    async def _listen(self, session: str) -> None:
        """Keep the stream of a GET open, for as long as the session lasts and the server has such a stream."""
        last, failures = "", 0
        while session == self._session:
            begun = asyncio.get_running_loop().time()
            try:
                goes_on, last = await self._listened(last)
            except (Broken, StreamError, TooMuch, BartizanError):
                goes_on = True
            if not goes_on:
                return
            failures = 0 if asyncio.get_running_loop().time() - begun > _PAUSES[-1] else failures + 1
            await asyncio.sleep(_PAUSES[min(failures, len(_PAUSES) - 1)])

    async def _listened(self, last: str) -> tuple[bool, str]:
        """Hand on one stream of a GET. Return whether another may be opened, and the id of its last event."""
        headers = await self._own_headers()
        if last:
            headers["last-event-id"] = last
        async with self._place.connections.request("GET", {**headers, "accept": SSE}) as response:
            if response.status == 404:
                await self._lost(headers.get("mcp-session-id", ""))
            if response.status != 200 or kind_of(response) != SSE:
                return response.status >= 500, last
            async for said in messages(response, self._bounds.answer):
                last = said.id or last
                if said.data:
                    await self._heard.said(self._id, said.data, None)
        return True, last


def _give_time(limit: asyncio.Timeout, act: ToServer, seconds: float) -> None:
    """Give a server its time again, from now. What only listens has no end to its patience."""
    limit.reschedule(None if act.method == _LISTENS else asyncio.get_running_loop().time() + seconds)


def _session_of(response: Answer) -> str:
    """Return the id that a server gives to a session, empty where it is none."""
    given = response.header("mcp-session-id")
    fits = given.isascii() and given.isprintable() and " " not in given and len(given) <= _LONGEST_ID
    return given if fits else ""


async def _read_out(response: Answer) -> None:
    """Wait a moment for the end of a stream behind its answer, so that its connection can be used again."""
    with suppress(Broken, TimeoutError):
        async with asyncio.timeout(_REST):
            while await response.chunk():
                pass


def _lower(headers: tuple[tuple[str, str], ...]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers}
