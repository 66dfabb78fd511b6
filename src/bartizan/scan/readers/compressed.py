"""One file compressed by gzip, bzip2, xz, zstd or LZ4: unpacked as it is read, without a copy on disk."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.foreign import Bad
from bartizan.scan.readers.parts.inflate import inflated
from bartizan.scan.readers.parts.members import Member, budget_of, nested
from bartizan.scan.readers.parts.whole import Whole

__all__ = ["READER"]

_MAGIC = (
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\x04\x22\x4d\x18", "lz4"),
)
_SUFFIX = re.compile(r"\.(gz|bz2|xz|zst|zstd|lz4)$", re.IGNORECASE)
_TAR = re.compile(r"\.(tgz|tbz2?|txz|tzst|taz)$", re.IGNORECASE)


class CompressedReader(Whole):
    """The file inside, by its own reader."""

    name = "compressed file"

    def recognises(self, head: bytes, _name: str) -> int:
        """By magic number."""
        codec = _codec(head)
        return 3 if codec and (codec != "bzip2" or head[4:10] == b"1AY&SY" or head[4:10] == b"\x17rE8P\x90") else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """What the reader of the file inside gives."""
        with source.open() as file:
            codec = _codec(file.read(16))

        def chunks(member: Member) -> Iterator[bytes]:
            with source.open() as file:
                try:
                    yield from inflated(file.read, codec)
                except Bad as bad:
                    member.problem = str(bad)

        budget, _ = budget_of(source)
        yield from nested(source, budget, inner_name(source.name), chunks)
        if budget.over:
            yield Unread(budget.over)


def _codec(head: bytes) -> str:
    return next((codec for magic, codec in _MAGIC if head.startswith(magic)), "")


def inner_name(name: str) -> str:
    """Return the name of the file inside."""
    return _TAR.sub(".tar", _SUFFIX.sub("", name)) or "content"


READER = CompressedReader()
