"""Processor and wall time of calls inside this process. The best of several: others use the machine, too."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any, NamedTuple

__all__ = ["Calls", "calls", "cpu", "rate"]


def cpu(call: Callable[[], object], runs: int = 3) -> float:
    """Return the least processor time of a call, in seconds."""
    times = []
    for _ in range(runs):
        start = time.process_time()
        call()
        times.append(time.process_time() - start)
    return min(times)


def rate(size: int, call: Callable[[], object], runs: int = 3) -> float:
    """Return the best speed of a call that works through `size` bytes, in MB per second of processor time."""
    return size / 1e6 / cpu(call, runs)


class Calls(NamedTuple):
    """What one call out of many takes, in microseconds: median and least wall time, mean processor time."""

    middle: float
    best: float
    cpu: float


def calls(call: Callable[[Any], object], arguments: Sequence[Any], rounds: int) -> Calls:
    """Call once for each argument, `rounds` times over, after one round that isn't counted.

    `best` is the mean over the arguments of the least time of each, so that no easy argument speaks for all.
    """
    for one in arguments:
        call(one)
    walls: list[list[float]] = [[] for _ in arguments]
    began = time.process_time()
    for _ in range(rounds):
        for one, taken in zip(arguments, walls, strict=True):
            start = time.perf_counter()
            call(one)
            taken.append(time.perf_counter() - start)
    used = (time.process_time() - began) / (rounds * len(arguments))
    everything = median(one for taken in walls for one in taken)
    return Calls(everything * 1e6, sum(map(min, walls)) / len(walls) * 1e6, used * 1e6)
