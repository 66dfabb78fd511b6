"""A session's own process of a local server, as one of the servers behind a door: begun when it is needed."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Awaitable
from pathlib import Path

from bartizan.guard.config_mcp import McpServer
from bartizan.guard.gateway.mcp.pipes import Long
from bartizan.guard.gateway.mcp.process import Command, ServerProcess, minimal_environment
from bartizan.guard.gateway.mcp.speech import Speech
from bartizan.guard.gateway.mcp.stdio import id_of_long
from bartizan.guard.gateway.mcp.upstream import Asked, Bounds, Heard
from bartizan.guard.mcp.acts import ToServer
from bartizan.model import BartizanError

__all__ = ["LocalLink"]

_PAUSES = (0.0, 1.0, 5.0, 15.0, 60.0)
"""Seconds before a process that has ended may be started again, by how often it has."""
_LIVED = 60.0
"""Seconds after which a process counts as one that worked."""
_ROOM = 1 << 20
"""Bytes of messages that may wait for the relay before the process has to wait."""
_UNREAD = 16 << 20
"""Bytes that a process may leave unread before nothing more is sent to it."""


class LocalLink:
    """Speaks with a process that is this session's alone. To be used and closed within one event loop.

    `environment` is what the process gets besides the usual few variables; `speech` takes its standard error.
    """

    def __init__(
        self,
        server: McpServer,
        environment: dict[str, str],
        folder: Path,
        heard: Heard,
        bounds: Bounds,
        speech: Speech,
    ) -> None:
        self._id, self._heard, self._bounds, self._speech = server.id, heard, bounds, speech
        self._command = Command(server.command, minimal_environment(os.environ, environment), folder)
        self._process: ServerProcess | None = None
        self._waiting: deque[bytes] = deque()
        self._bytes = self._sent = 0
        self._ends = 0
        self._begun = self._again = 0.0
        self._losing = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._pump: asyncio.Task[None] | None = None

    def send(self, act: ToServer, asked: Asked) -> None:
        """Write a message, after the process was started if need be."""
        del asked  # a local server knows no callers
        why = self._started()
        if not why and self._process is not None and self._process.full:
            why = "the server does not read what it is sent" if act.id is not None else ""
        if why:
            if act.id is not None:
                self._do_later(self._heard.failed(self._id, act.id, why))
            return
        assert self._process is not None
        self._process.send(act.message)

    def drop(self, id: int) -> None:
        """Do nothing: the server is told by a message."""

    async def close(self) -> None:
        """End the process."""
        process, self._process = self._process, None
        for task in (tasks := [*self._tasks]):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if process is not None:
            await process.end()

    # ---- what the process does; see process.Heard

    def line(self, line: bytes) -> None:
        """Take a message, in its order."""
        self._waiting.append(line)
        self._bytes += len(line)
        if self._bytes > _ROOM and self._process is not None:
            self._process.pause()
        if self._pump is None:
            self._pump = self._do_later(self._pumped())

    def long(self, long: Long) -> None:
        """Answer in the server's place, when it is known to which request."""
        id = id_of_long(long)
        if id is not None and id.lstrip(b"-").isdigit():
            self._do_later(self._heard.failed(self._id, int(id), "the server's answer is longer than it may be"))

    def speech(self, line: bytes) -> None:
        """Pass on what it says on standard error."""
        self._speech.line(line)

    def eased(self) -> None:
        """Do nothing: what was too much has been refused."""

    def ended(self, code: int) -> None:
        """Take note that it has ended. It is started again by the next message, not at once when it ends at once."""
        del code
        now = asyncio.get_running_loop().time()
        self._ends = 0 if now - self._begun > _LIVED else self._ends + 1
        self._again = now + _PAUSES[min(self._ends, len(_PAUSES) - 1)]
        if self._process is not None:
            self._process, self._losing = None, True
            self._do_later(self._lost())

    # ----

    def _started(self) -> str:
        """Have a process. Return why there is none."""
        if self._process is not None:
            return ""
        now = asyncio.get_running_loop().time()
        if self._losing or now < self._again:
            return "the server has ended, and is not started again yet"
        try:
            self._process = ServerProcess(self._command, self, most=self._bounds.message)
        except BartizanError as error:
            self._ends += 1
            self._again = now + _PAUSES[min(self._ends, len(_PAUSES) - 1)]
            return error.message
        self._begun = now
        return ""

    async def _pumped(self) -> None:
        try:
            while self._waiting:
                line = self._waiting.popleft()
                self._bytes -= len(line)
                await self._heard.said(self._id, line, None)
                if self._bytes <= _ROOM and self._process is not None:
                    self._process.resume()
        finally:
            self._pump = None

    async def _lost(self) -> None:
        """Tell, when everything that it wrote was taken."""
        if self._pump is not None:
            await asyncio.wait([self._pump])
        self._losing = False
        await self._heard.lost(self._id)

    def _do_later(self, work: Awaitable[None]) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._over)
        return task

    def _over(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._heard.complain(error)
