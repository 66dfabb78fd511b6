"""Many events, one trip to the disk: `fsync: always` for programs that serve many callers at once with asyncio."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from bartizan.model import Event
from bartizan.soc.log import EventLog

__all__ = ["GroupCommit"]


class GroupCommit:
    """Appends from one event loop. Events that are written while the disk is busy share its next `fsync`."""

    def __init__(self, log: EventLog) -> None:
        self.log = log
        self._next: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None
        self._thread: ThreadPoolExecutor | None = None
        if log.fsync == "always":
            self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"events-{log.writer}")

    async def append(self, event: Event) -> int:
        """Put an event on record as the log's `fsync` says, and return its number. Raises EventLogError."""
        seq = self.log.write(event)
        if self._thread is not None:
            if self._next is None:
                self._next = asyncio.get_running_loop().create_future()
            waiting = self._next
            if self._task is None:
                self._task = asyncio.create_task(self._commit(self._thread))
            # One caller that gives up must not take the others' answer away.
            await asyncio.shield(waiting)
        return seq

    async def _commit(self, thread: ThreadPoolExecutor) -> None:
        loop = asyncio.get_running_loop()
        try:
            while (waiting := self._next) is not None:
                self._next = None
                done = await asyncio.wait([loop.run_in_executor(thread, self.log.sync)])
                error = next(iter(done[0])).exception()
                if error is None:
                    waiting.set_result(None)
                else:
                    waiting.set_exception(error)
                    waiting.exception()  # asked for here, so that it is no complaint when every caller has gone
        finally:
            self._task = None

    async def close(self) -> None:
        """Wait for what is on its way to the disk. The log stays open."""
        if self._task is not None:
            await asyncio.wait([self._task])
        if self._thread is not None:
            self._thread.shutdown()
