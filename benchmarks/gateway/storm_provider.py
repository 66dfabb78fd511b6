"""A provider that breaks answers off as requests ask it to: `storm_provider.py PORT`.

A prompt reads `storm id=ID plan=PLAN after=N chunks=N pause=MS mail=ADDRESS`. Every piece of the answer repeats the
id, its own number, and the address as it arrived here, so that whoever asked can tell whether it is theirs and whole.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
from typing import cast

import uvloop

__all__ = ["BROKEN", "main"]

BROKEN = ("fin-in-event", "reset-in-character", "reset", "no-head", "half-head", "stall", "short")
"""Plans of which no answer is whole: how the connection ends, and where."""

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_PROMPT = re.compile(r"storm id=(\S+) plan=(\S+) after=(\d+) chunks=(\d+) pause=(\d+) mail=(\S+)")
_STREAM = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n"
_CHUNKED = b"transfer-encoding: chunked\r\n\r\n"


def event(id: str, number: int, mail: str, *, last: bool) -> bytes:
    """One event of a chat completion, with characters of several bytes in it."""
    text = f"<{id}:{number}:{mail}é漢> "
    choice = {"index": 0, "delta": {"content": text}, "finish_reason": "stop" if last else None}
    head = {"id": id, "object": "chat.completion.chunk", "created": 1, "model": "demo-large", "choices": [choice]}
    return f"data: {json.dumps(head, ensure_ascii=False)}\n\n".encode()


def whole(id: str, mail: str) -> bytes:
    """One answer that is not streamed."""
    message = {"role": "assistant", "content": f"<{id}:0:{mail}é漢> "}
    head = {"id": id, "object": "chat.completion", "created": 1, "model": "demo-large"}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    usage = {"prompt_tokens": 20, "completion_tokens": 10, "total_tokens": 30}
    body = json.dumps({**head, "choices": [choice], "usage": usage}).encode()
    return b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


class Connection(asyncio.Protocol):
    """One connection, kept as long as its answers are whole."""

    def __init__(self) -> None:
        self.held = b""
        self.task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        if self.task is not None:
            self.task.cancel()

    def data_received(self, data: bytes) -> None:
        self.held += data
        end = self.held.find(b"\r\n\r\n")
        match = _LENGTH.search(self.held[: end + 2]) if end >= 0 else None
        if match is None or len(self.held) < (size := end + 4 + int(match[1])):
            return
        body, self.held = self.held[end + 4 : size], self.held[size:]
        text = json.loads(body)["messages"][-1]["content"]
        asked = _PROMPT.search(text)
        if asked is None:
            raise ValueError("the prompt is not one of the storm")
        id, plan, after, chunks, pause, mail = asked.groups()
        self.task = asyncio.ensure_future(self.answer(id, plan, int(after), int(chunks), int(pause) / 1000, mail))

    async def answer(self, id: str, plan: str, after: int, chunks: int, pause: float, mail: str) -> None:
        write = self.transport.write
        if plan == "whole":
            await asyncio.sleep(pause)
            write(whole(id, mail))
            return
        if plan in ("no-head", "half-head"):
            write(_STREAM[: 0 if plan == "no-head" else 30])
            await asyncio.sleep(pause)
            self.transport.close()
            return
        write(_STREAM + (b"content-length: 1000000\r\n\r\n" if plan == "short" else _CHUNKED))
        for number in range(chunks):
            data = event(id, number, mail, last=number == chunks - 1)
            if plan in BROKEN and number == after:
                await self.broken(plan, data)
                return
            write(data if plan == "short" else b"%x\r\n%b\r\n" % (len(data), data))
            await asyncio.sleep(pause)
        done = b"data: [DONE]\n\n"
        write(b"%x\r\n%b\r\n0\r\n\r\n" % (len(done), done))

    async def broken(self, plan: str, data: bytes) -> None:
        """End an answer otherwise than it should."""
        write, middle = self.transport.write, data.index("漢".encode()) + 1
        if plan == "fin-in-event":
            write(b"%x\r\n%b" % (len(data), data[: middle // 2]))
        elif plan == "reset-in-character":
            write(b"%x\r\n%b\r\n" % (middle, data[:middle]))
        elif plan == "stall":
            await asyncio.sleep(3600)
        await asyncio.sleep(0.05)  # what was written arrives before a reset does
        (self.transport.abort if plan.startswith("reset") else self.transport.close)()


async def serve(port: int) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_server(Connection, "127.0.0.1", port, backlog=4096)
    await asyncio.Event().wait()


def main() -> None:
    uvloop.run(serve(int(sys.argv[1])))


if __name__ == "__main__":
    main()
