"""The provider that answers, and the callers: both run on a core of their own, away from what is measured.

`load.py provider PORT PAUSE` serves. `load.py call PORT PATH KEY BODY KIND CONNECTIONS COUNT` calls, and prints seconds
as JSON: of all, and the median of one call. KIND is `whole`, `new` (no text twice) or `stream`. Answers say something
new each time, as models do.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from functools import partial
from itertools import islice, repeat
from pathlib import Path
from statistics import median
from typing import cast

import uvloop

from bartizan.guard.gateway.demo import Demo, Fixed
from benchmarks.gateway.texts import texts

ANSWERS = 20_000
"""More than anything remembers."""
SENTENCE = "the answer goes on with some plain words that nobody would want to hide from anybody else here and now "
WORDS = SENTENCE.split()
HEAD = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": "demo-large"}


def fixed(pause: float) -> Fixed:
    """The answers: 100 words in one body of 0.9 kB, or one word in each of 100 events."""
    words = [WORDS[number % len(WORDS)] + " " for number in range(100)]
    events = [
        {**HEAD, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]}
        for delta, reason in [*(({"content": word}, None) for word in words[:-1]), ({}, "stop")]
    ]
    lines = [f"data: {json.dumps(event, separators=(',', ':'))}\n\n".encode() for event in events]
    return Fixed([_whole(text) for text in islice(texts(520, 2), ANSWERS)], [*lines, b"data: [DONE]\n\n"], pause)


def _whole(text: str) -> bytes:
    message = {"role": "assistant", "content": text, "refusal": None}
    usage = {"prompt_tokens": 450, "completion_tokens": 100, "total_tokens": 550}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    return json.dumps({**HEAD, "choices": [choice], "usage": usage}).encode()


class Caller(asyncio.Protocol):
    """One connection that asks again as soon as it has its answer."""

    def __init__(
        self, requests: Iterator[bytes], end: bytes, left: list[int], times: list[float], done: asyncio.Event
    ) -> None:
        self.requests, self.end, self.left, self.times, self.done = requests, end, left, times, done
        self.got = b""
        self.length = -1
        self.started = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.ask()

    def ask(self) -> None:
        if self.left[0] <= 0:
            self.transport.close()
            return
        self.left[0] -= 1
        self.got, self.length = b"", -1
        request = next(self.requests)
        self.started = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self.got += data
        if not self.whole():
            return
        if not self.got.startswith(b"HTTP/1.1 200"):
            print(f"the server answered {self.got[:300]!r}", file=sys.stderr)
            self.left[0] = 0
            self.transport.close()
            return
        self.times.append(time.perf_counter() - self.started)
        self.ask()

    def whole(self) -> bool:
        if self.got.endswith(self.end):
            return True
        if self.length < 0 and (end := self.got.find(b"\r\n\r\n")) >= 0:
            head = self.got[:end].lower()
            at = head.find(b"content-length: ")
            self.length = end + 4 + int(head[at + 16 :].split(b"\r\n")[0]) if at >= 0 else sys.maxsize
        return 0 <= self.length <= len(self.got)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.done.set()


async def call(port: int, requests: Iterator[bytes], connections: int, count: int) -> dict[str, float]:
    """Ask `count` times over so many connections."""
    loop, left, times = asyncio.get_running_loop(), [count], list[float]()
    ends = [asyncio.Event() for _ in range(connections)]
    started = time.perf_counter()
    for done in ends:
        await loop.create_connection(partial(Caller, requests, b"\r\n0\r\n\r\n", left, times, done), "127.0.0.1", port)
    await asyncio.gather(*(done.wait() for done in ends))
    if len(times) != count:
        raise SystemExit(f"{count - len(times)} of {count} calls had no answer")
    return {"seconds": time.perf_counter() - started, "median": median(times)}


def main() -> None:
    role, port, *rest = sys.argv[1:]
    if role == "provider":

        async def serve() -> None:
            demo = Demo(fixed(float(rest[0])))
            await demo.start(int(port))
            await asyncio.Event().wait()

        uvloop.run(serve())
    path, key, body, kind, connections, count = rest
    tree = json.loads(Path(body).read_bytes())
    lines = ["host: gateway", f"authorization: Bearer {key}", "content-type: application/json"]

    def request(text: str) -> bytes:
        body = {**tree, "messages": [{"role": "user", "content": text}]}
        data = json.dumps({**body, "stream": True} if kind == "stream" else body).encode()
        head = "\r\n".join([f"POST {path} HTTP/1.1", *lines, f"content-length: {len(data)}", "", ""])
        return head.encode() + data

    known = tree["messages"][0]["content"]
    requests = map(request, texts(len(known), time.time_ns() % 1_000_000)) if kind == "new" else repeat(request(known))
    print(json.dumps(uvloop.run(call(int(port), requests, int(connections), int(count)))))


if __name__ == "__main__":
    main()
