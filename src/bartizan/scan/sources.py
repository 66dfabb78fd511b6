"""Where bytes come from: a file, memory, or a URL. Only files are opened; a change while reading is told."""

from __future__ import annotations

import errno
import io
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit, urlunsplit

import msgspec

from bartizan.model import InputError

if TYPE_CHECKING:
    from bartizan.scan.blocks import Source

__all__ = [
    "Local",
    "Memory",
    "Remote",
    "SourceChangedError",
    "file_system",
    "kind_of",
    "on_disk",
    "public_url",
    "seekable",
]

_IN_MEMORY = 16 << 20
"""Bytes of a spooled copy that stay in memory."""
_COPY = 1 << 20
_KINDS = {
    stat.S_IFIFO: "a named pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
    stat.S_IFLNK: "a symbolic link",
}


class SourceChangedError(OSError):
    """A file was written to, replaced or cut off while it was read: what was read is no state that it ever had."""


def kind_of(mode: int) -> str:
    """Return what a file mode stands for, in words; empty for an ordinary file."""
    return "" if stat.S_ISREG(mode) else _KINDS.get(stat.S_IFMT(mode), "no ordinary file")


class Local(msgspec.Struct, frozen=True):
    """A file of this machine. `size` is what it was when it was found; -1 where nobody looked."""

    path: str
    size: int = -1

    @property
    def name(self) -> str:
        """Its last path component."""
        return Path(self.path).name

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the file.

        Raises OSError, also for pipes, devices and sockets, and SourceChangedError at the end where size, time or inode
        are no longer those of the beginning.
        """
        # Without O_NONBLOCK, opening a named pipe waits for a writer that may never come.
        flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        handle = os.open(self.path, flags)
        before = os.fstat(handle)
        if kind := kind_of(before.st_mode):
            os.close(handle)
            raise OSError(errno.EINVAL, f"is {kind}", self.path)
        with os.fdopen(handle, "rb", buffering=0) as file:
            yield file
            if _stamp(before) != _stamp(os.fstat(handle)) or _stamp(before) != _stamp(Path(self.path).stat()):
                raise SourceChangedError(errno.ESTALE, "changed while it was read", self.path)


def _stamp(found: os.stat_result) -> tuple[int, int, int]:
    return found.st_size, found.st_mtime_ns, found.st_ino


class Memory(msgspec.Struct, frozen=True):
    """Bytes at hand, under a name."""

    name: str
    data: bytes

    @property
    def size(self) -> int:
        """Their number."""
        return len(self.data)

    def open(self) -> AbstractContextManager[IO[bytes]]:
        """Open them."""
        return io.BytesIO(self.data)


class Remote(msgspec.Struct, frozen=True):
    """A file behind a URL, through fsspec. `options` are those of its file system (endpoint, profile, ...)."""

    url: str
    size: int = -1
    options: dict[str, Any] = {}

    @property
    def name(self) -> str:
        """The last component of the URL's path."""
        return PurePosixPath(urlsplit(self.url).path).name

    @contextmanager
    def open(self) -> Iterator[IO[bytes]]:
        """Open the file for reading in pieces as they are asked for.

        Raises OSError; SourceChangedError where size or version differ at the end; InputError without the storage's
        package.
        """
        system, path = file_system(self.url, self.options)
        before = _version(system.info(path))
        with system.open(path, "rb", block_size=4 << 20, cache_type="readahead") as file:
            yield file
        # Listings may be cached; the question is what is there now.
        system.invalidate_cache()
        if _version(system.info(path)) != before:
            raise SourceChangedError(errno.ESTALE, "changed while it was read", public_url(self.url))


def file_system(url: str, options: dict[str, Any]) -> tuple[Any, str]:
    """Return the file system of a URL, and the path in it. Raises InputError where there is none for it."""
    from fsspec.core import url_to_fs  # type: ignore[import-untyped]

    try:
        system, path = url_to_fs(url, **options)
    except ImportError as error:
        scheme = urlsplit(url).scheme
        raise InputError(
            f"storage `{scheme}` needs a package that is not installed",
            help="install the fsspec package of this storage, such as s3fs, gcsfs or adlfs",
        ) from error
    except ValueError as error:
        raise InputError(
            f"`{public_url(url)}` is no address of a storage that is known",
            help="give a path, or a URL such as s3://bucket/folder",
        ) from error
    return system, str(path)


def _version(info: dict[str, Any]) -> tuple[str, ...]:
    return tuple(str(info.get(key, "")) for key in ("size", "ETag", "etag", "generation", "mtime", "LastModified"))


def public_url(url: str) -> str:
    """Return a URL without user, password, query and fragment: those may be secrets."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def said_by_system(error: OSError) -> str:
    """Return what the operating system says of an error, as the end of a sentence of ours."""
    return (error.strerror or "unknown error").lower()


def public_root(root: str) -> str:
    """Return what a scan was asked to look at as it may be shown: a path as it is, a URL without what may be secret."""
    return public_url(root) if "://" in root else root


@contextmanager
def seekable(source: Source) -> Iterator[IO[bytes]]:
    """Open a source for jumping about in it: as it is where that is cheap, from a temporary copy where it isn't."""
    if getattr(source, "jumps", True):
        with source.open() as file:
            yield file
        return
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as copy:
        with source.open() as file:
            shutil.copyfileobj(file, copy, _COPY)
        copy.seek(0)
        yield copy


@contextmanager
def on_disk(source: Source) -> Iterator[str]:
    """Give a path under which the source can be opened for the time being; other sources than files are copied."""
    if isinstance(source, Local):
        with source.open():
            yield source.path
        return
    with tempfile.TemporaryDirectory(prefix="bartizan-") as folder:
        path = Path(folder) / "copy"
        with path.open("wb") as copy, source.open() as file:
            shutil.copyfileobj(file, copy, _COPY)
        yield str(path)
