"""The gateway as `bartizan up` starts it: a program of its own, which ends when its standard input does.

That is a pipe from the console. So it ends with the console, also where that was killed and could tell nobody.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from bartizan.cli import main

__all__ = ["run"]


def run() -> int:
    """Run `bartizan gateway` with the arguments of this process, and return its exit code."""
    threading.Thread(target=_follow, name="console", daemon=True).start()
    return main(["gateway", *sys.argv[1:]])


def _follow() -> None:
    while os.read(sys.stdin.fileno(), 64):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(run())
