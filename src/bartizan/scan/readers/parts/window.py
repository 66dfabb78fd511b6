"""A stretch of an open file as a file of its own. Several may be read in turn, since each knows its place."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import IO

__all__ = ["FARTHEST", "Window", "reads", "stretch"]

_READ = 256 << 10
FARTHEST = 1 << 43
"""Offsets from here on are in no file: systems refuse to go there with errors that look like those of a disk."""


class Window(io.RawIOBase):
    """Bytes `start` to `start + size` of a file that can be sought in."""

    def __init__(self, file: IO[bytes], start: int, size: int) -> None:
        self._file = file
        self._start = start
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def tell(self) -> int:
        """Return the present place."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Go to a place."""
        base = (0, self._at, self._size)[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int | None = -1) -> bytes:
        """Read up to `size` bytes."""
        left = max(0, self._size - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        if self._start + self._at >= FARTHEST:
            return b""
        self._file.seek(self._start + self._at)
        data = self._file.read(wanted)
        self._at += len(data)
        return data

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer as far as there are bytes."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def reads(file: IO[bytes], start: int, size: int) -> Callable[[int], bytes]:
    """Return a function that reads on in a stretch of a file."""
    return Window(file, start, size).read


def stretch(file: IO[bytes], start: int, size: int) -> Iterator[bytes]:
    """Give a stretch of a file in pieces; fewer bytes than `size` where the file ends before."""
    read = reads(file, start, size)
    while data := read(_READ):
        yield data
