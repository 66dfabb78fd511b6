"""Where credentials are kept: the environment, a file, or a store that a caller plugs in."""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib.metadata import entry_points
from pathlib import Path
from typing import Protocol

from bartizan.model import InputError

__all__ = ["GROUP", "SecretStore", "find_store", "secret_reader"]

GROUP = "bartizan.secret_stores"
"""The group of entry points that plug-ins are found by."""
_MOST = 65_536


class SecretStore(Protocol):
    """A secret store of the enterprise, such as a key vault.

    A plug-in is an installed package with an entry point of the group `bartizan.secret_stores`, which names a class or
    function that returns one when it is called without arguments. It may be asked from several processes.
    """

    def read(self, name: str) -> str:
        """Return the secret of that name. Raises InputError when there is none."""
        ...


def find_store(name: str) -> SecretStore:
    """Return the plug-in of that name. Raises InputError when none is installed, or it can't be loaded."""
    found = {one.name: one for one in entry_points(group=GROUP)}
    if name not in found:
        known = ", ".join(f"`{one}`" for one in sorted(found)) or "none"
        raise InputError(f"no secret store `{name}` is installed", help=f"installed are: {known}")
    try:
        store: SecretStore = found[name].load()()
    except (ImportError, AttributeError, TypeError, OSError) as error:
        raise InputError(f"secret store `{name}` can't be loaded: {type(error).__name__}") from None
    return store


def secret_reader(folder: Path, store: SecretStore | None = None) -> Callable[[str], str]:
    """Return what reads `env:NAME`, `file:PATH` (relative to `folder`) and `store:NAME`.

    The reader raises InputError, which names the place and never the secret.
    """

    def read(where: str) -> str:
        kind, _, name = where.partition(":")
        if kind == "store":
            if store is None:
                raise InputError(
                    f"secret `{where}` wants a secret store",
                    help="name a plug-in as `secret_store:`, or use env: or file:",
                )
            value = store.read(name)
        else:
            value = os.environ.get(name, "") if kind == "env" else _file(folder / name, where)
        if not value:
            raise InputError(f"secret `{where}` is empty or not there", help="set it before the gateway starts")
        one_line = value.replace("\r", "").replace("\n", "") if value.startswith("-----BEGIN ") else value
        if not value.isascii() or not one_line.isprintable():
            raise InputError(f"secret `{where}` holds characters that no header may have")
        return value

    return read


def _file(path: Path, where: str) -> str:
    try:
        with path.open(encoding="utf-8") as opened:
            return opened.read(_MOST).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"secret `{where}` can't be read: {type(error).__name__}") from None
