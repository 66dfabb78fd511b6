"""Threats rank by what they lead to: the best path through each, weighed by its loss."""

from __future__ import annotations

from math import exp, inf

import pytest
from hypothesis import given

from bartizan.analysis import example_system
from bartizan.analysis.context import Analysis
from bartizan.analysis.graph import Reach, cheapest
from bartizan.analysis.rank import Onward, losses_ahead, onward, through
from bartizan.model import System
from tests.analysis.small_catalog import SMALL
from tests.analysis.strategies import systems
from tests.analysis.support import analysed

TWO_TOOLS = {
    "components": {
        "inbox": {"kind": "mailbox"},
        "bot": {"kind": "agent"},
        "lost": {"kind": "agent"},
        "crm": {"kind": "tool", "effect": ["write"]},
        "pay": {"kind": "tool", "effect": ["pay"]},
    },
    "flows": [
        *({"from": "bot", "to": name} for name in ("inbox", "crm", "pay")),
        {"from": "bot", "to": "lost", "returns": []},
    ],
}


def ahead(found: Analysis) -> tuple[Reach, Onward, list[bool]]:
    alive = [True] * len(found.graph.edges)
    reach = cheapest(found.graph, alive, found.state.price)
    worth = {fact: value.worth for fact, value in found.values.items()}
    return reach, onward(found.graph, reach, alive, found.state.price, worth), alive


def test_a_step_leads_to_the_weightiest_loss_behind_it() -> None:
    found = analysed(example_system(TWO_TOOLS), SMALL)
    reach, far, _ = ahead(found)
    by_threat = {edge.threat: edge for edge in found.graph.edges if edge.threat}
    ends = {
        name: found.graph.facts[far.loss[edge.head]] for name, edge in by_threat.items() if far.loss[edge.head] >= 0
    }

    assert ends["plant@bot"] == ends["inject@bot"] == ("loss", "action", "pay")
    assert ends["act@crm"] == ("loss", "action", "crm")
    best = through(found.graph, by_threat["inject@bot"].index, reach, far, found.state.price)
    assert best == pytest.approx(0.6 * 0.5 * 0.7 * exp(-0.03))


def test_what_leads_to_no_loss_is_worth_nothing() -> None:
    found = analysed(example_system(TWO_TOOLS), SMALL)
    reach, far, alive = ahead(found)
    lost = next(edge for edge in found.graph.edges if edge.threat == "inject@lost")

    assert far.cost[lost.head] == inf
    assert far.loss[lost.head] == -1
    assert through(found.graph, lost.index, reach, far, found.state.price) == 0
    assert losses_ahead(found.graph, alive, reach, [lost.head]) == []


def test_all_losses_ahead_are_found() -> None:
    found = analysed(example_system(TWO_TOOLS), SMALL)
    reach, _, alive = ahead(found)
    start = found.graph.number(("tainted", "bot"))

    assert losses_ahead(found.graph, alive, reach, [start]) == found.graph.losses()
    dead = [edge.threat != "act@pay" for edge in found.graph.edges]
    assert [found.graph.facts[fact][2] for fact in losses_ahead(found.graph, dead, reach, [start])] == ["crm"]


def test_a_step_that_is_cut_leads_nowhere() -> None:
    found = analysed(example_system(TWO_TOOLS), SMALL)
    reach, _, _ = ahead(found)
    dead = [edge.threat != "inject@bot" for edge in found.graph.edges]
    worth = {fact: value.worth for fact, value in found.values.items()}
    far = onward(found.graph, reach, dead, found.state.price, worth)

    assert far.loss[found.graph.number(("tainted", "bot"))] == -1
    assert far.loss[found.graph.number(("steered", "bot"))] >= 0


@given(systems())
def test_no_path_through_a_step_is_better_than_the_best_to_any_loss(system: System) -> None:
    found = analysed(system, SMALL)
    reach, far, alive = ahead(found)
    best = max((value.worth * exp(-reach.cost[fact]) for fact, value in found.values.items()), default=0)
    for edge in found.graph.edges:
        worth = through(found.graph, edge.index, reach, far, found.state.price)
        behind = losses_ahead(found.graph, alive, reach, [edge.head])
        assert 0 <= worth <= best + 1e-9
        # Losses that the owner doesn't bear have no value.
        assert (worth > 0) == bool(set(behind) & set(found.values))
