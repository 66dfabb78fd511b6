"""A client written by hand that speaks through a stdio door over pipes, in one event loop with it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bartizan.guard.gateway.mcp.pipes import Inlet, Long, Outlet
from bartizan.guard.gateway.mcp.process import Command
from bartizan.guard.gateway.mcp.stdio import Answered, Bounds, StdioDoor, Ways
from bartizan.guard.mcp.acts import Noted
from bartizan.guard.mcp.gate import Ask, Gate, OpenGate
from bartizan.guard.mcp.peers import Limits, Server
from bartizan.guard.mcp.relay import Relay

RAW = [sys.executable, "-S", str(Path(__file__).with_name("raw_server.py"))]
REVISION = "2025-11-25"
HELLO = {"protocolVersion": REVISION, "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}


QUICK = Bounds(patience=0.3)


class Talk:
    """The client's end: sends requests, keeps what comes back."""

    def __init__(self, sending: int, receiving: int, largest: int) -> None:
        self.outlet = Outlet(sending, 1 << 20, _nothing, _nothing)
        self.inlet = Inlet(receiving, largest, self._line, self._long, _nothing)
        self._sending, self.receiving = sending, receiving
        self._news = asyncio.Event()
        self.messages: list[dict[str, Any]] = []
        self._answers: dict[Any, dict[str, Any]] = {}
        self.notes: list[Noted] = []
        self.asked: list[Ask] = []
        self.speech = b""

    def _line(self, line: bytes) -> None:
        message = json.loads(line)
        self.messages.append(message)
        if "method" not in message:
            self._answers[message["id"]] = message
        self._news.set()

    def _long(self, long: Long) -> None:
        raise AssertionError(long.size)

    def send(self, data: bytes | dict[str, Any]) -> None:
        """Send a message, or bytes as they are."""
        whole = data if isinstance(data, bytes) else json.dumps({"jsonrpc": "2.0", **data}).encode() + b"\n"
        self.outlet.send(whole)

    async def answer(self, id: Any, seconds: float = 8.0) -> dict[str, Any]:
        """Wait for the answer to a request."""
        async with asyncio.timeout(seconds):
            while id not in self._answers:
                self._news.clear()
                await self._news.wait()
        return self._answers[id]

    async def hello(self) -> None:
        """Begin as revisions before 2026-07-28 do."""
        self.send({"id": "hello", "method": "initialize", "params": HELLO})
        await self.answer("hello")
        self.send({"method": "notifications/initialized"})

    async def call(self, tool: str, id: Any, seconds: float = 8.0) -> dict[str, Any]:
        """Call a tool and wait for the answer."""
        self.send({"id": id, "method": "tools/call", "params": {"name": tool, "arguments": {"about": "x"}}})
        return await self.answer(id, seconds)

    def hang_up(self) -> None:
        """Send no more."""
        if self._sending >= 0:
            self.outlet.release()
            os.close(self._sending)
            self._sending = -1

    def noted(self, what: str) -> list[dict[str, str | int]]:
        """Return the facts of what was noted under a name."""
        return [dict(note.facts) for note in self.notes if note.what == what]


class Opened:
    """A door, its client, and what the door ends with."""

    def __init__(self, talk: Talk, door: StdioDoor, running: asyncio.Task[int]) -> None:
        self.talk, self.door, self.running = talk, door, running

    async def code(self, seconds: float = 8.0) -> int:
        """Wait until the door has ended."""
        async with asyncio.timeout(seconds):
            return await asyncio.shield(self.running)


@asynccontextmanager
async def opened(
    argv: Sequence[str] = RAW,
    *,
    gate: Gate | None = None,
    answer: str = "",
    bounds: Bounds = QUICK,
    largest: int = 30 << 20,
    seconds: float = 60.0,
) -> AsyncIterator[Opened]:
    """Open a door before a server, which may take `seconds`. `answer` is what a person says to every ask."""
    from_client, sending = os.pipe()
    receiving, to_client = os.pipe()
    hearing, speech = os.pipe()
    talk = Talk(sending, receiving, largest)

    async def asks(ask: Ask) -> Answered:
        talk.asked.append(ask)
        return Answered(answer, "tester")

    relay = Relay([Server("raw")], gate or OpenGate(), key=bytes(32), limits=Limits(request=seconds))
    door = StdioDoor(relay, "raw", Command(argv), talk.notes.append, asks, lambda: 1.8e9 + time.monotonic(), bounds)
    running = asyncio.get_running_loop().create_task(door.run(Ways(from_client, to_client, speech)))
    reader = asyncio.get_running_loop().run_in_executor(None, _all, hearing)
    try:
        yield Opened(talk, door, running)
        talk.hang_up()
        await asyncio.wait([running], timeout=8.0)
    finally:
        running.cancel()
        await asyncio.wait([running])
        talk.inlet.close()
        for fd in (from_client, talk.receiving, to_client, speech):
            if fd >= 0:
                os.close(fd)
        talk.speech = await reader
        os.close(hearing)


def _all(fd: int) -> bytes:
    return b"".join(iter(lambda: os.read(fd, 1 << 16), b""))


def _nothing() -> None:
    """Do nothing."""
