"""Lines in and out of file descriptors, for an event loop: bounded, never blocking it, with backpressure.

What can be polled (pipes, sockets, terminals) is polled; from what can't (files), a thread reads.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

__all__ = ["Inlet", "Long", "Outlet"]

_CHUNK = 1 << 18
_KEPT = 4096
"""Bytes kept of either end of a line that is too long, from which can be told what it answers."""
_NEWLINE = b"\n"


class Long(NamedTuple):
    """A line that was longer than allowed, and isn't kept: its first and last bytes, and how many it had."""

    head: bytes
    tail: bytes
    size: int


class Inlet:
    """Splits what comes out of a descriptor into lines of at most `most` bytes.

    `line` gets each line without its end, `long` what is too long, `end` is called once when nothing more will come;
    a last line without an end is a line. The descriptor stays open.
    """

    def __init__(
        self, fd: int, most: int, line: Callable[[bytes], None], long: Callable[[Long], None], end: Callable[[], None]
    ) -> None:
        self._fd, self._most, self._line, self._long, self._end = fd, most, line, long, end
        self._loop = asyncio.get_running_loop()
        self._parts: list[bytes] = []
        self._size = 0
        self._head = self._tail = b""
        self._ended = self._paused = False
        self._may_read: threading.Event | None = None
        self._was_blocking = _blocking(fd)
        self._polled = self._poll()
        if not self._polled:
            self._may_read = threading.Event()
            self._may_read.set()
            threading.Thread(target=self._read_blocking, name=f"read-{fd}", daemon=True).start()

    def pause(self) -> None:
        """Read no more for now."""
        if not self._paused and not self._ended:
            self._paused = True
            if self._may_read is not None:
                self._may_read.clear()
            else:
                self._loop.remove_reader(self._fd)

    def resume(self) -> None:
        """Read again."""
        if self._paused and not self._ended:
            self._paused = False
            if self._may_read is not None:
                self._may_read.set()
            else:
                self._poll()

    def close(self) -> None:
        """Read no more, ever. `end` is not called."""
        if not self._ended:
            if self._polled and not self._paused:
                self._loop.remove_reader(self._fd)
            self._ended = True
            self._parts.clear()
            _restore(self._fd, self._was_blocking)

    def _poll(self) -> bool:
        try:
            self._loop.add_reader(self._fd, self._ready)
        except (OSError, NotImplementedError):  # files can't be polled, and on Windows nothing can
            return False
        return True

    def _ready(self) -> None:
        try:
            data = os.read(self._fd, _CHUNK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:  # a terminal that was hung up, a connection that was reset
            data = b""
        self._take(data)

    def _read_blocking(self) -> None:
        assert self._may_read is not None
        data = b"-"
        while data and not self._ended:
            self._may_read.wait()
            try:
                data = os.read(self._fd, _CHUNK)
            except OSError:
                data = b""
            taken = threading.Event()
            with suppress(RuntimeError):  # the loop has ended meanwhile, and nobody waits for it any more
                self._loop.call_soon_threadsafe(self._take_from_thread, data, taken)
                taken.wait()
                continue
            return

    def _take_from_thread(self, data: bytes, taken: threading.Event) -> None:
        try:
            self._take(data)
        finally:
            taken.set()

    def _take(self, data: bytes) -> None:
        if self._ended:
            return
        if not data:
            rest = self._joined(b"")
            self.close()
            if rest:
                self._line(rest)
            self._end()
            return
        begun = 0
        while (at := data.find(_NEWLINE, begun)) >= 0:
            self._whole(data[begun:at])
            if self._is_closed():
                return
            begun = at + 1
        if begun < len(data):
            self._more(data[begun:] if begun else data)

    def _is_closed(self) -> bool:
        return self._ended

    def _whole(self, last: bytes) -> None:
        """Hand on a line that ends with `last`."""
        if self._parts or self._head or len(last) > self._most:
            self._more(last)
            last = self._joined(b"")
        if last:
            self._line(last)

    def _more(self, part: bytes) -> None:
        """Keep a part of a line, or only count it when the line is too long."""
        self._size += len(part)
        if self._head:
            self._tail = (self._tail + part[-_KEPT:])[-_KEPT:]
        elif self._size > self._most:
            whole = b"".join(self._parts) + part
            self._head, self._tail = whole[:_KEPT], whole[-_KEPT:]
            self._parts.clear()
        else:
            self._parts.append(part)

    def _joined(self, last: bytes) -> bytes:
        """Return the line that has come to its end, empty when it was too long and has been told of."""
        size, self._size = self._size, 0
        if self._head:
            long = Long(self._head, self._tail, size)
            self._head = self._tail = b""
            self._long(long)
            return b""
        whole = b"".join(self._parts) + last
        self._parts.clear()
        return whole


class Outlet:
    """Writes to a descriptor without waiting: what it can't take yet is kept, in order.

    `broken` is called once when nobody reads it any more; `eased` each time when at most `enough` bytes are left after
    there were more. A pipe or a socket is made non-blocking, and put back by `release`.
    """

    def __init__(self, fd: int, enough: int, broken: Callable[[], None], eased: Callable[[], None]) -> None:
        self._fd, self._enough, self._broken, self._eased = fd, enough, broken, eased
        self._loop = asyncio.get_running_loop()
        self._kept: deque[memoryview] = deque()
        self._drained: asyncio.Future[None] | None = None
        self.waiting = 0
        """Bytes that wait to be written."""
        self.open = True
        """Whether anything can still be written."""
        self._was_blocking = False
        if os.isatty(fd):
            return  # a terminal is shared with other programs, which don't expect it not to wait
        was_blocking = _blocking(fd)
        with suppress(OSError, NotImplementedError):  # a file takes everything at once, and can't be polled
            self._loop.add_writer(fd, self._ready)
            self._loop.remove_writer(fd)
            os.set_blocking(fd, False)
            self._was_blocking = was_blocking

    @property
    def full(self) -> bool:
        """Whether more than enough waits, so that its sources should pause."""
        return self.waiting > self._enough

    def send(self, data: bytes) -> None:
        """Write, or keep what can't be written yet. Nothing happens when nobody reads any more."""
        if not self.open:
            return
        if not self._kept:
            try:
                written = os.write(self._fd, data)
            except (BlockingIOError, InterruptedError):
                written = 0
            except OSError:
                self._break()
                return
            if written == len(data):
                return
            data = data[written:]
            self._loop.add_writer(self._fd, self._ready)
        self._kept.append(memoryview(data))
        self.waiting += len(data)

    async def drained(self, seconds: float) -> bool:
        """Wait until everything is written or nobody reads any more. False when that took longer than `seconds`."""
        if not self.waiting:
            return True
        if self._drained is None:
            self._drained = self._loop.create_future()
        done, _ = await asyncio.wait([self._drained], timeout=seconds)
        return bool(done)

    def release(self) -> None:
        """Write no more, and leave the descriptor as it was."""
        self._forget()
        _restore(self._fd, self._was_blocking)

    def _ready(self) -> None:
        was_full = self.full
        try:
            written = os.writev(self._fd, [self._kept[at] for at in range(min(len(self._kept), 64))])
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self._break()
            return
        self.waiting -= written
        while written:
            first = self._kept[0]
            if written < len(first):
                self._kept[0] = first[written:]
                break
            written -= len(first)
            self._kept.popleft()
        if not self._kept:
            self._loop.remove_writer(self._fd)
            self._tell_drained()
        if was_full and not self.full:
            self._eased()

    def _break(self) -> None:
        self._forget()
        self._broken()

    def _forget(self) -> None:
        if self._kept:
            self._loop.remove_writer(self._fd)
            self._kept.clear()
        self.waiting = 0
        self.open = False
        self._tell_drained()

    def _tell_drained(self) -> None:
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)
        self._drained = None


def _blocking(fd: int) -> bool:
    """Tell whether a descriptor waits; being polled changes that for everybody who has it, so it is put back."""
    try:
        return os.get_blocking(fd)
    except (OSError, AttributeError):
        return False


def _restore(fd: int, was_blocking: bool) -> None:
    if was_blocking:
        with suppress(OSError):
            os.set_blocking(fd, True)
