"""What a gate puts off until the client has its answer: what only the next decision and the record need."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Later"]


class Later:
    """Work of one session that waits, in its order. With `on` false nothing waits: it is done at once."""

    def __init__(self, *, on: bool) -> None:
        self.on = on
        self._work: list[Callable[[], None]] = []

    def do(self, work: Callable[[], None]) -> None:
        """Do something once the client has its answer."""
        if self.on:
            self._work.append(work)
        else:
            work()

    def settle(self) -> None:
        """Do what waits. What fails is tried again by whoever asks next: nothing is decided while it can't be done."""
        while self._work:
            self._work[0]()
            del self._work[0]
