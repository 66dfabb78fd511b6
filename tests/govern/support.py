"""What tests of governing share: a small system, evidence about it, and documents as they are stored."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec

from bartizan.model import System, parse_text
from bartizan.model.assurance import Proof, ProofSource
from bartizan.model.documents import Document, Kind, Stored, TierRule, digest_of
from bartizan.model.yamltree import to_yaml

__all__ = ["DAY", "RULE", "ago", "components", "evidence", "proof", "stored", "system"]

DAY = date(2026, 11, 28)
RULE = TierRule(id="tier-1", title="Critical", evidence_days=90)


def ago(days: int) -> date:
    """A day so many days before the day of the tests."""
    return DAY - timedelta(days=days)


def system(**parts: Any) -> System:
    """An agent with a tool that sends, a model and a store, in two zones; `parts` replace what it says."""
    base: dict[str, Any] = {
        "id": "bot",
        "name": "The bot",
        "zones": {"inside": {"kind": "cloud"}, "outside": {"kind": "vendor"}},
        "data": {"claims": {"class": "confidential", "categories": ["personal"]}},
        "components": {
            "people": {"kind": "person", "party": "customers"},
            "agent": {"kind": "agent", "zone": "inside", "holds": ["claims"]},
            "mail": {"kind": "tool", "zone": "inside", "effect": ["send"], "reach": "any", "reversible": False},
            "llm": {"kind": "model", "zone": "outside"},
        },
        "flows": [
            {"from": "people", "to": "agent"},
            {"from": "agent", "to": "mail", "carries": ["claims"]},
            {"from": "agent", "to": "llm", "id": "ask", "carries": ["claims"], "encryption": "tls"},
            {"from": "agent", "to": "llm", "id": "embed", "carries": ["claims"]},
        ],
    }
    return parse_text(to_yaml({**base, **parts}))


def components(**controls: list[Any]) -> dict[str, Any]:
    """The components of `system` with controls at some of them."""

    plain: dict[str, Any] = msgspec.to_builtins(system().components)
    return {name: {**part, "controls": controls.get(name, [])} for name, part in plain.items()}


def evidence(days: int, outcome: str = "pass", source: str = "review", until: int | None = None) -> dict[str, Any]:
    """Evidence as a system's file has it, observed so many days ago, good for so many days from today on."""
    end = None if until is None else ago(-until).isoformat()
    return {"source": source, "outcome": outcome, "observed_at": ago(days).isoformat(), "good_until": end}


def proof(control: str, place: str = "agent", days: int = 5, **more: Any) -> Proof:
    """Evidence of the register, observed so many days ago."""
    given = {"source": ProofSource.TEST, "observed_at": ago(days), **more}
    return Proof(system="bot", control=control, place=place, **given)


def stored(spec: Any, kind: Kind = Kind.SYSTEM, name: str = "bot", unit: str = "", version: int = 1) -> Stored:
    """A document as the register holds it."""
    document = Document(kind=kind, name=name, unit=unit, spec=spec)
    return Stored(document=document, version=version, digest=digest_of(document), at="", by="anna", why="")
