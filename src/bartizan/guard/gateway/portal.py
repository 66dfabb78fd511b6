"""An event loop in a thread of its own, for programs whose budgets or identities are asked for over a network."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

from bartizan.model import BartizanError

__all__ = ["Portal"]

Got = TypeVar("Got")


class Portal:
    """Runs coroutines in its loop, whichever thread or loop asks. Connections stay with the loop that made them.

    It belongs to the process that made it: a forked one has no such thread, and gets an error.
    """

    def __init__(self) -> None:
        self._process = os.getpid()
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name="bartizan-guard", daemon=True)
        self._thread.start()

    def wait(self, work: Coroutine[Any, Any, Got]) -> Got:
        """Run it to its end while the calling thread waits. Raises BartizanError in a process that was forked."""
        return self.begin(work).result()

    async def join(self, work: Coroutine[Any, Any, Got]) -> Got:
        """Run it to its end without keeping the caller's event loop. Raises as `wait`."""
        return await asyncio.wrap_future(self.begin(work))

    def begin(self, work: Coroutine[Any, Any, Got]) -> Future[Got]:
        """Begin it, and return what can be waited for. Raises as `wait`."""
        if self._process != os.getpid() or self.loop.is_closed():
            work.close()
            raise BartizanError(
                "this guard's connections belong to another process, or are closed",
                help="load it in the process that uses it",
            )
        return asyncio.run_coroutine_threadsafe(work, self.loop)

    def close(self) -> None:
        """End the loop. What is under way is cancelled."""
        if self._process != os.getpid() or self.loop.is_closed():
            return
        self.begin(_cancelled()).result()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


async def _cancelled() -> None:
    mine = asyncio.current_task()
    tasks = [task for task in asyncio.all_tasks() if task is not mine]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
