"""Unpacking of what a 7z archive holds, by the standard library, which does all but PPMd and BCJ2."""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from typing import IO, Any

from bartizan.scan.readers.parts.foreign import Bad, contained
from bartizan.scan.readers.parts.inflate import inflated
from bartizan.scan.readers.parts.sevenzip_header import Coder, Folder
from bartizan.scan.readers.parts.window import reads, stretch
from bartizan.scan.readers.parts.ziplib import lzma_filter

__all__ = ["DAMAGED", "refusal", "unpacked"]

_READ = 1 << 20
DAMAGED = "is damaged: its packed data breaks off or doesn't decode"
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


def refusal(folder: Folder) -> str:
    """Why a packed stream can't be unpacked; empty where it can."""
    methods = {coder.method for coder in folder.chain}
    if _AES in methods:
        return "is encrypted"
    known = {_LZMA, _LZMA2, _DELTA, _COPY, *_BRANCH, *_STREAMS}
    if not folder.linear or methods - known or (methods & set(_STREAMS) and len(folder.chain) > 1):
        return "is packed in a way that is not known here"
    return ""


def unpacked(file: IO[bytes], folder: Folder) -> Iterator[bytes]:
    """Give what a packed stream holds. Raises Bad."""
    if reason := refusal(folder):
        raise Bad(reason)
    chain = [coder for coder in folder.chain if coder.method != _COPY]
    if not chain:
        yield from stretch(file, folder.start, folder.packed)
        return
    read = reads(file, folder.start, folder.packed)
    if chain[0].method in _STREAMS:
        yield from inflated(read, _STREAMS[chain[0].method], many=False)
        return
    with contained(DAMAGED):
        # Python wants filters in the order of packing.
        filters = [_filter(coder) for coder in reversed(chain)]
        decompressor = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters)
    left = folder.size
    data = read(_READ)
    while left > 0:
        with contained(DAMAGED):
            out = decompressor.decompress(data, min(left, _READ))
        left -= len(out)
        if out:
            yield out
        if decompressor.eof or (not out and not data):
            break
        data = read(_READ) if decompressor.needs_input else b""
    if left > 0:
        raise Bad(DAMAGED)


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
