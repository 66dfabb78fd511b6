"""The file that keeps keys of our own: read, watched, and changed by one writer at a time."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bartizan.guard.identity.keys import KeyRecord, KeyStore, parse_keys, render_keys
from bartizan.model import BartizanError, InputError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

__all__ = ["KeyFile"]

_MOST = 256 * 1024 * 1024
_PATIENCE = 10.0
"""Seconds that a writer waits for another."""


class KeyFile:
    """A key file, and the keys of it that are in force in `store`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.store = KeyStore()
        self._seen: tuple[int, int, int] | None = None
        self._told = ""

    def refresh(self) -> bool:
        """Put in force what the file says now, and return whether it has changed. Costs one `stat` when it hasn't.

        To be called at least once a second, so that revocations act. A file that is gone or can't be read ends all
        keys, because what was revoked can't be known. Then InputError is raised, once for each different reason; every
        later call tries again.
        """
        try:
            state = self.path.stat()
            seen = (state.st_mtime_ns, state.st_size, state.st_ino)
            if seen == self._seen:
                return False
            self.store.load(self._read())
        except OSError as error:
            return self._end(InputError(f"`{self.path}` can't be read: {error.strerror}", help=_MAKE))
        except InputError as error:
            return self._end(error)
        self._seen, self._told = seen, ""
        return True

    def _end(self, why: InputError) -> bool:
        changed = len(self.store) > 0
        self.store.load([])
        self._seen = None
        if self._told != why.message:
            self._told = why.message
            raise InputError(f"no key is in force: {why.message}", place=why.place, help=why.help)
        return changed

    def records(self) -> list[KeyRecord]:
        """Return all that the file holds, revoked keys too. Raises InputError, also when there is no file."""
        try:
            return self._read()
        except OSError as error:
            raise InputError(f"`{self.path}` can't be read: {error.strerror}", help=_MAKE) from None

    def change(self, how: Callable[[list[KeyRecord]], list[KeyRecord]]) -> None:
        """Change the file under a lock: what `how` makes of its records takes its place as a whole, or not at all.

        A file that isn't there yet holds no records. Only the owner may read it. Raises InputError and BartizanError.
        """
        target = Path(os.path.realpath(self.path))
        if not target.parent.is_dir():
            raise InputError(f"the folder `{target.parent}` does not exist", help="create it, or choose another")
        try:
            with _locked(target.with_name(f".{target.name}.lock")):
                before = self._read() if target.exists() else []
                _replace(target, render_keys(how(before)))
        except OSError as error:
            raise BartizanError(f"`{self.path}` can't be written: {error.strerror}") from None

    def _read(self) -> list[KeyRecord]:
        with self.path.open("rb") as file:
            content = file.read(_MOST + 1)
        if len(content) > _MOST:
            raise InputError(f"`{self.path}` is larger than {_MOST:,} bytes", help="it is no key file")
        return parse_keys(content, str(self.path))


_MAKE = "`bartizan keys create` makes it with its first key"


def _replace(target: Path, content: bytes) -> None:
    """Write beside the file, on to the disk, and then in its place. Called under the lock only."""
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
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that the system lets go when the process dies. Raises BartizanError when another keeps it."""
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
