"""The request's side of the middleware: a body read whole and bounded, and what the application gets in its place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

from bartizan.guard.gateway.body import read_body
from bartizan.guard.identity.proxy import SECRET_HEADER
from bartizan.guard.inprocess import GuardedCall
from bartizan.guard.refused import Refused

__all__ = ["CallerGone", "Request", "headers_of"]

_CREDENTIALS = frozenset({b"authorization", b"x-api-key", b"api-key", b"x-goog-api-key", SECRET_HEADER.encode()})
_REWRITTEN = frozenset(
    {b"content-length", b"content-encoding", b"transfer-encoding", b"trailer", b"te", b"accept-encoding"}
)
"""What spoke of the body as it came, and what would have the application compress what is to be inspected."""


class CallerGone(Exception):
    """The caller went away before its request was whole."""


def headers_of(scope: MutableMapping[str, Any]) -> list[tuple[str, str]]:
    """Return a request's headers as texts."""
    return [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]


class _Headers:
    """Headers as `read_body` asks for them: without the length, so that the body is counted as it comes."""

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding

    def get(self, name: str) -> str | None:
        return self._encoding if name == "content-encoding" else None


class Request:
    """One request. `gone` tells whether the caller has gone away."""

    def __init__(
        self,
        scope: MutableMapping[str, Any],
        receive: Callable[[], Awaitable[MutableMapping[str, Any]]],
        headers: list[tuple[str, str]],
    ) -> None:
        self._scope, self._receive, self._said = scope, receive, headers
        self._body: bytes | None = None
        self.gone = False
        self._over = asyncio.Event()
        # All encodings that are named: of two, neither is the right one.
        self.headers = _Headers(",".join(value for name, value in headers if name == "content-encoding") or "identity")

    async def body(self, most: int, seconds: float) -> bytes:
        """Return the whole body, decompressed. Raises Refused as `read_body` does, and CallerGone."""
        lengths = {value.strip() for name, value in self._said if name == "content-length"}
        if len(lengths) > 1 or any(not one.isascii() or not one.isdecimal() for one in lengths):
            raise Refused(400, "length-not-understood", "the content-length is not one number")
        if any(len(one) > 18 or int(one) > most for one in lengths):
            raise Refused(413, "body-too-large", f"the body has more than {most} bytes")
        return await read_body(self, self, most, seconds)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        more = True
        while more:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.gone = True
                raise CallerGone
            more = message.get("more_body", False)
            if chunk := message.get("body", b""):
                yield bytes(chunk)

    def decided(self, call: GuardedCall, prefix: str, *, keep: bool) -> dict[str, Any]:
        """Return the scope that the application gets, for the body as it was decided."""
        self._body = call.prepared.body
        dropped = _REWRITTEN if keep else _REWRITTEN | _CREDENTIALS
        headers = [(name, value) for name, value in self._scope["headers"] if name.lower() not in dropped]
        if call.prepared.call.route.format is not None:
            headers.append((b"content-length", str(len(self._body)).encode()))
        # Extensions would let answers leave on other ways, such as files that the server reads itself.
        scope = {**self._scope, "headers": headers, "extensions": {}}
        path = prefix + _below(call)
        if path != scope["path"]:
            scope["path"], scope["raw_path"] = path, path.encode()
        return scope

    async def again(self) -> MutableMapping[str, Any]:
        """Give the application the decided body, once, and then that its caller has gone or needs nothing more."""
        if self._body is not None:
            body, self._body = self._body, None
            return {"type": "http.request", "body": body, "more_body": False}
        if not self._over.is_set():
            self.gone = await self._disconnected()
        return {"type": "http.disconnect"}

    def stop(self) -> None:
        """Tell the application that nobody listens any more."""
        self._over.set()

    async def _disconnected(self) -> bool:
        """Wait until the caller goes or the answer is over, and tell whether it was the caller."""
        tasks = [asyncio.ensure_future(self._receive()), asyncio.ensure_future(self._over.wait())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            return not self._over.is_set()
        finally:
            for task in tasks:
                task.cancel()


def _below(call: GuardedCall) -> str:
    """Return the path below the prefix, in which the model may have been renamed."""
    return call.prepared.path.partition("?")[0]
