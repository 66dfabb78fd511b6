"""What a local server says on standard error, passed on within bounds: it must not fill a disk or steer a terminal."""

from __future__ import annotations

import os
import re
from collections.abc import Callable

from bartizan.guard.gateway.mcp.pipes import Outlet

__all__ = ["Speech"]

_BURST = 1 << 20
_EACH_SECOND = 64 << 10
_ENOUGH = 256 << 10
_CONTROL = re.compile(rb"[\x00-\x08\x0b-\x1f\x7f]|\xc2[\x80-\x9f]|\xe2\x80[\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
"""What a terminal would obey instead of show, in UTF-8."""


class Speech:
    """Passes lines on to a descriptor: 1 MiB at once and 64 KiB a second, the rest is counted.

    A terminal gets them without what would steer it, everything else as they are. `clock` is in seconds.
    """

    def __init__(self, fd: int, clock: Callable[[], float]) -> None:
        self._outlet = Outlet(fd, _ENOUGH, _nothing, _nothing)
        self._clean, self._clock = os.isatty(fd), clock
        self._left, self._at = float(_BURST), clock()
        self.dropped = 0
        """Lines that were not passed on."""
        self._unsaid = 0

    def line(self, line: bytes) -> None:
        """Pass a line on, or count it."""
        now = self._clock()
        self._left = min(_BURST, self._left + max(0.0, now - self._at) * _EACH_SECOND)
        self._at = now
        if len(line) > self._left or self._outlet.full:
            self.dropped += 1
            self._unsaid += 1
            return
        self._left -= len(line) + 1
        if self._unsaid:
            self._outlet.send(b"bartizan: %d lines of the server are left out\n" % self._unsaid)
            self._unsaid = 0
        self._outlet.send((_CONTROL.sub(b"?", line) if self._clean else line) + b"\n")

    def close(self) -> None:
        """Pass on nothing more, and leave the descriptor as it was."""
        self._outlet.release()


def _nothing() -> None:
    """Do nothing: lines that nobody reads may be lost."""
