"""Where frames of LZ4 and Zstandard end: found by walking their blocks, without unpacking them.

Sources: LZ4 frame format 1.6.3; RFC 8878, section 3.1.
"""

from __future__ import annotations

from bartizan.scan.artefacts.content import Content, exactly
from bartizan.scan.artefacts.errors import Malformed

__all__ = ["lz4_end", "zstd_end"]

_LZ4, _ZSTD = b"\x04\x22\x4d\x18", b"\x28\xb5\x2f\xfd"
_MOST_BLOCKS = 4_000_000


def lz4_end(content: Content, start: int) -> int:
    """Return the offset behind the LZ4 frame that begins at `start`. Raises Malformed."""
    head = exactly(content, start, 6)
    flags = head[4]
    if head[:4] != _LZ4 or flags >> 6 != 1:
        raise Malformed("no LZ4 frame begins here", start)
    at = start + 6 + (8 if flags & 8 else 0) + (4 if flags & 1 else 0) + 1
    for _ in range(_MOST_BLOCKS):
        size = int.from_bytes(exactly(content, at, 4), "little")
        at += 4
        if not size:
            return _within(content, at + (4 if flags & 4 else 0))
        at += (size & 0x7FFFFFFF) + (4 if flags & 16 else 0)
    raise Malformed("the LZ4 frame has too many blocks", start)


def zstd_end(content: Content, start: int) -> int:
    """Return the offset behind the Zstandard frame that begins at `start`. Raises Malformed."""
    head = exactly(content, start, 5)
    if head[:4] != _ZSTD:
        raise Malformed("no Zstandard frame begins here", start)
    flags = head[4]
    single = flags >> 5 & 1
    content_size = (single, 2, 4, 8)[flags >> 6]
    at = start + 5 + (1 - single) + (0, 1, 2, 4)[flags & 3] + content_size
    for _ in range(_MOST_BLOCKS):
        block = int.from_bytes(exactly(content, at, 3), "little")
        at += 3 + (1 if block >> 1 & 3 == 1 else block >> 3)
        if block & 1:
            return _within(content, at + (4 if flags & 4 else 0))
    raise Malformed("the Zstandard frame has too many blocks", start)


def _within(content: Content, end: int) -> int:
    if end > content.size:
        raise Malformed("the file ends before what it announces", content.size)
    return end
