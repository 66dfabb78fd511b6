"""What a loss weighs, and how surely the way to it must be cut."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.analysis import example_system
from bartizan.analysis.losses import MONEY, LossValue, demand, is_ours, value_loss
from bartizan.analysis.spread import spread_data
from bartizan.analysis.topology import Topology
from bartizan.model import Level, LossKind, Range, to_range

LOW, MEDIUM, HIGH, CRITICAL = Level


def valued(
    kind: str, entry: dict[str, Any] | None = None, data: dict[str, Any] | None = None, **more: Any
) -> LossValue:
    """The loss of a component `it`, or of the data asset `docs`."""
    parts = {"it": entry or {"kind": "agent"}, "joe": {"kind": "person", "party": "customers"}}
    topology = Topology(example_system({"data": {"docs": data or {}}, "components": parts, **more}))
    subject = "docs" if kind in ("disclosure", "duty") else "it"
    return value_loss(topology, spread_data(topology).handles, ("loss", kind, subject))


@pytest.mark.parametrize(
    ("data", "severity"),
    [
        ({"class": "public"}, LOW),
        ({"class": "internal"}, MEDIUM),
        ({"class": "confidential"}, HIGH),
        ({"class": "restricted"}, CRITICAL),
        ({"class": "internal", "categories": ["health"]}, HIGH),
        ({"class": "internal", "records": 100_000}, HIGH),
        ({"class": "internal", "records": 99_999}, MEDIUM),
        ({"class": "restricted", "categories": ["credentials"]}, CRITICAL),
        ({"class": "public", "categories": ["health"]}, LOW),
    ],
)
def test_disclosure_weighs_what_the_data_weighs(data: dict[str, Any], severity: Level) -> None:
    assert valued("disclosure", data=data).severity is severity


def test_a_duty_weighs_one_less_than_its_data() -> None:
    assert valued("duty", data={"class": "restricted"}).severity is HIGH
    assert valued("duty", data={"class": "public"}).severity is LOW


@pytest.mark.parametrize(
    ("entry", "severity"),
    [
        ({"kind": "tool", "effect": ["read"]}, MEDIUM),
        ({"kind": "tool", "effect": ["write"]}, MEDIUM),
        ({"kind": "tool", "effect": ["write"], "reversible": False}, HIGH),
        ({"kind": "tool", "effect": ["send"]}, MEDIUM),
        ({"kind": "tool", "effect": ["send"], "reach": "any"}, HIGH),
        ({"kind": "tool", "effect": ["execute"]}, HIGH),
        ({"kind": "mcp-server", "effect": ["execute"], "reversible": False}, CRITICAL),
        ({"kind": "tool", "effect": ["pay"]}, CRITICAL),
        ({"kind": "agent"}, MEDIUM),
    ],
)
def test_an_action_weighs_what_the_tool_can_do(entry: dict[str, Any], severity: Level) -> None:
    assert valued("action", entry).severity is severity


@pytest.mark.parametrize(
    ("kind", "entry", "severities"),
    [
        ("action", {"kind": "tool"}, [LOW, MEDIUM, MEDIUM, HIGH]),
        ("takeover", {"kind": "agent"}, [HIGH, HIGH, HIGH, CRITICAL]),
        ("corruption", {"kind": "agent"}, [LOW, MEDIUM, HIGH, CRITICAL]),
        ("poisoning", {"kind": "model", "automates": True}, [MEDIUM, HIGH, CRITICAL, CRITICAL]),
        ("evasion", {"kind": "model"}, [LOW, MEDIUM, MEDIUM, HIGH]),
        ("evasion", {"kind": "model", "type": "detector"}, [MEDIUM, HIGH, HIGH, CRITICAL]),
        ("evasion", {"kind": "model", "automates": True}, [MEDIUM, HIGH, HIGH, CRITICAL]),
        ("outage", {"kind": "agent"}, [LOW, MEDIUM, HIGH, CRITICAL]),
        ("theft", {"kind": "model"}, [MEDIUM, MEDIUM, HIGH, HIGH]),
        ("harm", {"kind": "agent"}, [LOW, MEDIUM, MEDIUM, HIGH]),
        ("cost", {"kind": "model"}, [LOW, MEDIUM, MEDIUM, HIGH]),
        ("deception", {"kind": "agent"}, [LOW, MEDIUM, MEDIUM, HIGH]),
    ],
)
def test_severity_grows_with_the_systems_criticality(kind: str, entry: dict[str, Any], severities: list[Level]) -> None:
    found = [valued(kind, entry, criticality=level.value).severity for level in Level]

    assert found == severities


def test_takeover_weighs_what_the_component_handles() -> None:
    entry = {"kind": "data-store", "holds": ["docs"]}

    assert valued("takeover", entry, {"class": "restricted"}).severity is CRITICAL
    assert valued("takeover", entry, {"class": "public"}).severity is HIGH


def test_harm_weighs_more_where_the_public_asks() -> None:
    flows = [{"from": "joe", "to": "it"}]

    assert valued("harm", flows=flows).severity is HIGH
    assert valued("harm", flows=[]).severity is MEDIUM


def test_what_the_owner_states_counts() -> None:
    stated = {"kind": "disclosure", "of": "docs", "severity": "low", "magnitude": [10, 20, 90]}
    found = valued("disclosure", data={"class": "restricted"}, losses=[stated])

    assert (found.id, found.severity, found.magnitude, found.given) == ("disclosure:docs", LOW, Range(10, 20, 90), True)


def test_a_stated_severity_takes_the_money_of_its_level() -> None:
    found = valued("disclosure", losses=[{"kind": "disclosure", "of": "docs", "severity": "critical"}])

    assert found.magnitude == to_range([*MONEY[CRITICAL]])
    assert not found.given


def test_a_statement_about_another_loss_does_not_count() -> None:
    stated = [
        {"kind": "duty", "of": "docs", "severity": "critical"},
        {"kind": "disclosure", "of": "it", "severity": "low"},
    ]

    assert valued("disclosure", losses=stated).severity is MEDIUM


def loss(severity: Level, high: float = 1e6) -> LossValue:
    return LossValue("cost:it", LossKind.COST, "it", severity, Range(1, 2, high), False)


@pytest.mark.parametrize(
    ("appetite", "points"),
    [(LOW, [0, 2, 3, 4]), (MEDIUM, [0, 0, 3, 4]), (HIGH, [0, 0, 0, 4]), (CRITICAL, [0, 0, 0, 0])],
)
def test_a_loss_above_the_appetite_demands_its_rank(appetite: Level, points: list[int]) -> None:
    assert [demand(loss(severity), appetite) for severity in Level] == points


@pytest.mark.parametrize(
    ("high", "points"), [(500, 0), (1000, 0), (1001, 2), (3000, 2), (3001, 3), (30_000, 3), (30_001, 4)]
)
def test_in_money_the_demand_grows_with_the_ratio(high: float, points: int) -> None:
    assert demand(loss(LOW, high), 1000.0) == points


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.floats(0, 1e9))
def test_a_larger_appetite_never_demands_more(one: float, other: float, high: float) -> None:
    low_appetite, high_appetite = sorted((one, other))

    assert demand(loss(HIGH, high), high_appetite) <= demand(loss(HIGH, high), low_appetite)


def test_worth_orders_as_severity_does() -> None:
    worth = [loss(severity).worth for severity in Level]

    assert worth == sorted(worth)
    assert worth[-1] == 1


@pytest.mark.parametrize(
    ("word", "zone", "ours"),
    [
        ("takeover", "corporate", True),
        ("takeover", "vendor", False),
        ("takeover", "internet", False),
        ("takeover", None, True),
        ("harm", "vendor", True),
        ("harm", "partner", False),
    ],
)
def test_the_owner_bears_the_losses_of_what_it_runs(word: str, zone: str | None, ours: bool) -> None:
    zones = {kind: {"kind": kind} for kind in ("corporate", "vendor", "internet", "partner")}
    topology = Topology(
        example_system({"zones": zones, "data": {"docs": {}}, "components": {"it": {"kind": "agent", "zone": zone}}})
    )

    assert is_ours(topology, ("loss", word, "it")) is ours
    assert is_ours(topology, ("loss", word, "docs"))
