"""Server-sent events, read incrementally under every framing (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import re
from typing import NamedTuple, Protocol

__all__ = ["Frame", "Reader", "SseReader", "StreamError", "written"]

_BLANK = re.compile(rb"\r\n(?:\r\n|\n|\r(?!\n))|\n(?:\r\n|\n|\r(?!\n))|\r(?!\n)(?:\r\n|\n|\r(?!\n))")
_LINE = re.compile(rb"\r\n|\n|\r")
_BOM = b"\xef\xbb\xbf"
_MOST = 4 << 20
"""Bytes of one event; an answer with an image in base64 stays below."""


class StreamError(Exception):
    """A stream that can't be followed. The message says what is wrong, and holds nothing of the stream."""


class Frame(NamedTuple):
    """One event as it came: its bytes with the blank line, its type, and its data lines joined; None without data."""

    raw: bytes
    event: str
    data: str | None


class Reader(Protocol):
    """Cuts the bytes of a streamed answer into events, and writes events of its kind. Raises StreamError."""

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes, and return the events that are whole now."""

    def end(self) -> list[Frame]:
        """Say that there is no more, and return what is left."""

    def written(self, frame: Frame, data: str) -> bytes:
        """Write an event with other data."""

    def closing(self, event: bytes, begun: bool, /) -> bytes:
        """Return how a stream ends with a server-sent `event`; `begun` tells whether any other went out before."""


class SseReader:
    """Cuts a stream of bytes into events. Raises StreamError for one that is too long or no UTF-8."""

    def __init__(self) -> None:
        self._held = b""
        self._looked = 0
        self._first = True

    def feed(self, data: bytes) -> list[Frame]:
        """Take bytes, and return the events that are whole now."""
        if not self._held and data[-2:] == b"\n\n" and b"\r" not in data and b"\n\n\n" not in data:
            # The usual case: whole events, and nothing else.
            return [self._frame(raw + b"\n\n") for raw in data[:-2].split(b"\n\n")]
        held = self._held + data if self._held else data
        frames = []
        at, look = 0, max(self._looked - 3, 0)
        while match := _BLANK.search(held, look):
            if match.end() == len(held) and held.endswith(b"\r"):
                break  # half of a line end, perhaps
            frames.append(self._frame(held[at : match.end()]))
            at = look = match.end()
        self._held = held[at:]
        self._looked = len(self._held)
        if len(self._held) > _MOST:
            raise StreamError(f"an event has more than {_MOST} bytes")
        return frames

    def end(self) -> list[Frame]:
        """Return what is left as events: clients differ on whether one without a blank line counts."""
        held, self._held, self._looked = self._held, b"", 0
        return [self._frame(held)] if held else []

    def written(self, frame: Frame, data: str) -> bytes:
        """Write an event with other data."""
        return written(frame, data)

    def closing(self, event: bytes, _: bool, /) -> bytes:
        """Return how a stream ends with an event: it needs nothing around it, whether anything came before or not."""
        return event

    def _frame(self, raw: bytes) -> Frame:
        text = raw
        if self._first:
            self._first = False
            text = raw.removeprefix(_BOM)
        try:
            # The usual case: one line of data, and nothing else.
            if text.startswith(b"data: ") and text.find(b"\n") == len(text) - 2 and b"\r" not in text:
                return Frame(raw, "", text[6:-2].decode())
            return self._lines(raw, text)
        except UnicodeDecodeError:
            raise StreamError("an event is not UTF-8") from None

    def _lines(self, raw: bytes, text: bytes) -> Frame:
        event, data = "", []
        for line in _LINE.split(text):
            name, _, value = line.partition(b":")
            value = value.removeprefix(b" ")
            if name == b"data":
                data.append(value.decode())
            elif name == b"event":
                event = value.decode()
            elif line:
                line.decode()
        return Frame(raw, event, "\n".join(data) if data else None)


def written(frame: Frame, data: str) -> bytes:
    """Write an event with other data, its other lines as they were."""
    lines = [line for line in _LINE.split(frame.raw.removeprefix(_BOM)) if line and line.partition(b":")[0] != b"data"]
    return b"".join(line + b"\n" for line in lines) + f"data: {data}\n\n".encode()
