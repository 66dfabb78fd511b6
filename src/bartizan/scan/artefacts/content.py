"""Content: bytes that are read where they are needed, wherever they lie. Nothing is read as a whole without need."""

from __future__ import annotations

import hashlib
import io
import os
from typing import Protocol

from bartizan.scan.artefacts.errors import Malformed

__all__ = ["Content", "Counted", "FileContent", "MemoryContent", "Reading", "Window", "exactly", "is_slow", "sha256_of"]

_BLOCK = 1 << 20


class Content(Protocol):
    """Bytes of a known number, read at random. `read` gives fewer bytes than asked for at the end only."""

    @property
    def size(self) -> int:
        """Their number."""

    def read(self, offset: int, size: int) -> bytes:
        """Return up to `size` bytes from `offset`. Raises OSError."""


class MemoryContent:
    """Bytes at hand."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.size = len(data)

    def read(self, offset: int, size: int) -> bytes:
        """Return a slice."""
        return self.data[offset : offset + size] if size > 0 and offset >= 0 else b""


class FileContent:
    """An open file of this machine, read with `pread`: no shared position. Size is that at opening."""

    def __init__(self, handle: int) -> None:
        self._handle = handle
        self.size = os.fstat(handle).st_size

    def read(self, offset: int, size: int) -> bytes:
        """Read from the file."""
        size = min(size, self.size - offset)
        if size <= 0 or offset < 0:
            return b""
        if hasattr(os, "pread"):
            return os.pread(self._handle, size, offset)
        os.lseek(self._handle, offset, os.SEEK_SET)
        return os.read(self._handle, size)


class Window:
    """A part of other content."""

    def __init__(self, content: Content, start: int, size: int | None = None) -> None:
        self._content, self.start, self.slow = content, max(start, 0), is_slow(content)
        rest = max(content.size - self.start, 0)
        self.size = rest if size is None else max(min(size, rest), 0)

    def read(self, offset: int, size: int) -> bytes:
        """Read from the part."""
        size = min(size, self.size - offset)
        return self._content.read(self.start + offset, size) if size > 0 and offset >= 0 else b""


class Counted:
    """Content that counts what is read from it."""

    def __init__(self, content: Content) -> None:
        self._content, self.size, self.bytes_read, self.slow = content, content.size, 0, is_slow(content)

    def read(self, offset: int, size: int) -> bytes:
        """Read, and count."""
        data = self._content.read(offset, size)
        self.bytes_read += len(data)
        return data


class Reading(io.RawIOBase):
    """Content as a file object, for libraries that want one. Wrap it in `io.BufferedReader` for small reads."""

    def __init__(self, content: Content) -> None:
        self._content, self._at = content, 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move the position."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self._content.size}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Fill a buffer from the position on."""
        data = self._content.read(self._at, len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


def is_slow(content: Content) -> bool:
    """Tell whether each read costs a round trip over a network: then what only confirms other parts is sampled."""
    return bool(getattr(content, "slow", False))


def exactly(content: Content, offset: int, size: int) -> bytes:
    """Read exactly so many bytes. Raises Malformed where they are not there."""
    if size < 0 or offset < 0 or offset + size > content.size:
        raise Malformed("the file ends before what it announces", offset)
    data = content.read(offset, size)
    if len(data) != size:
        raise Malformed("the file ends before what it announces", offset)
    return data


def sha256_of(content: Content) -> str:
    """Return the SHA-256 of all of it, in hexadecimal. Raises OSError."""
    digest = hashlib.sha256()
    for at in range(0, content.size, _BLOCK):
        digest.update(content.read(at, _BLOCK))
    return digest.hexdigest()
