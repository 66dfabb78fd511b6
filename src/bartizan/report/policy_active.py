"""What of that which can hold a statement is in force: as the gateway's configuration says, and as scans have run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

from bartizan.guard.config import Config
from bartizan.guard.gateway.parts import load
from bartizan.guard.policy import load_policies, tool_policies
from bartizan.guard.policy.policies import Policies
from bartizan.guard.protection import DataRule
from bartizan.guard.protection.rules import Handling

__all__ = ["GATEWAY", "active_in_gateway", "active_in_scans", "gateway_in_force"]

_PERSONAL = ("contact", "national-id")
_SECRET = ("secret",)


def active_in_gateway(
    config: Config, policies: Iterable[Policies] = (), families: Mapping[str, str] | None = None
) -> frozenset[str]:
    """Return what a gateway holds, as `gateway:MEASURE` and `policy:ID`.

    `policies` are those in force: `load_policies` of the folder for models, and `tool_policies` of it for MCP.
    `families` are those of data types: a data rule may let pass one type of a family.
    """
    measures = {f"gateway:{name}" for name, holds in GATEWAY.items() if holds(config, families or {})}
    return frozenset(measures | {f"policy:{id}" for made in policies for id in made.reasons})


def active_in_scans(rules: Iterable[str]) -> frozenset[str]:
    """Return scan rules as what is in force. Name those of scans that run and whose evidence is fresh."""
    return frozenset(f"scan:{rule}" for rule in rules)


def _hides(config: Config, families: Mapping[str, str], side: str, wanted: Sequence[str]) -> bool:
    """Tell whether data rules do something about every value of some families on a side."""
    return all(_handled(config.data.rules, families, side, family) for family in wanted)


def _handled(rules: Iterable[DataRule], families: Mapping[str, str], side: str, family: str) -> bool:
    for rule in rules:
        if rule.on and side not in rule.on:
            continue
        touched = not rule.types or family in rule.types or any(families.get(type) == family for type in rule.types)
        if rule.do is Handling.ALLOW:
            if touched:
                return False
        elif (not rule.types or family in rule.types) and not (rule.from_ or rule.upstreams or rule.at_least):
            return True
    return True  # what no rule fits is blocked


_Holds: TypeAlias = Callable[[Config, Mapping[str, str]], bool]
GATEWAY: Mapping[str, _Holds] = {
    "caller-identity": lambda _config, _families: True,
    "listed-models": lambda config, _: (
        bool(config.upstreams) and all("*" not in one.models for one in config.upstreams)
    ),
    "fixed-parameters": lambda config, _: bool(config.upstreams) and all(one.require for one in config.upstreams),
    "secrets-held-back": lambda config, families: _hides(config, families, "request", _SECRET),
    "personal-data-hidden": lambda config, families: _hides(config, families, "request", _PERSONAL),
    "answers-cleaned": lambda config, families: _hides(config, families, "answer", (*_SECRET, "national-id")),
    "budgets": lambda config, _: bool(config.budgets),
    "sandboxes": lambda config, _: bool(config.sandboxes),
    "event-log": lambda _config, _families: True,
    "kill-switch": lambda _config, _families: True,
    "named-servers": lambda config, _: bool(config.mcp),
    "approved-definitions": lambda config, _: bool(config.mcp) and all(door.pins for door in config.mcp),
    "tool-cards": lambda config, _: bool(config.mcp) and all(door.cards for door in config.mcp),
    "charter": lambda config, _: bool(config.mcp) and all(door.charter for door in config.mcp),
    "value-flow": lambda config, _: bool(config.mcp),
    "people-asked": lambda config, _: bool(config.mcp) and all(door.attended for door in config.mcp),
}
"""By id of a measure, whether a configuration holds it: for all models and all doors, or it doesn't count."""


def gateway_in_force(path: Path) -> frozenset[str]:
    """Read a gateway's configuration and policies, and return what they hold. Raises InputError for a wrong file."""
    parts = load(path, credentials=False)
    policies = [load_policies(parts.policies)] if parts.policies else []
    policies += [tool_policies(parts.policies)] if parts.config.mcp else []
    families = {name: entry.family for name, entry in parts.engine.protector.inspector.known.items()}
    return active_in_gateway(parts.config, policies, families)
