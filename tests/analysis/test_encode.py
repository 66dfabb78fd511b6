"""What goes to the solver: the steps on the way to a loss at its demand, and the controls that could help there."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.analysis import example_system
from bartizan.analysis.context import Analysis
from bartizan.analysis.encode import Encoding, encode, useful
from tests.analysis.small_catalog import SMALL
from tests.analysis.support import analysed

MAIL: dict[str, Any] = {
    "appetite": "low",
    "components": {
        "inbox": {"kind": "mailbox"},
        "bot": {"kind": "agent"},
        "crm": {"kind": "tool", "effect": ["write"]},
        "pay": {"kind": "tool", "effect": ["pay"]},
    },
    "flows": [{"from": "bot", "to": name} for name in ("inbox", "crm", "pay")],
}


def found(*controls: Any, **more: Any) -> Analysis:
    return analysed(example_system({**MAIL, "controls": list(controls), **more}), SMALL)


def encoded(analysis: Analysis) -> Encoding:
    return encode(analysis.graph, analysis.state, analysis.demands)


def rules(analysis: Analysis, steps: list[int]) -> list[str]:
    return [analysis.graph.edges[index].threat for index in steps]


def test_each_loss_is_asked_at_its_demand() -> None:
    analysis = found()
    encoding = encoded(analysis)

    assert sorted(encoding.steps) == [2, 4]
    assert "act@pay" not in rules(analysis, encoding.steps[2])
    assert "act@crm" not in rules(analysis, encoding.steps[4])
    assert {"plant@bot", "inject@bot"} <= set(rules(analysis, encoding.steps[2])) & set(
        rules(analysis, encoding.steps[4])
    )


def test_what_is_cut_already_is_left_out() -> None:
    analysis = found({"control": "source-list", "on": ["inbox"]})

    assert "plant@bot" not in rules(analysis, encoded(analysis).steps[4])


def test_everything_is_the_answer_that_always_holds() -> None:
    encoding = encoded(found())

    assert encoding.everything() == encoding.candidates == sorted(set(encoding.candidates))
    assert encoding.everything() is not encoding.candidates


def helpful(analysis: Analysis, threat: str, level: int) -> set[str]:
    edge = next(edge for edge in analysis.graph.edges if edge.threat == threat)
    return {f"{control}@{place}" for (control, place), _ in useful(edge, level)}


@pytest.mark.parametrize(
    ("threat", "level", "controls"),
    [
        ("plant@bot", 2, {"filter@bot", "second-filter@bot", "source-list@inbox"}),
        ("plant@bot", 3, {"source-list@inbox"}),
        ("inject@bot", 3, {"filter@bot", "quarantine@bot", "review@system"}),
        ("inject@bot", 4, {"quarantine@bot"}),
        ("act@pay", 2, {"review@system", "tool-rights@pay"}),
    ],
)
def test_only_controls_that_can_add_up_to_the_demand_are_offered(threat: str, level: int, controls: set[str]) -> None:
    assert helpful(found(), threat, level) == controls


def test_a_control_that_stands_is_not_offered_again() -> None:
    analysis = found({"control": "filter", "on": ["bot"]})

    assert helpful(analysis, "plant@bot", 2) == {"second-filter@bot", "source-list@inbox"}
