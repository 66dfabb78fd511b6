"""What the gateway's events prove about a system's controls."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from bartizan.govern import gateway_proofs as module
from bartizan.govern.gateway_proofs import concerns, from_gateway, rules_of
from bartizan.model import Event, System
from bartizan.model.assurance import ProofSource
from bartizan.model.documents import Enforcement, PolicySpec, PolicyState, Statement
from tests.govern.support import DAY, ago, components, system
from tests.support import packaged_catalog


def event(days: int = 1, application: str = "bot", rule: str = "prompt-data-protection", **more: Any) -> Event:
    said = {"application": application, **more.pop("more", {})}
    given = {"kind": "call", "decision": "allow", **more}
    return Event(time=f"{ago(days)}T10:00:00.000Z", rule=rule, more=said, **given)


def proven(
    *events: Event, made: System | None = None, rules: dict[str, set[str]] | None = None
) -> set[tuple[str, str]]:
    found = from_gateway(events, made or system(), rules or {}, packaged_catalog(), DAY)
    return {(one.control, one.place) for one in found}


def test_a_rule_that_decided_calls_proves_the_control_that_it_is_named_after() -> None:
    events = [event(9, decision="deny"), event(3, decision="transform"), event(5), event(40)]
    [found] = from_gateway(events, system(), {}, packaged_catalog(), DAY)

    assert (found.control, found.place, found.source, found.outcome) == (
        "prompt-data-protection",
        "",
        ProofSource.GATEWAY,
        "pass",
    )
    assert (found.observed_at, found.good_until) == (ago(3), ago(3) + timedelta(days=30))
    assert found.detail == "rule prompt-data-protection: 3 calls, 2 stopped or changed"


@pytest.mark.parametrize(
    ("application", "component"),
    [("bot", ""), ("bot/agent", "agent"), ("bot/nobody", None), ("other", None), ("", None), ("botx", None)],
)
def test_an_event_concerns_the_system_that_its_application_is_named_after(
    application: str, component: str | None
) -> None:
    assert concerns(event(application=application), system()) == component


def test_an_agent_that_names_itself_counts_as_an_application() -> None:
    assert concerns(Event(kind="tool-call", time="", more={"agent": "bot/agent"}), system()) == "agent"
    assert concerns(Event(kind="start", time=""), system()) is None


@pytest.mark.parametrize(
    ("one", "controls"),
    [
        (event(rule="rate-limit.team"), {"rate-limit"}),
        (event(rule="rate-limits"), set()),
        (event(rule="day-budget", more={"status": 429}), {"rate-limit"}),
        (event(rule="day-budget", more={"status": 403}), set()),
        (event(rule="mcp-not-approved", decision="deny"), {"mcp-allow-list", "tool-allow-list"}),
        (event(rule="origins-good"), {"information-flow-policy"}),
        (event(rule="p1", more={"changed_by": ["output-filter", "p1"]}), {"output-filter"}),
        (event(rule="", more={"changed_by": "output-filter"}), set()),
        (event(rule="masks-names"), {"prompt-data-protection"}),
        (event(rule="human-approval"), set()),
        (event(rule="says-no"), set()),
        (event(-1), set()),
        (event(31), set()),
        (event(30), {"prompt-data-protection"}),
        (event(application="other"), set()),
    ],
)
def test_only_what_the_catalog_lets_a_gateway_verify_is_proven(one: Event, controls: set[str]) -> None:
    rules = {"masks-names": {"prompt-data-protection"}, "says-no": {"human-approval"}}

    assert {control for control, _ in proven(one, rules=rules)} == controls


def test_evidence_stands_where_the_event_or_the_system_has_the_control() -> None:
    gated = components(agent=["prompt-data-protection"]) | {"gate": {"kind": "gateway", "zone": "inside"}}
    flow = [{"control": "prompt-data-protection", "on": ["ask"]}]

    assert proven(event(application="bot/llm")) == {("prompt-data-protection", "llm")}
    assert proven(event(), made=system(components=gated)) == {("prompt-data-protection", "agent")}
    assert proven(event(), made=system(controls=flow)) == {("prompt-data-protection", "agent -> llm")}
    assert proven(event(rule="rate-limit"), made=system(components=gated)) == {("rate-limit", "gate")}


def test_several_rules_of_one_control_are_one_piece() -> None:
    events = [event(2, rule="rate-limit.a"), event(1, rule="rate-limit.b", decision="deny")]
    [found] = from_gateway(events, system(), {}, packaged_catalog(), DAY)

    assert found.detail == (
        "rule rate-limit.a: 1 calls, 0 stopped or changed; rule rate-limit.b: 1 calls, 1 stopped or changed"
    )
    assert found.observed_at == ago(1)


def test_the_rules_every_gateway_has_stand_for_controls_that_a_gateway_verifies() -> None:
    controls = packaged_catalog().controls
    named = {control for controls_ in module._BUILT_IN.values() for control in controls_}

    assert [name for name in named if not any(one.by == "gateway" for one in controls[name].verification)] == []


def test_published_policies_say_which_controls_a_rule_stands_for() -> None:
    statement = Statement(
        id="s", number="1.1", section="x", text="t", controls=["output-filter"],
        enforced=[Enforcement(by="gateway", what="masks-names"), Enforcement(by="scan", what="pickle-executes")],
    )  # fmt: skip
    policy = PolicySpec(title="p", state=PolicyState.PUBLISHED, statements=[statement])
    draft = PolicySpec(title="d", statements=[statement])

    assert rules_of([policy]) == {"masks-names": {"output-filter"}}
    assert rules_of([draft]) == {}
