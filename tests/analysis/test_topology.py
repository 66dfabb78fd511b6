"""What follows from connections alone: direction of content, authority, networks, and who builds prompts."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.analysis import example_system
from bartizan.analysis.topology import Topology
from bartizan.model.words import Authority

ENDS: dict[str, dict[str, Any]] = {
    "ann": {"kind": "person"},
    "page": {"kind": "client"},
    "app": {"kind": "application"},
    "bot": {"kind": "agent"},
    "gw": {"kind": "gateway"},
    "llm": {"kind": "model"},
    "scorer": {"kind": "model", "type": "classifier"},
    "db": {"kind": "data-store"},
    "notes": {"kind": "memory"},
    "logs": {"kind": "log-store"},
    "registry": {"kind": "model-registry"},
    "desk": {"kind": "saas", "assistant": True},
    "drive": {"kind": "saas"},
}


def topology(*flows: dict[str, Any], **changes: dict[str, Any]) -> Topology:
    components = {name: {**entry, **changes.get(name, {})} for name, entry in ENDS.items()}
    zones = {kind: {"kind": kind} for kind in ("internet", "vendor", "partner", "device", "corporate", "cloud")}
    return Topology(
        example_system({"zones": zones, "data": {"docs": {}}, "components": components, "flows": list(flows)})
    )


def call(source: str, target: str, **said: Any) -> dict[str, Any]:
    return {"from": source, "to": target, **said}


@pytest.mark.parametrize(
    ("flow", "sends", "answers"),
    [
        (call("app", "bot"), True, True),
        (call("app", "bot", returns=[]), True, False),
        (call("app", "bot", returns=["docs"]), True, True),
        (call("app", "db"), False, True),
        (call("app", "db", carries=["docs"]), True, False),
        (call("app", "db", carries=["docs"], returns=["docs"]), True, True),
        (call("bot", "notes"), True, True),
        (call("bot", "notes", carries=["docs"]), True, True),
        (call("app", "logs"), True, False),
        (call("app", "logs", returns=["docs"]), True, True),
        (call("app", "registry"), True, True),
        (call("app", "registry", carries=["docs"]), True, False),
    ],
)
def test_reading_a_store_writes_nothing_and_writing_it_reads_nothing(
    flow: dict[str, Any], sends: bool, answers: bool
) -> None:
    found = topology(flow)
    only = found.system.flows[0]

    assert found.sends(only) is sends
    assert found.answers(only) is answers


@pytest.mark.parametrize(
    ("flow", "authority"),
    [
        (call("ann", "app"), Authority.USER),
        (call("page", "app"), Authority.USER),
        (call("ann", "app", authority="shared"), Authority.SHARED),
        (call("app", "db"), None),
        (call("app", "db", authority="service"), Authority.SERVICE),
    ],
)
def test_a_persons_calls_carry_the_persons_rights(flow: dict[str, Any], authority: Authority | None) -> None:
    found = topology(flow)

    assert found.authority(found.system.flows[0]) is authority


@pytest.mark.parametrize(
    ("one", "other", "outside"),
    [
        ("corporate", "internet", True),
        ("cloud", "vendor", True),
        ("partner", "cloud", True),
        ("device", "corporate", True),
        ("corporate", "cloud", False),
        ("internet", "internet", False),
        (None, "internet", True),
        (None, None, False),
        (None, "corporate", False),
    ],
)
def test_a_call_leaves_the_network_when_one_end_stands_outside(
    one: str | None, other: str | None, outside: bool
) -> None:
    found = topology(call("app", "bot"), app={"zone": one}, bot={"zone": other})

    assert found.outside(found.system.flows[0]) is outside


@pytest.mark.parametrize(
    ("flows", "promptable"),
    [
        ([], {"bot", "desk"}),
        ([call("app", "llm")], {"bot", "desk", "app"}),
        ([call("app", "scorer")], {"bot", "desk"}),
        ([call("ann", "llm")], {"bot", "desk", "llm"}),
        ([call("page", "llm")], {"bot", "desk", "llm", "page"}),
        ([call("gw", "llm")], {"bot", "desk"}),
        ([call("bot", "gw"), call("gw", "llm")], {"bot", "desk"}),
        ([call("app", "gw"), call("gw", "llm")], {"bot", "desk", "app"}),
    ],
)
def test_who_puts_content_and_instructions_into_one_prompt(flows: list[dict[str, Any]], promptable: set[str]) -> None:
    assert topology(*flows).promptable == promptable


def test_reach_goes_on_only_through_the_kinds_given_and_stops() -> None:
    found = topology(call("ann", "page"), call("page", "app"), call("app", "bot"), call("bot", "db"), call("db", "ann"))

    assert found.reach_forward("ann", ("client",), 5) == {"page", "app"}
    assert found.reach_forward("ann", ("client", "application"), 5) == {"page", "app", "bot"}
    assert found.reach_forward("ann", ("client", "application", "agent"), 2) == {"page", "app"}
    assert found.reach_forward("logs", ("client",), 3) == set()


def test_a_zone_kind_is_that_of_the_component_s_own_zone() -> None:
    assert topology(app={"zone": "cloud"}).zone_kind["app"] == "cloud"
    assert topology().zone_kind["app"] is None


def test_people_behind_a_gateway_ask_the_model_themselves() -> None:
    parts = {"joe": {"kind": "person"}, "gate": {"kind": "gateway"}, "llm": {"kind": "model"}}
    flows = [{"from": "joe", "to": "gate"}, {"from": "gate", "to": "llm"}]

    assert "llm" in Topology(example_system({"components": parts, "flows": flows})).promptable
