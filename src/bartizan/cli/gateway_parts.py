"""Puts a gateway's engine together from its configuration and the files that it names."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from bartizan.guard.config import Config, parse_config
from bartizan.guard.engine import Engine
from bartizan.guard.gateway.secrets import secret_reader
from bartizan.guard.policy import Authoriser, PolicyFile, load_policies
from bartizan.guard.protection import Handlings, Protector
from bartizan.inspection import Inspector
from bartizan.inspection.redaction import Hiding, KeyRing, Mode, parse_keys
from bartizan.model import InputError, Scheme
from bartizan.store import read_bounded

__all__ = ["Parts", "load", "load_config", "sources"]

_POLICIES = "*.cedar"


class Parts(NamedTuple):
    """A configuration that was read and checked: the folder it lies in, the engine, and what reads secrets."""

    folder: Path
    config: Config
    engine: Engine
    read: Callable[[str], str]


def load_config(path: Path) -> Config:
    """Read a configuration. Raises InputError with the position of what is wrong."""
    if not path.is_file():
        raise InputError(
            f"`{path}` is not there", help="name the configuration with --config; docs/gateway.md tells its keys"
        )
    return parse_config(read_bounded(path), str(path))


def load(path: Path) -> Parts:
    """Put an engine together. Raises InputError for anything that is wrong with a file it is made from."""
    config = load_config(path)
    folder = path.resolve().parent
    read = secret_reader(folder)
    for upstream in config.upstreams:
        if upstream.secret is not None:
            read(upstream.secret)
    authoriser = Authoriser(load_policies(_policies(folder / config.policies)))
    inspector = Inspector(config.data.inspect)
    keys = _keys(config, read)
    engine = Engine(config, authoriser, _protector(config, inspector, keys), keys, _signal)
    return Parts(folder, config, engine, read)


def sources(path: Path) -> list[Path]:
    """Return the files that a configuration is made of, to tell whether one has changed."""
    try:
        config = load_config(path)
    except InputError:
        return [path]
    return [path, *sorted((path.resolve().parent / config.policies).glob(_POLICIES))]


def _policies(folder: Path) -> list[PolicyFile]:
    if not folder.is_dir():
        raise InputError(f"`{folder}` is no folder of policies", help="make it, with a *.cedar file in it")
    return [PolicyFile(file.name, read_bounded(file).decode()) for file in sorted(folder.glob(_POLICIES))]


def _keys(config: Config, read: Callable[[str], str]) -> KeyRing:
    """Return the keys of pseudonyms: the configured ones, or new ones, which end with this process."""
    return parse_keys(read(config.data.key) if config.data.key is not None else f"run:{secrets.token_hex(32)}")


def _protector(config: Config, inspector: Inspector, keys: KeyRing) -> Protector:
    families = {name: entry.family for name, entry in inspector.known.items()}
    handlings = Handlings(config.data.rules, families, Scheme(tuple(inspector.policy.scheme)))
    tokens = Hiding(Mode.TOKEN, keys=keys, tenant=config.tenant)
    return Protector(inspector, handlings, Hiding(Mode.MASK), tokens)


def _signal(texts: Sequence[str]) -> tuple[int, list[str]]:
    """Return the injection signal of several texts: the highest score, and the rules of that text."""
    from bartizan.inspection.injection import scores

    highest = max(scores(texts))
    return round(highest.score), list(highest.rules)
