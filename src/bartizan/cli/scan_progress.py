"""How far a scan is, on standard error: bytes, rate and time left, on terminals only, once it has taken two seconds."""

from __future__ import annotations

import sys
import time

from bartizan.report.amounts import size

__all__ = ["Meter"]

_WAIT = 2.0
_STEP = 0.25
_WIDTH = 24


class Meter:
    """Counts bytes up to a known end; what an earlier run had done counts as done, but not for the rate."""

    def __init__(self, total: int) -> None:
        self.total = max(total, 1)
        self.done = 0
        self.worked = 0
        self.start = time.monotonic()
        self.shown = 0.0
        self.terminal = sys.stderr is not None and sys.stderr.isatty()

    def __call__(self, number: int, worked: bool) -> None:
        """Note that so many more bytes are done; 0 says that time goes on."""
        self.done += number
        self.worked += number if worked else 0
        now = time.monotonic()
        if self.terminal and now - self.start >= _WAIT and now - self.shown >= _STEP:
            self.shown = now
            _rewrite(self._line(now - self.start))

    def __enter__(self) -> Meter:
        return self

    def __exit__(self, *_: object) -> None:
        self.finish()

    def finish(self) -> None:
        """Take the line away."""
        if self.shown:
            _rewrite("")
            self.shown = 0.0

    def _line(self, seconds: float) -> str:
        share = min(self.done / self.total, 1.0)
        filled = int(_WIDTH * share)
        line = f"{'█' * filled}{'░' * (_WIDTH - filled)} {share:4.0%}  {size(self.done)} of {size(self.total)}"
        if not self.worked:
            return line
        rate = self.worked / seconds
        return f"{line}, {size(rate)}/s, {_time((self.total - self.done) / rate)} left"


def _time(seconds: float) -> str:
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _rewrite(text: str) -> None:
    sys.stderr.write(f"\r\x1b[K{text}")
    sys.stderr.flush()
