"""Makes an estate of many small systems: a folder per business unit, a file per system, platforms shared by include."""

from __future__ import annotations

import random
from pathlib import Path

from bartizan.model.yamltree import to_yaml

SYSTEMS_PER_UNIT = 100
Table = dict[str, dict[str, object]]
MACHINE = {"authority": "service", "authentication": "workload-identity", "encryption": "tls"}
SIGNED = {"authority": "user", "authentication": "oidc", "encryption": "tls"}

# One file per platform, without an id at its top, so that nobody takes it for a system.
PLATFORMS: dict[str, dict[str, object]] = {
    "zones": {
        "zones": {
            "internet": {"kind": "internet"},
            "cloud": {"kind": "cloud"},
            "corporate": {"kind": "corporate"},
            "provider": {"kind": "vendor"},
        },
    },
    "models": {
        "components": {
            "model-gateway": {"kind": "gateway", "zone": "cloud"},
            "llm": {"kind": "model", "zone": "provider", "trains_on_input": "no", "retention_days": 30},
            "embeddings": {"kind": "model", "type": "embedding", "zone": "provider", "trains_on_input": "no"},
        },
        "flows": [
            {"from": "model-gateway", "to": "llm", **MACHINE},
            {"from": "model-gateway", "to": "embeddings", **MACHINE},
        ],
    },
    "operations": {
        "components": {
            "idp": {"kind": "identity-provider", "zone": "corporate"},
            "logs": {"kind": "log-store", "zone": "cloud", "readers": ["team"]},
            "vault": {"kind": "secret-store", "zone": "corporate", "readers": ["admins"]},
        },
    },
    "office": {
        "data": {"correspondence": {"class": "confidential", "categories": ["personal"]}},
        "components": {
            "mail": {"kind": "mailbox", "zone": "corporate", "holds": ["correspondence"]},
            "documents": {"kind": "file-share", "zone": "corporate", "writers": ["employees"]},
        },
    },
}


def write_estate(folder: Path, systems: int, seed: int = 1) -> None:
    """Write platform files and that many systems below a folder; the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - repeatable, not secret
    shared = folder / "platforms"
    shared.mkdir(parents=True)
    for name, content in PLATFORMS.items():
        (shared / f"{name}.yaml").write_text(to_yaml(content), encoding="utf-8")
    for number in range(systems):
        unit = folder / f"unit-{number // SYSTEMS_PER_UNIT:03}"
        unit.mkdir(exist_ok=True)
        (unit / f"system-{number:05}.yaml").write_text(to_yaml(one_system(number, rng)), encoding="utf-8")


def one_system(number: int, rng: random.Random) -> dict[str, object]:
    """Return one system: a chatbot, an agent with tools, or a classic model with its training; some are all of them."""
    office, tools, classic = rng.random() < 0.6, rng.random() < 0.5, rng.random() < 0.25
    files = ["zones", "models", "operations", *(["office"] if office else [])]
    components: Table = {
        "user": {"kind": "person", "party": rng.choice(["employees", "customers", "public"]), "zone": "internet"},
        "app": {"kind": "application", "zone": "cloud", "renders": ["markdown"]},
        "assistant": {"kind": "agent", "zone": "cloud", "autonomy": rng.choice(["act", "approve", "suggest"])},
        "store": {"kind": "data-store", "zone": "corporate", "holds": ["records"]},
        "index": {"kind": "vector-store", "zone": "cloud"},
    }
    calls: list[tuple[str, str, dict[str, object]]] = [
        ("user", "app", {**SIGNED}),
        ("app", "assistant", {**SIGNED}),
        ("app", "idp", {**MACHINE}),
        ("app", "vault", {**MACHINE}),
        ("assistant", "model-gateway", {**MACHINE}),
        ("assistant", "index", {**MACHINE}),
        ("assistant", "store", {"returns": ["records"], **rng.choice([MACHINE, SIGNED])}),
        ("assistant", "logs", {**MACHINE}),
    ]
    if office:
        calls += [("assistant", "mail", {**SIGNED}), ("assistant", "documents", {**SIGNED})]
    if tools:
        components["act"] = {"kind": "tool", "zone": "cloud", "effect": [rng.choice(["write", "send", "pay"])]}
        components["lookup"] = {"kind": "mcp-server", "zone": "cloud", "origin": rng.choice(["own", "community"])}
        calls += [("assistant", "act", {**MACHINE}), ("assistant", "lookup", {**MACHINE})]
    if classic:
        components["score"] = {"kind": "model", "type": "classifier", "zone": "cloud", "weights": "internal"}
        components["training"] = {"kind": "training-job", "zone": "cloud"}
        components["samples"] = {"kind": "data-set", "zone": "cloud", "origin": rng.choice(["own", "partner"])}
        calls += [("app", "score", {**MACHINE}), ("training", "samples", {**MACHINE})]
    return {
        "id": f"system-{number:05}",
        "include": [f"../platforms/{name}.yaml" for name in files],
        "criticality": rng.choice(["low", "medium", "high"]),
        "data": {"records": {"class": rng.choice(["internal", "confidential", "restricted"])}},
        "components": components,
        "flows": [{"from": source, "to": target, **keys} for source, target, keys in calls],
    }
