"""Coverage counts the items that this system's threats call for, by what meets them."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from bartizan.analysis import example_system
from bartizan.analysis.coverage import coverage
from bartizan.analysis.result import FrameworkCoverage
from bartizan.model import System
from tests.analysis.small_catalog import SMALL, small_catalog
from tests.analysis.strategies import systems
from tests.analysis.support import analysed, catalog, reviewed, share

MAIL: dict[str, Any] = {
    "components": {"inbox": {"kind": "mailbox"}, "bot": {"kind": "agent"}, "pay": {"kind": "tool", "effect": ["pay"]}},
    "flows": [{"from": "bot", "to": "inbox"}, {"from": "bot", "to": "pay"}],
}


def covered(in_place: list[str], planned: list[str]) -> dict[str, FrameworkCoverage]:
    known = small_catalog()
    known.controls["filter"].maps = {"nist-800-53": ["SI-10", "AC-6"], "gdpr": ["Art. 32"]}
    known.controls["policy"].maps = {"nist-800-53": ["AC-1"]}
    return coverage(known, analysed(example_system(MAIL), known).graph, in_place, planned)


def test_an_item_is_met_by_what_stands_then_by_the_plan_or_open() -> None:
    assert covered([], [])["nist-800-53"] == FrameworkCoverage(covered=[], planned=[], gaps=["AC-6", "SI-10"])
    assert covered(["tool-rights"], ["filter"])["nist-800-53"] == FrameworkCoverage(
        covered=["AC-6"], planned=["SI-10"], gaps=[]
    )


def test_only_what_the_threats_call_for_counts() -> None:
    """Nobody logs in here, so the policy's item isn't called for, even where the policy stands."""
    assert set(covered([], [])) == {"gdpr", "nist-800-53"}
    assert "AC-1" not in covered(["policy", "unknown"], [])["nist-800-53"].covered


def test_without_threats_nothing_is_called_for() -> None:
    graph = analysed(example_system({"components": {"bot": {"kind": "agent"}}}), SMALL).graph

    assert coverage(SMALL, graph, ["tool-rights"], []) == {}


@share(0.25)
@given(systems(sorted(catalog().controls)))
def test_each_item_stands_once_and_in_the_order_of_its_framework(system: System) -> None:
    for framework, found in reviewed(system).coverage.items():
        order = list(catalog().frameworks[framework].items)
        every = [*found.covered, *found.planned, *found.gaps]
        assert len(every) == len(set(every))
        for items in (found.covered, found.planned, found.gaps):
            assert [order.index(item) for item in items] == sorted(order.index(item) for item in items)
