"""Content through a cache of small blocks: parsers that read here and there neither call the system for each byte, nor
read what they skip."""

from __future__ import annotations

from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.errors import Malformed

__all__ = ["Blocks"]

_BLOCK = 1 << 12
_KEPT = 256


class Blocks:
    """Content in blocks of 4 KiB, of which the last 256 are kept."""

    def __init__(self, content: Content) -> None:
        self.content, self.size = content, content.size
        self._blocks: dict[int, bytes] = {}

    def upto(self, offset: int, size: int) -> bytes:
        """Return the bytes from `offset` on, fewer at the end only."""
        size = min(size, self.size - offset)
        if size <= 0 or offset < 0:
            return b""
        number, at = divmod(offset, _BLOCK)
        if at + size <= _BLOCK:
            return self._block(number)[at : at + size]
        if size > 16 * _BLOCK:
            return self.content.read(offset, size)
        last = (offset + size - 1) // _BLOCK
        return b"".join(self._block(one) for one in range(number, last + 1))[at : at + size]

    def read(self, offset: int, size: int) -> bytes:
        """Return exactly so many bytes. Raises Malformed where they are not there."""
        data = self.upto(offset, size) if size >= 0 else b""
        if len(data) != size:
            raise Malformed("the file ends before what it announces", max(offset, -1))
        return data

    def number(self, offset: int, width: int, *, signed: bool = False) -> int:
        """Return a little-endian number of `width` bytes. Raises Malformed."""
        return int.from_bytes(self.read(offset, width), "little", signed=signed)

    def _block(self, number: int) -> bytes:
        block = self._blocks.get(number)
        if block is None:
            if len(self._blocks) >= _KEPT:
                del self._blocks[next(iter(self._blocks))]
            block = self._blocks[number] = self.content.read(number * _BLOCK, _BLOCK)
        return block
