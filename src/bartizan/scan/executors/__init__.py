"""Where shards are done: in this process, in processes of this machine, or on the machines of a Ray cluster.

The contract of this axis is `Executor`. An executor hands out tasks and says what became of them; it knows neither
files nor results, and decides nothing: whether to try again is the run's business.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from bartizan.scan.run_tools import Setup

__all__ = ["Executor", "Outcome", "executor"]


class Outcome(NamedTuple):
    """What became of a task: its result, or None and why the worker ended without one."""

    ticket: int
    result: bytes | None
    why: str = ""


class Executor(Protocol):
    """Hands out tasks to workers, each of which does one at a time."""

    def idle(self) -> int:
        """Return how many tasks can be handed in now."""
        ...

    def submit(self, ticket: int, task: bytes) -> None:
        """Hand in a task; only when `idle` is more than 0."""
        ...

    def wait(self, seconds: float) -> list[Outcome]:
        """Wait until some tasks are done, or for `seconds`. A worker that has ended is replaced."""
        ...

    def close(self) -> None:
        """End all workers at once; tasks that they are at are lost."""
        ...


def executor(name: str, workers: int, setup: Setup) -> Executor:
    """Make an executor: `local`, or `ray`.

    Raises InputError where Ray is not installed, BartizanError where its cluster can't be reached.
    """
    if name == "ray":
        from bartizan.scan.executors.on_ray import RayExecutor

        return RayExecutor(workers, setup)
    if workers == 1:
        from bartizan.scan.executors.here import Here

        return Here(setup)
    from bartizan.scan.executors.processes import Processes

    return Processes(workers, setup)
