"""Attack paths: ordered proofs of losses above the appetite, the weightiest first, with ids that stay."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given

from bartizan.analysis.paths import MOST, PER_LOSS
from bartizan.analysis.result import PathView
from bartizan.catalog import parse_rule
from bartizan.model import System
from tests.analysis.small_catalog import SMALL, small_catalog
from tests.analysis.strategies import systems
from tests.analysis.support import analysed, open_losses, reviewed

MAIL: dict[str, Any] = {
    "appetite": "low",
    "components": {
        "inbox": {"kind": "mailbox"},
        "bot": {"kind": "agent"},
        "pay": {"kind": "tool", "effect": ["pay"]},
        "crm": {"kind": "tool", "effect": ["write"]},
    },
    "flows": [{"from": "bot", "to": name} for name in ("inbox", "pay", "crm")],
}


def paths(system: dict[str, Any]) -> list[PathView]:
    return reviewed(system, SMALL).paths


def test_a_path_goes_from_the_attackers_position_to_the_loss() -> None:
    found = paths(MAIL)

    assert [path.loss for path in found] == ["action:pay", "action:crm"]
    assert [step.threat for step in found[0].steps] == ["plant@bot", "inject@bot", "act@pay"]
    assert found[0].position == "outsider"
    assert found[0].via == ["inbox", "bot", "pay"]
    assert found[0].steps[0].gains == "The attacker's content arrives at bot"
    assert found[0].steps[-1].cut_by == ["review", "tool-rights"]


def test_a_control_in_place_is_no_proposal_and_lowers_the_score() -> None:
    guarded = {**MAIL, "controls": [{"control": "filter", "on": ["bot"]}]}
    before, after = (next(path for path in paths(system) if path.loss == "action:pay") for system in (MAIL, guarded))

    assert before.id == after.id
    assert "filter" in before.steps[0].cut_by
    assert "filter" not in after.steps[0].cut_by
    assert after.score < before.score


def test_other_attackers_have_paths_of_their_own() -> None:
    system = copy.deepcopy(MAIL)
    system["components"]["joe"] = {"kind": "person", "party": "employees"}
    system["flows"].append({"from": "joe", "to": "bot"})
    found = [path for path in paths(system) if path.loss == "action:pay"]

    assert {path.position for path in found} == {"outsider", "insider"}
    assert [step.threat for step in found[-1].steps] == ["log-in@bot", "act@pay"]


def test_ids_do_not_change_with_what_else_there_is() -> None:
    system = copy.deepcopy(MAIL)
    system["components"]["other"] = {"kind": "agent"}
    system["flows"].append({"from": "other", "to": "crm"})

    assert {path.id for path in paths(MAIL)} <= {path.id for path in paths(system)}


def test_a_weakness_used_twice_on_a_path_names_the_path_once() -> None:
    known = small_catalog()
    known.threats["leak"].then = "gathers(A, D)"
    known.threats["act"].when = ["gathers(A, D)", "gathers(A, E)", "D != E", "call(A, T)", "effect(T, pay)"]
    for name in ("leak", "act"):
        known.rules[name] = parse_rule(known.threats[name])
    data = {"one": {"class": "restricted"}, "two": {"class": "restricted"}}
    parts = {**MAIL["components"], "db": {"kind": "data-store", "holds": ["one", "two"]}}
    flows = [*MAIL["flows"], {"from": "bot", "to": "db"}]
    found = reviewed({**MAIL, "data": data, "components": parts, "flows": flows}, known)

    assert [step.threat for step in found.paths[0].steps].count("leak@bot") == 2
    assert next(view for view in found.threats if view.id == "leak@bot").paths == [path.id for path in found.paths]


def test_within_the_appetite_there_are_no_paths() -> None:
    assert paths({**MAIL, "appetite": "critical"}) == []
    assert [path.loss for path in paths({**MAIL, "appetite": "medium"})] == ["action:pay"]


@given(systems(sorted(SMALL.controls)))
def test_every_open_loss_has_a_path_and_no_other_has(system: System) -> None:
    found = reviewed(system, SMALL).paths
    scores = [path.score for path in found]

    assert {path.loss for path in found} == open_losses(analysed(system, SMALL))
    assert len(found) <= MOST
    assert all(0 < score <= 1 for score in scores)
    for loss in {path.loss for path in found}:
        own = [path for path in found if path.loss == loss]
        assert len(own) <= PER_LOSS
        assert len({path.id for path in own}) == len(own)
