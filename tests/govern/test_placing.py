"""The register's evidence in a system: where it stands, what it does to claims, and what is left of what ended."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.analysis.placements import controls_in_place
from bartizan.analysis.scanned import as_scanned
from bartizan.analysis.topology import Topology
from bartizan.govern.placing import unplaced, until, with_proofs
from bartizan.govern.sites import Sites, place_key, place_words
from bartizan.model import System
from bartizan.model.assurance import Proof, ProofSource
from bartizan.model.documents import TierRule
from tests.govern.support import DAY, RULE, ago, components, evidence, proof, system


def standing(made: System, *proofs: Proof, rule: TierRule = RULE) -> set[tuple[str, str, str]]:
    """What stands where after the evidence came in; what calls say of themselves is left out."""
    found = controls_in_place(Topology(as_scanned(with_proofs(made, proofs, rule, DAY), DAY)), DAY)
    return {(one.control, one.place, one.status) for one in found if one.control != "encrypt-in-transit"}


LIMITED = system(components=components(agent=["rate-limit"]))


@pytest.mark.parametrize(
    ("place", "sites"),
    [
        ("", [("system", "")]),
        ("system", [("system", "")]),
        ("agent", [("component", "agent")]),
        ("inside", [("component", "agent"), ("component", "mail")]),
        ("agent -> llm", [("flow", "ask"), ("flow", "embed")]),
        ("agent->mail", [("flow", "agent->mail")]),
        ("ask", [("flow", "ask")]),
        ("nowhere", []),
        ("agent->people", []),
    ],
)
def test_a_place_is_a_component_a_zone_a_call_or_the_system(place: str, sites: list[tuple[str, str]]) -> None:
    assert Sites(system()).at(place) == sites


@pytest.mark.parametrize(("words", "key"), [("", "system"), ("a", "a"), ("a -> b", "a->b")])
def test_places_can_be_said_in_both_ways(words: str, key: str) -> None:
    assert (place_key(words), place_words(key)) == (key, words)


def test_without_evidence_nothing_changes() -> None:
    assert with_proofs(LIMITED, [], RULE, DAY) == LIMITED


@pytest.mark.parametrize(
    ("proofs", "status"),
    [
        ([proof("rate-limit")], "proven"),
        ([proof("rate-limit", days=90)], "proven"),
        ([proof("rate-limit", days=91)], "expired"),
        ([proof("rate-limit", days=300, good_until=DAY)], "proven"),
        ([proof("rate-limit", days=3, good_until=ago(1))], "expired"),
        ([proof("rate-limit", outcome="fail")], "failing"),
        (
            [proof("rate-limit", days=9), proof("rate-limit", days=2, outcome="fail", source=ProofSource.SCAN)],
            "failing",
        ),
        ([proof("rate-limit", days=1), proof("rate-limit", days=2, outcome="fail", source=ProofSource.SCAN)], "proven"),
    ],
)
def test_evidence_decides_about_a_claim(proofs: list[Proof], status: str) -> None:
    assert standing(LIMITED, *proofs) == {("rate-limit", "agent", status)}


def test_how_long_evidence_counts_is_the_tiers_to_say() -> None:
    longer = TierRule(id="tier-3", title="Other", evidence_days=365)

    assert until(proof("rate-limit", days=100), RULE) == ago(100) + timedelta(days=90)
    assert standing(LIMITED, proof("rate-limit", days=100), rule=longer) == {("rate-limit", "agent", "proven")}


def test_evidence_of_the_system_itself_counts_beside_it() -> None:
    made = system(components=components(agent=[{"control": "rate-limit", "evidence": [evidence(3)]}]))

    assert standing(made, proof("rate-limit", days=200)) == {("rate-limit", "agent", "proven")}
    assert standing(made, proof("rate-limit", days=1, outcome="fail")) == {("rate-limit", "agent", "failing")}


@pytest.mark.parametrize(
    ("proofs", "found"),
    [
        ([proof("kill-switch")], {("kill-switch", "agent", "proven")}),
        ([proof("kill-switch", outcome="fail")], {("kill-switch", "agent", "failing")}),
        ([proof("kill-switch", days=100)], set()),
        ([proof("kill-switch", place="nowhere")], set()),
    ],
)
def test_what_the_system_does_not_mention_counts_while_evidence_is_fresh(
    proofs: list[Proof], found: set[tuple[str, str, str]]
) -> None:
    assert standing(system(), *proofs) == found


def test_evidence_of_one_place_of_a_list_leaves_the_others_as_they_are() -> None:
    made = system(controls=[{"control": "rate-limit", "on": ["agent", "mail"], "note": "both"}])
    after = with_proofs(made, [proof("rate-limit", days=100)], RULE, DAY)

    assert standing(made, proof("rate-limit", days=100)) == {
        ("rate-limit", "agent", "expired"),
        ("rate-limit", "mail", "claimed"),
    }
    assert after.components["agent"].controls[0].note == "both"  # type: ignore[union-attr]


def test_evidence_of_a_component_leaves_the_rest_of_its_zone_as_it_is() -> None:
    made = system(controls=[{"control": "rate-limit", "on": ["inside", "llm"]}])

    assert standing(made, proof("rate-limit", outcome="fail")) == {
        ("rate-limit", "agent", "failing"),
        ("rate-limit", "mail", "claimed"),
        ("rate-limit", "llm", "claimed"),
    }


def test_evidence_of_a_zone_is_about_everything_in_it() -> None:
    assert standing(system(), proof("network-segmentation", place="inside")) == {
        ("network-segmentation", "agent", "proven"),
        ("network-segmentation", "mail", "proven"),
    }


def test_evidence_of_the_whole_system_stands_there() -> None:
    made = system(controls=["ai-inventory", {"control": "kill-switch", "on": ["system", "agent"]}])

    assert standing(made, proof("ai-inventory", place="", days=100), proof("kill-switch", place="system")) == {
        ("ai-inventory", "system", "expired"),
        ("kill-switch", "system", "proven"),
        ("kill-switch", "agent", "claimed"),
    }


@pytest.mark.parametrize(
    ("place", "status"), [("agent -> llm", "proven"), ("ask", None), ("embed", None), ("agent -> mail", None)]
)
def test_of_several_calls_of_a_pair_each_needs_evidence(place: str, status: str | None) -> None:
    found = standing(system(), proof("prompt-data-protection", place=place))

    assert (("prompt-data-protection", "agent->llm", "proven") in found) is (status == "proven")


def test_evidence_of_a_call_joins_what_is_said_of_it_by_id() -> None:
    made = system(controls=[{"control": "rate-limit", "on": ["ask", "embed"]}])

    assert standing(made, proof("rate-limit", place="ask", days=100)) == {("rate-limit", "agent->llm", "expired")}


@pytest.mark.parametrize(
    ("proofs", "found"),
    [
        ([], set()),
        ([proof("kill-switch", days=200)], set()),
        ([proof("kill-switch")], {("kill-switch", "agent", "proven")}),
        ([proof("kill-switch", outcome="fail")], {("kill-switch", "agent", "failing")}),
    ],
)
def test_a_planned_control_stays_planned_until_evidence_is_fresh(proofs: list[Proof], found: set[Any]) -> None:
    planned = [{"control": "kill-switch", "planned": "2027-03-01"}, {"control": "kill-switch", "planned": "2027-01-01"}]
    made = system(components=components(agent=planned))

    assert standing(made, *proofs) == found


def test_a_control_that_is_claimed_and_planned_is_claimed() -> None:
    both = ["kill-switch", {"control": "kill-switch", "planned": "2027-03-01"}]
    made = with_proofs(system(components=components(agent=both)), [proof("kill-switch", days=200)], RULE, DAY)

    assert [one.planned for one in made.components["agent"].controls] == [None]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("more", "verdict", "found"),
    [
        ({"verdict": "safe"}, "safe", {("artefact-scanning", "llm", "proven")}),
        ({"verdict": "dangerous", "outcome": "fail"}, "dangerous", set()),
        ({"outcome": "fail"}, "unknown", set()),
        ({}, "safe", {("artefact-scanning", "llm", "proven")}),
    ],
)
def test_a_scan_of_a_component_is_taken_for_what_it_is(more: dict[str, Any], verdict: str, found: set[Any]) -> None:
    one = proof("artefact-scanning", "llm", 5, source=ProofSource.SCAN, **more)
    made = with_proofs(system(), [one], RULE, DAY)

    assert [scan.verdict for scan in made.scan_evidence] == [verdict]
    assert made.scan_evidence[0].good_until == until(one, RULE)
    assert standing(system(), one) == found


def test_evidence_about_no_place_is_told() -> None:
    lost = proof("rate-limit", place="nowhere")

    assert unplaced(system(), [proof("rate-limit"), lost]) == [lost]


controls = st.sampled_from(["rate-limit", "kill-switch", "artefact-scanning"])
places = st.sampled_from(["", "agent", "llm", "inside", "agent -> llm", "ask", "nowhere"])
proofs = st.lists(
    st.builds(
        proof,
        controls,
        places,
        st.integers(0, 200),
        outcome=st.sampled_from(["pass", "fail"]),
        source=st.sampled_from(ProofSource),
    ),
    max_size=6,
)


@given(proofs, proofs)
def test_more_failures_never_make_a_control_count(some: list[Proof], more: list[Proof]) -> None:
    bad = [proof(one.control, one.place, 0, outcome="fail", source=ProofSource.TEST) for one in more]
    made = system(controls=["kill-switch", {"control": "rate-limit", "on": ["inside", "ask"]}])
    before = {(control, place) for control, place, status in standing(made, *some) if status in ("claimed", "proven")}
    after = {
        (control, place) for control, place, status in standing(made, *some, *bad) if status in ("claimed", "proven")
    }

    assert after <= before
