"""What a gateway's configuration holds now."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bartizan.catalog.statements import load_statements
from bartizan.guard.config import Config, parse_config
from bartizan.guard.policy import PolicyFile, load_policies
from bartizan.report.policy_active import GATEWAY, active_in_gateway, active_in_scans
from tests.support import REPOSITORY

BASE = """
identity: {keys: keys.jsonl}
upstreams: [{id: one, door: openai, url: "https://example.com"}]
"""
DOOR = """
mcp: [{id: desk, servers: [{id: mail, url: "https://example.com"}]%s}]
"""
EXAMPLE = REPOSITORY / "examples" / "gateway"


def config(more: str = "", base: str = BASE) -> Config:
    return parse_config((base + more).encode(), "gateway.yaml")


def rules(*lines: str) -> str:
    return "data:\n  rules:\n" + "\n".join(f"    - {{id: r{number}, {line}}}" for number, line in enumerate(lines))


def test_each_measure_of_the_catalog_is_looked_for_and_no_other() -> None:
    assert set(GATEWAY) == set(load_statements().measures)


ALLOW = "do: allow"


@pytest.mark.parametrize(
    ("measure", "more", "other"),
    [
        ("budgets", "budgets: [{id: all, of: all, money: 1}]", ""),
        ("sandboxes", "sandboxes: trials", ""),
        ("secrets-held-back", rules("types: [secret], do: block", ALLOW), rules(ALLOW)),
        ("secrets-held-back", rules("on: [answer], do: allow"), rules("on: [request], do: allow")),
        ("secrets-held-back", rules("types: [contact], do: allow", "types: [secret], do: mask", ALLOW),
         rules("types: [secret], at_least: restricted, do: block", ALLOW)),
        ("secrets-held-back", rules("types: [secret], do: block", ALLOW),
         rules("types: [openai-api-key], do: allow", "types: [secret], do: block")),
        ("secrets-held-back", rules("types: [secret], do: block", ALLOW),
         rules("types: [openai-api-key], do: block", ALLOW)),
        ("personal-data-hidden", rules("types: [contact, national-id], do: pseudonym", ALLOW),
         rules("types: [contact], do: pseudonym", ALLOW)),
        ("answers-cleaned", rules("on: [answer], do: mask", ALLOW), rules("on: [request], do: mask", ALLOW)),
        ("named-servers", DOOR % "", ""),
        ("value-flow", DOOR % "", ""),
        ("approved-definitions", DOOR % ", pins: pins", DOOR % ""),
        ("tool-cards", DOOR % ", cards: cards.yaml", DOOR % ""),
        ("charter", DOOR % ", charter: charter.yaml", DOOR % ""),
        ("people-asked", DOOR % "", DOOR % ", attended: false"),
    ],
)  # fmt: skip
def test_a_measure_is_active_where_the_configuration_has_it(measure: str, more: str, other: str) -> None:
    families = {"openai-api-key": "secret"}
    assert f"gateway:{measure}" in active_in_gateway(config(more), families=families)
    assert f"gateway:{measure}" not in active_in_gateway(config(other or rules(ALLOW)), families=families)


@pytest.mark.parametrize(
    ("measure", "key"), [("listed-models", "models: {a: a-1}"), ("fixed-parameters", "require: {store: false}")]
)
def test_a_measure_counts_only_where_every_upstream_has_it(measure: str, key: str) -> None:
    one, two = (f'{{id: {id}, door: openai, url: "https://example.com"%s}}' for id in ("one", "two"))
    head = "identity: {keys: keys.jsonl}\nupstreams: "
    both = config("", head + f"[{one % f', {key}'}, {two % f', {key}'}]")
    half = config("", head + f"[{one % f', {key}'}, {two % ''}]")
    assert f"gateway:{measure}" in active_in_gateway(both)
    assert f"gateway:{measure}" not in active_in_gateway(half)


def test_what_every_gateway_does_is_always_active() -> None:
    always = {"gateway:caller-identity", "gateway:event-log", "gateway:kill-switch"}
    assert always <= active_in_gateway(config(rules(ALLOW)))


def test_the_example_holds_what_it_says() -> None:
    made = parse_config((EXAMPLE / "gateway.yaml").read_bytes(), "gateway.yaml")
    policies = load_policies([_file(path) for path in sorted((EXAMPLE / "policies").glob("*.cedar"))])
    found = active_in_gateway(made, [policies])
    wanted: Any = {
        "gateway:secrets-held-back",
        "gateway:personal-data-hidden",
        "gateway:answers-cleaned",
        "gateway:budgets",
        "policy:nothing-restricted",
        "policy:no-provider-tools",
    }
    assert wanted <= found
    assert "gateway:listed-models" not in found


def test_scans_count_by_their_rules() -> None:
    assert active_in_scans(["pin-changed"]) == {"scan:pin-changed"}


def _file(path: Path) -> PolicyFile:
    return PolicyFile(path.name, path.read_text(encoding="utf-8"))
