"""Where a program's events go, and the two ways to reach it: while a thread waits, or in an event loop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

from bartizan.guard.inprocess.running import Runner
from bartizan.model import Event

__all__ = ["Awaiting", "Blocking", "Plain", "Sink", "Way"]

Got = TypeVar("Got")


class Sink(Protocol):
    """Puts events on record. What it raises ends the call: what can't be recorded isn't answered."""

    def put(self, event: Event) -> None:
        """Put one on record while the calling thread waits."""
        ...

    async def aput(self, event: Event) -> None:
        """Put one on record without keeping the caller's event loop."""
        ...


class Plain:
    """Events go to a function, such as `list.append` or what sends them on."""

    def __init__(self, function: Callable[[Event], object]) -> None:
        self._function = function

    def put(self, event: Event) -> None:
        """Hand one over."""
        self._function(event)

    async def aput(self, event: Event) -> None:
        """Hand one over, and wait where the function is a coroutine's."""
        got = self._function(event)
        if isinstance(got, Awaitable):
            await got


class Way(Protocol):
    """How the steps of one call are run."""

    async def do(self, work: Coroutine[Any, Any, Got]) -> Got:
        """Run what the limiter or the identifier does."""
        ...

    async def put(self, event: Event) -> None:
        """Put an event on record."""
        ...


class Blocking:
    """The calling thread waits; a coroutine that uses this way never suspends, so that `driven` can run it."""

    def __init__(self, runner: Runner, sink: Sink) -> None:
        self._runner, self._sink = runner, sink

    async def do(self, work: Coroutine[Any, Any, Got]) -> Got:
        """Run it to its end."""
        return self._runner.wait(work)

    async def put(self, event: Event) -> None:
        """Put an event on record."""
        self._sink.put(event)


class Awaiting:
    """The caller's event loop goes on meanwhile."""

    def __init__(self, runner: Runner, sink: Sink) -> None:
        self._runner, self._sink = runner, sink

    async def do(self, work: Coroutine[Any, Any, Got]) -> Got:
        """Run it to its end."""
        return await self._runner.join(work)

    async def put(self, event: Event) -> None:
        """Put an event on record."""
        await self._sink.aput(event)
