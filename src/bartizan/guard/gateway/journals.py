"""Journals of sessions in a folder, a file each, which only their owner may read."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Sequence
from pathlib import Path

from bartizan.guard.flow.journal import Values
from bartizan.guard.mcp.journaling import JournalRules
from bartizan.model import BartizanError

__all__ = ["Journals"]

_KEY = "digests.key"
_BYTES = 32
_SESSION = re.compile(r"[A-Za-z0-9_-]{1,128}\Z")


class Journals:
    """Writes journals below `folder`. Raises BartizanError for one that can't be used.

    Digests are made with a key that lies beside them: whoever deletes it makes sure that nobody can try any more which
    values they belong to.
    """

    def __init__(self, folder: Path, values: Values) -> None:
        self._folder = folder
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.rules = JournalRules(key=_key(folder / _KEY), values=values)
        except OSError as error:
            raise BartizanError(f"journals can't be kept in `{folder}`: {error.strerror}") from None

    def write(self, session: str, lines: Sequence[bytes]) -> None:
        """Add lines to a session's journal. Raises BartizanError: what can't be recorded doesn't go on."""
        if not lines:
            return
        name = session if _SESSION.match(session) else secrets.token_hex(16)
        path = self._folder / f"{name}.jsonl"
        try:
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
            with os.fdopen(descriptor, "ab") as file:
                file.write(b"".join(lines))
        except OSError as error:
            raise BartizanError(f"`{path}` can't be written: {error.strerror}") from None


def _key(path: Path) -> bytes:
    """Return the key of a folder, made when it isn't there. Raises OSError, and BartizanError for one that is cut."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    except FileExistsError:
        key = path.read_bytes()
        if len(key) != _BYTES:
            raise BartizanError(f"`{path}` is no key", help="delete it: new digests won't be those of before") from None
        return key
    with os.fdopen(descriptor, "wb") as file:
        key = secrets.token_bytes(_BYTES)
        file.write(key)
    return key
