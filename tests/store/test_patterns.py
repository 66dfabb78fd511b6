"""Patterns merged into a system that has some of their parts already."""

from __future__ import annotations

from bartizan.catalog import Pattern
from bartizan.model import parse_text
from bartizan.store.patterns import fragment

PATTERN = Pattern(
    id="p",
    title="P",
    intent="To test.",
    applies=["always"],
    parameters={"agent": "the agent", "cloud": "where it runs", "docs": "what it reads", "store": "where they are"},
    essential=["human-approval"],
    system={
        "id": "p",
        "name": "P",
        "stage": "design",
        "zones": {"cloud": {"kind": "cloud"}},
        "data": {"docs": {"class": "internal"}},
        "identities": {"svc": {"kind": "workload", "kept_in": "store"}},
        "components": {
            "agent": {
                "kind": "agent",
                "zone": "cloud",
                "controls": ["human-approval", {"control": "prompt-hardening"}],
            },
            "store": {"kind": "data-store", "zone": "cloud", "holds": ["docs"]},
        },
        "flows": [
            {"from": "agent", "to": "store", "returns": ["docs"], "identity": "svc", "controls": ["rate-limit"]},
        ],
        "controls": ["curated-registry", {"control": "log-redaction", "on": ["agent->store", "cloud"]}],
        "losses": [{"kind": "disclosure", "of": "docs", "magnitude": [1, 2]}],
    },
)
SYSTEM = """
id: s
components:
  bot: {kind: agent}
  db: {kind: data-store}
flows:
  - {from: bot, to: db}
"""


def test_what_the_system_has_stays_and_gets_the_controls() -> None:
    document, notes = fragment(PATTERN, {"agent": "bot", "store": "db"}, parse_text(SYSTEM))
    assert "components" not in document
    assert "flows" not in document
    assert "id" not in document
    assert document["controls"] == [
        "curated-registry",
        {"control": "log-redaction", "on": ["bot->db", "cloud"]},
        {"control": "human-approval", "on": ["bot"]},
        {"control": "prompt-hardening", "on": ["bot"]},
        {"control": "rate-limit", "on": ["bot->db"]},
    ]
    assert len(notes) == 3


def test_what_the_system_lacks_is_added() -> None:
    document, notes = fragment(PATTERN, {}, parse_text(SYSTEM))
    assert set(document) == {"zones", "data", "identities", "components", "flows", "controls", "losses"}
    assert notes == []
