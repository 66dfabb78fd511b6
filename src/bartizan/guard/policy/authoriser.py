"""Asks the policies about one call."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import cedarpy

from bartizan.guard.config import Upstream
from bartizan.guard.policy.policies import Policies
from bartizan.guard.principal import Principal

__all__ = ["Asked", "Authoriser", "Ruled", "entity", "fixed", "rule_of", "user"]

_REMEMBERED = 4096
"""Decisions and callers that are remembered; beyond, all are forgotten at once."""
_EMPTY: dict[str, Any] = {
    "findings": [], "data_class": "", "data_level": 0, "opaque": [], "origins": [], "injection": 0, "tools": [],
    "tool": "", "stream": False, "max_tokens": 0, "budget_used": 0, "hour": 0, "weekday": 0,
}  # fmt: skip


class Asked(NamedTuple):
    """One question: may this caller do this with that model there, given the context."""

    principal: Principal
    action: str
    model: str
    upstream: Upstream
    context: Mapping[str, Any]
    tool: str = ""


class Ruled(NamedTuple):
    """The answer: which policy decides, and a sentence for the caller. `errors` are policies that couldn't be asked.

    `ask` is whom the policies that forbid it say to ask, where all of them say so; calls of models are not asked about.
    """

    allowed: bool
    rule: str
    sentence: str
    errors: tuple[str, ...] = ()
    ask: str = ""


class Authoriser:
    """Decides by policies that were loaded. A pure function of its question, so that answers are remembered."""

    def __init__(self, policies: Policies) -> None:
        self._policies = policies
        self._entities: dict[tuple[Principal, str, str], cedarpy.Entities] = {}
        self._known: dict[Any, Ruled] = {}

    def decide(self, asked: Asked) -> Ruled:
        """Return what the policies say. A policy with an error never allows; a denial names the policy that forbids."""
        principal, action, model, upstream, context, tool = asked
        at = (principal, action, model, upstream.id, tool, *context, *map(fixed, context.values()))
        known = self._known.get(at)
        if known is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            known = self._known[at] = self._ask(asked, {**_EMPTY, **context, "tool": tool})
        return known

    def _ask(self, asked: Asked, context: dict[str, Any]) -> Ruled:
        request = {
            "principal": {"type": "Bartizan::User", "id": asked.principal.id},
            "action": {"type": "Bartizan::Action", "id": asked.action},
            "resource": {"type": "Bartizan::Model", "id": asked.model},
            "context": context,
        }
        result = cedarpy.is_authorized(request, self._policies.parsed, self._of(asked))
        return rule_of(self._policies, result, f"no policy allows `{asked.action}` with this model")

    def _of(self, asked: Asked) -> cedarpy.Entities:
        at = (asked.principal, asked.model, asked.upstream.id)
        made = self._entities.get(at)
        if made is None:
            if len(self._entities) >= _REMEMBERED:
                self._entities.clear()
            made = self._entities[at] = cedarpy.Entities.from_json_str(json.dumps(_entities(asked)))
        return made


def rule_of(policies: Policies, result: Any, nothing: str) -> Ruled:
    """Return what came of a question; `nothing` is the sentence for when no policy speaks of it."""
    by = sorted(result.diagnostics.reasons)
    errors = tuple(sorted(result.diagnostics.errors))
    if result.decision == cedarpy.Decision.Allow and not errors:
        return Ruled(True, by[0], "")
    if errors:
        return Ruled(False, "policy-error", "a policy can't be applied to this call", errors)
    if not by:
        return Ruled(False, "no-policy-allows", nothing)
    rule = next((id for id in by if id not in policies.asks), by[0])  # what only asks is weaker than what forbids
    sentence = policies.reasons.get(rule) or f"policy `{rule}` forbids it"
    return Ruled(False, rule, sentence, ask=policies.asks.get(rule, ""))


def fixed(value: Any) -> Any:
    """Return a value that can be part of a key."""
    return tuple(value) if type(value) is list else value


def _entities(asked: Asked) -> list[dict[str, Any]]:
    upstream = asked.upstream
    return [
        user(asked.principal),
        entity(
            "Model", asked.model, [("Upstream", upstream.id)], upstream=upstream.id, door=upstream.door,
            region=upstream.region,
        ),
    ]  # fmt: skip


def user(who: Principal) -> dict[str, Any]:
    """Return a caller as Cedar takes it."""
    parents = [("Group", group) for group in sorted(who.groups)]
    parents += [("Application", who.application)] if who.application else []
    parents += [("Sandbox", who.sandbox)] if who.sandbox else []
    return entity(
        "User", who.id, parents, tenant=who.tenant, application=who.application, sandbox=who.sandbox,
        source=who.source.partition(":")[0],
    )  # fmt: skip


def entity(type: str, id: str, parents: list[tuple[str, str]], **attributes: str) -> dict[str, Any]:
    """Return an entity as Cedar takes it: its type and id, what it is in, and its attributes."""
    return {
        "uid": {"type": f"Bartizan::{type}", "id": id},
        "attrs": attributes,
        "parents": [{"type": f"Bartizan::{kind}", "id": name} for kind, name in parents],
    }
