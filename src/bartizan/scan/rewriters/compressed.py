"""Files that are compressed as a whole: what is inside keeps its format."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import IO, Any

from bartizan.model import InputError
from bartizan.scan.rewriters.base import Work

__all__ = ["REWRITERS", "unpacking"]

_SHORT = {".tgz": ".tar", ".tbz2": ".tar", ".txz": ".tar", ".tzst": ".tar"}
_DAMAGED = (
    EOFError,
    OSError,
    RuntimeError,
    NotImplementedError,
    lzma.LZMAError,
    zlib.error,
    zipfile.BadZipFile,
    tarfile.TarError,
)


class _Counted(io.RawIOBase):
    """Reads a stream that comes out of a container, and counts what does."""

    def __init__(self, source: Any, work: Work) -> None:
        self.source = source
        self.work = work

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self.source.read(len(buffer))
        except _DAMAGED as error:
            raise InputError(f"what is packed is damaged or encrypted ({type(error).__name__})") from None
        self.work.unpack(len(data))
        buffer[: len(data)] = data
        return len(data)


def unpacking(source: Any, work: Work) -> IO[bytes]:
    """Return what comes out of a container as a stream.

    Reading it raises InputError when it is damaged, or when more comes out than any file should hold.
    """
    return io.BufferedReader(_Counted(source, work), 1 << 16)


class _Open(io.RawIOBase):
    """Stands before a file that must stay open when what writes to it is closed."""

    def __init__(self, target: IO[bytes]) -> None:
        self.target = target

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.target.write(bytes(data))
        return len(data)


class Compressed:
    """One kind of compression."""

    def __init__(
        self,
        name: str,
        magic: bytes,
        reader: Callable[[IO[bytes]], Any],
        writer: Callable[[IO[bytes]], AbstractContextManager[Any]],
    ) -> None:
        self.name = name
        self.magic = magic
        self.reader = reader
        self.writer = writer

    def recognises(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a Rewriter's signature
        """Go by the magic number."""
        return 3 if head.startswith(self.magic) else 0

    def rewrite(self, source: IO[bytes], target: IO[bytes], work: Work, name: str) -> None:
        """Rewrite what is inside. Raises InputError when that can't be done."""
        stem, dot, suffix = name.rpartition(".")
        inner = (stem or suffix) + _SHORT.get(dot + suffix, "")
        with self.writer(target) as packed:
            if not work.member(unpacking(self.reader(source), work), packed, inner):
                raise InputError(work.unread.pop().reason)


def _gzip_writer(target: IO[bytes]) -> gzip.GzipFile:
    # No name and no time: the same input gives the same bytes.
    return gzip.GzipFile("", "wb", fileobj=target, mtime=0)


def _xz_writer(target: IO[bytes]) -> lzma.LZMAFile:
    return lzma.LZMAFile(target, "wb")


def _zstd_reader(source: IO[bytes]) -> Any:
    import pyarrow as pa  # type: ignore[import-untyped]

    return pa.CompressedInputStream(pa.PythonFile(source, "r"), "zstd")


def _zstd_writer(target: IO[bytes]) -> Any:
    import pyarrow as pa

    return pa.CompressedOutputStream(pa.PythonFile(_Open(target), "w"), "zstd")


REWRITERS = (
    Compressed("gzip", b"\x1f\x8b", lambda source: gzip.GzipFile(fileobj=source), _gzip_writer),
    Compressed("bzip2", b"BZh", bz2.BZ2File, lambda target: bz2.BZ2File(target, "wb")),
    Compressed("xz", b"\xfd7zXZ\0", lzma.LZMAFile, _xz_writer),
    Compressed("zstd", b"\x28\xb5\x2f\xfd", _zstd_reader, _zstd_writer),
)
