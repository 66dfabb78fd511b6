"""SARIF, Open Threat Model, OSCAL, CycloneDX and JSON against their schemas.

CycloneDX is held against the schema of its own project, OSCAL against the types that trestle makes from NIST's schema.
For SARIF and Open Threat Model no package carries the schema, so `schemas.py` holds our own, made from the
specifications: stricter than theirs in what we write, silent about the rest.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import cyclonedx.schema
import jsonschema
import msgspec
import pytest
from referencing import Registry, Resource
from syrupy.assertion import SnapshotAssertion
from trestle.oscal.poam import Model as Poam

from bartizan.analysis.result import Plan, Review
from bartizan.catalog import Catalog
from bartizan.model import Place, System, parse_text
from bartizan.report import FORMATS, json_, oscal, otm, sarif
from bartizan.report import cyclonedx as bom
from bartizan.report.plain import without_defaults
from bartizan.store.importers import otm as otm_reader
from bartizan.store.yamltext import write_yaml
from tests.report.hostile import hostile_review, hostile_system
from tests.report.sample import sample_review, sample_system
from tests.report.schemas import OTM, SARIF
from tests.report.steady import steady_catalog, without_version

Render = Callable[[Review, System, Catalog], str]


@cache
def _cyclonedx() -> jsonschema.Draft7Validator:
    folder = Path(cyclonedx.schema.__file__).parent / "_res"

    def load(name: str) -> Any:
        return json.loads((folder / f"{name}.SNAPSHOT.schema.json").read_text(encoding="utf-8"))

    parts = [
        (f"http://cyclonedx.org/schema/{name}.SNAPSHOT.schema.json", Resource.from_contents(load(name)))
        for name in ("spdx", "jsf-0.82")
    ]
    return jsonschema.Draft7Validator(
        load("bom-1.6"), registry=Registry().with_resources(parts), format_checker=jsonschema.FormatChecker()
    )


def _check_sarif(document: Any) -> None:
    jsonschema.Draft202012Validator(SARIF).validate(document)


def _check_otm(document: Any) -> None:
    jsonschema.Draft202012Validator(OTM).validate(document)


def _check_oscal(document: Any) -> None:
    Poam.model_validate(document)


def _check_cyclonedx(document: Any) -> None:
    errors = [f"{error.json_path}: {error.message}" for error in _cyclonedx().iter_errors(document)]
    assert errors == []
    references = [entry["bom-ref"] for entry in _everywhere(document) if "bom-ref" in entry]
    assert len(references) == len(set(references))


def _everywhere(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [value, *(entry for inner in value.values() for entry in _everywhere(inner))]
    return [entry for inner in value for entry in _everywhere(inner)] if isinstance(value, list) else []


CHECKS: dict[str, tuple[Render, Callable[[Any], None]]] = {
    "sarif": (sarif.render, _check_sarif),
    "otm": (otm.render, _check_otm),
    "oscal": (oscal.render, _check_oscal),
    "cyclonedx": (bom.render, _check_cyclonedx),
}


@pytest.mark.parametrize("name", CHECKS)
def test_the_output_is_valid_and_as_before(name: str, snapshot: SnapshotAssertion) -> None:
    render, check = CHECKS[name]
    text = render(sample_review(), sample_system(), steady_catalog())
    check(json.loads(text))
    assert text.endswith("}\n")
    assert not text.endswith("\n\n")
    assert without_version(text) == snapshot


@pytest.mark.parametrize("name", CHECKS)
def test_the_same_review_gives_the_same_bytes(name: str) -> None:
    render, _ = CHECKS[name]
    first = render(sample_review(), sample_system(), steady_catalog())
    assert FORMATS[name].render(sample_review(), sample_system(), steady_catalog()) == first.encode()


@pytest.mark.parametrize("name", CHECKS)
def test_hostile_names_stay_names(name: str) -> None:
    render, check = CHECKS[name]
    check(json.loads(render(hostile_review(), hostile_system(), steady_catalog())))


@pytest.mark.parametrize("name", CHECKS)
def test_a_review_that_found_nothing_is_valid_too(name: str) -> None:
    render, check = CHECKS[name]
    plan = Plan(in_place=[], minimum=[], cost=0, optimal=True, gap=0, alternatives=[], unreachable=[], kept_open=[])
    review = msgspec.structs.replace(sample_review(), threats=[], appendix=[], paths=[], losses=[], controls=plan)
    bare = parse_text("id: bare\ncomponents:\n  app: {kind: application}\n")
    check(json.loads(render(review, bare, steady_catalog())))


# --- JSON ------------------------------------------------------------------------------------------------------------

_REVIEW_KEYS = {
    "threats": "id rule title severity score components atlas owasp_llm owasp_agentic stride lifecycle paths why"
    " removed_by status",
    "appendix": "id rule title severity score components atlas status",
    "paths": "id loss asset score steps",
}


def test_json_has_the_stable_keys(snapshot: SnapshotAssertion) -> None:
    text = json_.render(sample_review(), sample_system(), steady_catalog()).decode()
    document = json.loads(text)
    assert document["schema"] == "bartizan/review/1"
    assert set(document["system"]) == {"id", "name"}
    for key, names in _REVIEW_KEYS.items():
        assert all(set(names.split()) <= set(entry) for entry in document[key])
    assert all(
        {"threat", "rule", "component", "atlas", "gains"} <= set(s) for p in document["paths"] for s in p["steps"]
    )
    plan, risk = document["controls"], document["risk"]
    assert {"in_place", "minimum", "cost", "optimal", "gap", "alternatives"} <= set(plan)
    assert all({"control", "placement", "cost", "cuts"} <= set(entry) for entry in plan["minimum"])
    assert {"currency", "inherent", "residual", "exceedance", "tornado", "assumptions"} <= set(risk)
    assert set(risk["inherent"]) == {"p10", "p50", "p90", "mean"}
    assert all(len(point) == 2 for point in risk["exceedance"])
    assert all({"covered", "gaps"} <= set(entry) for entry in document["coverage"].values())
    assert all(set(e) == {"confidentiality", "categories", "integrity"} for e in document["labels"].values())
    assert text == snapshot


# --- SARIF -----------------------------------------------------------------------------------------------------------


def test_sarif_has_a_result_for_each_open_or_decided_threat() -> None:
    review = sample_review()
    run = json.loads(sarif.render(review, sample_system(), steady_catalog()))["runs"][0]
    results = {result["fingerprints"]["threat/v1"]: result for result in run["results"]}
    assert list(results) == [threat.id for threat in (*review.threats, *review.appendix)]
    accepted = results["model-api-access@llm"]
    assert accepted["suppressions"][0]["status"] == "accepted"
    assert "CISO" in accepted["suppressions"][0]["justification"]
    assert all(result["suppressions"] == [] for name, result in results.items() if name != "model-api-access@llm")
    levels = {result["properties"]["severity"]: result["level"] for result in results.values()}
    assert levels == {"critical": "error", "high": "error", "medium": "warning", "low": "note"}
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert all(rules[result["ruleIndex"]] == result["ruleId"] for result in run["results"])


def test_sarif_points_to_the_line_of_the_component() -> None:
    places = {"copilot": Place("my systems/a.yaml", 12, 3)}
    log = json.loads(sarif.render(sample_review(), sample_system(), steady_catalog(), file="s.yaml", places=places))
    where = {r["fingerprints"]["threat/v1"]: r["locations"][0]["physicalLocation"] for r in log["runs"][0]["results"]}
    placed = where["lethal-trifecta@copilot"]
    assert placed["artifactLocation"] == {"uri": "my%20systems/a.yaml", "uriBaseId": "%SRCROOT%"}
    assert placed["region"] == {"startLine": 12, "startColumn": 3}
    assert where["unauthorised-action@ticket-tool"]["region"]["startLine"] == 1
    assert where["unauthorised-action@ticket-tool"]["artifactLocation"]["uri"] == "s.yaml"


@pytest.mark.parametrize(
    ("path", "uri"), [("/srv/a b.yaml", "file:///srv/a%20b.yaml"), ("C:/a.yaml", "file:///C%3A/a.yaml")]
)
def test_sarif_writes_absolute_paths_as_addresses(path: str, uri: str) -> None:
    log = json.loads(sarif.render(sample_review(), sample_system(), steady_catalog(), file=path))
    artifact = log["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
    assert artifact == {"uri": uri}


# --- Open Threat Model -----------------------------------------------------------------------------------------------


def test_otm_comes_back_as_the_same_system() -> None:
    system = sample_system()
    imported = otm_reader.read(otm.render(sample_review(), system, steady_catalog()).encode(), "x.otm")
    assert parse_text(write_yaml(imported.document)) == system
    assert imported.notes == []


def test_otm_refers_only_to_what_it_holds() -> None:
    document = json.loads(otm.render(sample_review(), sample_system(), steady_catalog()))
    ids = {key: {entry["id"] for entry in document[key]} for key in ("trustZones", "assets", "threats", "mitigations")}
    for component in document["components"]:
        assert component["parent"]["trustZone"] in ids["trustZones"]
        assert {*component["assets"]["processed"], *component["assets"]["stored"]} <= ids["assets"]
        for threat in component["threats"]:
            assert threat["threat"] in ids["threats"]
            assert {entry["mitigation"] for entry in threat["mitigations"]} <= ids["mitigations"]


def test_otm_gives_components_without_a_zone_one() -> None:
    bare = parse_text("id: bare\ncomponents:\n  app: {kind: application}\n")
    text = otm.render(sample_review(), bare, steady_catalog())
    assert json.loads(text)["components"][0]["parent"] == {"trustZone": "no-zone"}
    imported = otm_reader.read(text.encode(), "x.otm")
    assert parse_text(write_yaml(imported.document)) == bare


# --- OSCAL -----------------------------------------------------------------------------------------------------------


def test_oscal_says_what_was_decided_and_what_is_planned() -> None:
    document = json.loads(oscal.render(sample_review(), sample_system(), steady_catalog()))
    plan = document["plan-of-action-and-milestones"]
    risks = {_threat(risk): risk for risk in plan["risks"]}
    assert risks["model-api-access@llm"]["status"] == "deviation-approved"
    assert risks["model-api-access@llm"]["deadline"] == "2027-06-30T00:00:00Z"
    injected = risks["indirect-prompt-injection@copilot"]
    assert injected["status"] == "open"
    assert "planned" in [response["lifecycle"] for response in injected["remediations"]]
    assert {entry["value"] for entry in injected["remediations"][0]["props"]} >= {"AC-3", "Art. 15"}


def test_oscal_refers_only_to_what_it_holds() -> None:
    plan = json.loads(oscal.render(sample_review(), sample_system(), steady_catalog()))["plan-of-action-and-milestones"]
    entries = _everywhere(plan)
    known = [entry["uuid"] for entry in entries if "uuid" in entry]
    assert len(known) == len(set(known))
    keys = ("observation-uuid", "risk-uuid", "subject-uuid", "actor-uuid", "component-uuid")
    assert {entry[key] for entry in entries for key in keys if key in entry} <= set(known)


def _threat(entry: dict[str, Any]) -> str:
    return next(str(prop["value"]) for prop in entry["props"] if prop["name"] == "threat-id")


# --- CycloneDX -------------------------------------------------------------------------------------------------------

_TRAINING = """
id: fraud
data: {rows: {class: restricted, categories: [financial]}}
components:
  history: {kind: data-set, holds: [rows], origin: own}
  other: {kind: data-set}
  training: {kind: training-job}
  model: {kind: model, type: classifier, hosting: cloud, outputs: scores, provider: Own}
  api: {kind: model, hosting: provider, endpoint: "https://api.example/v1", retention_days: 30, trains_on_input: no}
  clerk: {kind: person}
  app: {kind: application, vendor: Maker}
