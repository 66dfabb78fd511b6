"""Which controls stand where, and how much they count."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from bartizan.analysis import example_system
from bartizan.analysis.placements import InPlace, controls_in_place, controls_said
from bartizan.analysis.topology import Topology
from tests.analysis.support import AS_OF

PARTS = {
    "bot": {"kind": "agent", "zone": "cloud"},
    "db": {"kind": "data-store", "zone": "cloud"},
    "llm": {"kind": "model"},
}
ZONES = {"cloud": {"kind": "cloud"}}


def standing(controls: Any = (), *, flow: dict[str, Any] | None = None, on_bot: Any = ()) -> set[tuple[str, str, str]]:
    parts = {**PARTS, "bot": {**PARTS["bot"], "controls": list(on_bot)}}
    call = {"from": "bot", "to": "llm", "id": "ask", **(flow or {})}
    system = example_system({"zones": ZONES, "components": parts, "flows": [call], "controls": list(controls)})
    return {(item.control, item.place, item.status) for item in controls_in_place(Topology(system), AS_OF)}


def proof(observed_at: str, good_until: str | None = None, outcome: str = "pass") -> dict[str, Any]:
    return {"source": "test", "observed_at": observed_at, "good_until": good_until, "outcome": outcome}


@pytest.mark.parametrize(
    ("on", "places"),
    [
        (None, {"system"}),
        (["bot"], {"bot"}),
        (["bot", "db"], {"bot", "db"}),
        (["cloud"], {"bot", "db"}),
        (["ask"], {"bot->llm"}),
        (["system"], {"system"}),
    ],
)
def test_a_control_stands_where_it_is_put(on: list[str] | None, places: set[str]) -> None:
    control = "rate-limit" if on is None else {"control": "rate-limit", "on": on}

    assert standing([control]) == {("rate-limit", place, "claimed") for place in places}


def test_controls_can_stand_in_the_component_and_on_the_flow() -> None:
    found = standing(on_bot=["rate-limit"], flow={"controls": ["cost-cap", {"control": "input-filter"}]})

    assert found == {
        ("rate-limit", "bot", "claimed"),
        ("cost-cap", "bot->llm", "claimed"),
        ("input-filter", "bot->llm", "claimed"),
    }


@pytest.mark.parametrize(
    ("evidence", "status"),
    [
        ([], "claimed"),
        ([proof("2026-11-01")], "proven"),
        ([proof("2026-11-01", "2026-11-23")], "proven"),
        ([proof("2026-11-01", "2026-11-22")], "expired"),
        ([proof("2026-11-24")], "expired"),
        ([proof("2026-11-01", outcome="fail")], "failing"),
        ([proof("2026-01-01", "2026-02-01"), proof("2026-11-01")], "proven"),
    ],
)
def test_evidence_proves_while_it_is_fresh(evidence: list[dict[str, Any]], status: str) -> None:
    assert standing([{"control": "rate-limit", "on": ["bot"], "evidence": evidence}]) == {("rate-limit", "bot", status)}


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_statements_the_better_counts(order: int) -> None:
    proven = {"control": "rate-limit", "on": ["bot"], "evidence": [proof("2026-11-01")]}
    expired = {"control": "rate-limit", "on": ["bot"], "evidence": [proof("2025-11-01", "2025-12-01")]}
    claimed = {"control": "rate-limit", "on": ["bot"]}

    assert standing([proven, claimed][::order]) == {("rate-limit", "bot", "proven")}
    assert standing([expired, claimed][::order]) == {("rate-limit", "bot", "claimed")}
    assert standing([expired, proven][::order]) == {("rate-limit", "bot", "proven")}


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_statements_about_a_call_the_better_counts(order: int) -> None:
    proven = {"control": "rate-limit", "evidence": [proof("2026-11-01")]}

    assert standing(flow={"controls": [proven, "rate-limit"][::order]}) == {("rate-limit", "bot->llm", "proven")}


def test_of_two_calls_between_the_same_components_the_worse_counts() -> None:
    proven = {"control": "rate-limit", "evidence": [proof("2026-11-01")]}
    first = {"from": "bot", "to": "llm", "id": "one", "controls": [proven, "cost-cap"]}
    second = {"from": "bot", "to": "llm", "id": "two", "controls": ["rate-limit"]}
    system = example_system({"zones": ZONES, "components": PARTS, "flows": [first, second]})

    assert controls_in_place(Topology(system), AS_OF) == [InPlace("rate-limit", "bot->llm", "claimed")]


@pytest.mark.parametrize(
    ("said", "controls"),
    [
        ({}, set()),
        ({"authentication": "none", "encryption": "none"}, set()),
        ({"authentication": "api-key"}, {"caller-authentication"}),
        ({"authentication": "oidc"}, {"caller-authentication", "strong-authentication"}),
        (
            {"authentication": "workload-identity"},
            {"caller-authentication", "strong-authentication", "workload-identity"},
        ),
        ({"encryption": "tls"}, {"encrypt-in-transit"}),
        ({"encryption": "local"}, {"encrypt-in-transit"}),
    ],
)
def test_how_a_call_is_protected_is_a_control_too(said: dict[str, Any], controls: set[str]) -> None:
    assert standing(flow=said) == {(control, "bot->llm", "claimed") for control in controls}


def test_the_order_is_fixed() -> None:
    system = example_system(
        {"components": PARTS | {"bot": {"kind": "agent"}, "db": {"kind": "data-store"}}, "controls": ["b", "a"]}
    )

    assert controls_in_place(Topology(system), AS_OF) == [
        InPlace("a", "system", "claimed"),
        InPlace("b", "system", "claimed"),
    ]


def test_old_proof_does_not_take_away_what_the_call_itself_states() -> None:
    old = {"control": "encrypt-in-transit", "evidence": [proof("2020-01-01", "2020-12-31")]}
    found = standing(flow={"encryption": "tls", "controls": [old]})

    assert ("encrypt-in-transit", "bot->llm", "claimed") in found


def test_a_control_on_a_zone_stands_in_the_zones_inside_it_too() -> None:
    zones = {"tenant": {"kind": "cloud"}, "subnet": {"kind": "restricted", "parent": "tenant"}}
    system = example_system(
        {
            "zones": zones,
            "components": {"db": {"kind": "data-store", "zone": "subnet"}, "web": {"kind": "web"}},
            "controls": [{"control": "network-segmentation", "on": ["tenant"]}],
        }
    )

    assert [item.place for item in controls_in_place(Topology(system), AS_OF)] == ["db"]


@pytest.mark.parametrize("order", [1, -1])
def test_evidence_of_a_failure_beats_every_claim_and_proof_at_its_place(order: int) -> None:
    proven = {"control": "rate-limit", "on": ["bot"], "evidence": [proof("2026-11-01")]}
    failing = {"control": "rate-limit", "on": ["bot"], "evidence": [proof("2026-10-01", outcome="fail")]}

    assert standing([proven, failing, "rate-limit"][::order], on_bot=["rate-limit"]) == {
        ("rate-limit", "bot", "failing"),
        ("rate-limit", "system", "claimed"),
    }


def test_of_two_calls_of_which_one_fails_the_control_fails() -> None:
    failing = {"control": "rate-limit", "evidence": [proof("2026-11-01", outcome="fail")]}
    first = {"from": "bot", "to": "llm", "id": "one", "controls": ["rate-limit"]}
    second = {"from": "bot", "to": "llm", "id": "two", "controls": [failing]}
    system = example_system({"zones": ZONES, "components": PARTS, "flows": [first, second]})

    assert controls_in_place(Topology(system), AS_OF) == [InPlace("rate-limit", "bot->llm", "failing")]


@pytest.mark.parametrize(
    ("evidence", "found"),
    [
        ([], set()),
        ([proof("2025-01-01", "2025-02-01")], set()),
        ([proof("2026-11-01")], {("rate-limit", "bot", "proven")}),
        ([proof("2026-11-01", outcome="fail")], {("rate-limit", "bot", "failing")}),
    ],
)
def test_what_is_planned_is_not_in_place_until_evidence_says_so(
    evidence: list[dict[str, Any]], found: set[tuple[str, str, str]]
) -> None:
    planned = {"control": "rate-limit", "planned": "2027-01-01", "evidence": evidence}

    assert standing(on_bot=[planned]) == found
    assert standing([{**planned, "on": ["bot"]}]) == found


def test_a_planned_control_takes_nothing_away_from_a_claim() -> None:
    assert standing(["rate-limit", {"control": "rate-limit", "planned": "2027-01-01"}]) == {
        ("rate-limit", "system", "claimed")
    }


def test_a_call_can_have_a_planned_control() -> None:
    assert standing(flow={"controls": [{"control": "rate-limit", "planned": "2027-01-01"}]}) == set()


@pytest.mark.parametrize(
    ("status", "counts"), [("proven", True), ("claimed", True), ("expired", False), ("failing", False)]
)
def test_what_ended_or_fails_counts_for_nothing(status: str, counts: bool) -> None:
    assert InPlace("rate-limit", "bot", status).counts is counts


def test_every_statement_can_be_told_with_its_place() -> None:
    system = example_system(
        {
            "zones": ZONES,
            "components": {**PARTS, "bot": {**PARTS["bot"], "controls": ["cost-cap"]}},
            "flows": [{"from": "bot", "to": "llm", "id": "ask", "controls": ["input-filter"]}],
            "controls": [
                "ai-inventory",
                {"control": "rate-limit", "on": ["ask"], "planned": "2027-01-01"},
                {"control": "egress-allow-list", "on": ["cloud"], "evidence": [proof("2026-11-01")]},
            ],
        }
    )

    assert [(one.control, one.place, len(one.evidence), one.planned) for one in controls_said(Topology(system))] == [
        ("cost-cap", "bot", 0, None),
        ("input-filter", "bot->llm", 0, None),
        ("rate-limit", "bot->llm", 0, date(2027, 1, 1)),
        ("ai-inventory", "system", 0, None),
        ("egress-allow-list", "bot", 1, None),
        ("egress-allow-list", "db", 1, None),
    ]
