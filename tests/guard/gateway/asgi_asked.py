"""An application that is guarded, and somebody who asks it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from bartizan.guard.gateway.asgi import GuardMiddleware
from tests.guard.gateway.asgi_driver import Connection, Receive, Send, events
from tests.guard.inprocess.support import Held, chat, guarded, said

__all__ = ["JSON", "SSE", "Echo", "asked"]

JSON = (b"content-type", b"application/json")
SSE = (b"content-type", b"text/event-stream; charset=utf-8")


class Echo:
    """Says what the user said, whole or in pieces, and keeps what it got."""

    def __init__(self) -> None:
        self.scopes: list[dict[str, Any]] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        self.scopes.append(scope)
        message = await receive()
        assert not message["more_body"]
        self.bodies.append(message["body"])
        request = json.loads(message["body"])
        text = request["messages"][0]["content"]
        if request.get("stream"):
            await send({"type": "http.response.start", "status": 200, "headers": [SSE]})
            for event in events(text):
                await send({"type": "http.response.body", "body": event, "more_body": True})
            await send({"type": "http.response.body"})
        else:
            await send({"type": "http.response.start", "status": 200, "headers": [JSON, (b"content-length", b"7")]})
            await send({"type": "http.response.body", "body": json.dumps(said(text)).encode()})


def asked(
    app: Any, content: str = "hello", guard: Held | None = None, path: str = "/v1/chat/completions", **more: Any
) -> tuple[Connection, Held]:
    """Ask an application that is guarded, as somebody who is known."""
    guard = guard or guarded()
    body = more.pop("body", json.dumps(chat(content, **more.pop("request", {}))).encode())
    options = more.pop("options", {})
    made = GuardMiddleware(app, guard, {"/v1": "openai"}, **{"identify": lambda _: guard.anna, **options})

    async def run() -> Connection:
        return await Connection(path, body, **more).run(made)

    return asyncio.run(run()), guard
