"""What waits to be sent to a client on one of its streams: bounded, and kept for a while so that it can be resumed."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import NamedTuple

__all__ = ["Channel", "Item", "event"]

_ROOM = 1 << 20
"""Bytes that may wait before whoever adds more has to wait."""
_KEPT_BYTES = 1 << 18
_KEPT = 100
"""Messages that are kept after they were sent, in case the client did not get them."""
_NEWLINES = (b"\r", b"\n")


class Item(NamedTuple):
    """A message on its way to a client, its number on the stream, and whether it is the last; see acts.ToClient."""

    message: bytes
    number: int
    final: bool
    code: int


class Channel:
    """One stream: the answer to a POST, or a GET. Its place among the session's is `number`.

    `lossy` streams are for what nobody has asked for: where there is no room, the oldest is left out and counted.
    """

    def __init__(self, number: int, *, lossy: bool = False) -> None:
        self.number, self._lossy = number, lossy
        self._waiting: deque[Item] = deque()
        self._sent: deque[Item] = deque()
        self._bytes = self._sent_bytes = self._count = 0
        self._wake: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self.reader = 1
        """Who reads it: the newest reader, as a number; 0 for nobody."""
        self._readers = 1
        self.over = False
        """Whether nothing more comes."""
        self.left_out = 0

    @property
    def full(self) -> bool:
        """Whether more waits than should."""
        return self._bytes > (_ROOM if self.reader else _KEPT_BYTES)

    @property
    def waits(self) -> bool:
        """Whether there is something to take."""
        return bool(self._waiting)

    def put(self, message: bytes, *, final: bool = False, code: int = 0) -> None:
        """Add a message."""
        self._count += 1
        self._waiting.append(Item(message, self._count, final, code))
        self._bytes += len(message)
        self.over = self.over or final
        while self.full and (self._lossy or not self.reader) and len(self._waiting) > 1:
            self._bytes -= len(self._waiting.popleft().message)
            self.left_out += 1
        self._woken()

    def end(self) -> None:
        """Say that nothing more comes."""
        self.over = True
        self._woken()
        self._eased()

    def take(self) -> Item | None:
        """Return what waits longest, None when nothing does."""
        if not self._waiting:
            return None
        item = self._waiting.popleft()
        was_full = self.full
        self._bytes -= len(item.message)
        if was_full and not self.full:
            self._eased()
        return item

    def keep(self, item: Item) -> None:
        """Keep what was sent, in case it has not arrived."""
        self._sent.append(item)
        self._sent_bytes += len(item.message)
        while len(self._sent) > _KEPT or (self._sent_bytes > _KEPT_BYTES and len(self._sent) > 1):
            self._sent_bytes -= len(self._sent.popleft().message)

    def rewind(self, number: int) -> bool:
        """Have everything behind message `number` sent again. False when some of that is not kept any more."""
        again = [item for item in self._sent if item.number > number]
        first = again[0].number if again else self._waiting[0].number if self._waiting else self._count + 1
        if number > self._count or (first > number + 1 and not self._lossy):
            return False
        for item in reversed(again):
            self._waiting.appendleft(item)
            self._bytes += len(item.message)
        self._sent = deque(item for item in self._sent if item.number <= number)
        self._sent_bytes = sum(len(item.message) for item in self._sent)
        return True

    async def wait(self, seconds: float) -> None:
        """Wait until there is something to take, nothing more comes, or the time is over."""
        if self._waiting or self.over:
            return
        loop = asyncio.get_running_loop()
        wake = self._wake = loop.create_future()
        timer = loop.call_later(seconds, _set, wake)
        try:
            await wake
        finally:
            timer.cancel()

    async def room(self) -> None:
        """Wait until more may be added, as long as somebody reads."""
        while self.full and self.reader and not self.over:
            if self._room is None or self._room.done():
                self._room = asyncio.get_running_loop().create_future()
            await asyncio.wait([self._room])

    def attach(self) -> int:
        """Begin to read it, in the place of whoever has read it before, and return the reader's number."""
        self._readers += 1
        self.reader = self._readers
        self._woken()
        return self.reader

    def detach(self, reader: int = 1) -> None:
        """Say that a reader reads no more; who waits for room need not any more when there is no other."""
        if self.reader == reader:
            self.reader = 0
            self._eased()

    def _woken(self) -> None:
        if self._wake is not None:
            _set(self._wake)

    def _eased(self) -> None:
        if self._room is not None:
            _set(self._room)


def _set(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def event(message: bytes, id: str = "") -> bytes:
    """Write a message as an event of a stream, in as many lines of data as it has."""
    head = b"event: message\n" + (b"id: %s\n" % id.encode() if id else b"")
    if any(newline in message for newline in _NEWLINES):
        return head + b"".join(b"data: %s\n" % line for line in message.splitlines()) + b"\n"
    return b"%sdata: %s\n\n" % (head, message)
