"""Processes that end with the one that has started them, however that one ended: none is left behind by a kill."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable

__all__ = ["end_with_parent", "when_parent_ends"]


def when_parent_ends(do: Callable[[], None]) -> None:
    """Call `do`, in a thread of its own, once the process that has started this one is gone. Returns at once.

    Does nothing in a process that `multiprocessing` has not started.
    """
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        do()

    threading.Thread(target=wait, name="parent", daemon=True).start()


def end_with_parent(seconds: float) -> None:
    """Have this process end by itself once its parent is gone: as SIGTERM ends it, and after `seconds` at once."""

    def end() -> None:
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(seconds)
        os._exit(1)

    when_parent_ends(end)
