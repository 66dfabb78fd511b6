"""Files that several processes change: one at a time, and each time as a whole."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bartizan.model import BartizanError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["held", "replaced", "state_of"]

_PATIENCE = 10.0
"""Seconds that a writer waits for another."""


def replaced(target: Path, content: bytes) -> None:
    """Write beside a file, on to the disk, and then in its place; only the owner may read it.

    To be called by one writer at a time. Raises OSError.
    """
    part = target.with_name(f".{target.name}.part")
    part.unlink(missing_ok=True)  # what a writer that was killed has left
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(descriptor)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    """Have the new name on the disk too, where folders can be opened."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def held(target: Path) -> Iterator[None]:
    """Keep other writers off a file, by a lock beside it that the system lets go when the process dies.

    Raises OSError, and BartizanError when another writer keeps it.
    """
    path = target.with_name(f".{target.name}.lock")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        end = time.monotonic() + _PATIENCE
        while not _lock(descriptor):
            if time.monotonic() > end:
                raise BartizanError(f"`{path}` is held by another process", help="try again when that has ended")
            time.sleep(0.02)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def state_of(files: Iterable[Path]) -> list[tuple[str, int, int]]:
    """Return what tells whether files have changed, or come or gone, since it was last returned."""
    out = []
    for file in files:
        try:
            found = file.stat()
            out.append((str(file), found.st_mtime_ns, found.st_size))
        except OSError:
            out.append((str(file), 0, -1))
    return out
