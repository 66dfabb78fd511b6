"""Runs a command with all the processes that it starts, and measures them together.

Workers come from a fork server, whose processor time the system tells nobody who didn't wait for it. On Linux this
process takes in what is left over when the command ends, so that it is counted too; elsewhere it isn't.
"""

from __future__ import annotations

import ctypes
import os
import resource
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from benchmarks.measure import RSS_UNIT, Sample, Usage, run, watch

__all__ = ["COUNTS_ALL", "alone", "together"]

COUNTS_ALL = sys.platform == "linux"
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of <linux/prctl.h>


def together(command: Sequence[str]) -> tuple[Usage, list[Sample]]:
    """Run a command; the processor time and the peak are those of it and of all that it started.

    Samples are the memory of all together, ten times a second. Raises SystemExit, with what it said, when it fails.
    """
    before, others = resource.getrusage(resource.RUSAGE_CHILDREN), _children()
    with _aside() as said, _taking_in():
        usage, samples = watch(command, os.devnull, every=0.1)
        while left := _children() - others:
            for process in left:
                os.waitpid(process, 0)
        _check(usage, command, said)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Usage(usage.wall, used, after.ru_maxrss * RSS_UNIT / 1e6, usage.code), samples


def _children() -> set[int]:
    files = Path("/proc/self/task").glob("*/children")
    return {int(word) for file in files for word in file.read_text(encoding="ascii").split()}


@contextmanager
def _taking_in() -> Iterator[None]:
    """Become the parent of processes that lose theirs, for the time of the block."""
    if COUNTS_ALL:
        ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    try:
        yield
    finally:
        if COUNTS_ALL:
            ctypes.CDLL(None).prctl(_SUBREAPER, 0, 0, 0, 0)


def alone(command: Sequence[str], environment: Mapping[str, str]) -> Usage:
    """Run a command that starts no others. Raises SystemExit, with what it said, when it fails."""
    with _aside() as said:
        usage = run(command, environment)
        _check(usage, command, said)
    return usage


def _check(usage: Usage, command: Sequence[str], said: IO[bytes]) -> None:
    if usage.code:
        said.seek(0)
        words = said.read().decode(errors="replace").strip()
        raise SystemExit(f"`{' '.join(command[:3])}` ended with exit code {usage.code}: {words}")


@contextmanager
def _aside() -> Iterator[IO[bytes]]:
    """Keep what programs say on standard error from the table, for the time of the block."""
    with tempfile.TemporaryFile() as file:
        kept = os.dup(2)
        os.dup2(file.fileno(), 2)
        try:
            yield file
        finally:
            os.dup2(kept, 2)
            os.close(kept)
