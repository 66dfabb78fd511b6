"""The made-up provider's server: HTTP/1.1 on loopback, able to misbehave, and fast enough to measure gateways with."""

from __future__ import annotations

import asyncio
import gzip
import re
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle
from typing import NamedTuple, cast

from bartizan.guard.gateway.demo.reply import JSON, Reply
from bartizan.guard.gateway.demo.respond import respond
from bartizan.guard.gateway.demo.script import Script

__all__ = ["Demo", "Fixed", "Received", "serving"]

_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[ \t]*chunked[ \t]*\r\n", re.IGNORECASE)
_STREAM = re.compile(rb'"stream"\s*:\s*true')
_LOOPBACK = "127.0.0.1"
_KEPT = 1000
_BOMB = 100_000_000
_SAFE_BYTES = 2_000
"""Bytes that are written one by one at most, so that long answers still end."""


class Received(NamedTuple):
    """A request that reached the provider: what tests compare with what a caller sent."""

    method: str
    target: str
    headers: list[tuple[str, str]]
    body: bytes

    def header(self, name: str) -> str | None:
        """Return the first value of a header."""
        return next((value for known, value in self.headers if known == name), None)


class Fixed(NamedTuple):
    """Answers whatever is asked, for measuring: whole ones in turn, and the events of a streamed one."""

    whole: Sequence[bytes]
    events: Sequence[bytes]
    pause: float = 0.0
    """Seconds between events; 0 sends all at once."""


class Demo:
    """The provider. `received` keeps the last requests, `connections` counts how many there were, `open` are now."""

    def __init__(self, fixed: Fixed | None = None) -> None:
        self.fixed = fixed
        self.received: deque[Received] = deque(maxlen=_KEPT)
        self.connections = self.requests = self.open = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._pages = cycle([] if fixed is None else [_whole(Reply(200, JSON, [one])) for one in fixed.whole])

    @property
    def root(self) -> str:
        """Its address, behind which each door has its path."""
        return f"http://{_LOOPBACK}:{self.port}"

    @property
    def page(self) -> bytes:
        """The next fixed answer as it is written."""
        return next(self._pages)

    async def start(self, port: int = 0) -> int:
        """Serve on a loopback port, a free one by default, and return it."""
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Connection(self), _LOOPBACK, port, backlog=1024)
        self.port = cast(int, self._server.sockets[0].getsockname()[1])
        return self.port

    async def close(self) -> None:
        """Serve no more."""
        if self._server is not None:
            self._server.close()


