"""The graph under controls and decisions: what still works, and what it costs the attacker."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.analysis import Options, example_system
from bartizan.analysis.context import Analysis
from bartizan.analysis.state import edges_of, state_of
from tests.analysis.small_catalog import SMALL
from tests.analysis.support import analysed, open_losses

MAIL: dict[str, Any] = {
    "appetite": "low",
    "components": {"inbox": {"kind": "mailbox"}, "bot": {"kind": "agent"}, "pay": {"kind": "tool", "effect": ["pay"]}},
    "flows": [{"from": "bot", "to": "inbox"}, {"from": "bot", "to": "pay"}],
}
FRESH = {"source": "test", "observed_at": "2026-11-01"}
STALE = {"source": "test", "observed_at": "2025-11-01", "good_until": "2026-01-01"}


def found(*controls: Any, proven: bool = False, **more: Any) -> Analysis:
    return analysed(example_system({**MAIL, "controls": list(controls), **more}), SMALL, Options(proven=proven))


def at(analysis: Analysis, threat: str) -> int:
    return next(edge.index for edge in analysis.graph.edges if edge.threat == threat)


def quarantine(*evidence: dict[str, str]) -> dict[str, Any]:
    return {"control": "quarantine", "on": ["bot"], "evidence": list(evidence)}


@pytest.mark.parametrize(
    ("control", "proven", "points"),
    [
        (quarantine(), False, 4),
        (quarantine(), True, 0),
        (quarantine(FRESH), True, 4),
        (quarantine(STALE), False, 0),
        (quarantine(STALE, FRESH), True, 4),
        ({"control": "quarantine", "on": ["pay"]}, False, 0),
        ({"control": "review"}, False, 2),
    ],
)
def test_a_control_counts_as_its_evidence_allows(control: dict[str, Any], proven: bool, points: int) -> None:
    analysis = found(control, proven=proven)

    assert analysis.state.points[at(analysis, "inject@bot")] == points


def test_without_controls_only_rarity_stands() -> None:
    analysis = found("review", quarantine())
    bare = state_of(analysis.graph, bare=True)

    assert bare.points == [edge.rare for edge in analysis.graph.edges]
    assert analysis.state.points[at(analysis, "inject@bot")] == 4


def test_deployed_controls_count_like_those_in_place() -> None:
    analysis = found()
    deployed = state_of(analysis.graph, {("quarantine", "bot"), ("filter", "bot")})

    assert deployed.points == found(quarantine(), {"control": "filter", "on": ["bot"]}).state.points
    assert deployed.price == found(quarantine(), {"control": "filter", "on": ["bot"]}).state.price


def test_a_step_is_alive_below_the_demand() -> None:
    analysis = found("review")
    index = at(analysis, "inject@bot")

    assert [analysis.state.alive(level)[index] for level in (1, 2, 3, 4, 99)] == [False, False, True, True, True]


def test_a_decision_takes_the_threat_out_until_it_ends() -> None:
    decision = {"threat": "inject@bot", "verdict": "accept", "by": "Ann", "why": "tested", "until": "2026-11-23"}
    analysis = found(decisions=[decision])
    index = at(analysis, "inject@bot")

    assert analysis.state.removed == edges_of(analysis.graph, {"inject@bot": None}) == {index}
    assert not analysis.state.alive(99)[index]
    assert open_losses(analysis) == set()
    assert open_losses(found(decisions=[{**decision, "until": "2026-11-22"}])) == {"action:pay"}
    assert edges_of(analysis.graph, {}) == frozenset()


@pytest.mark.parametrize(
    ("flow", "points"),
    [({"authentication": "none"}, 0), ({"authentication": "none", "controls": ["tool-rights"]}, 4)],
)
def test_a_control_on_a_flow_counts_for_steps_that_rest_on_the_call(flow: dict[str, Any], points: int) -> None:
    parts = {"app": {"kind": "application"}, "api": {"kind": "tool", "zone": "net"}}
    system = {
        "zones": {"net": {"kind": "internet"}},
        "components": parts,
        "flows": [{"from": "app", "to": "api", **flow}],
    }
    analysis = analysed(example_system(system), SMALL)
    edge = analysis.graph.edges[at(analysis, "listen@api")]

    assert analysis.state.points[edge.index] == max(points, edge.rare)
