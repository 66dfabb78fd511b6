"""Who knows callers: keys in a file, what issuers publish, and a proxy's word, put together as a configuration says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from bartizan.guard.config import Config
from bartizan.guard.gateway.jwks import IssuerKeys
from bartizan.guard.gateway.keyfile import KeyFile
from bartizan.guard.identity import Identifier, ProxyReader, TokenReader

__all__ = ["identifier", "key_file", "token_reader"]


def key_file(config: Config, folder: Path) -> KeyFile | None:
    """Return the file of keys, not read yet; None where the configuration names none."""
    return KeyFile(folder / config.identity.keys) if config.identity.keys else None


def token_reader(config: Config) -> TokenReader | None:
    """Return what reads access tokens; None where no issuer is trusted."""
    return TokenReader(config.identity.issuers, config.tenant) if config.identity.issuers else None


def identifier(
    config: Config,
    read: Callable[[str], str],
    keys: KeyFile | None,
    reader: TokenReader | None,
    issuers: IssuerKeys | None,
) -> Identifier:
    """Return what knows callers. `read` reads a secret by where it is kept. Raises InputError."""
    proxy = config.identity.proxy
    return Identifier(
        None if keys is None else keys.store,
        reader,
        None if proxy is None else ProxyReader(proxy.header, read(proxy.secret), config.tenant),
        None if issuers is None else issuers.fetch,
    )
