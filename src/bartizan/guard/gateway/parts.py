"""Puts an engine together, for the gateway and for programs, from a configuration and the files that it names."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from bartizan.guard.config import Config, parse_config
from bartizan.guard.engine import Engine
from bartizan.guard.gateway.secrets import find_store, secret_reader
from bartizan.guard.gateway.standing import read_state
from bartizan.guard.policy import Authoriser, PolicyFile, load_policies
from bartizan.guard.protection import Handlings, Protector
from bartizan.inspection import Inspector
from bartizan.inspection.redaction import Hiding, KeyRing, Mode, parse_keys
from bartizan.model import InputError, Scheme

__all__ = ["Parts", "load", "load_config", "signal", "sources"]

_POLICIES = "*.cedar"


class Parts(NamedTuple):
    """A configuration that was read and checked: the folder it lies in, the engine, and what reads secrets.

    `digest` is the SHA-256 of the configuration's file and its policies, as events tell it. `policies` are the files
    of policies, `keys` make pseudonyms.
    """

    folder: Path
    config: Config
    engine: Engine
    read: Callable[[str], str]
    digest: str
    policies: list[PolicyFile]
    keys: KeyRing


def load_config(path: Path) -> Config:
    """Read a configuration. Raises InputError with the position of what is wrong."""
    if not path.is_file():
        raise InputError(
            f"`{path}` is not there", help="name the configuration with --config; docs/gateway.md tells its keys"
        )
    return parse_config(read_state(path), str(path))


def load(path: Path, run_key: str = "", *, credentials: bool = True) -> Parts:
    """Put an engine together. `run_key` makes pseudonyms where no key is configured, by default a new one.

    `credentials` tells that providers' credentials have to be there; a program that calls them itself keeps its own.

    Raises InputError for anything that is wrong with a file it is made from.
    """
    config = load_config(path)
    folder = path.resolve().parent
    read = secret_reader(folder, find_store(config.secret_store) if config.secret_store else None)
    for upstream in config.upstreams:
        if credentials and upstream.secret is not None:
            read(upstream.secret)
    policies = _policies(folder / config.policies)
    authoriser = Authoriser(load_policies(policies))
    inspector = Inspector(config.data.inspect)
    keys = _keys(config, read, run_key)
    engine = Engine(config, authoriser, _protector(config, inspector, keys), keys, signal)
    digest = sha256(read_state(path))
    for file in policies:
        digest.update(b"\0" + file.text.encode())
    return Parts(folder, config, engine, read, digest.hexdigest(), policies, keys)


def sources(path: Path, config: Config) -> list[Path]:
    """Return the files that what is in force was made from, to tell whether one has changed."""
    folder = path.resolve().parent
    own = [secret for one in config.upstreams for secret in (one.secret, one.certificate)]
    servers = [server for door in config.mcp for server in door.servers]
    own += [secret for one in servers for secret in (one.secret, one.certificate, *one.environment.values())]
    own += [one.oauth.secret for one in servers if one.oauth is not None]
    own += [door.asking.secret for door in config.mcp]
    secret = (config.egress.proxy, config.data.key, *own)
    files = [where.removeprefix("file:") for where in secret if where is not None and where.startswith("file:")]
    authorities = (config.egress.ca, *(one.ca for one in config.upstreams), *(one.ca for one in servers))
    trusted = [name for name in authorities if name]
    agents = [folder / name for door in config.mcp for name in (door.pins, door.cards, door.charter) if name]
    agents += [file for one in agents if one.is_dir() for file in sorted(one.glob("*.yaml"))]
    named = [folder / name for name in files + trusted]
    return [path, *sorted((folder / config.policies).glob(_POLICIES)), *named, *agents]


def signal(texts: Sequence[str]) -> tuple[int, list[str]]:
    """Return the injection signal of several texts: the highest score, and the rules of that text."""
    from bartizan.inspection.injection import scores

    highest = max(scores(texts))
    return round(highest.score), list(highest.rules)


def _policies(folder: Path) -> list[PolicyFile]:
    if not folder.is_dir():
        raise InputError(f"`{folder}` is no folder of policies", help="make it, with a *.cedar file in it")
    return [PolicyFile(file.name, read_state(file).decode()) for file in sorted(folder.glob(_POLICIES))]


def _keys(config: Config, read: Callable[[str], str], run_key: str) -> KeyRing:
    """Return the keys of pseudonyms: the configured ones, or one that ends with this run."""
    if config.data.key is not None:
        return parse_keys(read(config.data.key))
    return parse_keys(run_key or f"run:{secrets.token_hex(32)}")


def _protector(config: Config, inspector: Inspector, keys: KeyRing) -> Protector:
    families = {name: entry.family for name, entry in inspector.known.items()}
    handlings = Handlings(config.data.rules, families, Scheme(tuple(inspector.policy.scheme)))
    tokens = Hiding(Mode.TOKEN, keys=keys, tenant=config.tenant)
    return Protector(inspector, handlings, Hiding(Mode.MASK), tokens)
