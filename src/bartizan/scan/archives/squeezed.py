"""Compression: streams unpacked into a place of their own, within bounds, and with what was read of them counted.

Formats: RFC 1950 to 1952 (zlib, deflate, gzip), the LZ4 frame format 1.6, RFC 8878 (Zstandard), the .xz format 1.2 and
the .lzma format. The standard library unpacks most; Arrow, which is there already, does LZ4 and Zstandard.
"""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterator

import msgspec

from bartizan.scan.archives.frames import lz4_end, zstd_end
from bartizan.scan.archives.spool import Spool
from bartizan.scan.artefacts.content import Content, Reading, Window
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.readers.parts.foreign import Bad, contained
from bartizan.scan.readers.parts.inflate import Decompressor, Zlib
from bartizan.scan.readers.parts.ziplib import lzma_filter

__all__ = ["Unpacked", "recognised", "unpack"]

_READ = 256 << 10
_STEP = 1 << 20
_MEMORY = 200 << 20
"""Bytes that a decompressor of xz may ask for its dictionary."""
_BOMB, _BOMB_RATIO = 512 << 20, 300
"""Bytes that come out of one stream, and how many of each that goes in, where both are exceeded by bombs only."""
_BROKEN = "the compressed data breaks off or doesn't decode"

_STREAMS: dict[str, Callable[[], Decompressor]] = {
    "gzip": lambda: Zlib(31),
    "zlib": lambda: Zlib(15),
    "deflate": lambda: Zlib(-15),
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY),
    "lzma": lambda: lzma.LZMADecompressor(lzma.FORMAT_ALONE, memlimit=_MEMORY),
}
_ENDS: dict[str, Callable[[Content, int], int]] = {"lz4": lz4_end, "zstd": zstd_end}
_MAGIC = {
    b"\x1f\x8b\x08": "gzip",
    b"BZh": "bzip2",
    b"\xfd7zXZ\x00": "xz",
    b"\x04\x22\x4d\x18": "lz4",
    b"\x28\xb5\x2f\xfd": "zstd",
}
_JOINED = ("gzip", "bzip2", "xz", "lz4", "zstd")
"""Codecs whose streams may follow each other, and are one file to those who unpack them."""


class Unpacked(msgspec.Struct):
    """What came out: `packed` bytes were read for it. `problem` says why it ends early; `crc` is that of zip."""

    content: Spool
    packed: int = 0
    crc: int = 0
    problem: str = ""


def recognised(head: bytes) -> str:
    """Return the codec of a file that begins so; empty for none. zlib and lzma have no magic number: they are tried."""
    for magic, codec in _MAGIC.items():
        if head.startswith(magic):
            return codec
    if len(head) > 2 and head[0] & 15 == 8 and head[0] >> 4 <= 7 and not (head[0] << 8 | head[1]) % 31:
        return "zlib" if not head[1] & 0x20 and _decodes("zlib", head) else ""
    if head[:1] == b"\x5d" and len(head) > 13 and head[1:3] == b"\x00\x00" and _decodes("lzma", head):
        return "lzma"
    return ""


def _decodes(codec: str, head: bytes) -> bool:
    """Tell whether a head gives bytes, or at least no error that shows within some hundred bytes."""
    if len(head) < 8:
        return False
    try:
        with contained(_BROKEN):
            return bool(_STREAMS[codec]().decompress(head, 64))
    except Bad:
        return False


def unpack(content: Content, codec: str, desk: Desk, *, many: bool = False) -> Unpacked:
    """Unpack a stream from the beginning of content, with `many` also those that follow it.

    Damage ends it, and is told in the result: what came out before may be what a loader runs. The caller closes the
    content. Raises LimitReached; reports `archive-bomb`.
    """
    done = Unpacked(Spool())
    try:
        while True:
            start = done.packed
            try:
                for piece in _pieces(content, codec, done):
                    desk.expand(len(piece))
                    done.crc = zlib.crc32(piece, done.crc)
                    done.content.add(piece)
                    if done.content.size > _BOMB and done.content.size > _BOMB_RATIO * max(done.packed, 1):
                        desk.hit("archive-bomb", f"{done.content.size >> 20} MB from {done.packed >> 10} KB")
                        done.problem = "it unpacks to very much more than it is"
                        return done
            except (Bad, Malformed) as error:
                done.problem = error.message if isinstance(error, Malformed) else str(error)
                return done
            if not many or codec not in _JOINED or done.packed == start or not _next(content, codec, done):
                return done
    except BaseException:
        done.content.close()
        raise


def _next(content: Content, codec: str, done: Unpacked) -> bool:
    """Tell whether another stream of the codec follows, behind zeros that writers fill up with."""
    at = done.packed
    while (piece := content.read(at, _READ)) and not piece.strip(b"\0") and at - done.packed <= _STEP:
        at += len(piece)
    at += len(piece) - len(piece.lstrip(b"\0"))
    if at - done.packed > _STEP or recognised(content.read(at, 16)) != codec:
        return False
    done.packed = at
    return True


def _pieces(content: Content, codec: str, done: Unpacked) -> Iterator[bytes]:
    """Give what one stream holds, which begins at `done.packed`, and count what was read of it there. Raises Bad."""
    if codec in _ENDS:
        yield from _by_arrow(content, codec, done)
        return
    make: Callable[[], Decompressor] = _raw_lzma(content, done) if codec == "zip-lzma" else _STREAMS[codec]
    with contained(_BROKEN):
        decompressor = make()
    data, ended = b"", False
    while not decompressor.eof:
        if decompressor.needs_input:
            data = content.read(done.packed, _READ)
            done.packed += len(data)
            ended = not data
        with contained(_BROKEN):
            out = decompressor.decompress(data, _STEP)
        data = b""
        if out:
            yield out
        elif ended and not decompressor.eof:
            raise Bad(_BROKEN)
    done.packed -= len(decompressor.unused_data)


def _raw_lzma(content: Content, done: Unpacked) -> Callable[[], Decompressor]:
    """LZMA as it stands in zip files: a version, the size of the properties, these, and the raw stream."""
    head = content.read(done.packed, 4)
    properties = content.read(done.packed + 4, int.from_bytes(head[2:4], "little"))
    done.packed += len(head) + len(properties)
    return lambda: lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[lzma_filter(properties)])


def _by_arrow(content: Content, codec: str, done: Unpacked) -> Iterator[bytes]:
    """Unpack one frame, whose end is found first: Arrow doesn't tell how far it read."""
    import pyarrow as pa  # type: ignore[import-untyped]

    start = done.packed
    end = _ENDS[codec](content, start)
    done.packed = end
    file = io.BufferedReader(Reading(Window(content, start, end - start)))
    with contained(_BROKEN):
        stream = pa.CompressedInputStream(pa.PythonFile(file, mode="r"), codec)
    while True:
        with contained(_BROKEN):
            out = stream.read(_STEP)
        if not out:
            return
        yield out
