"""Files of an event log as the operating system has them: names, locks, ends, and getting bytes on to the disk."""

from __future__ import annotations

import os
import sys
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from bartizan.soc.lines import MOST, LogFile, WriterBusy, is_writer, log_files, own_hash, parse_line

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = [
    "Ending",
    "Tail",
    "digest_of",
    "ending",
    "flush",
    "is_lock_name",
    "lock",
    "lock_name",
    "new_file",
    "open_end",
    "reason",
]

_BLOCK = 1 << 20
_APPEND = os.O_WRONLY | os.O_APPEND | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)


class Tail(NamedTuple):
    """Bytes at the end of a file that are no whole line."""

    file: str
    offset: int
    bytes: int
    sha256: str

    def plain(self) -> dict[str, str | int | float | bool | list[str]]:
        """Return it as an event says it."""
        return {"file": self.file, "offset": self.offset, "bytes": self.bytes, "sha256": self.sha256}


class Ending(NamedTuple):
    """Where a chain ends: its last file, the last line that holds its own hash, and what comes after that line."""

    file: LogFile | None
    seq: int
    hash: str
    tail: Tail | None


def lock_name(writer: str) -> str:
    """Return the name of the file by which processes keep each other off a chain."""
    return f".{writer}.lock"


def is_lock_name(name: str) -> bool:
    """Tell whether a file may be such a lock."""
    return name.startswith(".") and name.endswith(".lock") and is_writer(name[1:-5])


def lock(folder: Path, writer: str) -> int:
    """Return a descriptor that keeps other processes off a chain until it is closed, or the process dies.

    Raises WriterBusy and OSError.
    """
    descriptor = os.open(folder / lock_name(writer), os.O_RDWR | os.O_CREAT | getattr(os, "O_CLOEXEC", 0), 0o600)
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise WriterBusy(
            f"another process writes the events of `{writer}` in `{folder}`", help="give each process its own name"
        ) from None
    return descriptor


def new_file(path: Path) -> int:
    """Make a file that is only ever added to, and return its descriptor. Raises OSError."""
    descriptor = os.open(path, _APPEND | os.O_CREAT | os.O_EXCL, 0o600)
    if sys.platform != "win32":
        # The name has to be on the disk as well.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    return descriptor


def open_end(path: Path) -> int:
    """Open a file to add to it. Raises OSError."""
    return os.open(path, _APPEND)


def flush(descriptor: int) -> None:
    """Have a file's bytes on the disk, and not only in its cache. Raises OSError."""
    if sys.platform == "darwin":
        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    elif hasattr(os, "fdatasync"):
        os.fdatasync(descriptor)
    else:
        os.fsync(descriptor)


def ending(folder: Path, writer: str) -> Ending:
    """Find where a chain ends. Raises OSError.

    Lines before the last are not held against each other here: that is what verifying is for.
    """
    files = log_files(folder).get(writer, [])
    last = files[-1] if files else None
    tail: Tail | None = None
    for file in reversed(files):
        seq, own, end = _last_line(file)
        if file is last and end < (size := file.path.stat().st_size):
            tail = Tail(file.path.name, end, size - end, digest_of(file.path, end))
        if seq:
            return Ending(last, seq, own, tail)
    return Ending(last, 0, "", tail)


def _last_line(file: LogFile) -> tuple[int, str, int]:
    """Return number and hash of the last line that holds its own hash, and where it ends; zeros when none does."""
    seq, own, end, at = 0, "", 0, 0
    with file.path.open("rb") as stream:
        while line := stream.readline(MOST):
            at += len(line)
            opening = parse_line(line)
            if (
                opening
                and line[-1:] == b"\n"
                and opening.writer == file.writer
                and own_hash(line, opening) == opening.hash
            ):
                seq, own, end = opening.seq, opening.hash, at
    return seq, own, end


def digest_of(path: Path, offset: int) -> str:
    """Return the SHA-256 of a file from an offset on. Raises OSError."""
    digest = sha256()
    with path.open("rb") as stream:
        stream.seek(offset)
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def reason(error: OSError) -> str:
    """Return what the system says, in lower case."""
    text = error.strerror or str(error)
    return text[:1].lower() + text[1:]
