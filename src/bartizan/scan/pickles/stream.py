"""The bytes of a pickle, read on, either in a line or as the C loader reads frames from a file."""

from __future__ import annotations

from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.errors import LimitReached, Malformed

__all__ = ["Stream"]

_BLOCK = 1 << 18
_LONGEST_LINE = 1 << 20


class Stream:
    """Reads from an offset on. Raises Malformed at the end.

    `framed` reads as CPython's C loader does from a file object: what an opcode wants beyond the end of its frame is
    read afresh from behind the frame, and the rest of the frame is lost (python/cpython issue 154848). Read in a line,
    `straddled` notes the first opcode that reaches over the end of its frame.
    """

    def __init__(self, content: Content, start: int, *, framed: bool = False) -> None:
        self._content, self._framed = content, framed
        self._data, self._base, self._at = b"", start, 0
        self._frame_end = -1
        self._safe = 0
        self.straddled = -1

    @property
    def offset(self) -> int:
        """Where the next byte stands."""
        return self._base + self._at

    def seek(self, offset: int) -> None:
        """Go on elsewhere; no frame is open there."""
        self._frame_end = -1
        self._hold(b"", offset, 0)

    def _hold(self, data: bytes, base: int, at: int) -> None:
        """Change what is held. Up to `_safe`, data are held and no frame ends."""
        self._data, self._base, self._at = data, base, at
        self._safe = len(data) if self._frame_end < 0 else min(len(data), self._frame_end - base)

    def skip(self, size: int, frame: int) -> None:
        """Pass over bytes that were read elsewhere; `frame` is how many bytes after them end the frame."""
        self._frame_end = self.offset + size + frame if frame >= 0 else -1
        self._hold(self._data, self._base, self._at)
        at = self._at + size
        if at <= len(self._data):
            self._at = at
        else:
            self._hold(b"", self._base + at, 0)

    @property
    def frame_left(self) -> int:
        """How many bytes are left in the frame; below 0 without one."""
        return self._frame_end - self.offset if self._frame_end >= 0 else -1

    def byte(self) -> int:
        """Read the next byte."""
        at = self._at
        if at < len(self._data):
            self._at = at + 1
            return self._data[at]
        return self._more(1)[0]

    def take(self, size: int) -> bytes:
        """Read some bytes."""
        at = self._at
        end = at + size
        if end <= self._safe:
            self._at = end
            return self._data[at:end]
        if self._frame_end >= 0:
            self._over(size)
        at = self._at
        end = at + size
        if end <= len(self._data):
            self._at = end
            return self._data[at:end]
        return self._more(size)

    def _over(self, size: int) -> None:
        """See to an opcode that reaches over the end of its frame."""
        offset = self.offset
        if offset >= self._frame_end:
            self._frame_end, self._safe = -1, len(self._data)
        elif offset + size > self._frame_end:
            if self.straddled < 0:
                self.straddled = offset
            if self._framed:
                self.seek(self._frame_end)

    def _more(self, size: int) -> bytes:
        if size > _BLOCK * 64:
            raise LimitReached("an opcode has an argument of more than 16 MB that must be read")
        offset = self.offset
        data = self._content.read(offset, max(size, _BLOCK))
        if len(data) < size:
            raise Malformed("the pickle ends within an opcode" if data or size > 1 else "the pickle ends without STOP",
                            offset)  # fmt: skip
        self._hold(data, offset, size)
        return data[:size]

    def payload(self, size: int, kept: int, *, whole: bool) -> bytes:
        """Pass over data, and return its beginning. `whole` data are read across the end of a frame by every loader."""
        if size <= kept:
            return self.take(size) if not whole else self._across(size)
        if self._frame_end >= 0 and not whole:
            self._over(size)
        offset = self.offset
        if offset + size > self._content.size:
            raise Malformed(f"an argument of {size} bytes reaches over the end of the file", offset)
        head = self._across(kept)
        end = offset + size
        if end - self._base <= len(self._data):
            self._at = end - self._base
        else:
            self._hold(b"", end, 0)
        return head

    def _across(self, size: int) -> bytes:
        frame, self._frame_end = self._frame_end, -1
        self._hold(self._data, self._base, self._at)
        data = self.take(size)
        self._frame_end = frame
        self._hold(self._data, self._base, self._at)
        return data

    def line(self) -> bytes:
        """Read a line, without its end."""
        at = self._at
        end = self._data.find(b"\n", at)
        if end < 0:
            offset = self.offset
            data = self._content.read(offset, _LONGEST_LINE)
            end = data.find(b"\n")
            if end < 0:
                if len(data) == _LONGEST_LINE:
                    raise LimitReached("an opcode has a line of more than 1 MB as its argument")
                raise Malformed("the pickle ends within a line", offset)
            self._hold(data, offset, 0)
            at = 0
        if self._frame_end >= 0:
            offset = self.offset
            self._over(end - at + 1)
            if self.offset != offset:
                return self.line()
        self._at = end + 1
        return self._data[at:end]

    def frame(self, size: int) -> bool:
        """Open a frame. Tell whether it lies within the file. One within another's bytes ends with that one."""
        if self._frame_end >= 0:
            self._over(size)
        end = self.offset + size
        if end > self._content.size:
            return False
        if self._frame_end < end:
            self._frame_end = end
        self._hold(self._data, self._base, self._at)
        return True
