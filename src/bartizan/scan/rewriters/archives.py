"""Zip and tar archives, member by member, in order, with names, times and rights as they were."""

from __future__ import annotations

import copy
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import IO

from bartizan.model import InputError
from bartizan.scan.rewriters.base import Work, seekable
from bartizan.scan.rewriters.compressed import unpacking

__all__ = ["REWRITERS", "PartWriter", "copied_info", "opened_zip", "rewrite_zip", "zip_names"]

_SPOOL = 16 << 20
_TAR_MARK = slice(257, 262)
_MEMBERS = 1_000_000
_ENCRYPTED = 1

PartWriter = Callable[[IO[bytes], IO[bytes], str], bool]
"""From a member to what takes its place; False leaves it out."""


class Zip:
    """Zip archives. A member that can't be inspected is left out, and noted."""

    name = "zip"

    def recognises(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a Rewriter's signature
        """Go by the magic number; formats that are zip files say so with more certainty."""
        return 2 if head.startswith((b"PK\x03\x04", b"PK\x05\x06")) else 0

    def rewrite(self, source: IO[bytes], target: IO[bytes], work: Work, name: str) -> None:  # noqa: ARG002
        """Rewrite every member."""
        rewrite_zip(source, target, work, work.member)


class Tar:
    """Tar archives. Links and folders stay; a member that can't be inspected is left out, and noted."""

    name = "tar"

    def recognises(self, head: bytes, name: str) -> int:
        """Go by the mark in the first header."""
        return 3 if head[_TAR_MARK] == b"ustar" or (name.endswith(".tar") and b"\0" in head) else 0

    def rewrite(self, source: IO[bytes], target: IO[bytes], work: Work, name: str) -> None:  # noqa: ARG002
        """Rewrite every member, in one pass."""
        try:
            with tarfile.open(fileobj=source, mode="r|") as old, tarfile.open(fileobj=target, mode="w|") as new:
                for info in old:
                    _tar_member(old, new, info, work)
        except tarfile.TarError:
            raise InputError("the archive is damaged") from None


REWRITERS = (Zip(), Tar())


def _tar_member(old: tarfile.TarFile, new: tarfile.TarFile, info: tarfile.TarInfo, work: Work) -> None:
    file = old.extractfile(info) if info.isreg() else None
    if file is None:
        new.addfile(info)
        return
    with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as made:
        if work.member(unpacking(file, work), made, info.name):
            made.seek(0, 2)
            entry = copy.copy(info)
            entry.size = made.tell()
            # A size in an extended header would be believed before this one.
            entry.pax_headers = {key: value for key, value in info.pax_headers.items() if key != "size"}
            made.seek(0)
            new.addfile(entry, made)


@contextmanager
def opened_zip(source: IO[bytes]) -> Iterator[zipfile.ZipFile]:
    """Open a zip archive. Raises InputError when it is damaged, now or while the block reads it."""
    try:
        with seekable(source) as file, zipfile.ZipFile(file) as archive:
            if len(archive.infolist()) > _MEMBERS:
                raise InputError(f"the archive has more than {_MEMBERS:,} members", help="unpack it first")
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise InputError(f"the archive is damaged or encrypted ({type(error).__name__})") from None


def zip_names(source: IO[bytes]) -> list[str]:
    """Return the names in a zip archive, and leave the file at its beginning; none when it is damaged."""
    try:
        with zipfile.ZipFile(source) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError):
        return []
    finally:
        source.seek(0)


def rewrite_zip(source: IO[bytes], target: IO[bytes], work: Work, part: PartWriter) -> None:
    """Copy a zip archive with each member rewritten by `part`. Raises InputError when it is damaged."""
    with opened_zip(source) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        new.comment = work.text(old.comment.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
        for info in old.infolist():
            entry = copied_info(info)
            if info.is_dir():
                new.writestr(entry, b"")
                continue
            if info.flag_bits & _ENCRYPTED:
                work.skip(info.filename, "it is encrypted")
                continue
            with tempfile.SpooledTemporaryFile(max_size=_SPOOL) as made:
                with old.open(info) as file:
                    kept = part(unpacking(file, work), made, info.filename)
                if kept:
                    made.seek(0)
                    with new.open(entry, "w", force_zip64=info.file_size > 1 << 30) as out:
                        while chunk := made.read(1 << 20):
                            out.write(chunk)


def copied_info(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """Return a new entry with name, time, rights and compression of an old one."""
    entry = zipfile.ZipInfo(info.filename, info.date_time)
    entry.compress_type = info.compress_type if info.compress_type != 9 else zipfile.ZIP_DEFLATED
    entry.external_attr = info.external_attr
    entry.create_system = info.create_system
    return entry
