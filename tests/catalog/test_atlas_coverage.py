"""Every framework entry that the catalog answers for is answered for, and every control has something to cut."""

from __future__ import annotations

import pytest

from bartizan.catalog import Catalog
from bartizan.model.words import Stage
from tests.support import packaged_catalog


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return packaged_catalog()


def test_every_technique_is_produced_by_a_rule_or_excluded_with_a_reason(catalog: Catalog) -> None:
    techniques = {id for id, item in catalog.frameworks["mitre-atlas"].items.items() if item.kind == "technique"}
    produced = {id for threat in catalog.threats.values() for id in threat.atlas}
    excluded = {entry.technique for entry in catalog.excluded}
    assert produced <= techniques
    assert excluded <= techniques
    assert techniques - produced - excluded == set()
    assert produced & excluded == set()
    assert all(entry.reason for entry in catalog.excluded)


@pytest.mark.parametrize(
    ("framework", "field"),
    [("owasp-llm", "owasp_llm"), ("owasp-agentic", "owasp_agentic"), ("owasp-ml", "owasp_ml"), ("stride", "stride")],
)
def test_every_entry_of_the_lists_is_referenced(catalog: Catalog, framework: str, field: str) -> None:
    referenced = {id for threat in catalog.threats.values() for id in getattr(threat, field)}
    assert referenced == set(catalog.frameworks[framework].items)


def test_every_stage_of_the_lifecycle_has_threats(catalog: Catalog) -> None:
    assert {stage for threat in catalog.threats.values() for stage in threat.lifecycle} == set(Stage)


def test_every_control_cuts_some_rule(catalog: Catalog) -> None:
    cutting = {control for rule in catalog.rules.values() for control, _, _ in rule.cuts}
    idle = {id for id, control in catalog.controls.items() if not control.cuts} - cutting
    assert idle == set()
