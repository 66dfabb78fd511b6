"""Answers in pieces as one array of JSON that grows, read incrementally: each object in it is an event."""

from __future__ import annotations

import re

from bartizan.guard.streams.sse import Frame, SseReader, StreamError

__all__ = ["ArrayReader"]

_OUTSIDE = re.compile(rb'["\[\]{}]')
_INSIDE = re.compile(rb'["\\]')
_NOT_SPACE = re.compile(rb"[^ \t\r\n]")
_AFTER = {b"[": b"{]", b",": b"{", b"]": b""}
_MOST = 4 << 20
"""Bytes of one object, as for a server-sent event."""


class ArrayReader:
    """Cuts a growing array into its objects. Raises StreamError for what is no array of objects.

    The bracket that ends the array is held until the stream ends, so that an error can still be put before it.
    """

    def __init__(self) -> None:
        self._held = b""
        """What stands behind the last object."""
        self._at = 0
        """Up to where it was looked at."""
        self._wanted = b"["
        """What may come next between objects; nothing behind the bracket that ends the array."""
        self._begin = -1
        """Where the next object begins, -1 before it does."""
        self._depth = 0
        self._string = False

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes, and return the objects that are whole now, each with what stands before it."""
        self._held += data
        frames = []
        while (self._begin >= 0 or self._find()) and self._pass():
            raw, text = self._held[: self._at], self._held[self._begin : self._at]
            self._held, self._at, self._begin, self._wanted = self._held[self._at :], 0, -1, b",]"
            try:
                frames.append(Frame(raw, "", text.decode()))
            except UnicodeDecodeError:
                raise StreamError("an event is not UTF-8") from None
        if len(self._held) > _MOST:
            raise StreamError(f"an event has more than {_MOST} bytes")
        return frames

    def _find(self) -> bool:
        """Find where the next object begins; tell whether it does."""
        while match := _NOT_SPACE.search(self._held, self._at):
            sign = match[0]
            if sign not in self._wanted:
                raise StreamError("it is no array of objects")
            if sign == b"{":
                self._begin = self._at = match.start()
                return True
            self._at, self._wanted = match.end(), _AFTER[sign]
        self._at = len(self._held)
        return False

    def _pass(self) -> bool:
        """Look on to where the object ends; tell whether it does."""
        held, at = self._held, self._at
        while match := (_INSIDE if self._string else _OUTSIDE).search(held, at):
            sign, at = match[0], match.end()
            if sign == b"\\":
                if at == len(held):  # what it stands before is still to come
                    self._at = at - 1
                    return False
                at += 1
            elif sign == b'"':
                self._string = not self._string
            elif sign in b"[{":
                self._depth += 1
            else:
                self._depth -= 1
                if self._depth == 0:
                    self._at = at
                    return True
        self._at = len(held)
        return False

    def end(self) -> list[Frame]:
        """Return the end of the array; an array without one was broken off."""
        if self._wanted:
            raise StreamError("it ends before its array does")
        return [Frame(self._held, "", None)]

    def written(self, frame: Frame, data: str) -> bytes:
        """Write an object with other data, behind what stood before it."""
        return frame.raw[: frame.raw.index(b"{")] + data.encode()

    def closing(self, event: bytes, begun: bool, /) -> bytes:
        """Return how the array ends with the data of an event as its last object."""
        data = SseReader().feed(event)[0].data or "{}"
        return (b",\n" if begun else b"[") + data.encode() + b"]"
