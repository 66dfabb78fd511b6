"""Workers as actors of a Ray cluster: the one that RAY_ADDRESS names, else one on this machine.

Bartizan must be installed on the cluster's machines, and each must reach the files by the same paths or addresses.
Results come back over Ray and are written by this process, so the run's folder need not be shared.
"""

from __future__ import annotations

import logging
import os
from typing import Any

import msgspec

from bartizan.model import BartizanError, InputError
from bartizan.scan.executors import Outcome
from bartizan.scan.run_tools import Setup
from bartizan.scan.shard import Worker

__all__ = ["RayExecutor"]


class _Actor:
    """What runs on the cluster, with an engine of its own."""

    def __init__(self, setup: bytes) -> None:
        self.worker = Worker(msgspec.msgpack.decode(setup, type=Setup))

    def ready(self) -> bool:
        """Answer, once the engine is made."""
        return True

    def work(self, task: bytes) -> bytes:
        """Do a shard."""
        return self.worker.work(task)


class RayExecutor:
    """Hands tasks to actors, one each."""

    def __init__(self, workers: int, setup: Setup) -> None:
        self.ray = _ray(workers)
        self.remote: Any = self.ray.remote(num_cpus=1, max_restarts=0)(_Actor)
        self.setup = msgspec.msgpack.encode(setup)
        self.free: list[Any] = [self.remote.remote(self.setup) for _ in range(workers)]
        self.busy: dict[Any, tuple[int, Any]] = {}
        try:
            self.ray.get([actor.ready.remote() for actor in self.free])
        except self.ray.exceptions.RayError as error:
            self.close()
            raise BartizanError(
                f"the workers on Ray can't start: `{type(error).__name__}`",
                help="Bartizan of this version must be installed on every machine of the cluster",
            ) from None

    def idle(self) -> int:
        """See `Executor`."""
        return len(self.free)

    def submit(self, ticket: int, task: bytes) -> None:
        """See `Executor`."""
        actor = self.free.pop()
        self.busy[actor.work.remote(task)] = (ticket, actor)

    def wait(self, seconds: float) -> list[Outcome]:
        """See `Executor`."""
        if not self.busy:
            return []
        done, _ = self.ray.wait(list(self.busy), num_returns=1, timeout=seconds)
        out = []
        for future in done:
            ticket, actor = self.busy.pop(future)
            try:
                out.append(Outcome(ticket, self.ray.get(future)))
                self.free.append(actor)
            except self.ray.exceptions.RayError as error:
                out.append(Outcome(ticket, None, f"ended (`{type(error).__name__}`)"))
                self.ray.kill(actor)
                self.free.append(self.remote.remote(self.setup))
        return out

    def close(self) -> None:
        """See `Executor`."""
        self.ray.shutdown()


def _ray(workers: int) -> Any:
    # Before the import, which reads it: no telemetry.
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    try:
        import ray
    except ImportError:
        raise InputError(
            "ray is not installed", help="install it with `pip install ray`, or use --executor local"
        ) from None
    address = os.environ.get("RAY_ADDRESS")
    options: dict[str, Any] = {"address": address} if address else {"num_cpus": workers, "include_dashboard": False}
    try:
        ray.init(log_to_driver=False, logging_level=logging.ERROR, **options)
    except (ConnectionError, RuntimeError, ValueError, OSError) as error:
        raise BartizanError(
            f"the Ray cluster can't be used: `{type(error).__name__}`",
            help="RAY_ADDRESS names a cluster; without it one is started on this machine",
        ) from None
    return ray
