"""Named attacks on AI systems: each appears on a small system that has it, and vanishes with its cause or a control.

Steps are named by what they gain and where, not by rule, so that rules can be merged and renamed.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, NamedTuple

import pytest

from bartizan.analysis import example_system
from bartizan.analysis.graph import cheapest
from tests.analysis.support import analysed, catalog, derivable, reviewed, with_controls

Fact = tuple[str, ...]
Step = tuple[Fact, str]
"""What an attacker gains, and at which component."""

HARD, SOFT = 4, 2
"""Points that cut a step: by construction, or often."""


class Scenario(NamedTuple):
    """A system, the steps that make the attack, the loss it ends in, changes that remove a cause, fitting controls.

    A change is a path into the system with a new value, `None` to delete; a control is (control, place, points).
    """

    system: dict[str, Any]
    steps: list[Step]
    loss: str
    ids: set[str]
    causes: dict[str, tuple[tuple[str | int, ...], Any]]
    controls: list[tuple[str, str, int]]


PAYROLL = {"payroll": {"class": "confidential"}}
CUSTOMER = {"kind": "person", "party": "customers"}
EMPLOYEE = {"kind": "person", "party": "employees"}
PUBLIC_DATA = (("data", "payroll", "class"), "public")

SCENARIOS = {
    "lethal trifecta": Scenario(
        system={
            "data": PAYROLL,
            "components": {
                "inbox": {"kind": "mailbox"},
                "records": {"kind": "data-store", "holds": ["payroll"]},
                "bot": {"kind": "agent"},
                "chat": {"kind": "client", "renders": ["images"]},
            },
            "flows": [{"from": "chat", "to": "bot"}, {"from": "bot", "to": "inbox"}, {"from": "bot", "to": "records"}],
        },
        steps=[(("exposed", "payroll"), "bot")],
        loss="disclosure:payroll",
        ids={"AML.T0057", "LLM02:2025", "ASI01"},
        causes={
            "no foreign content": (("flows", 1), None),
            "nobody foreign writes": (("components", "inbox", "writers"), ["system"]),
            "no private data": (("flows", 2), None),
            "no way out": (("components", "chat", "renders"), ["text"]),
        },
        controls=[("information-flow-policy", "bot", HARD), ("quarantine-untrusted-content", "bot", HARD)],
    ),
    "rule of two": Scenario(
        system={
            "components": {
                "ann": EMPLOYEE,
                "inbox": {"kind": "mailbox"},
                "bot": {"kind": "agent"},
                "crm": {"kind": "tool", "effect": ["write"]},
            },
            "flows": [
                {"from": "ann", "to": "bot"},
                {"from": "bot", "to": "inbox"},
                {"from": "bot", "to": "crm", "authority": "user"},
            ],
        },
        steps=[(("steered", "bot"), "bot"), (("invokes", "bot", "crm"), "bot"), (("loss", "action", "crm"), "crm")],
        loss="action:crm",
        ids={"AML.T0051.001", "LLM01:2025", "LLM06:2025", "ASI02"},
        causes={
            "no foreign content": (("flows", 1), None),
            "nothing to reach": (("flows", 2), None),
        },
        controls=[("information-flow-policy", "bot", HARD), ("human-approval", "crm", SOFT)],
    ),
    "confused deputy with the agent's rights": Scenario(
        system={
            "components": {
                "joe": CUSTOMER,
                "bot": {"kind": "agent"},
                "crm": {"kind": "tool", "effect": ["write"], "scope": "all"},
            },
            "flows": [{"from": "joe", "to": "bot"}, {"from": "bot", "to": "crm", "authority": "service"}],
        },
        steps=[(("invokes", "bot", "crm"), "bot")],
        loss="action:crm",
        ids={"ASI03"},
        causes={
            "the asking person's rights": (("flows", 1, "authority"), "user"),
            "only the person's own objects": (("components", "crm", "scope"), "user"),
            "no customer": (("flows", 0), None),
        },
        controls=[("user-delegated-authority", "crm", HARD)],
    ),
    "confused deputy behind a delegated call": Scenario(
        system={
            "components": {
                "joe": CUSTOMER,
                "bot": {"kind": "agent"},
                "crm": {"kind": "tool", "effect": ["write"], "scope": "user"},
                "db": {"kind": "data-store"},
            },
            "flows": [
                {"from": "joe", "to": "bot"},
                {"from": "bot", "to": "crm", "authority": "user"},
                {"from": "crm", "to": "db", "authority": "service"},
            ],
        },
        steps=[(("invokes", "bot", "crm"), "crm")],
        loss="action:crm",
        ids={"ASI03"},
        causes={
            "delegated to the end": (("flows", 2, "authority"), "user"),
            "no customer": (("flows", 0), None),
        },
        controls=[("user-delegated-authority", "db", HARD)],
    ),
    "second-order injection through a store": Scenario(
        system={
            "data": {"ticket": {}},
            "components": {
                "joe": CUSTOMER,
                "portal": {"kind": "application"},
                "tickets": {"kind": "data-store"},
                "ann": EMPLOYEE,
                "bot": {"kind": "agent"},
                "crm": {"kind": "tool", "effect": ["write"]},
            },
            "flows": [
                {"from": "joe", "to": "portal"},
                {"from": "portal", "to": "tickets", "carries": ["ticket"]},
                {"from": "ann", "to": "bot"},
                {"from": "bot", "to": "tickets"},
                {"from": "bot", "to": "crm", "authority": "user"},
            ],
        },
        steps=[(("tainted", "tickets"), "tickets"), (("steered", "bot"), "bot")],
        loss="action:crm",
        ids={"AML.T0051.001"},
        causes={
            "customers write nothing": (("flows", 1), None),
            "the agent does not read it": (("flows", 3), None),
        },
        controls=[("quarantine-untrusted-content", "bot", HARD)],
    ),
    "second-order injection through memory": Scenario(
        system={
            "components": {
                "joe": CUSTOMER,
                "notes": {"kind": "memory", "scope": "tenant"},
                "bot": {"kind": "agent"},
            },
            "flows": [{"from": "joe", "to": "bot"}, {"from": "bot", "to": "notes"}],
        },
        steps=[(("tainted", "notes"), "notes"), (("steered", "bot"), "notes")],
        loss="deception:bot",
        ids={"AML.T0080.000", "ASI06"},
        causes={
            "each user has a memory": (("components", "notes", "scope"), "user"),
            "nothing is kept": (("flows", 1), None),
            "no customer": (("flows", 0), None),
        },
        controls=[("memory-write-control", "notes", HARD), ("session-isolation", "notes", HARD)],
    ),
    "agent to agent": Scenario(
        system={
            "components": {
                "inbox": {"kind": "mailbox"},
                "reader": {"kind": "agent"},
                "worker": {"kind": "agent"},
                "pay": {"kind": "tool", "effect": ["pay"]},
            },
            "flows": [
                {"from": "reader", "to": "inbox"},
                {"from": "reader", "to": "worker"},
                {"from": "worker", "to": "pay"},
            ],
        },
        steps=[(("steered", "worker"), "worker"), (("invokes", "worker", "pay"), "worker")],
        loss="action:pay",
        ids={"AML.T0051.001", "ASI07"},
        causes={
            "no foreign content": (("flows", 0), None),
            "no talk between agents": (("flows", 1), None),
        },
        controls=[("quarantine-untrusted-content", "worker", HARD), ("information-flow-policy", "worker", HARD)],
    ),
    "cross-tenant retrieval": Scenario(
        system={
            "data": PAYROLL,
            "components": {
                "joe": CUSTOMER,
                "portal": {"kind": "application"},
                "llm": {"kind": "model", "hosting": "cloud"},
                "index": {"kind": "vector-store", "tenancy": "shared", "holds": ["payroll"]},
            },
            "flows": [
                {"from": "joe", "to": "portal"},
                {"from": "portal", "to": "llm"},
                {"from": "portal", "to": "index", "authority": "service"},
            ],
        },
        steps=[(("exposed", "payroll"), "index")],
        loss="disclosure:payroll",
        ids={"AML.T0085.000", "LLM08:2025"},
        causes={
            "each tenant has an index": (("components", "index", "tenancy"), "single"),
            "the asking person's rights": (("flows", 2, "authority"), "user"),
            "nothing there": (("components", "index", "holds"), []),
            "no customer": (("flows", 0), None),
        },
        controls=[("tenant-isolation", "index", HARD)],
    ),
    "training-data poisoning through a feedback loop": Scenario(
        system={
            "data": {"rows": {}},
            "components": {
                "joe": CUSTOMER,
                "shop": {"kind": "application"},
                "feedback": {"kind": "data-set"},
                "job": {"kind": "training-job"},
                "scorer": {"kind": "model", "type": "classifier", "origin": "own", "hosting": "cloud"},
            },
            "flows": [
                {"from": "joe", "to": "shop"},
                {"from": "shop", "to": "feedback", "carries": ["rows"]},
                {"from": "job", "to": "feedback"},
                {"from": "job", "to": "scorer"},
            ],
        },
        steps=[(("corrupt", "feedback"), "feedback"), (("poisoned", "scorer"), "job")],
        loss="poisoning:scorer",
        ids={"AML.T0020", "LLM04:2025", "ML02:2023"},
        causes={
            "no feedback": (("flows", 1), None),
            "not trained on it": (("flows", 2), None),
            "no customer": (("flows", 0), None),
        },
        controls=[("training-data-sanitisation", "job", SOFT), ("model-release-gate", "job", SOFT)],
    ),
    "model extraction through an API": Scenario(
        system={
            "components": {
                "joe": CUSTOMER,
                "api": {"kind": "application"},
                "scorer": {"kind": "model", "type": "classifier", "origin": "own", "hosting": "cloud"},
            },
            "flows": [{"from": "joe", "to": "api"}, {"from": "api", "to": "scorer"}],
        },
        steps=[(("probes", "scorer"), "api"), (("stolen", "scorer"), "scorer")],
        loss="theft:scorer",
        ids={"AML.T0024.002", "ML05:2023"},
        causes={
            "nothing of one's own": (("components", "scorer", "origin"), "vendor"),
            "no customer": (("flows", 0), None),
            "no interface": (("flows", 1), None),
        },
        controls=[("rate-limit", "scorer", SOFT), ("output-minimisation", "scorer", SOFT)],
    ),
    "cost exhaustion": Scenario(
        system={
            "components": {
                "joe": CUSTOMER,
                "shop": {"kind": "application"},
                "llm": {"kind": "model", "hosting": "cloud", "metered": True},
            },
            "flows": [{"from": "joe", "to": "shop"}, {"from": "shop", "to": "llm"}],
        },
        steps=[(("drained", "llm"), "llm")],
        loss="cost:llm",
        ids={"AML.T0034", "LLM10:2025"},
        causes={
            "not paid by call": (("components", "llm", "metered"), False),
            "no customer": (("flows", 0), None),
            "no call": (("flows", 1), None),
        },
        controls=[("rate-limit", "llm", HARD)],
    ),
}

every_scenario = pytest.mark.parametrize("name", list(SCENARIOS))
every_cause = pytest.mark.parametrize(
    ("name", "cause"), [(name, cause) for name, found in SCENARIOS.items() for cause in found.causes]
)
every_control = pytest.mark.parametrize(
    ("name", "control", "place", "points"),
    [(name, *control) for name, found in SCENARIOS.items() for control in found.controls],
)


def steps(system: dict[str, Any], controls: Iterable[tuple[str, str]] = (), level: int = 99) -> set[Step]:
    """The weaknesses that work when a step counts as cut from `level` points on."""
    found = analysed(with_controls(example_system(system), controls))
    alive = found.state.alive(level)
    reach = cheapest(found.graph, alive, found.state.price)
    return {
        (edge.instance.head, edge.at)
        for edge in found.graph.edges
        if edge.threat and alive[edge.index] and all(reach.has(fact) for fact in edge.body)
    }


def changed(system: dict[str, Any], path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    """The system with another value at a path of keys; None deletes."""
    out = copy.deepcopy(system)
    inner: Any = out
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return out


@every_scenario
def test_it_appears_where_its_causes_are(name: str) -> None:
    scenario = SCENARIOS[name]

    assert set(scenario.steps) <= steps(scenario.system)
    assert scenario.loss in derivable(analysed(example_system(scenario.system)), 99)


@every_scenario
def test_it_carries_the_ids_that_people_look_for(name: str) -> None:
    scenario = SCENARIOS[name]
    whole = reviewed(scenario.system)
    told = [threat for threat in (*whole.threats, *whole.appendix) if scenario.loss in threat.leads_to]
    ids = {word for t in told for word in (*t.atlas, *t.owasp_llm, *t.owasp_agentic, *t.owasp_ml)}

    assert scenario.ids <= ids


@every_cause
def test_it_vanishes_with_its_cause(name: str, cause: str) -> None:
    scenario = SCENARIOS[name]
    path, value = scenario.causes[cause]

    assert scenario.steps[-1] not in steps(changed(scenario.system, path, value))


@every_control
def test_it_vanishes_when_a_fitting_control_is_placed(name: str, control: str, place: str, points: int) -> None:
    scenario = SCENARIOS[name]

    assert scenario.steps[-1] in steps(scenario.system, level=points)
    assert scenario.steps[-1] not in steps(scenario.system, [(control, place)], points)


@every_control
def test_the_controls_are_known(name: str, control: str, place: str, points: int) -> None:
    entry = catalog().controls[control]
    kind = SCENARIOS[name].system["components"][place]["kind"]

    assert kind in entry.placement
    assert points in (HARD, SOFT)


def test_a_path_of_the_trifecta_can_be_followed_from_the_attacker_to_the_loss() -> None:
    found = reviewed(SCENARIOS["lethal trifecta"].system)
    path = next(path for path in found.paths if path.loss == "disclosure:payroll")

    assert path.position == "outsider"
    assert path.via[0] == "inbox"
    assert "The attacker has payroll" in [step.gains for step in path.steps]
    assert "AML.T0051.001" in {technique for step in path.steps for technique in step.atlas}


def test_data_that_nobody_protects_is_no_trifecta() -> None:
    system = changed(SCENARIOS["lethal trifecta"].system, *PUBLIC_DATA)

    assert "disclosure:payroll" not in derivable(analysed(example_system(system)), 99)


def test_an_agent_that_only_suggests_acts_on_nobodys_behalf() -> None:
    system = changed(SCENARIOS["rule of two"].system, ("components", "bot", "autonomy"), "suggest")

    assert "action:crm" not in derivable(analysed(example_system(system)), 99)


def test_a_tool_that_only_reads_changes_nothing() -> None:
    system = changed(SCENARIOS["rule of two"].system, ("components", "crm", "effect"), ["read"])

    assert "action:crm" not in derivable(analysed(example_system(system)), 99)
