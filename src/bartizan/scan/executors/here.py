"""One worker, in this process."""

from __future__ import annotations

from bartizan.scan.executors import Outcome
from bartizan.scan.run_tools import Setup
from bartizan.scan.shard import Worker

__all__ = ["Here"]


class Here:
    """Does each task when it is waited for."""

    def __init__(self, setup: Setup) -> None:
        self.worker = Worker(setup)
        self.task: tuple[int, bytes] | None = None

    def idle(self) -> int:
        """See `Executor`."""
        return int(self.task is None)

    def submit(self, ticket: int, task: bytes) -> None:
        """See `Executor`."""
        self.task = (ticket, task)

    def wait(self, seconds: float) -> list[Outcome]:  # noqa: ARG002 - the contract's signature
        """See `Executor`."""
        if self.task is None:
            return []
        ticket, task = self.task
        self.task = None
        return [Outcome(ticket, self.worker.work(task))]

    def close(self) -> None:
        """See `Executor`."""
        self.task = None
