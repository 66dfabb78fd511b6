"""Makes large systems of the dense shape: applications with agents, tools and stores, and calls at random among them.

Harder than an enterprise is: everything ends up connected with everything, so there is nothing to take apart.
"""

from __future__ import annotations

import random

from bartizan.model.yamltree import to_yaml

CLASSES = ("public", "internal", "confidential", "restricted")


def large_system(components: int, flows: int, seed: int = 1) -> str:
    """Return the YAML of a system with about that many components and flows, the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    out: dict[str, dict[str, object]] = {
        "hub": {"kind": "repository", "origin": "public", "writers": ["public"], "zone": "internet"},
        "logs": {"kind": "log-store", "zone": "cloud", "readers": ["employees"]},
    }
    for number in range(max(1, components // 100)):
        out[f"llm-{number}"] = {"kind": "model", "type": "llm", "zone": "provider"}
    calls: dict[tuple[str, str], dict[str, object]] = {}
    unit = 0
    while len(out) < components:
        _unit(unit, out, calls, rng, max(1, components // 100))
        unit += 1
    names = [name for name in out if out[name]["kind"] in ("agent", "application", "tool", "data-store", "file-share")]
    while len(calls) < flows:
        a, b = rng.choice(names), rng.choice(names)
        if a != b and out[a]["kind"] in ("agent", "application", "tool"):
            calls.setdefault((a, b), {"from": a, "to": b, "authority": rng.choice(["user", "service"])})
    data = {f"data-{n}": {"class": rng.choice(CLASSES), "categories": ["personal"]} for n in range(unit)}
    return to_yaml(
        {
            "id": "large",
            "zones": {
                "internet": {"kind": "internet"},
                "cloud": {"kind": "cloud"},
                "corporate": {"kind": "corporate"},
                "provider": {"kind": "vendor"},
            },
            "data": data,
            "components": out,
            "flows": list(calls.values()),
        }
    )


def _unit(
    number: int,
    out: dict[str, dict[str, object]],
    calls: dict[tuple[str, str], dict[str, object]],
    rng: random.Random,
    models: int,
) -> None:
    user, app, agent = f"user-{number}", f"app-{number}", f"agent-{number}"
    out[user] = {"kind": "person", "party": rng.choice(["employees", "customers"]), "zone": "internet"}
    out[app] = {"kind": "application", "zone": "cloud", "renders": ["markdown"]}
    out[agent] = {"kind": "agent", "zone": "cloud"}
    holds = [f"data-{number}"]
    out[f"docs-{number}"] = {"kind": "file-share", "zone": "corporate", "writers": ["employees"], "holds": holds}
    out[f"mail-{number}"] = {"kind": "mailbox", "zone": "corporate"}
    out[f"tool-{number}"] = {"kind": "tool", "zone": "cloud", "effect": [rng.choice(["read", "write", "send"])]}
    out[f"db-{number}"] = {"kind": "data-store", "zone": "corporate", "holds": holds}
    links = [
        (user, app),
        (app, agent),
        (agent, f"llm-{number % models}"),
        (agent, f"docs-{number}"),
        (agent, f"mail-{number}"),
        (agent, f"tool-{number}"),
        (f"tool-{number}", f"db-{number}"),
        (app, "logs"),
    ]
    for source, target in links:
        calls[source, target] = {"from": source, "to": target, "authentication": "oidc", "encryption": "tls"}
