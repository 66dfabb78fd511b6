"""7z archives: each member by its own reader. Unpacked by the standard library, which does all but PPMd and BCJ2."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from functools import partial
from typing import IO, Any

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.foreign import Bad, contained
from bartizan.scan.readers.parts.inflate import inflated
from bartizan.scan.readers.parts.members import Budget, Member, Rewinding, budget_of, clean_name, nested, summed
from bartizan.scan.readers.parts.sevenzip_header import Coder, Folder, Item, directory
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.readers.parts.window import reads, stretch
from bartizan.scan.readers.parts.ziplib import lzma_filter
from bartizan.scan.sources import seekable

__all__ = ["READER"]

_READ = 1 << 20
_DAMAGED = "is damaged: its packed data breaks off or doesn't decode"
_LZMA, _LZMA2, _DELTA, _COPY = b"\x03\x01\x01", b"\x21", b"\x03", b"\x00"
_AES = b"\x06\xf1\x07\x01"
_BRANCH = {
    b"\x03\x03\x01\x03": lzma.FILTER_X86,
    b"\x04": lzma.FILTER_X86,
    b"\x03\x03\x02\x05": lzma.FILTER_POWERPC,
    b"\x03\x03\x04\x01": lzma.FILTER_IA64,
    b"\x03\x03\x05\x01": lzma.FILTER_ARM,
    b"\x03\x03\x07\x01": lzma.FILTER_ARMTHUMB,
    b"\x03\x03\x08\x05": lzma.FILTER_SPARC,
}
_STREAMS = {b"\x04\x01\x08": "deflate", b"\x04\x02\x02": "bzip2", b"\x04\xf7\x11\x01": "zstd"}
_MOST_DICTIONARY = 128 << 20


class SevenZipReader(Whole):
    """Members in the order of the archive."""

    name = "7z archive"

    def recognises(self, head: bytes, _name: str) -> int:
        """By magic number."""
        return 3 if head.startswith(b"7z\xbc\xaf\x27\x1c") else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """What the members' readers give."""
        budget, _ = budget_of(source)
        with seekable(source) as file:
            try:
                folders, items = directory(file, partial(_unpacked, file))
            except Bad as bad:
                yield Unread(str(bad))
                return
            yield from summed(_members(source, file, folders, items, budget))
            if budget.over:
                yield Unread(budget.over)


def _members(
    source: Source, file: IO[bytes], folders: list[Folder], items: list[Item], budget: Budget
) -> Iterator[Block | Unread]:
    number, stream = -1, Rewinding(lambda: iter(()))
    for item in items:
        if budget.over:
            return
        if item.folder < 0:
            continue
        if reason := _refusal(folders[item.folder]):
            yield Unread(reason, clean_name(item.name)[0])
            continue
        if item.folder != number:
            number = item.folder
            stream = Rewinding(partial(_whole, file, folders[number]))
        yield from nested(source, budget, item.name, partial(_content, stream, item), size=item.size)


def _content(stream: Rewinding, item: Item, member: Member) -> Iterator[bytes]:
    size = 0
    for piece in stretch(stream, item.offset, item.size):  # type: ignore[arg-type]
        size += len(piece)
        yield piece
    if size < item.size:
        member.problem = _DAMAGED


def _whole(file: IO[bytes], folder: Folder) -> Iterator[bytes]:
    """A folder's content as far as it can be unpacked; members that are cut short tell about it."""
    try:
        yield from _unpacked(file, folder)
    except Bad:
        return


def _refusal(folder: Folder) -> str:
    methods = {coder.method for coder in folder.chain}
    if _AES in methods:
        return "is encrypted"
    known = {_LZMA, _LZMA2, _DELTA, _COPY, *_BRANCH, *_STREAMS}
    if not folder.linear or methods - known or (methods & set(_STREAMS) and len(folder.chain) > 1):
        return "is packed in a way that is not known here"
    return ""


def _unpacked(file: IO[bytes], folder: Folder) -> Iterator[bytes]:
    if reason := _refusal(folder):
        raise Bad(reason)
    chain = [coder for coder in folder.chain if coder.method != _COPY]
    if not chain:
        yield from stretch(file, folder.start, folder.packed)
        return
    read = reads(file, folder.start, folder.packed)
    if chain[0].method in _STREAMS:
        yield from inflated(read, _STREAMS[chain[0].method], many=False)
        return
    with contained(_DAMAGED):
        # Python wants filters in the order of packing.
        filters = [_filter(coder) for coder in reversed(chain)]
        decompressor = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
    left = folder.size
    data = read(_READ)
    while left > 0:
        with contained(_DAMAGED):
            out = decompressor.decompress(data, min(left, _READ))
        left -= len(out)
        if out:
            yield out
        if decompressor.eof or (not out and not data):
            break
        data = read(_READ) if decompressor.needs_input else b""
    if left > 0:
        raise Bad(_DAMAGED)


def _filter(coder: Coder) -> dict[str, Any]:
    if coder.method == _LZMA:
        return dict(lzma_filter(coder.properties))
    if coder.method == _LZMA2:
        bits = coder.properties[0]
        size = 0xFFFFFFFF if bits >= 40 else (2 | bits & 1) << (bits // 2 + 11)
        if size > _MOST_DICTIONARY:
            raise ValueError("a dictionary too large")
        return {"id": lzma.FILTER_LZMA2, "dict_size": size}
    if coder.method == _DELTA:
        return {"id": lzma.FILTER_DELTA, "dist": coder.properties[0] + 1}
    return {"id": _BRANCH[coder.method]}


READER = SevenZipReader()
