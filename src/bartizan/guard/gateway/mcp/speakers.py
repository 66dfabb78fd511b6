"""Two ways to ask an MCP server one question after the other: over a process's pipes, and over HTTP. Both bounded."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol

from pyreqwest.client import Client
from pyreqwest.exceptions import PyreqwestError

from bartizan.guard.exchange.jsonbody import BodyError, decode_body, decode_text, encode_body
from bartizan.guard.gateway.mcp.pipes import Long
from bartizan.guard.gateway.mcp.process import Command, ServerProcess
from bartizan.guard.streams.sse import SseReader, StreamError

__all__ = ["Broken", "HttpSpeaker", "Silent", "Speaker", "StdioSpeaker"]

_MOST = 32 << 20
"""Bytes that a server may say in all."""
_MOST_MESSAGES = 20_000
_SESSION = re.compile(r"[\x21-\x7e]{1,512}(?![\s\S])")
_LAST_WORDS = 600


class Broken(Exception):
    """A server that can't be listed. The message says why, and holds nothing that it has said."""

    def __init__(self, message: str, help: str = "") -> None:
        super().__init__(message)
        self.help = help


class Silent(Broken):
    """A server that has ended, or refuses to be spoken to in this way."""


class Speaker(Protocol):
    """Asks, and takes the answer. Raises Broken; Silent where another way of speaking may help."""

    over: bool
    """Whether nothing can be asked any more."""

    async def ask(self, method: str, params: dict[str, Any], revision: str) -> dict[str, Any]:
        """Send a request, and return the answer with its `result` or `error`."""
        ...

    async def tell(self, method: str, revision: str) -> None:
        """Send a notification."""
        ...

    async def close(self) -> None:
        """End the connection, and what it has started."""
        ...


class StdioSpeaker:
    """A process that is spoken to by lines. What it says on standard error is kept for when it fails."""

    def __init__(self, command: Sequence[str], environment: Mapping[str, str], folder: Path | None) -> None:
        self.over = False
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._last = self._bytes = self._messages = 0
        self._words = b""
        self._why: Broken | None = None
        self._process = ServerProcess(Command(tuple(command), environment, folder), self, most=_MOST)

    async def ask(self, method: str, params: dict[str, Any], revision: str) -> dict[str, Any]:  # noqa: ARG002
        """Send a request, and wait for its answer."""
        if self._why is not None:
            raise self._why
        self._last += 1
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[self._last] = answer
        self._send({"id": self._last, "method": method, "params": params})
        try:
            return await answer
        finally:
            self._answers.pop(self._last, None)

    async def tell(self, method: str, revision: str) -> None:  # noqa: ARG002 - only HTTP says the revision
        """Send a notification."""
        self._send({"method": method})

    async def close(self) -> None:
        """End the process and all that it has started."""
        await self._process.end(0.5)

    def _send(self, message: dict[str, Any]) -> None:
        self._process.send(encode_body({"jsonrpc": "2.0", **message}))

    def line(self, line: bytes) -> None:
        """Take a line: an answer, a question, or what is none of MCP's."""
        self._bytes += len(line)
        self._messages += 1
        if self._bytes > _MOST or self._messages > _MOST_MESSAGES:
            self._fail(Broken(f"it says more than {_MOST:,} bytes, or {_MOST_MESSAGES:,} lines"))
            return
        try:
            message = decode_body(line)
        except BodyError:
            return  # many servers greet people there
        answer = _answer_to(message)
        if answer is not None:
            self._send(answer)
        found = _answer_in(message)
        waiting = self._answers.get(found[0]) if found else None
        if found and waiting is not None and not waiting.done():
            waiting.set_result(found[1])

    def long(self, long: Long) -> None:
        """Give up: a line is longer than all may be."""
        self._fail(Broken(f"a line of it has {long.size:,} bytes, more than {_MOST:,}"))

    def speech(self, line: bytes) -> None:
        """Keep the last words on standard error."""
        self._words = (self._words + line + b"\n")[-_LAST_WORDS:]

    def eased(self) -> None:
        """Do nothing: one question at a time never is too much."""

    def ended(self, code: int) -> None:
        """Give up: it has ended."""
        said = self._words.decode(errors="replace").strip()
        self._fail(Silent(f"it has ended with exit code {code}", help=f"it said: {said}" if said else ""))

    def _fail(self, why: Broken) -> None:
        self.over = True
        self._why = self._why or why
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(why)


