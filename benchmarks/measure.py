"""Starts programs and measures them: wall time, processor time of the program and its children, peak memory.

Times are seconds, memory is megabytes (10^6 bytes). Peak memory is that of the largest single process; `watch` adds up
a whole tree of processes instead, where the system has `/proc`. Needs a POSIX system.
"""

from __future__ import annotations

import os
import platform
import resource
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from statistics import median

import msgspec

REPOSITORY = Path(__file__).resolve().parents[1]
PAGE = resource.getpagesize()
# Linux counts `ru_maxrss` in kibibytes, macOS in bytes.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Usage(msgspec.Struct):
    """What one run took."""

    wall: float
    cpu: float
    peak: float
    code: int


class Sample(msgspec.Struct):
    """Memory of a tree of processes at one moment."""

    at: float
    memory: float
    processes: int


def run(command: Sequence[str], environment: Mapping[str, str] | None = None, output: str = os.devnull) -> Usage:
    """Run a program once; standard output goes to a file, standard error to ours. A failure shows in `code`."""
    return _finish(_start(command, environment, output), time.perf_counter())


def repeat(command: Sequence[str], runs: int) -> list[Usage]:
    """Run a program several times after one run that warms caches and isn't counted. Raises when a run fails."""
    done = [run(command) for _ in range(runs + 1)][1:]
    for usage in done:
        if usage.code:
            raise SystemExit(f"`{' '.join(command)}` ended with exit code {usage.code}")
    return done


def middle(values: Sequence[Usage], of: Callable[[Usage], float]) -> float:
    """Return the median of one figure."""
    return median(of(value) for value in values)


def watch(command: Sequence[str], output: str, every: float = 0.5) -> tuple[Usage, list[Sample]]:
    """Run a program and sample the memory of it and its children. Without `/proc` there are no samples."""
    start = time.perf_counter()
    pid = _start(command, None, output)
    done = threading.Event()
    samples: list[Sample] = []
    sampler = threading.Thread(target=_sample, args=(pid, start, every, done, samples))
    sampler.start()
    usage = _finish(pid, start)
    done.set()
    sampler.join()
    return usage, samples


def _start(command: Sequence[str], environment: Mapping[str, str] | None, output: str) -> int:
    target = (os.POSIX_SPAWN_OPEN, 1, output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
    variables = {**os.environ, **(environment or {})}
    # With it set, every run would compile every module anew, which no user's machine does.
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    return os.posix_spawn(command[0], list(command), variables, file_actions=[target])


def _finish(pid: int, start: float) -> Usage:
    _, status, used = os.wait4(pid, 0)
    wall = time.perf_counter() - start
    peak = used.ru_maxrss * RSS_UNIT / 1e6
    return Usage(wall, used.ru_utime + used.ru_stime, peak, os.waitstatus_to_exitcode(status))


def _sample(pid: int, start: float, every: float, done: threading.Event, samples: list[Sample]) -> None:
    while not done.wait(every):
        sizes = [size for size in (_resident(process) for process in _tree(pid)) if size]
        if sizes:
            samples.append(Sample(time.perf_counter() - start, sum(sizes), len(sizes)))


def _tree(pid: int) -> list[int]:
    found, todo = [pid], [pid]
    while todo:
        parent = todo.pop()
        for file in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                children = [int(word) for word in file.read_text(encoding="ascii").split()]
            except OSError:  # it has ended between listing and reading
                continue
            found += children
            todo += children
    return found


def _resident(pid: int) -> float:
    try:
        pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    except OSError:  # it has ended
        return 0.0
    return int(pages) * PAGE / 1e6


def bartizan(*arguments: str) -> list[str]:
    """Return the command line of the `bartizan` that is installed beside this Python."""
    return [str(Path(sys.executable).parent / "bartizan"), *arguments]


def machine() -> str:
    """Say what ran this: cores, load from others, Python. Figures mean little without it."""
    cores = f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start"
    return f"{cores}, Python {platform.python_version()}, {platform.system()} {platform.machine()}"
