"""Runs what is written for an event loop in programs that have none: budgets, blocks and identities are asked alike."""

from __future__ import annotations

import threading
from collections.abc import Coroutine
from typing import Any, Protocol, TypeVar

__all__ = ["Direct", "Runner", "driven"]

Got = TypeVar("Got")


class Runner(Protocol):
    """Runs the coroutines of the limiter and the identifier, wherever these live."""

    def wait(self, work: Coroutine[Any, Any, Got]) -> Got:
        """Run it to its end while the calling thread waits."""
        ...

    async def join(self, work: Coroutine[Any, Any, Got]) -> Got:
        """Run it to its end without keeping the caller's event loop."""
        ...


def driven(work: Coroutine[Any, Any, Got]) -> Got:
    """Run a coroutine that waits for nothing, and return what it returns. Raises RuntimeError when it does wait."""
    try:
        work.send(None)
    except StopIteration as ended:
        got: Got = ended.value
        return got
    work.close()
    raise RuntimeError("this guard's budgets or identities wait for a network: load it with `Guard.load`")


class Direct:
    """Runs at once, one at a time: for budgets in memory and keys of our own, which wait for nothing.

    Budgets in memory rely on nobody coming between; here threads could.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def wait(self, work: Coroutine[Any, Any, Got]) -> Got:
        """Run it now."""
        with self._lock:
            return driven(work)

    async def join(self, work: Coroutine[Any, Any, Got]) -> Got:
        """Run it now: nobody who holds the lock is ever suspended."""
        return self.wait(work)
