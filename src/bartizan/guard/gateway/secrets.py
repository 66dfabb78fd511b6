"""Where credentials are kept: the environment, a file, or a store that a caller plugs in."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from bartizan.model import InputError

__all__ = ["SecretStore", "secret_reader"]

_MOST = 65_536


class SecretStore(Protocol):
    """A secret store of the enterprise, such as a key vault."""

    def read(self, name: str) -> str:
        """Return the secret of that name. Raises InputError when there is none."""
        ...


def secret_reader(folder: Path, store: SecretStore | None = None) -> Callable[[str], str]:
    """Return what reads `env:NAME`, `file:PATH` (relative to `folder`) and `store:NAME`.

    The reader raises InputError, which names the place and never the secret.
    """

    def read(where: str) -> str:
        kind, _, name = where.partition(":")
        if kind == "store":
            if store is None:
                raise InputError(f"secret `{where}` wants a secret store", help="none is plugged in: use env: or file:")
            return store.read(name)
        value = os.environ.get(name, "") if kind == "env" else _file(folder / name, where)
        if not value:
            raise InputError(f"secret `{where}` is empty or not there", help="set it before the gateway starts")
        if not value.isascii() or not value.isprintable():
            raise InputError(f"secret `{where}` holds characters that no header may have")
        return value

    return read


def _file(path: Path, where: str) -> str:
    try:
        with path.open(encoding="utf-8") as opened:
            return opened.read(_MOST).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"secret `{where}` can't be read: {type(error).__name__}") from None