@contextmanager
def serving(demo: Demo | None = None, port: int = 0) -> Iterator[Demo]:
    """Serve in a thread of its own until the end of the block."""
    demo = demo or Demo()
    loop = asyncio.new_event_loop()
    loop.run_until_complete(demo.start(port))
    thread = threading.Thread(target=loop.run_forever, daemon=True, name="demo-provider")
    thread.start()
    try:
        yield demo
    finally:
        asyncio.run_coroutine_threadsafe(_ended(demo), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _ended(demo: Demo) -> None:
    await demo.close()
    mine = asyncio.current_task()
    tasks = [task for task in asyncio.all_tasks() if task is not mine]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _head(status: int, *lines: str) -> bytes:
    return "\r\n".join([f"HTTP/1.1 {status} X", *lines, "", ""]).encode()


def _whole(reply: Reply, more: Sequence[str] = ()) -> bytes:
    (body,) = reply.parts
    return _head(reply.status, f"content-type: {reply.kind}", f"content-length: {len(body)}", *more) + body


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


class _Connection(asyncio.Protocol):
    """One connection: requests are read one after the other, and answered in order."""

    def __init__(self, demo: Demo) -> None:
        self._demo = demo
        self._held = b""
        self._transport: asyncio.Transport | None = None
        self._task: asyncio.Task[None] | None = None
        self._room = asyncio.Event()
        self._room.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._demo.connections += 1
        self._demo.open += 1

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._demo.open -= 1
        if self._task is not None:
            self._task.cancel()

    def pause_writing(self) -> None:
        self._room.clear()

    def resume_writing(self) -> None:
        self._room.set()

    def data_received(self, data: bytes) -> None:
        self._held += data
        self._next()

    def _next(self) -> None:
        """Answer the next request when it is whole and the one before is answered."""
        while self._task is None and (end := self._held.find(b"\r\n\r\n")) >= 0:
            head = self._held[: end + 2]
            body = self._body(head, end + 4)
            if body is None:
                return
            self._demo.requests += 1
            self._answer(head, body)

    def _body(self, head: bytes, start: int) -> bytes | None:
        """Take a body from what has arrived; None when it isn't whole."""
        if _CHUNKED.search(head):
            return self._chunks(start)
        match = _LENGTH.search(head)
        end = start + (int(match[1]) if match else 0)
        if len(self._held) < end:
            return None
        body, self._held = self._held[start:end], self._held[end:]
        return body

    def _chunks(self, at: int) -> bytes | None:
        out: list[bytes] = []
        while (line := self._held.find(b"\r\n", at)) >= 0:
            size = int(self._held[at:line].split(b";")[0], 16)
            at = line + 2 + size + 2
            if len(self._held) < at:
                return None
            if not size:
                self._held = self._held[at:]
                return b"".join(out)
            out.append(self._held[line + 2 : at - 2])
        return None

    def _answer(self, head: bytes, body: bytes) -> None:
        demo, transport = self._demo, self._transport
        assert transport is not None
        if demo.fixed is not None:
            if _STREAM.search(body):
                self._begin(_fixed_stream(self, demo.fixed))
            else:
                transport.write(demo.page)
            return
        first, *lines = head.decode("latin-1").split("\r\n")
        method, target, *_ = first.split(" ")
        pairs = [(name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]
        demo.received.append(Received(method, target, pairs, body))
        reply, script = respond(method, target, body)
        if not reply.streamed and not script.flags and not script.bytes:
            transport.write(_whole(reply))
            return
        self._begin(_Sending(self, reply, script).run())

    def _begin(self, work: object) -> None:
        self._task = asyncio.get_running_loop().create_task(self._until_done(work))

    async def _until_done(self, work: object) -> None:
        await work  # type: ignore[misc]
        self._task = None
        self._next()

    async def write(self, data: bytes) -> None:
        """Write as soon as the reader has room."""
        await self._room.wait()
        if self._transport is not None:
            self._transport.write(data)

    def close(self, *, hard: bool = False) -> None:
        """End the connection, with a reset when it has to be hard."""
        if self._transport is not None:
            (self._transport.abort if hard else self._transport.close)()


async def _fixed_stream(connection: _Connection, fixed: Fixed) -> None:
    head = _head(200, "content-type: text/event-stream", "transfer-encoding: chunked")
    if not fixed.pause:
        await connection.write(head + b"".join(map(_chunk, fixed.events)) + b"0\r\n\r\n")
        return
    await connection.write(head)
    for event in fixed.events:
        await connection.write(_chunk(event))
        await asyncio.sleep(fixed.pause)
    await connection.write(b"0\r\n\r\n")


class _Sending:
    """Sends one answer as its prompt asked for."""

    def __init__(self, connection: _Connection, reply: Reply, script: Script) -> None:
        self._connection, self._reply, self._script = connection, reply, script

    async def run(self) -> None:
        """Send it."""
        flags, reply = self._script.flags, self._reply
        if flags & {"gzip-bomb", "gzip"}:
            await self._compressed()
            return
        kind = "text/plain" if "wrong-type" in flags else reply.kind
        if "two-lengths" in flags:
            body = b"".join(reply.parts)
            lengths = (f"content-length: {len(body)}", f"content-length: {len(body) - 1}")
            await self._connection.write(_head(reply.status, f"content-type: {kind}", *lengths) + body)
            return
        await self._connection.write(_head(reply.status, f"content-type: {kind}", "transfer-encoding: chunked"))
        if await self._parts():
            await self._connection.write(b"0\r\n\r\n")

    async def _compressed(self) -> None:
        parts, kind = self._reply.parts, self._reply.kind
        if "gzip-bomb" in self._script.flags:
            parts = [b"".join(parts)[:-1] + b" " * _BOMB + b"}"] if kind == JSON else [*parts, b": " + b" " * _BOMB]
        body = gzip.compress(b"".join(parts), 6)
        lines = (f"content-type: {kind}", f"content-length: {len(body)}", "content-encoding: gzip")
        await self._connection.write(_head(200, *lines) + body)

    async def _parts(self) -> bool:
        """Send the parts; False when the answer ends otherwise than it should."""
        flags, parts = self._script.flags, list(self._reply.parts)
        if len(parts) == 1 and flags & {"cut", "stall"}:
            parts = [parts[0][: len(parts[0]) // 2], parts[0][len(parts[0]) // 2 :]]
        middle = len(parts) // 2
        for number, part in enumerate(parts):
            if number == middle and await self._middle(flags, part):
                return False
            if "no-end" in flags and number >= len(parts) - 2:
                break
            await self._part(part)
        return True

    async def _middle(self, flags: set[str], part: bytes) -> bool:
        """Do what shall happen in the middle; True when nothing may come after it."""
        if "cut" in flags:
            await asyncio.sleep(0.05)  # what was sent arrives before the connection ends
            self._connection.close(hard=True)
            return True
        if "stall" in flags:
            await asyncio.sleep(3600)
        if "error-late" in flags:
            await self._part(b'data: {"error": {"message": "the demo failed", "code": 500}}\n\n')
        while "endless" in flags:
            await self._part(part)
            await asyncio.sleep(0)
        return False

    async def _part(self, part: bytes) -> None:
        size = self._script.bytes or len(part) or 1
        if len(part) // size > _SAFE_BYTES:
            size = len(part) // _SAFE_BYTES
        for at in range(0, len(part), size):
            await self._connection.write(_chunk(part[at : at + size]))
            if self._script.bytes:
                await asyncio.sleep(0)
        if self._script.pause:
            await asyncio.sleep(self._script.pause / 1000)
