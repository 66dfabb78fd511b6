"""Decompression with bounds, of streams and of blocks. Arrow brings zstd and LZ4, so no package is needed for them."""

from __future__ import annotations

import bz2
import io
import lzma
import zlib
from collections.abc import Callable, Iterator
from typing import IO, Protocol

from bartizan.scan.readers.parts.foreign import Bad, contained

__all__ = ["STREAMS", "Decompressor", "Zlib", "inflated", "inflated_block"]

_READ = 256 << 10
_STEP = 1 << 20
_SMALL = 128 << 10
"""Bytes asked from Arrow at once, which keeps nothing of them where the stream breaks off in between."""
_XZ_MEMORY = 200 << 20
"""Bytes of dictionary that an xz stream may ask for."""
_BROKEN = "is damaged: its compressed data breaks off or doesn't decode"


class Decompressor(Protocol):
    """What the decompressors of the standard library have in common."""

    @property
    def eof(self) -> bool:
        """Whether the end of the stream was met."""

    @property
    def unused_data(self) -> bytes:
        """What stands behind it."""

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes without more input."""

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Decompress up to `max_length` bytes."""


class Zlib:
    """zlib with the manners of the other decompressors: what doesn't fit the output yet is kept inside."""

    def __init__(self, window: int) -> None:
        self._inner = zlib.decompressobj(window)

    @property
    def eof(self) -> bool:
        """Whether the end of the stream was met."""
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        """What stands behind it."""
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        """Whether nothing more comes without more input."""
        return not self._inner.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """Decompress up to `max_length` bytes."""
        return self._inner.decompress(self._inner.unconsumed_tail + data, max_length)


STREAMS: dict[str, Callable[[], Decompressor]] = {
    "gzip": lambda: Zlib(31),
    "deflate": lambda: Zlib(-15),
    "bzip2": bz2.BZ2Decompressor,
    "xz": lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY),
}


def inflated(read: Callable[[int], bytes], codec: str, *, many: bool = True) -> Iterator[bytes]:
    """Give a stream's content in pieces of a megabyte at most; with `many`, all streams that follow each other.

    `codec` is one of STREAMS, `zstd` or `lz4`. Raises Bad where it is damaged or cut off, after what could be read.
    """
    if codec in ("zstd", "lz4"):
        yield from _by_arrow(read, codec)
        return
    begin = STREAMS[codec]
    decompressor = begin()
    data = read(_READ)
    started = False
    while True:
        with contained(_BROKEN):
            out = decompressor.decompress(data, _STEP)
        started = True
        if out:
            yield out
        if decompressor.eof:
            rest = decompressor.unused_data or read(_READ)
            # Some writers fill up with zeros.
            if not many or not rest.strip(b"\x00"):
                return
            decompressor, data, started = begin(), rest, False
        elif out and (len(out) == _STEP or not decompressor.needs_input):
            data = b""
        else:
            data = read(_READ)
            if not data:
                break
    if started:
        raise Bad(_BROKEN)


class _Reads(io.RawIOBase):
    """A read function as a file, for Arrow."""

    def __init__(self, read: Callable[[int], bytes]) -> None:
        self._read = read

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        return self._read(size if size >= 0 else _READ)


def _by_arrow(read: Callable[[int], bytes], codec: str) -> Iterator[bytes]:
    import pyarrow as pa  # type: ignore[import-untyped]

    with contained(_BROKEN):
        stream = pa.CompressedInputStream(pa.PythonFile(_Reads(read), mode="r"), codec)
    while True:
        with contained(_BROKEN):
            out = stream.read(_SMALL)
        if not out:
            return
        yield out


def inflated_block(data: bytes, codec: str, most: int) -> bytes:
    """Decompress one block of a container format. Raises Bad if it is damaged or larger than `most` bytes."""
    if codec == "snappy":
        return _snappy(data, most)
    file: IO[bytes] = io.BytesIO(data)
    parts: list[bytes] = []
    size = 0
    for part in inflated(file.read, codec, many=False):
        size += len(part)
        if size > most:
            raise Bad(f"has a block of more than {most >> 20} MB")
        parts.append(part)
    return b"".join(parts)


def _snappy(data: bytes, most: int) -> bytes:
    """Snappy's raw format, which begins with the size of its content as a number of 7-bit groups."""
    import pyarrow as pa

    size = 0
    for place, byte in enumerate(data[:5]):
        size |= (byte & 0x7F) << (7 * place)
        if byte < 0x80:
            break
    if size > most:
        raise Bad(f"has a block of more than {most >> 20} MB")
    with contained(_BROKEN):
        return pa.Codec("snappy").decompress(data, size).to_pybytes()  # type: ignore[no-any-return]
