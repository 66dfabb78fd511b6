"""A place for bytes that come out of compression: in memory while they are few, then in a file without a name."""

from __future__ import annotations

import tempfile

__all__ = ["Spool"]

_IN_MEMORY = 8 << 20


class Spool:
    """Content that is written once, from front to back, and then read at random."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by its owner
        self.size = 0

    def add(self, data: bytes) -> None:
        """Append."""
        self._file.seek(self.size)
        self._file.write(data)
        self.size += len(data)

    def read(self, offset: int, size: int) -> bytes:
        """Return up to `size` bytes from `offset`."""
        if offset < 0 or size <= 0 or offset >= self.size:
            return b""
        self._file.seek(offset)
        return self._file.read(min(size, self.size - offset))

    def close(self) -> None:
        """Give the room back."""
        self._file.close()

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
