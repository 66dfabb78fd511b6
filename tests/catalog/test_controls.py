"""Every control is complete, refers only to what exists, and can stand where rules let it cut."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import get_args

import pytest

from bartizan.catalog import Control, Strength
from bartizan.catalog.types import Cut
from bartizan.model.component import Component
from tests.support import packaged_catalog

CATALOG = packaged_catalog()
CONTROLS = CATALOG.controls
FOLDER = Path(__file__).parents[2] / "src" / "bartizan" / "catalog" / "data" / "controls"
KINDS = {str(kind.__struct_config__.tag) for kind in get_args(Component)}
PLACES = KINDS | {"flow", "system"}

every_control = pytest.mark.parametrize("control", CONTROLS.values(), ids=lambda control: control.id)
every_rule = pytest.mark.parametrize("rule", sorted(CATALOG.rules))


def strengths(cuts: Mapping[str, Strength | Cut]) -> Iterator[tuple[str, Strength]]:
    """Each key of a cut list with its strength, short or long form."""
    for key, cut in cuts.items():
        yield key, cut.strength if isinstance(cut, Cut) else cut


def cuts_of_rule(rule: str) -> Mapping[str, Strength | Cut]:
    """What the threat's or step's own file lets cut it."""
    return CATALOG.threats[rule].cut_by if rule in CATALOG.threats else CATALOG.steps[rule].cut_by


def kinds_at(rule: str, variable: str) -> set[str]:
    """Component kinds that a rule's conditions demand of a variable."""
    atoms = CATALOG.rules[rule].when
    return {atom.predicate.replace("_", "-") for atom in atoms if atom.terms == (variable,)} & KINDS


def test_there_are_controls_and_every_file_is_read() -> None:
    assert CONTROLS
    assert sorted(CONTROLS) == sorted(file.stem for file in FOLDER.iterdir())


@every_control
def test_stands_in_the_file_of_its_id(control: Control) -> None:
    assert f"id: {control.id}\n" in (FOLDER / f"{control.id}.yaml").read_text(encoding="utf-8")


@every_control
def test_maps_to_items_that_their_framework_has(control: Control) -> None:
    assert control.maps
    for framework, items in control.maps.items():
        assert items, framework
        assert set(items) <= set(CATALOG.frameworks[framework].items), framework
        assert len(items) == len(set(items)), framework


@every_control
def test_maps_to_mitigations_of_atlas_and_not_to_techniques(control: Control) -> None:
    atlas = CATALOG.frameworks["mitre-atlas"].items
    assert [item for item in control.maps.get("mitre-atlas", []) if atlas[item].kind != "mitigation"] == []


@every_control
def test_says_how_to_verify_it(control: Control) -> None:
    assert 1 <= len(control.verification) <= 3
    assert all(proof.how.strip() for proof in control.verification)


@every_control
def test_says_what_it_does_and_what_it_does_not(control: Control) -> None:
    assert control.title
    assert len(control.description) > 100
    assert control.limits
    assert control.lifecycle


@every_control
def test_effectiveness_is_an_ordered_share(control: Control) -> None:
    low, high = control.effectiveness
    assert 0 < low <= high < 1


@every_control
def test_costs_something_and_no_fortune(control: Control) -> None:
    assert control.cost.once >= 0
    assert control.cost.each >= 0
    assert 0 < control.cost.once + control.cost.each <= 120


@every_control
def test_stands_at_known_kinds(control: Control) -> None:
    assert control.placement
    assert set(control.placement) <= PLACES
    assert len(control.placement) == len(set(control.placement))


@every_control
def test_cuts_known_rules_and_strongly_only_by_construction(control: Control) -> None:
    assert set(control.cuts) <= set(CATALOG.rules)
    if control.nature != "construction":
        assert [rule for rule, strength in strengths(control.cuts) if strength is Strength.STRONG] == []


@every_rule
def test_rule_is_cut_by_known_controls(rule: str) -> None:
    assert [control for control in cuts_of_rule(rule) if control not in CONTROLS] == []


@every_rule
def test_rule_is_cut_strongly_only_by_construction(rule: str) -> None:
    strong = [control for control, strength in strengths(cuts_of_rule(rule)) if strength is Strength.STRONG]
    assert [control for control in strong if control in CONTROLS and CONTROLS[control].nature != "construction"] == []


@every_rule
def test_rule_is_cut_where_its_controls_can_stand(rule: str) -> None:
    misplaced = []
    for control, _, at in CATALOG.rules[rule].cuts:
        needed = {"system"} if at == "system" else kinds_at(rule, at)
        if control in CONTROLS and not needed <= set(CONTROLS[control].placement):
            misplaced.append((control, at, needed))
    assert misplaced == []
