"""The file that keeps keys of our own: read, watched, and changed by one writer at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from bartizan.guard.gateway.files import held, replaced
from bartizan.guard.identity.keys import KeyRecord, KeyStore, parse_keys, render_keys
from bartizan.model import BartizanError, InputError

__all__ = ["KeyFile"]

_MOST = 256 * 1024 * 1024


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
            with held(target):
                before = self._read() if target.exists() else []
                replaced(target, render_keys(how(before)))
        except OSError as error:
            raise BartizanError(f"`{self.path}` can't be written: {error.strerror}") from None

    def _read(self) -> list[KeyRecord]:
        with self.path.open("rb") as file:
            content = file.read(_MOST + 1)
        if len(content) > _MOST:
            raise InputError(f"`{self.path}` is larger than {_MOST:,} bytes", help="it is no key file")
        return parse_keys(content, str(self.path))


_MAKE = "`bartizan keys create` makes it with its first key"
