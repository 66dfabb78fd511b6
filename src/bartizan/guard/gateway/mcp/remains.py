"""What a server has started must end with it, also what has left its process group. Linux only: elsewhere the group."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

__all__ = ["MARK", "die_with_parent", "end_marked"]

MARK = "BARTIZAN_MCP_SERVER"
"""The environment variable by which a server and what it has started are known."""
_PROCESSES = Path("/proc")
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def end_marked(mark: str) -> int:
    """Kill every process whose environment has this mark, and return how many there were.

    A process that has cleared its environment isn't found: what is not trusted so far belongs into a container.
    """
    found, line = 0, f"{MARK}={mark}".encode()
    if not sys.platform.startswith("linux"):
        return 0
    for folder in _PROCESSES.iterdir():
        if folder.name.isdecimal() and int(folder.name) != os.getpid() and _has(folder, line):
            with suppress(ProcessLookupError, PermissionError):
                os.kill(int(folder.name), signal.SIGKILL)
                found += 1
    return found


def _has(folder: Path, line: bytes) -> bool:
    try:
        return line in (folder / "environ").read_bytes().split(b"\0")
    except OSError:  # it has ended meanwhile, or is somebody else's
        return False


def die_with_parent() -> Callable[[], object] | None:
    """Return what a process calls before its program is loaded, so that it is killed when its parent is."""
    if not sys.platform.startswith("linux"):
        return None
    call = ctypes.CDLL(None).prctl
    return lambda: call(_PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
