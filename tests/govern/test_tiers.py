"""Which tier a system is of, and what may remain in it."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.govern.tiers import appetite_of, stricter, tier_of
from bartizan.model import Level
from bartizan.model.documents import Organisation, TierRule
from tests.govern.support import components, system

QUIET: dict[str, Any] = {"criticality": "low", "data": {"claims": {"class": "public"}}}
ORGANISATION = Organisation(title="x")


def quiet(**parts: Any) -> Any:
    """A system that meets no condition: of low criticality, with public data, and an agent that only suggests."""
    made = components()
    made["agent"]["autonomy"] = "suggest"
    return system(**{**QUIET, "components": made, **parts})


@pytest.mark.parametrize(
    ("parts", "tier"),
    [
        ({}, "tier-3"),
        ({"criticality": "medium"}, "tier-2"),
        ({"criticality": "high"}, "tier-1"),
        ({"criticality": "critical"}, "tier-1"),
        ({"data": {"claims": {"class": "internal"}}}, "tier-3"),
        ({"data": {"claims": {"class": "confidential"}}}, "tier-2"),
        ({"data": {"claims": {"class": "restricted"}}}, "tier-1"),
    ],
)
def test_any_condition_of_a_tier_is_enough(parts: dict[str, Any], tier: str) -> None:
    assert tier_of(quiet(**parts), ORGANISATION).id == tier


@pytest.mark.parametrize(
    ("agent", "tier"),
    [
        ({"autonomy": "suggest"}, "tier-3"),
        ({"autonomy": "approve"}, "tier-3"),
        ({"autonomy": "act"}, "tier-2"),
        ({"autonomy": "suggest", "watches": True}, "tier-2"),
    ],
)
def test_an_agent_that_acts_by_itself_raises_the_tier(agent: dict[str, Any], tier: str) -> None:
    made = components()
    made["agent"].update(agent)

    assert tier_of(quiet(components=made), ORGANISATION).id == tier


def test_categories_of_data_raise_the_tier() -> None:
    rules = [TierRule(id="grave", title="", categories=["health", "children"]), TierRule(id="rest", title="")]  # type: ignore[list-item]
    organisation = Organisation(title="x", tiers=rules)
    data = {"claims": {"class": "public", "categories": ["personal", "children"]}}

    assert tier_of(quiet(data=data), organisation).id == "grave"
    assert tier_of(quiet(), organisation).id == "rest"


def test_a_tier_without_conditions_takes_nothing_but_what_is_left() -> None:
    organisation = Organisation(title="x", tiers=[TierRule(id="empty", title=""), TierRule(id="rest", title="")])

    assert tier_of(quiet(), organisation).id == "rest"


def test_an_organisation_without_tiers_has_one_anyway() -> None:
    assert tier_of(quiet(), Organisation(title="x", tiers=[])).id == "no-tier"


@pytest.mark.parametrize(
    ("own", "used", "tier"),
    [
        (["low", "mid", "top"], "low", "rest"),
        (["low", "mid", "top"], "top", "strict"),
        (["public", "internal", "confidential", "restricted"], "restricted", "strict"),
        (["public", "internal", "confidential", "restricted"], "internal", "rest"),
        (["public", "secret"], "secret", "strict"),
    ],
)
def test_a_class_that_the_organisation_lacks_is_placed_by_the_systems_own_scheme(
    own: list[str], used: str, tier: str
) -> None:
    rules = [TierRule(id="strict", title="", highest="top"), TierRule(id="rest", title="")]
    organisation = Organisation(title="x", classes=["low", "mid", "top"], tiers=rules)
    made = quiet(classes=own, data={"claims": {"class": used}})

    assert tier_of(made, organisation).id == tier


def test_a_class_that_nobody_knows_counts_as_the_highest() -> None:
    made = quiet()
    made.data["claims"].class_ = "odd"

    assert tier_of(made, ORGANISATION).id == "tier-1"


@pytest.mark.parametrize(
    ("of_all", "of_tier", "own", "expected"),
    [
        (Level.MEDIUM, None, None, Level.MEDIUM),
        (Level.MEDIUM, Level.LOW, None, Level.LOW),
        (Level.LOW, Level.HIGH, None, Level.HIGH),
        (Level.MEDIUM, None, "low", Level.LOW),
        (Level.MEDIUM, None, "critical", Level.MEDIUM),
        (Level.MEDIUM, Level.LOW, "medium", Level.LOW),
        (Level.MEDIUM, None, 100.0, 100.0),
        (Level.MEDIUM, None, 5e6, Level.MEDIUM),
        (50_000.0, None, "low", Level.LOW),
        (50_000.0, None, "medium", 50_000.0),
        (50_000.0, 70_000.0, None, 70_000.0),
    ],
)
def test_a_system_may_only_ask_for_less_risk(of_all: Any, of_tier: Any, own: Any, expected: Any) -> None:
    organisation = Organisation(title="x", appetite=of_all, tiers=[TierRule(id="t", title="", appetite=of_tier)])

    assert appetite_of(quiet(**({} if own is None else {"appetite": own})), organisation) == expected


def test_of_equal_appetites_the_first_stands() -> None:
    assert stricter(200_000.0, Level.MEDIUM) == 200_000.0
    assert stricter(Level.MEDIUM, 200_000.0) is Level.MEDIUM
