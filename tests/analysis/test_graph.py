"""The attack graph: strengths that add up, places where controls stand, likeliest derivations and their proofs."""

from __future__ import annotations

from itertools import combinations
from math import exp, isinf, log
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.analysis import example_system
from bartizan.analysis.context import Analysis
from bartizan.analysis.graph import Option, cheapest, points, proof, rarity
from bartizan.catalog import parse_rule
from bartizan.model import System
from tests.analysis.small_catalog import SMALL, small_catalog
from tests.analysis.strategies import systems
from tests.analysis.support import analysed

WEAK, MODERATE, STRONG = 1, 2, 4
MAIL: dict[str, Any] = {
    "appetite": "low",
    "components": {
        "inbox": {"kind": "mailbox"},
        "reader": {"kind": "agent"},
        "worker": {"kind": "agent"},
        "pay": {"kind": "tool", "effect": ["pay"]},
    },
    "flows": [{"from": "reader", "to": "inbox"}, {"from": "reader", "to": "worker"}, {"from": "worker", "to": "pay"}],
}


def held(*strengths: int) -> list[Option]:
    return [Option(f"c{index}", "bot", strength) for index, strength in enumerate(strengths)]


@pytest.mark.parametrize(
    ("strengths", "rare", "reached"),
    [
        ((), 0, 0),
        ((WEAK,), 0, 1),
        ((WEAK, WEAK), 0, 2),
        ((WEAK, WEAK, WEAK, WEAK), 0, 2),
        ((MODERATE,), 0, 2),
        ((MODERATE, WEAK), 0, 3),
        ((MODERATE, MODERATE, MODERATE), 0, 3),
        ((STRONG,), 0, 4),
        ((WEAK, STRONG), 0, 4),
        ((), 3, 3),
        ((WEAK,), 2, 3),
        ((WEAK,), 3, 3),
        ((MODERATE,), 2, 3),
        ((MODERATE,), 3, 4),
        ((MODERATE, WEAK), 2, 4),
    ],
)
def test_filters_add_up_and_only_construction_holds(strengths: tuple[int, ...], rare: int, reached: int) -> None:
    assert points(held(*strengths), rare) == reached


def test_one_control_at_two_places_counts_once() -> None:
    assert points([Option("filter", "a", WEAK), Option("filter", "b", WEAK)]) == 1
    assert points([Option("filter", "a", WEAK), Option("filter", "b", MODERATE)]) == 2


@given(
    st.lists(st.sampled_from([WEAK, MODERATE, STRONG])), st.sampled_from([WEAK, MODERATE, STRONG]), st.integers(0, 3)
)
def test_one_more_control_never_counts_for_less(strengths: list[int], more: int, rare: int) -> None:
    assert points(held(*strengths, more), rare) >= points(held(*strengths), rare) >= min(rare, 3)


@pytest.mark.parametrize(
    ("chance", "reached"), [(0.01, 3), (0.02, 3), (0.05, 2), (0.1, 2), (0.2, 1), (0.21, 0), (1, 0)]
)
def test_what_rarely_works_has_points_of_its_own(chance: float, reached: int) -> None:
    assert rarity(chance) == reached


def options(found: Analysis, rule: str, at: str) -> set[tuple[str, str]]:
    return {
        (option.control, option.place)
        for edge in found.graph.edges
        if (edge.rule, edge.at) == (rule, at)
        for option in edge.options
    }


def test_controls_stand_where_rules_say_and_their_placement_allows() -> None:
    found = analysed(example_system(MAIL), SMALL)

    assert options(found, "plant", "reader") == {
        ("filter", "reader"),
        ("second-filter", "reader"),
        ("source-list", "inbox"),
    }
    assert options(found, "act", "pay") == {("review", "worker"), ("review", "system"), ("tool-rights", "pay")}


def test_a_control_can_name_the_rules_that_it_cuts_itself() -> None:
    known = small_catalog()
    known.controls["policy"].cuts = {"inject": known.threats["plant"].cut_by["filter"]}
    known.controls["tool-rights"].cuts = {"spread": known.threats["plant"].cut_by["source-list"]}
    known.controls["tool-rights"].cuts["spread"].at = "A"  # type: ignore[union-attr]
    known.threats["inject"].cut_by["nobody-knows"] = known.threats["plant"].cut_by["filter"]
    known.rules["inject"] = parse_rule(known.threats["inject"])
    found = analysed(example_system(MAIL), known)

    assert ("policy", "system") in options(found, "inject", "reader")
    assert options(found, "spread", "worker") == {("tool-rights", "reader")}
    assert "nobody-knows" not in {control for control, _ in options(found, "inject", "reader")}


