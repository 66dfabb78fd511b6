"""Which single change removes a threat: exactly those without which, or with which, it can't be derived."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from bartizan.analysis import example_system
from bartizan.analysis.context import Analysis
from bartizan.analysis.facts import system_facts
from bartizan.analysis.graph import Edge, cheapest
from bartizan.analysis.need import Need, Needs
from bartizan.analysis.program import derive
from bartizan.analysis.state import state_of
from bartizan.catalog import Fact
from bartizan.model import System
from tests.analysis.small_catalog import SMALL
from tests.analysis.strategies import systems
from tests.analysis.support import analysed, share

CHANGEABLE = frozenset(name for name, word in SMALL.vocabulary.items() if word.change)


def of(found: Analysis, threat: str) -> list[Edge]:
    return [edge for edge in found.graph.edges if edge.threat == threat]


def needs(found: Analysis, level: int, threat: str) -> frozenset[Need]:
    """What one change alone removes a threat, at an assurance."""
    reach = cheapest(found.graph, found.state.alive(level), found.state.price)
    known = Needs(found.graph, found.state, reach, level, CHANGEABLE)
    known.prepare(of(found, threat))
    return known.of_edges(of(found, threat))


def works(found: Analysis, threat: str, level: int, deployed: tuple[str, str] | None = None) -> bool:
    state = state_of(found.graph, {deployed} if deployed else ())
    alive = state.alive(level)
    reach = cheapest(found.graph, alive, state.price)
    return any(alive[edge.index] and all(reach.has(fact) for fact in edge.body) for edge in of(found, threat))


def without(found: Analysis, fact: Fact) -> set[tuple[str, str]]:
    """The threats that are left when one fact of the system isn't so."""
    facts = system_facts(found.topology, found.spread, SMALL.positions) - {fact}
    instances = derive(SMALL.rules, facts, SMALL.vocabulary)
    return {(instance.rule, instance.value(SMALL.rules[instance.rule].at)) for instance in instances}


@given(systems(sorted(SMALL.controls)))
def test_the_controls_are_exactly_those_that_suffice_alone(system: System) -> None:
    found = analysed(system, SMALL)
    options = {(option.control, option.place) for edge in found.graph.edges for option in edge.options}
    for level in (2, 4):
        for threat in sorted({edge.threat for edge in found.graph.edges if edge.threat}):
            if works(found, threat, level):
                claimed = {(need.control, need.place) for need in needs(found, level, threat) if need.control}
                assert claimed == {pair for pair in options if not works(found, threat, level, pair)}


@share(0.6)
@given(systems())
def test_a_changed_fact_removes_the_threat_too(system: System) -> None:
    found = analysed(system, SMALL)
    for threat in sorted({edge.threat for edge in found.graph.edges if edge.threat}):
        rule, at = threat.split("@")
        for need in needs(found, 99, threat):
            if need.fact:
                assert need.fact[0] in CHANGEABLE
                assert (rule, at) not in without(found, need.fact)


TWO_WAYS: dict[str, Any] = {
    "components": {
        "inbox": {"kind": "mailbox"},
        "page": {"kind": "web"},
        "bot": {"kind": "agent"},
        "pay": {"kind": "tool", "effect": ["pay"]},
    },
    "flows": [{"from": "bot", "to": name} for name in ("inbox", "page", "pay")],
}


def test_what_closes_one_of_two_ways_does_not_suffice() -> None:
    found = analysed(example_system(TWO_WAYS), SMALL)
    changes = needs(found, 4, "act@pay")

    assert Need(control="quarantine", place="bot") in changes
    assert Need(control="tool-rights", place="pay") in changes
    assert not [need for need in changes if need.control == "source-list"]
    assert Need(fact=("call", "bot", "pay")) in changes
    assert Need(fact=("flow", "inbox", "bot")) not in changes


def test_with_one_way_its_source_suffices() -> None:
    found = analysed(example_system({**TWO_WAYS, "flows": TWO_WAYS["flows"][::2]}), SMALL)
    changes = needs(found, 4, "act@pay")

    assert Need(control="source-list", place="inbox") in changes
    assert Need(fact=("flow", "inbox", "bot")) in changes


def test_what_is_cut_already_needs_nothing() -> None:
    system = {**TWO_WAYS, "controls": [{"control": "quarantine", "on": ["bot"]}]}
    found = analysed(example_system(system), SMALL)

    assert needs(found, 4, "act@pay") == frozenset()
    assert needs(found, 4, "nothing@bot") == frozenset()


def test_two_agents_that_steer_each_other_do_not_hide_the_way_in() -> None:
    parts = {**TWO_WAYS["components"], "twin": {"kind": "agent"}}
    flows = [("bot", "inbox"), ("bot", "twin"), ("twin", "bot"), ("twin", "pay")]
    system = {"components": parts, "flows": [{"from": a, "to": b} for a, b in flows]}
    found = analysed(example_system(system), SMALL)
    changes = needs(found, 4, "act@pay")

    assert Need(control="source-list", place="inbox") in changes
    assert Need(control="quarantine", place="twin") in changes
    assert Need(control="quarantine", place="bot") in changes
