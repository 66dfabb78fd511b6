"""A server's side of ASGI, as small as can be: one connection, what it sends, and what it gets."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from typing import Any

__all__ = ["Connection", "Pairs", "events", "plain_app"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Pairs = Iterable[tuple[bytes, bytes]]


class Connection:
    """One request. `leaves_after` is after how many messages of the answer the caller goes away."""

    def __init__(
        self,
        path: str = "/v1/chat/completions",
        body: bytes | list[bytes] = b"",
        *,
        method: str = "POST",
        headers: Pairs = (),
        query: bytes = b"",
        kind: str = "http",
        leaves_after: int = -1,
        raises: bool = False,
        breaks_off: bool = False,
        **more: Any,
    ) -> None:
        chunks = body if isinstance(body, list) else [body]
        self.scope: dict[str, Any] = {
            "type": kind, "method": method, "path": path, "raw_path": path.encode(), "query_string": query,
            "root_path": "", "headers": list(headers), "extensions": {"http.response.pathsend": {}}, **more,
        }  # fmt: skip
        self._chunks: list[Message] = [
            {"type": "http.request", "body": one, "more_body": breaks_off or number < len(chunks)}
            for number, one in enumerate(chunks, 1)
        ]
        if kind == "websocket":
            self._chunks = [{"type": "websocket.connect"}]
        self._leaves, self._raises, self._breaks = leaves_after, raises, breaks_off
        self._gone = asyncio.Event()
        self.sent: list[Message] = []

    async def receive(self) -> Message:
        """Give what the caller sends, and then wait until it goes."""
        if self._chunks:
            return self._chunks.pop(0)
        if not self._breaks:
            await self._gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Take what the application sends."""
        if self._gone.is_set() and self._raises:
            raise OSError("the connection is closed")
        self.sent.append(message)
        if len(self.sent) == self._leaves:
            self._gone.set()

    async def run(self, app: Callable[..., Awaitable[None]]) -> Connection:
        """Serve it, within a bound of time."""
        async with asyncio.timeout(10):
            await app(self.scope, self.receive, self.send)
        return self

    @property
    def status(self) -> int:
        """The answer's status."""
        return int(self.sent[0]["status"])

    @property
    def headers(self) -> dict[str, str]:
        """The answer's headers."""
        return {name.decode(): value.decode() for name, value in self.sent[0]["headers"]}

    @property
    def body(self) -> bytes:
        """The answer's body; the last message, and only that, ends it."""
        assert [message.get("more_body", False) for message in self.sent[1:]] == [True] * (len(self.sent) - 2) + [False]
        return b"".join(message["body"] for message in self.sent[1:])

    @property
    def json(self) -> Any:
        """The answer's body, decoded, which is as long as it says."""
        assert self.headers["content-length"] == str(len(self.body))
        return json.loads(self.body)


def events(text: str) -> list[bytes]:
    """Return an answer as server-sent events, a letter each."""
    made = [{"choices": [{"index": 0, "delta": {"content": letter}}]} for letter in text]
    return [*(f"data: {json.dumps(one)}\n\n".encode() for one in made), b"data: [DONE]\n\n"]


def plain_app(
    *bodies: bytes, status: int = 200, headers: Pairs = ((b"content-type", b"application/json"),), **start: Any
) -> Callable[..., Awaitable[None]]:
    """Return an application that answers the same whatever it is asked."""

    async def app(_: Any, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": status, "headers": list(headers), **start})
        for number, body in enumerate(bodies, 1):
            await send({"type": "http.response.body", "body": body, "more_body": number < len(bodies)})

    return app
