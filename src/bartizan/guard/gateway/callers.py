"""Who knows callers: keys in a file, what issuers publish, and a proxy's word, put together as a configuration says."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from bartizan.guard.config import Config
from bartizan.guard.gateway.jwks import IssuerKeys
from bartizan.guard.gateway.keyfile import KeyFile
from bartizan.guard.gateway.mcp.resource import resource
from bartizan.guard.identity import Identifier, ProxyReader, TokenReader

__all__ = ["identifier", "key_file", "token_reader"]


def key_file(config: Config, folder: Path) -> KeyFile | None:
    """Return the file of keys, not read yet; None where the configuration names none."""
    return KeyFile(folder / config.identity.keys) if config.identity.keys else None


def token_reader(config: Config, *, doors: bool = False) -> TokenReader | None:
    """Return what reads access tokens; None where no issuer is trusted.

    With `doors` it also takes tokens that are for a door of MCP alone; who calls it keeps them to that door.
    """
    issuers = config.identity.issuers
    if not issuers:
        return None
    first = {one.issuer: one for one in reversed(issuers)}
    known = {(one.issuer, one.audience) for one in issuers}
    more = [
        msgspec.structs.replace(one, audience=audience)
        for audience in dict.fromkeys(door.audience or resource(config, door) for door in config.mcp if doors)
        for one in first.values()
        if (one.issuer, audience) not in known
    ]
    return TokenReader([*issuers, *more], config.tenant)


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