def test_nobody_places_controls_at_what_others_run() -> None:
    parts = {**MAIL["components"], "worker": {"kind": "agent", "zone": "theirs"}}

    def places(kind: str) -> set[str]:
        system = {**MAIL, "zones": {"theirs": {"kind": kind}}, "components": parts}
        return {o.place for edge in analysed(example_system(system), SMALL).graph.edges for o in edge.options}

    assert places("partner") == {"inbox", "reader", "pay", "system"}
    assert places("vendor") == {"inbox", "reader", "worker", "pay", "system"}


def test_threats_are_named_by_rule_and_place_and_steps_are_not() -> None:
    names = {edge.threat for edge in analysed(example_system(MAIL), SMALL).graph.edges}

    assert names == {"", "plant@reader", "inject@reader", "inject@worker", "act@pay"}


def test_facts_have_numbers_and_unknown_ones_do_not() -> None:
    graph = analysed(example_system(MAIL), SMALL).graph

    assert graph.facts[graph.number(("steered", "worker"))] == ("steered", "worker")
    assert [graph.facts[loss] for loss in graph.losses()] == [("loss", "action", "pay")]
    with pytest.raises(ValueError, match="is not in list"):
        graph.number(("steered", "pay"))


def test_the_likeliest_derivation_multiplies_the_chances_on_the_way() -> None:
    found = analysed(example_system(MAIL), SMALL)
    reach = cheapest(found.graph, found.state.alive(99), found.state.price)
    loss = found.graph.losses()[0]
    edges = proof(found.graph, reach, loss)

    assert [edge.rule for edge in edges] == ["plant", "inject", "spread", "inject", "act"]
    assert exp(-reach.cost[loss]) == pytest.approx(0.6 * 0.5 * 0.5 * 0.7 * exp(-0.05))


def brute(found: Analysis, alive: list[bool]) -> list[float]:
    """The cheapest cost of every fact by iterating to a fixed point."""
    cost = [float("inf")] * len(found.graph.facts)
    for _ in range(len(cost) + 1):
        for edge in found.graph.edges:
            if alive[edge.index]:
                total = found.state.price[edge.index] + sum(cost[fact] for fact in edge.body)
                cost[edge.head] = min(cost[edge.head], total)
    return cost


@given(systems(sorted(SMALL.controls)), st.sampled_from([2, 3, 4, 99]))
def test_the_cheapest_derivation_is_the_cheapest(system: System, level: int) -> None:
    found = analysed(system, SMALL)
    alive = found.state.alive(level)
    reach = cheapest(found.graph, alive, found.state.price)

    assert reach.cost == pytest.approx(brute(found, alive))
    assert [reach.has(fact) for fact in range(len(reach.by))] == [not isinf(value) for value in reach.cost]


@given(systems())
def test_a_proof_has_its_premises_first_and_each_step_once(system: System) -> None:
    found = analysed(system, SMALL)
    reach = cheapest(found.graph, found.state.alive(99), found.state.price)
    for fact in range(len(found.graph.facts)):
        edges = proof(found.graph, reach, fact)
        known: set[int] = set()
        for edge in edges:
            assert set(edge.body) <= known
            known.add(edge.head)
        assert edges[-1].head == fact
        assert len({edge.index for edge in edges}) == len(edges)


def test_points_are_half_decades_of_the_chance() -> None:
    found = analysed(example_system({**MAIL, "controls": [{"control": "source-list", "on": ["inbox"]}]}), SMALL)
    bare = analysed(example_system(MAIL), SMALL)
    dearer = [now - was for now, was in zip(found.state.price, bare.state.price, strict=True)]

    assert sorted(set(dearer)) == pytest.approx([0, 2 * log(10)])


def test_a_graph_is_the_same_for_any_pair_of_runs() -> None:
    runs = [analysed(example_system(MAIL), SMALL).graph for _ in range(2)]

    assert all(one == other for one, other in combinations(runs, 2))
