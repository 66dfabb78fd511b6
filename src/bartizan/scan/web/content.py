"""Content behind an address: blocks are fetched as they are needed, and kept while there is room."""

from __future__ import annotations

from collections import OrderedDict

from bartizan.scan.web.connection import Answer, Connection, PastTheEndError, WebError

__all__ = ["HttpContent"]

_BLOCK = 1 << 16
_KEPT = 256
"""Blocks in memory: 16 MB."""
_AHEAD = 64
"""Blocks that one request fetches at most."""


class HttpContent:
    """Bytes of a file behind an http or https address. The first block is fetched at once. Raises WebError."""

    slow = True

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._blocks: OrderedDict[int, bytes] = OrderedDict()
        self.fetched = 0
        """Bytes that came over the line."""
        try:
            first = connection.range(0, _BLOCK)
        except PastTheEndError:
            first = Answer(b"", 0, 0, "")  # an empty file has no range
        self.size, self._version = first.total, first.version
        self._keep(0, first.data)

    def read(self, offset: int, size: int) -> bytes:
        """Read, from blocks at hand or the server. Raises WebError where the file is another one by now."""
        size = min(size, self.size - offset)
        if size <= 0 or offset < 0:
            return b""
        first, last = offset // _BLOCK, (offset + size - 1) // _BLOCK
        pieces = []
        block = first
        while block <= last:
            if block in self._blocks:
                self._blocks.move_to_end(block)
                pieces.append(self._blocks[block])
                block += 1
                continue
            end = block
            while end < last and end + 1 - block < _AHEAD and end + 1 not in self._blocks:
                end += 1
            pieces.append(self._fetch(block, end))
            block = end + 1
        start = offset - first * _BLOCK
        return b"".join(pieces)[start : start + size]

    def _fetch(self, first: int, last: int) -> bytes:
        start = first * _BLOCK
        wanted = min((last + 1) * _BLOCK, self.size) - start
        answer = self._connection.range(start, wanted)
        if answer.total != self.size or answer.version != self._version:
            raise WebError("changed while it was read")
        if len(answer.data) != wanted:
            raise WebError("the server sends fewer bytes than were asked for")
        self._keep(first, answer.data)
        return answer.data

    def _keep(self, block: int, data: bytes) -> None:
        self.fetched += len(data)
        for at in range(0, len(data), _BLOCK):
            self._blocks[block + at // _BLOCK] = data[at : at + _BLOCK]
        while len(self._blocks) > _KEPT:
            self._blocks.popitem(last=False)