flows:
  - {from: training, to: history}
  - {from: training, to: model}
  - {from: clerk, to: app, carries: [rows], authentication: oidc}
  - {from: app, to: model, carries: [rows]}
  - {from: app, to: api}
"""


def test_cyclonedx_lists_models_with_their_data_and_services_with_their_flows() -> None:
    document = json.loads(bom.render(sample_review(), parse_text(_TRAINING), steady_catalog()))
    _check_cyclonedx(document)
    components = {entry["bom-ref"]: entry for entry in document["components"]}
    services = {entry["bom-ref"]: entry for entry in document["services"]}
    assert set(components) == {"component:history", "component:other", "component:model", "component:api"}
    assert set(services) == {"service:training", "service:api", "service:app"}
    card = components["component:model"]["modelCard"]["modelParameters"]
    assert card == {
        "task": "classifier",
        "datasets": [{"ref": "component:history"}],
        "outputs": [{"format": "scores"}],
    }
    assert components["component:history"]["data"][0]["sensitiveData"] == ["financial"]
    assert services["service:app"]["authenticated"] is True
    assert services["service:app"]["provider"] == {"name": "Maker"}
    assert services["service:app"]["data"][0]["source"] == ["person:clerk"]
    assert services["service:api"]["endpoints"] == ["https://api.example/v1"]
    dependencies = {entry["ref"]: entry["dependsOn"] for entry in document["dependencies"]}
    assert dependencies["service:app"] == ["component:model", "service:api"]
    assert dependencies["service:api"] == ["component:api"]


def test_defaults_are_left_out_of_plain_values() -> None:
    system = parse_text("id: x\ncomponents:\n  a: {kind: agent, autonomy: suggest}\n  m: {kind: mailbox}\n")
    assert without_defaults(system.components["a"]) == {"kind": "agent", "autonomy": "suggest"}
    assert without_defaults(system.components["m"]) == {"kind": "mailbox"}
