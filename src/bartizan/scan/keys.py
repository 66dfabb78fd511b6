"""Keys from where people keep them: the environment, a file, or a file that a master key opens."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path

from bartizan.inspection.redaction import KeyRing, KeyWrapper, parse_keys
from bartizan.model import InputError

__all__ = ["ENVIRONMENT", "keys_from", "keys_from_file"]

ENVIRONMENT = "BARTIZAN_KEY"
"""The variable that holds keys, in the form of a key file."""

_MOST = 64 << 10


def keys_from(where: str, environment: Mapping[str, str], wrapper: KeyWrapper | None = None) -> KeyRing | None:
    """Return the keys of a file, or of the environment when `where` is `env` or empty; None when it has none.

    Raises InputError for a file that is missing or open to others, for keys that are wrong, and for `env` without one.
    """
    if where not in ("", "env"):
        return keys_from_file(Path(where), wrapper)
    given = environment.get(ENVIRONMENT, "")
    if given:
        return parse_keys(given, wrapper)
    if where:
        raise InputError(f"`{ENVIRONMENT}` is not set", help="set it, or give --key FILE")
    return None


def keys_from_file(path: Path, wrapper: KeyWrapper | None = None) -> KeyRing:
    """Return the keys of a file. Raises InputError when others may read it, where the system tells."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
        with os.fdopen(descriptor, "rb") as file:
            state = os.fstat(file.fileno())
            if not stat.S_ISREG(state.st_mode):
                raise InputError(f"`{path}` is no file", help="name the file that holds the key")
            if os.name == "posix" and state.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
                raise InputError(f"others may read the key file `{path}`", help=f"close it: `chmod 600 {path}`")
            data = file.read(_MOST)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise InputError(f"the key file `{path}` can't be read: {reason}") from None
    try:
        return parse_keys(data.decode(), wrapper)
    except UnicodeDecodeError:
        raise InputError(
            f"the key file `{path}` is no text", help="it holds keys in base64 or hex, one a line"
        ) from None
