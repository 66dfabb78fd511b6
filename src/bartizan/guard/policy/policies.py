"""Reads Cedar policies: checked against the schema, each with an id of its own that events and refusals name."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

import cedarpy

from bartizan.model import InputError, Place

__all__ = ["Policies", "PolicyFile", "load_policies", "schema_text"]


class PolicyFile(NamedTuple):
    """A file of policies: its name, and its text."""

    name: str
    text: str


class Policies(NamedTuple):
    """Policies that were checked: parsed once, and what each of them says for people."""

    parsed: cedarpy.PolicySet
    reasons: dict[str, str]
    """By id: the policy's `@reason`, empty where it has none."""
    asks: Mapping[str, str] = {}
    """By id, of those that have it: the policy's `@ask`, whom to ask instead of forbidding it outright."""
    actions: frozenset[str] = frozenset()
    """Actions that policies name."""
    attributes: frozenset[str] = frozenset()
    """Members of the context that policies speak of."""


@cache
def schema_text() -> str:
    """Return the shipped schema in Cedar's own syntax."""
    return files("bartizan.guard.policy").joinpath("schema.cedarschema").read_text("utf-8")


def load_policies(sources: Sequence[PolicyFile]) -> Policies:
    """Parse and check policies. The id is a policy's `@id`, or else its file and number.

    Raises InputError for a policy that can't be parsed, that speaks of what the schema lacks, or whose id another has;
    without any policy nothing would be allowed, which is an error as well.
    """
    found: dict[str, dict[str, Any]] = {}
    for source in sources:
        _check(source)
        for number, policy in enumerate(_parsed(source), 1):
            id = policy.get("annotations", {}).get("id") or f"{source.name}#{number}"
            if id in found:
                raise InputError(f"two policies have the id `{id}`", place=Place(source.name))
            found[id] = policy
    if not found:
        raise InputError(
            "there is no policy, so that nothing would be allowed", help="write a `permit` in a *.cedar file"
        )
    whole = {"staticPolicies": found, "templates": {}, "templateLinks": []}
    notes = {id: policy.get("annotations", {}) for id, policy in found.items()}
    reasons = {id: note.get("reason") or "" for id, note in notes.items()}
    asks = {id: note.get("ask") or "user" for id, note in notes.items() if "ask" in note}
    parsed = cedarpy.PolicySet.from_json_str(json.dumps(whole))
    named = [*found.values()]
    return Policies(parsed, reasons, asks, frozenset(_actions(named)), frozenset(_attributes(named)))


def _actions(tree: Any) -> Iterator[str]:
    """Yield the ids of all actions that stand in a policy."""
    if isinstance(tree, dict):
        if tree.get("type") == "Bartizan::Action" and isinstance(tree.get("id"), str):
            yield tree["id"]
        for inner in tree.values():
            yield from _actions(inner)
    elif isinstance(tree, list):
        for inner in tree:
            yield from _actions(inner)


def _attributes(tree: Any) -> Iterator[str]:
    """Yield the names of all attributes that a policy reads; which entity has them doesn't matter."""
    if isinstance(tree, dict):
        if isinstance(tree.get("attr"), str):
            yield tree["attr"]
        for inner in tree.values():
            yield from _attributes(inner)
    elif isinstance(tree, list):
        for inner in tree:
            yield from _attributes(inner)


def _check(source: PolicyFile) -> None:
    result = cedarpy.validate_policies(source.text, schema_text())
    if not result.validation_passed:
        said = "; ".join(str(error.error) for error in result.errors) or "it is not valid"
        raise InputError(f"policy is not valid: {' '.join(said.split())}", place=Place(source.name))


def _parsed(source: PolicyFile) -> list[dict[str, Any]]:
    whole = json.loads(cedarpy.policies_to_json_str(source.text))
    if whole.get("templates"):
        raise InputError("a template with `?principal` or `?resource` is not used here", place=Place(source.name))
    policies = whole.get("staticPolicies", {})
    # `policy10` stands behind `policy9`.
    return [policies[name] for name in sorted(policies, key=lambda name: (len(name), name))]
