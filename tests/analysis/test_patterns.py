"""Every pattern holds below the appetite, and each control that it calls essential is needed for that."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from bartizan.analysis import Options, review
from bartizan.analysis.result import Review
from bartizan.catalog import Pattern
from bartizan.catalog.apply import apply_pattern
from bartizan.model import parse_text
from bartizan.model.yamltree import to_yaml
from tests.support import REPOSITORY, packaged_catalog

CATALOG = packaged_catalog()
AS_OF = date(2026, 11, 23)
REQUIRED = {
    "rag-on-sharepoint",
    "agent-with-mcp-tools",
    "coding-assistant",
    "fine-tuning-pipeline",
    "saas-copilot",
    "private-azure-openai",
    "vertex-behind-service-controls",
    "multi-agent",
    "classic-model-scoring",
}

every_pattern = pytest.mark.parametrize("pattern", CATALOG.patterns.values(), ids=lambda pattern: pattern.id)
every_essential = pytest.mark.parametrize(
    ("pattern", "control"),
    [(pattern, control) for pattern in CATALOG.patterns.values() for control in pattern.essential],
    ids=lambda value: value.id if isinstance(value, Pattern) else value,
)


def reviewed(fragment: dict[str, Any]) -> Review:
    """Review a fragment. The simulation of money is cut short: no test here asks for it."""
    return review(parse_text(to_yaml(fragment)), CATALOG, as_of=AS_OF, options=Options(trials=10))


def control_lists(fragment: dict[str, Any]) -> Iterator[list[str | dict[str, Any]]]:
    """Every list of controls in a fragment: its own, its components' and its flows'."""
    for entry in (fragment, *fragment["components"].values(), *fragment["flows"]):
        if "controls" in entry:
            yield entry["controls"]


def control_of(item: str | dict[str, Any]) -> str:
    return item if isinstance(item, str) else str(item["control"])


def without(fragment: dict[str, Any], control: str) -> dict[str, Any]:
    """The fragment with one control taken out wherever it stands."""
    rest = copy.deepcopy(fragment)
    for items in control_lists(rest):
        items[:] = [item for item in items if control_of(item) != control]
    return rest


def ids_of(fragment: dict[str, Any]) -> list[str]:
    """Every id that a fragment gives, in all of its namespaces."""
    named = [name for section in ("zones", "data", "identities", "components") for name in fragment.get(section, {})]
    return [fragment["id"], *named, *(flow["id"] for flow in fragment["flows"] if "id" in flow)]


def test_the_architectures_that_people_ask_for_have_a_pattern() -> None:
    assert set(CATALOG.patterns) >= REQUIRED


@every_pattern
def test_applied_as_it_is_no_loss_above_the_appetite_can_be_reached(pattern: Pattern) -> None:
    result = reviewed(apply_pattern(pattern, {}))

    assert [(path.loss, [step.threat for step in path.steps]) for path in result.paths] == []
    assert [loss.id for loss in result.losses if loss.open] == []
    assert result.controls.minimum == []
    assert result.notes == [], "every control that it states is one of the catalog"


@every_essential
def test_without_one_essential_control_a_path_appears(pattern: Pattern, control: str) -> None:
    assert reviewed(without(apply_pattern(pattern, {}), control)).paths


@every_pattern
def test_it_states_no_control_that_it_does_not_need(pattern: Pattern) -> None:
    stated = {control_of(item) for items in control_lists(pattern.system) for item in items}

    assert stated == set(pattern.essential)
    assert len(pattern.essential) == len(set(pattern.essential))


@every_pattern
def test_it_says_what_the_result_rests_on(pattern: Pattern) -> None:
    assert pattern.system["id"] == pattern.id
    assert pattern.system["appetite"] == "medium"
    assert "criticality" in pattern.system
    assert 6 <= len(pattern.system["components"]) <= 14
    assert pattern.applies


@every_pattern
def test_its_names_are_unambiguous_and_its_parameters_exist(pattern: Pattern) -> None:
    ids = ids_of(pattern.system)

    assert len(ids) == len(set(ids)), "one new name must not change two things"
    assert set(pattern.parameters) <= set(ids)


@every_pattern
def test_under_other_names_it_holds_as_well(pattern: Pattern) -> None:
    names = {name: f"our-{name}" for name in pattern.parameters}
    result = reviewed(apply_pattern(pattern, names))

    assert result.paths == []
    assert {name for name in pattern.parameters if name in result.labels} == set()


@every_pattern
def test_the_guide_shows_it(pattern: Pattern) -> None:
    guide = (REPOSITORY / "docs" / "patterns.md").read_text(encoding="utf-8")

    assert f"`{pattern.id}`" in guide
    assert [control for control in pattern.essential if f"`{control}`" not in _section(guide, pattern.id)] == []


def _section(guide: str, pattern: str) -> str:
    """The part of the guide from a pattern's heading to the next one."""
    return guide.partition(f"### `{pattern}`")[2].partition("\n### ")[0].partition("\n## ")[0]
