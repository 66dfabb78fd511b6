"""A catalog of seven rules and seven controls over the packaged words: small enough to check results by hand."""

from __future__ import annotations

from typing import Any

import msgspec

from bartizan.catalog import Catalog, Control, Step, Threat, parse_rule
from bartizan.catalog.check import check_rules
from tests.support import packaged_catalog

__all__ = ["SMALL", "small_catalog"]

_THREATS: list[dict[str, Any]] = [
    {
        "id": "plant",
        "when": ["may_write(P, S)", "attacker(P)", "flow(S, A)", "agent(A)"],
        "then": "tainted(A)",
        "at": "A",
        "likelihood": [0.3, 0.6, 0.9],
        "cut_by": {"filter": "weak", "second-filter": "weak", "source-list": {"strength": "strong", "at": "S"}},
    },
    {
        "id": "inject",
        "when": ["tainted(A)", "agent(A)"],
        "then": "steered(A)",
        "at": "A",
        "likelihood": [0.2, 0.5, 0.8],
        "cut_by": {"filter": "weak", "quarantine": "strong", "review": "moderate"},
    },
    {
        "id": "act",
        "when": ["steered(A)", "call(A, T)", "effect(T, E)", "changes(E)"],
        "then": "loss(action, T)",
        "at": "T",
        "likelihood": [0.4, 0.7, 0.9],
        "cut_by": {"review": {"strength": "moderate", "at": "A"}, "tool-rights": "strong"},
    },
    {
        "id": "leak",
        "when": ["steered(A)", "handles(A, D)", "sensitive(D)"],
        "then": "loss(disclosure, D)",
        "at": "A",
        "likelihood": [0.4, 0.7, 0.9],
        "cut_by": {"filter": "weak", "source-list": "moderate"},
    },
    {
        "id": "log-in",
        "when": ["may_use(P, A)", "attacker(P)", "agent(A)"],
        "then": "steered(A)",
        "at": "A",
        "likelihood": [0.05, 0.1, 0.2],
        "cut_by": {"policy": {"strength": "weak", "at": "system"}, "quarantine": "strong"},
    },
    {
        "id": "listen",
        "when": ["anonymous(A, T)", "open_network(A, T)"],
        "then": "loss(outage, T)",
        "at": "T",
        "likelihood": [0.1, 0.2, 0.3],
        "cut_by": {"tool-rights": "strong"},
    },
]
_STEPS = [
    {
        "id": "spread",
        "title": "Content goes on",
        "when": ["steered(A)", "flow(A, B)", "agent(B)", "A != B"],
        "then": "tainted(B)",
        "at": "B",
    }
]
_EVERYWHERE = ["agent", "tool", "mcp-server", "web", "mailbox", "model", "data-store", "vector-store", "memory", "saas"]
_CONTROLS: dict[str, tuple[float, float, list[str]]] = {
    "filter": (1, 1, _EVERYWHERE),
    "second-filter": (1, 2, _EVERYWHERE),
    "source-list": (2, 4, _EVERYWHERE),
    "quarantine": (10, 5, _EVERYWHERE),
    "review": (3, 3, [*_EVERYWHERE, "system"]),
    "policy": (2, 0, ["system"]),
    "tool-rights": (1, 6, _EVERYWHERE),
}


def small_catalog() -> Catalog:
    """Return a new small catalog; the positions, frameworks and words are the packaged ones."""
    packaged = packaged_catalog()
    texts = {"title": "A title", "description": "A text", "remedy": "Do it", "verify": "Look"}
    example = {"lifecycle": ["design"], "examples": {"fires_on": [], "silent_on": []}}
    threats = {
        str(entry["id"]): msgspec.convert({**texts, **example, "atlas": ["AML.T0051"], **entry}, Threat)
        for entry in _THREATS
    }
    steps = {str(entry["id"]): msgspec.convert(entry, Step) for entry in _STEPS}
    controls = {
        name: msgspec.convert(
            {
                "id": name,
                "title": f"Control {name}",
                "description": "A text",
                "kind": "preventive",
                "nature": "construction",
                "lifecycle": ["design"],
                "placement": placement,
                "cost": {"once": once, "each": each},
                "effectiveness": [0.5, 0.9],
                "verification": [{"by": "test", "how": "Look"}],
                "maps": {"nist-800-53": ["AC-6"]} if name == "tool-rights" else {},
            },
            Control,
        )
        for name, (once, each, placement) in _CONTROLS.items()
    }
    entries: list[Threat | Step] = [*threats.values(), *steps.values()]
    rules = {entry.id: parse_rule(entry) for entry in entries}
    check_rules(rules.values(), packaged.vocabulary)
    return Catalog(
        threats=threats,
        steps=steps,
        controls=controls,
        frameworks=packaged.frameworks,
        patterns={},
        positions=packaged.positions,
        vocabulary=packaged.vocabulary,
        excluded=[],
        rules=rules,
    )


SMALL = small_catalog()
