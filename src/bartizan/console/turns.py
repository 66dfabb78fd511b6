"""Work that is done again and again beside the pages: assessing, delivering, importing."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from concurrent.futures import ThreadPoolExecutor

from bartizan.model import BartizanError

__all__ = ["Turns"]

_LOG = logging.getLogger("bartizan.console")


class Turns(ABC):
    """Takes turn after turn in a thread of its own between `start` and `stop`.

    Whatever goes wrong in one, the next one comes. `every` are the seconds between two, `trouble` is what the log says
    of one that went wrong.
    """

    def __init__(self, name: str, every: float, trouble: str) -> None:
        self._name, self._every, self._trouble = name, every, trouble
        self._wake, self._ending = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    @abstractmethod
    def _turn(self) -> None:
        """Do what there is to do now, and come to an end soon after `_ending` is set."""

    def start(self) -> None:
        """Begin."""
        self._ending.clear()
        self._thread = threading.Thread(target=self._loop, name=self._name, daemon=True)
        self._thread.start()

    def poke(self) -> None:
        """Say that there is something to do: the next turn comes at once."""
        self._wake.set()

    def stop(self) -> None:
        """End after what is under way; what is left is there for the next start."""
        self._ending.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def _loop(self) -> None:
        with ThreadPoolExecutor(1, f"{self._name}-turn") as turns:
            while not self._ending.is_set():
                self._wake.clear()
                error = turns.submit(self._turn).exception()
                if isinstance(error, BartizanError):
                    _LOG.warning("%s: %s", self._trouble, error.message)
                elif error is not None:
                    _LOG.error("%s", self._trouble, exc_info=error)
                if not self._ending.is_set():
                    self._wake.wait(self._every)
