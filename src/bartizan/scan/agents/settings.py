"""Checks a settings file against the catalog of settings that matter."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import TYPE_CHECKING

from bartizan.catalog.assistants import AgentSetting, load_agent_settings
from bartizan.catalog.places import cache_folder
from bartizan.model.yamltree import Node
from bartizan.scan.agents.environment import check_endpoint, check_environment
from bartizan.scan.agents.hooks import command_text
from bartizan.scan.agents.permissions import wide_approvals, wide_permissions
from bartizan.scan.agents.report import report_command
from bartizan.scan.agents.tree import entries, found, text

if TYPE_CHECKING:
    from bartizan.scan.artefacts.desk import Desk

__all__ = ["check_settings", "dotted_keys"]


@cache
def _settings() -> tuple[AgentSetting, ...]:
    return tuple(load_agent_settings(cache_folder()).values())


def dotted_keys(tree: Node) -> frozenset[str]:
    """Return a mapping's keys, and those one below with a dot between."""
    outer = entries(tree)
    return frozenset(outer) | {f"{key}.{inner}" for key, value in outer.items() for inner in entries(value)}


def check_settings(tree: Node, products: Iterable[str], desk: Desk) -> None:
    """Report every setting of these products that matters where it stands as it does."""
    wanted = frozenset(products)
    for setting in _settings():
        if wanted & frozenset(setting.products):
            for key, node in found(tree, setting.key):
                _judge(setting, key, node, desk)


def _judge(setting: AgentSetting, key: str, node: Node, desk: Desk) -> None:
    line, name = node.place.line, ".".join(setting.key)
    if setting.kind == "command":
        command = command_text(node)
        if command:
            report_command(command, desk, line, name)
            desk.hit(setting.rule, f"{name}: {command}", line=line)
    elif setting.kind == "endpoint":
        check_endpoint(text(node), desk, line, name)
    elif setting.kind == "environment":
        held = entries(node)
        lines = {one: value.place.line for one, value in held.items()}
        check_environment({one: text(value) for one, value in held.items()}, desk, lines, name)
    elif setting.kind in ("permissions", "approvals"):
        wide = wide_permissions if setting.kind == "permissions" else wide_approvals
        for rule, at, entry in wide(node):
            told = setting.rule if rule == "assistant-acts-unasked" else rule
            desk.hit(told, f"{name}, {setting.says}: {entry}", line=at.place.line)
    elif setting.kind == "present":
        desk.hit(setting.rule, f"{name}: {setting.says}", line=line)
    else:
        value = text(node)
        matched = value.lower() in (one.lower() for one in setting.values)
        if matched or (setting.pattern and re.fullmatch(setting.pattern, value, re.IGNORECASE)):
            desk.hit(setting.rule, f"{name} = {value or key}: {setting.says}", line=line)