class HttpSpeaker:
    """Streamable HTTP: each question is a POST, answered in JSON or as a stream of events."""

    def __init__(self, url: str, headers: Mapping[str, str], client: Client) -> None:
        self.over = False
        self._url, self._own = url, dict(headers)
        self._client = client
        self._session = ""
        self._last = self._bytes = 0

    async def ask(self, method: str, params: dict[str, Any], revision: str) -> dict[str, Any]:
        """Send a request, and return its answer."""
        self._last += 1
        message = {"jsonrpc": "2.0", "id": self._last, "method": method, "params": params}
        async with self._post(message, revision) as response:
            if method == "initialize":
                said = response.get_header("mcp-session-id") or ""
                self._session = said if _SESSION.match(said) else ""
            return await self._answer(response, self._last)

    async def tell(self, method: str, revision: str) -> None:
        """Send a notification."""
        async with self._post({"jsonrpc": "2.0", "method": method}, revision) as response:
            await self._read(response)

    async def close(self) -> None:
        """End the session, as far as the server lets us."""
        try:
            if self._session:
                headers = {"mcp-session-id": self._session, **self._own}
                request = self._client.delete(self._url).headers(headers).timeout(timedelta(seconds=2)).build()
                await request.send()
        except PyreqwestError:
            pass  # it ends by itself in time
        finally:
            await self._client.close()

    def _post(self, message: dict[str, Any], revision: str) -> Any:
        headers = {"accept": "application/json, text/event-stream", "content-type": "application/json"}
        if revision:
            headers["mcp-protocol-version"] = revision
            headers["mcp-method"] = message["method"]
        if self._session:
            headers["mcp-session-id"] = self._session
        body = encode_body(message)
        return _Entered(self._client.post(self._url).headers({**headers, **self._own}).body_bytes(body))

    async def _answer(self, response: Any, id: int) -> dict[str, Any]:
        kind = (response.get_header("content-type") or "").partition(";")[0].strip().lower()
        if kind == "text/event-stream" and response.status == 200:
            return await self._streamed(response, id)
        data = await self._read(response)
        try:
            message = decode_body(data) if kind == "application/json" else None
        except BodyError:
            message = None
        if isinstance(message, dict) and ("result" in message or "error" in message):
            return message
        raise _refusal(response.status)

    async def _streamed(self, response: Any, id: int) -> dict[str, Any]:
        """Read events until the answer stands in one."""
        reader = SseReader()
        try:
            while (chunk := await response.body_reader.read_chunk()) is not None:
                self._count(len(chunk))
                for frame in reader.feed(bytes(chunk)):
                    found = _answer_in(decode_text(frame.data)) if frame.data else None
                    if found and found[0] == id:
                        return found[1]
        except (StreamError, PyreqwestError) as error:
            raise Broken(f"its stream broke: {type(error).__name__}") from None
        raise Broken("its stream ended without an answer")

    async def _read(self, response: Any) -> bytes:
        parts = []
        try:
            while (chunk := await response.body_reader.read_chunk()) is not None:
                self._count(len(chunk))
                parts.append(bytes(chunk))
        except PyreqwestError as error:
            raise Broken(f"its answer broke: {type(error).__name__}") from None
        return b"".join(parts)

    def _count(self, size: int) -> None:
        self._bytes += size
        if self._bytes > _MOST:
            raise Broken(f"it says more than {_MOST:,} bytes")


class _Entered:
    """A request, sent when it is entered; what goes wrong on the way is told without the address's secrets."""

    def __init__(self, builder: Any) -> None:
        self._request = builder.build_streamed()

    async def __aenter__(self) -> Any:
        try:
            return await self._request.__aenter__()
        except PyreqwestError as error:
            raise Broken(f"it can't be reached: {type(error).__name__}") from None

    async def __aexit__(self, *what: Any) -> None:
        await self._request.__aexit__(*what)


def _refusal(status: int) -> Broken:
    if status in (401, 403):
        return Broken(f"it answers with status {status}", help="give it a credential: --secret env:NAME")
    if 300 <= status < 400:
        return Broken(f"it redirects (status {status})", help="name the address that it leads to")
    # Servers of older revisions refuse what they don't know with 400, 404 or 405.
    return Silent(f"it answers with status {status} and no message of MCP")


def _answer_in(message: Any) -> tuple[int, dict[str, Any]] | None:
    """Return which question a message answers, and the message; None of any other message."""
    if not isinstance(message, dict) or ("result" not in message and "error" not in message):
        return None
    id = message.get("id")
    return (id, message) if isinstance(id, int) else None


def _answer_to(message: Any) -> dict[str, Any] | None:
    """Return what a server's own question is answered with: it may ask whether we are there, and nothing else."""
    if not isinstance(message, dict) or not isinstance(message.get("method"), str) or "id" not in message:
        return None
    if message["method"] == "ping":
        return {"id": message["id"], "result": {}}
    return {"id": message["id"], "error": {"code": -32601, "message": "only listing is done here"}}
