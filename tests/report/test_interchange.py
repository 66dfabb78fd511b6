"""OSCAL assessment results, catalog and profile against NIST's types, and the library of CISO Assistant."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
import yaml
from trestle.oscal.assessment_results import Model as Results
from trestle.oscal.catalog import Model as OscalCatalog
from trestle.oscal.profile import Model as Profile

from bartizan.model.assurance import ControlState, ControlView, Proof, ProofSource
from bartizan.model.documents import Enforcement, PolicySpec, PolicyState, Statement
from bartizan.report.ciso_assistant import render_library
from bartizan.report.oscal_assessment import render_assessment
from bartizan.report.oscal_policy import render_policy_catalog, render_policy_profile
from tests.report.sample import sample_system
from tests.report.steady import steady_catalog

DAY = date(2026, 11, 28)
HOSTILE = 'a "quote"\nand <b>more</b> ümläut: {}'
POLICY = PolicySpec(
    title=HOSTILE,
    edition="2.1",
    scope="Everything",
    state=PolicyState.PUBLISHED,
    effective=date(2026, 10, 1),
    statements=[
        Statement(
            id="st-1",
            number="1.1",
            section="People",
            text=f"Staff must know. {HOSTILE}",
            controls=["rate-limit"],
            maps={"iso-27001": ["A.5.1", "A.5.2"]},
            enforced=[Enforcement(by="gateway", what="limits")],
        ),
        Statement(id="2-st", number="2.1", section="Tools", text="Tools should be listed.", level="should"),
        Statement(id="st-3", number="1.2", section="People", text="Leavers must hand back keys.", controls=["nothing"]),
    ],
)


def _proof(**changes: Any) -> Proof:
    given: dict[str, Any] = {"system": "s", "control": "rate-limit", "source": ProofSource.SCAN, "observed_at": DAY}
    return Proof(**given | changes)


def _document() -> dict[str, Any]:
    system = sample_system()
    place = next(iter(system.components))
    proof = _proof(place=place, detail=HOSTILE, digest="0" * 64, by="scan", good_until=date(2027, 1, 1))
    views = [
        ControlView(
            control="rate-limit", title=HOSTILE, place=place, state=ControlState.PROVEN, required=True, proof=proof
        ),
        ControlView(
            control="kill-switch",
            title="",
            place="",
            state=ControlState.FAILING,
            required=False,
            expired=True,
            excepted="ex-1",
        ),
        *(ControlView(control=f"c-{state}", title="c", place="", state=state, required=True) for state in ControlState),
    ]
    proofs = [
        proof,
        _proof(control="kill-switch", outcome="fail", source=ProofSource.ATTESTATION),
        _proof(place="else"),
    ]
    loaded: dict[str, Any] = json.loads(render_assessment(system, views, proofs, steady_catalog(), DAY))
    return loaded


def test_assessment_results_are_valid_and_say_how_each_control_stands() -> None:
    document = _document()
    Results.model_validate(document)
    (result,) = document["assessment-results"]["results"]
    states = {one["target"]["target-id"]: one["target"]["status"]["state"] for one in result["findings"]}
    assert states["rate-limit"] == "satisfied"
    assert {states["kill-switch"], states["c-in-place"], states["c-planned"], states["c-required"]} == {"not-satisfied"}
    assert len(result["observations"]) == 3


def test_findings_point_at_observations_that_are_there() -> None:
    (result,) = _document()["assessment-results"]["results"]
    known = {one["uuid"] for one in result["observations"]}
    pointed = {r["observation-uuid"] for one in result["findings"] for r in one.get("related-observations", [])}
    assert pointed
    assert pointed <= known
    assert len(known) == len(result["observations"])


def test_a_system_without_controls_has_results_too() -> None:
    document = json.loads(render_assessment(sample_system(), [], [], steady_catalog(), DAY))
    Results.model_validate(document)
    assert "findings" not in document["assessment-results"]["results"][0]


@pytest.mark.parametrize("policy", [POLICY, PolicySpec(title="Empty")], ids=["full", "empty"])
def test_a_policy_is_a_valid_catalog_and_profile(policy: PolicySpec) -> None:
    OscalCatalog.model_validate(json.loads(render_policy_catalog("ai-policy", policy, DAY)))
    Profile.model_validate(json.loads(render_policy_profile("ai-policy", policy, DAY)))


def test_the_catalog_keeps_numbers_maps_and_what_enforces() -> None:
    groups = json.loads(render_policy_catalog("ai-policy", POLICY, DAY))["catalog"]["groups"]
    assert [(group["title"], [one["id"] for one in group["controls"]]) for group in groups] == [
        ("People", ["st-1", "st-3"]),
        ("Tools", ["_2-st"]),
    ]
    props = {(one["name"], one["value"]) for one in groups[0]["controls"][0]["props"]}
    assert {("label", "1.1"), ("map-iso-27001", "A.5.2"), ("enforced-by-gateway", "limits")} <= props
    profile = json.loads(render_policy_profile("ai-policy", POLICY, DAY))["profile"]
    assert profile["imports"][0]["include-controls"] == [{"with-ids": ["st-1", "st-3"]}]


def test_a_library_has_the_keys_that_the_importer_asks_for() -> None:
    library = yaml.safe_load(render_library("ai-policy", POLICY, steady_catalog(), DAY, "Helvion"))
    assert {
        "urn",
        "locale",
        "ref_id",
        "name",
        "description",
        "copyright",
        "version",
        "provider",
        "packager",
        "objects",
    } <= (library.keys())
    assert (library["version"], library["publication_date"], library["provider"]) == (
        2001,
        date(2026, 10, 1),
        "Helvion",
    )
    framework, controls = library["objects"]["framework"], library["objects"]["reference_controls"]
    urns = [node["urn"] for node in framework["requirement_nodes"]]
    assert len(set(urns)) == len(urns) == 5
    assert all(urn == urn.lower() and urn.startswith("urn:bartizan:risk:req_node:ai-policy:") for urn in urns)
    assert all(node.get("parent_urn", urns[0]) in urns for node in framework["requirement_nodes"])
    assert [node["depth"] for node in framework["requirement_nodes"]] == [1, 2, 2, 1, 2]
    known = {control["urn"] for control in controls}
    assert {urn for node in framework["requirement_nodes"] for urn in node.get("reference_controls", [])} == known
    assert {control["ref_id"] for control in controls} == {"rate-limit", "nothing"}
    assert {c["category"] for c in controls if "category" in c} <= {
        "policy",
        "process",
        "technical",
        "physical",
        "procedure",
    }


@pytest.mark.parametrize(("edition", "version"), [("1.0", 1000), ("2.13", 2013), ("draft", 1), ("3", 3000)])
def test_editions_are_whole_numbers_that_grow(edition: str, version: int) -> None:
    library = yaml.safe_load(render_library("p", PolicySpec(title="P", edition=edition), steady_catalog(), DAY))
    assert library["version"] == version
    assert "reference_controls" not in library["objects"]
