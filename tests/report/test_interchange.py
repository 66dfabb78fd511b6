"""A policy as OSCAL catalog and profile against NIST's types, and as a library of CISO Assistant."""

from __future__ import annotations

import json
from datetime import date

import pytest
import yaml
from trestle.oscal.catalog import Model as OscalCatalog
from trestle.oscal.profile import Model as Profile

from bartizan.model.documents import Enforcement, PolicySpec, PolicyState, Statement
from bartizan.report.ciso_assistant import render_library
from bartizan.report.oscal_policy import render_policy_catalog, render_policy_profile
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
