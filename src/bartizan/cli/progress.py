"""Signs of life on standard error, on terminals only, for what takes longer than two seconds."""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType

__all__ = ["Bar", "Patience"]

_WAIT = 2.0
_STEP = 0.5


def _on_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _rewrite(text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()


class Patience:
    """Shows what is going on and for how long, once it has taken two seconds."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.done = threading.Event()
        self.thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Patience:
        """Start the clock."""
        if _on_terminal():
            self.thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take the line away."""
        self.done.set()
        if self.thread.is_alive():
            self.thread.join()

    def _run(self) -> None:
        start = time.monotonic()
        if self.done.wait(_WAIT):
            return
        while not self.done.wait(_STEP):
            _rewrite(f"{self.label} … {time.monotonic() - start:.0f} s")
        _rewrite("")


class Bar:
    """Counts up to a known end, with the time that is left."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.count = 0
        self.start = time.monotonic()
        self.shown = 0.0

    def step(self, label: str = "") -> None:
        """Note that one more is done."""
        self.count += 1
        now = time.monotonic()
        if not _on_terminal() or (now - self.shown < _STEP and self.count < self.total):
            return
        self.shown = now
        left = (now - self.start) / self.count * (self.total - self.count)
        filled = 24 * self.count // self.total
        bar = "█" * filled + "░" * (24 - filled)
        _rewrite(f"{bar} {self.count:,} of {self.total:,}, {left:,.0f} s left  {label[:40]}")

    def finish(self) -> None:
        """Take the line away."""
        if _on_terminal() and self.shown:
            _rewrite("")
