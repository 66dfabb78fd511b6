"""Asks the policies about what agents do through MCP: tools, resources, prompts, and what servers want of clients."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple, TypeAlias

import cedarpy

from bartizan.guard.policy.authoriser import Ruled, entity, fixed, rule_of, user
from bartizan.guard.policy.policies import Policies, PolicyFile, load_policies
from bartizan.guard.principal import Principal

__all__ = ["ACTIONS", "EMPTY", "ToolAsked", "ToolAuthoriser", "built_in", "tool_policies"]

ACTIONS = frozenset({
    "list-tools", "call-tool", "receive-result", "list-resources", "read-resource", "list-prompts", "get-prompt",
    "complete-argument", "elicit", "sample", "list-roots",
})  # fmt: skip
"""Actions of MCP. `receive-result` is asked about only where a policy names it."""
Thing: TypeAlias = Literal["Tool", "Resource", "Prompt", "Server"]
_REMEMBERED = 4096

EMPTY: dict[str, Any] = {
    "findings": [], "families": [],
    "data_class": "", "data_level": 0, "opaque": [], "origins": [], "injection": 0, "tools": [],
    "tool": "", "stream": False, "max_tokens": 0, "budget_used": 0, "hour": 0, "weekday": 0, "effect": "",
    "reversible": True, "destroys": False, "fetches": False, "private": False, "reviewed": False, "pinned": False,
    "tainted": False, "sources": [], "flow": "allow", "flow_rule": "", "hidden": [], "mode": "", "agent": "",
    "charter": "", "session": "", "attended": False, "steps": 0, "repeats": 1, "charter_used": 0, "delegation": 0,
}  # fmt: skip
"""What policies may ask about, as it is where nothing is known."""


class ToolAsked(NamedTuple):
    """One question: may this caller do this with that thing of that server, given the context.

    `context` needs no member that is as in `EMPTY`. What names a session makes a question unlike all others, so that
    `session` and `steps` stand in it only where a policy speaks of them.
    """

    principal: Principal
    action: str
    thing: Thing
    name: str
    server: str
    context: Mapping[str, Any]
    region: str = ""


class ToolAuthoriser:
    """Decides by policies that were loaded. A pure function of its question, so that answers are remembered."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._entities: dict[tuple[Any, ...], cedarpy.Entities] = {}
        self._known: dict[Any, Ruled] = {}

    def names(self, action: str) -> bool:
        """Tell whether a policy names this action."""
        return action in self._policies.actions

    def speaks_of(self, *attributes: str) -> bool:
        """Tell whether a policy speaks of one of these members of the context."""
        return not self._policies.attributes.isdisjoint(attributes)

    def decide(self, asked: ToolAsked) -> Ruled:
        """Return what the policies say. A policy with an error never allows; a denial names the policy that forbids."""
        principal, action, thing, name, server, context, region = asked
        at = (principal, action, thing, name, server, region, *context, *map(fixed, context.values()))
        known = self._known.get(at)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[at] = self._ask(asked)
        return known

    def _ask(self, asked: ToolAsked) -> Ruled:
        type = f"Bartizan::{asked.thing}"
        request = {
            "principal": {"type": "Bartizan::User", "id": asked.principal.id},
            "action": {"type": "Bartizan::Action", "id": asked.action},
            "resource": {"type": type, "id": _id(asked)},
            "context": {**EMPTY, **asked.context},
        }
        result = cedarpy.is_authorized(request, self._policies.parsed, self._of(asked))
        return rule_of(self._policies, result, f"no policy allows `{asked.action}` here")

    def _of(self, asked: ToolAsked) -> cedarpy.Entities:
        at = (asked.principal, asked.thing, asked.name, asked.server, asked.region)
        made = self._entities.get(at)
        if made is None:
            if len(self._entities) >= _REMEMBERED:
                self._entities.clear()
            made = self._entities[at] = cedarpy.Entities.from_json_str(json.dumps(_entities(asked)))
        return made


def _id(asked: ToolAsked) -> str:
    return asked.server if asked.thing == "Server" else f"{asked.server}/{asked.name}"


def _entities(asked: ToolAsked) -> list[dict[str, Any]]:
    place = {"upstream": asked.server, "door": "mcp", "region": asked.region}
    server = entity("Server", asked.server, [("Upstream", asked.server)], **place)
    if asked.thing == "Server":
        return [user(asked.principal), server]
    thing = entity(asked.thing, _id(asked), [("Server", asked.server)], **place, name=asked.name)
    return [user(asked.principal), server, thing]


@cache
def built_in() -> PolicyFile:
    """Return the shipped policies for MCP."""
    return PolicyFile("mcp.cedar", files("bartizan.guard.policy").joinpath("mcp.cedar").read_text("utf-8"))


def tool_policies(sources: Sequence[PolicyFile]) -> Policies:
    """Load policies for MCP: the given ones, and the shipped ones where none of them names an action of MCP.

    Raises InputError as `load_policies` does.
    """
    if sources:
        made = load_policies(sources)
        if not made.actions.isdisjoint(ACTIONS):
            return made
    return load_policies([*sources, built_in()])
