"""OSCAL about a registered system: a set of documents that hold together, against NIST's types and our own reading."""

from __future__ import annotations

import json
from datetime import date
from functools import cache
from typing import Any

import msgspec
import pytest
from trestle.oscal.assessment_plan import Model as AssessmentPlan
from trestle.oscal.assessment_results import Model as Results
from trestle.oscal.catalog import Model as OscalCatalog
from trestle.oscal.poam import Model as Poam
from trestle.oscal.profile import Model as Profile
from trestle.oscal.ssp import Model as Plan

from bartizan.model import Placed, System
from bartizan.model.assurance import ControlState, ControlView, Proof, ProofSource
from bartizan.model.documents import ExceptionSpec, Organisation
from bartizan.report.oscal_assessment import render_assessment
from bartizan.report.oscal_assessment_plan import render_assessment_plan
from bartizan.report.oscal_common import prose, token
from bartizan.report.oscal_controls import render_baseline, render_controls
from bartizan.report.oscal_dossier import CATALOG_FILE, Dossier
from bartizan.report.oscal_poam import render_poam
from bartizan.report.oscal_ssp import render_ssp
from tests.report.hostile import hostile_review, hostile_system
from tests.report.oscal_held import problems
from tests.report.sample import sample_catalog, sample_review, sample_system

DAY = date(2026, 11, 28)
HOSTILE = 'a "quote"\nand <b>more</b> `ümläut`: {{ x }} [y](z)'
TYPES: dict[str, Any] = {
    "catalog": OscalCatalog,
    "profile": Profile,
    "system-security-plan": Plan,
    "assessment-plan": AssessmentPlan,
    "assessment-results": Results,
    "plan-of-action-and-milestones": Poam,
}
RENDERERS = {
    "baseline": render_baseline,
    "ssp": render_ssp,
    "assessment-plan": render_assessment_plan,
    "assessment": render_assessment,
    "poam": render_poam,
}


def _view(control: str, place: str, state: ControlState, **more: Any) -> ControlView:
    given: dict[str, Any] = {"title": f"Title of {control}", "required": True}
    return ControlView(control=control, place=place, state=state, **given | more)


def _proof(control: str, place: str = "", **more: Any) -> Proof:
    given: dict[str, Any] = {"system": "helpdesk", "source": ProofSource.TEST, "observed_at": date(2026, 11, 1)}
    return Proof(control=control, place=place, **given | more)


PROVEN = _proof("agent-audit-log", "copilot", good_until=date(2027, 1, 1), digest="0" * 64, by="tests", detail=HOSTILE)
FAILED = _proof("red-teaming", outcome="fail", source=ProofSource.ATTESTATION)
VIEWS = [
    _view("agent-audit-log", "copilot", ControlState.PROVEN, proof=PROVEN, good_until=date(2027, 1, 1), required=False),
    _view("red-teaming", "", ControlState.FAILING, proof=FAILED),
    _view("encrypt-in-transit", "copilot -> llm", ControlState.IN_PLACE, required=False),
    _view("kill-switch", "copilot", ControlState.PLANNED, planned=date(2027, 1, 31), required=False),
    _view(
        "cost-cap", "llm", ControlState.REQUIRED, excepted="no-cap", compensating=["agent-audit-log", "log-redaction"]
    ),
    _view("tool-allow-list", "copilot", ControlState.REQUIRED),
    _view("user-training", "employee", ControlState.REQUIRED, expired=True),
    _view("gone-from-the-catalog", "", ControlState.IN_PLACE),
]
EXCEPTIONS = {
    "no-cap": ExceptionSpec(
        title="No cap", control="cost-cap", owner="Anna", why=HOSTILE, starts=DAY, ends=date(2027, 3, 1),
        approved_by="Ben", compensating=["agent-audit-log", "log-redaction"],
    ),
    "asked": ExceptionSpec(
        title="Asked", control="tool-allow-list", owner="Anna", why="later", starts=DAY, ends=date(2027, 3, 1)
    ),
}  # fmt: skip


def _dossier(**changes: Any) -> Dossier:
    system = msgspec.structs.replace(
        sample_system(), controls=[Placed(control="kill-switch", on=["copilot"], note="in May")]
    )
    organisation = Organisation(title="Helvion")
    given: dict[str, Any] = {
        "name": system.id, "system": system, "proven": system, "review": sample_review(), "views": VIEWS,
        "proofs": [PROVEN, FAILED, _proof("agent-audit-log", "else")], "exceptions": EXCEPTIONS,
        "tier": organisation.tiers[0], "organisation": organisation, "unit": "IT", "catalog": sample_catalog(),
        "as_of": DAY,
    }  # fmt: skip
    return Dossier(**given | changes)


def _hostile() -> Dossier:
    system, review = hostile_system(), hostile_review()
    places = ["", *list(system.components)[:2]]
    views = [
        _view(name, place, ControlState.REQUIRED, title=HOSTILE)
        for name in ("cost-cap", "red-teaming")
        for place in places
    ]
    return _dossier(name="hostile", system=system, proven=system, review=review, views=views, proofs=[])


def _nothing() -> Dossier:
    system = System(id="7-bare")
    return _dossier(name="7-bare", system=system, proven=system, views=[], proofs=[], exceptions={}, unit="")


def _files(dossier: Dossier) -> dict[str, str]:
    made = {dossier.file(what): render(dossier) for what, render in RENDERERS.items()}
    return {CATALOG_FILE: render_controls(dossier.catalog, dossier.as_of), **made}


@cache
def _sample() -> dict[str, Any]:
    return {name.split(".oscal-")[-1]: json.loads(text) for name, text in _files(_dossier()).items()}


@pytest.mark.parametrize("make", [_dossier, _hostile, _nothing])
def test_the_documents_about_a_system_are_valid_and_hold_together(make: Any) -> None:
    files = _files(make())
    assert files == _files(make())
    documents = {name: json.loads(text) for name, text in files.items()}
    for name, document in documents.items():
        (model,) = document
        TYPES[model].model_validate(document)
        assert {name: problems(name, documents)} == {name: []}


def _by_control() -> dict[str, dict[str, Any]]:
    said = _sample()["ssp.json"]["system-security-plan"]["control-implementation"]
    return {one["control-id"]: one["by-components"][0] for one in said["implemented-requirements"]}


def test_a_security_plan_says_how_each_control_is_implemented_where() -> None:
    plan, found = _sample()["ssp.json"]["system-security-plan"], _by_control()
    assert {name: one["implementation-status"]["state"] for name, one in found.items()} == {
        "agent-audit-log": "implemented",
        "red-teaming": "partial",
        "encrypt-in-transit": "implemented",
        "kill-switch": "planned",
        "cost-cap": "alternative",
        "tool-allow-list": "planned",
        "user-training": "partial",
    }
    titles = {one["uuid"]: one["title"] for one in plan["system-implementation"]["components"]}
    assert titles[found["encrypt-in-transit"]["component-uuid"]] == "Help desk agent → Language model"
    assert titles[found["red-teaming"]["component-uuid"]] == "Help desk copilot"
    assert found["kill-switch"]["description"].endswith("Note: in May.")
    assert "approved by Ben" in found["cost-cap"]["implementation-status"]["remarks"]
    assert "gone-from-the-catalog" in plan["control-implementation"]["description"]


def test_a_security_plan_names_evidence_with_its_dates_and_who_answers() -> None:
    plan, found = _sample()["ssp.json"]["system-security-plan"], _by_control()
    (link,) = found["agent-audit-log"]["links"]
    resources = {f"#{one['uuid']}": one for one in plan["back-matter"]["resources"]}
    evidence = resources[link["href"]]
    props = {one["name"]: one["value"] for one in evidence["props"]}
    assert (props["published"], props["good-until"]) == ("2026-11-01T00:00:00Z", "2027-01-01")
    file, _, observed = evidence["rlinks"][0]["href"].partition("#")
    (result,) = _sample()[file.split(".oscal-")[1]]["assessment-results"]["results"]
    assert observed in {one["uuid"] for one in result["observations"]}
    names = {one["uuid"]: one["name"] for one in plan["metadata"]["parties"]}
    roles = {
        one["role-id"]: [names[uuid] for uuid in one["party-uuids"]] for one in found["cost-cap"]["responsible-roles"]
    }
    assert roles == {"asset-owner": ["IT services"], "exception-owner": ["Anna"], "authorizing-official": ["Ben"]}


def test_a_security_plan_classifies_what_the_system_holds() -> None:
    said = _sample()["ssp.json"]["system-security-plan"]["system-characteristics"]
    types = {one["title"]: one for one in said["system-information"]["information-types"]}
    assert types["HR cases"]["confidentiality-impact"]["base"] == "fips-199-high"
    assert types["Knowledge articles"]["confidentiality-impact"]["base"] == "fips-199-low"
    assert said["security-impact-level"]["security-objective-confidentiality"] == "fips-199-high"
    assert said["system-information"]["props"] == [{"name": "privacy-designation", "value": "yes"}]
    assert (
        "Private subnet (restricted, within cloud): Article index, Ticket database"
        in (said["authorization-boundary"]["description"])
    )
    assert "Help desk agent calls Language model" in said["data-flow"]["description"]


def test_users_are_the_parties_that_touch_the_system() -> None:
    users = _sample()["ssp.json"]["system-security-plan"]["system-implementation"]["users"]
    does = {one["short-name"]: one["authorized-privileges"][0]["functions-performed"] for one in users}
    assert "writes Ticket database" in does["employees"]
    assert does["team"] == ["configures Help desk agent"]
    assert next(one for one in users if one["short-name"] == "public")["props"][0]["value"] == "general-public"


def test_a_plan_of_action_has_what_is_not_proven_and_what_was_accepted() -> None:
    plan = _sample()["poam.json"]["plan-of-action-and-milestones"]
    risks = {_prop(one, "control") or _prop(one, "threat-id"): one for one in plan["risks"]}
    assert {name: one["status"] for name, one in risks.items()} == {
        "red-teaming": "open",
        "kill-switch": "remediating",
        "cost-cap": "deviation-approved",
        "tool-allow-list": "deviation-requested",
        "user-training": "open",
        "model-api-access@llm": "deviation-approved",
    }
    assert risks["cost-cap"]["deadline"] == "2027-03-01T00:00:00Z"
    assert [_prop(one, "control") for one in risks["cost-cap"]["mitigating-factors"]] == [
        "agent-audit-log",
        "log-redaction",
    ]
    (response,) = risks["kill-switch"]["remediations"]
    assert response["tasks"][0]["timing"] == {"on-date": {"date": "2027-01-31T00:00:00Z"}}
    assert len(plan["poam-items"]) == len(plan["risks"])


def _prop(entry: Any, name: str) -> str:
    return next((str(one["value"]) for one in entry["props"] if one["name"] == name), "")


def test_results_say_how_each_control_stands() -> None:
    (result,) = _sample()["assessment.json"]["assessment-results"]["results"]
    states = {_prop(one, "control"): one["target"]["status"]["state"] for one in result["findings"]}
    assert states.pop("agent-audit-log") == "satisfied"
    assert set(states.values()) == {"not-satisfied"}
    assert len(result["observations"]) == 3


def test_an_assessment_plan_says_how_and_how_often_each_control_is_proven() -> None:
    plan = _sample()["assessment-plan.json"]["assessment-plan"]
    tasks = {_prop(one, "control"): one for one in plan["tasks"]}
    assert tasks["agent-audit-log"]["timing"] == {"at-frequency": {"period": 90, "unit": "days"}}
    assert _prop(tasks["agent-audit-log"], "evidence-ends") == "2027-01-01"
    methods = {_prop(one, "control") + ":" + _prop(one, "method") for one in plan["local-definitions"]["activities"]}
    assert "agent-audit-log:TEST" in methods


def test_where_nothing_is_asked_for_everything_is_not_applicable_and_nothing_open() -> None:
    documents = {name: json.loads(text) for name, text in _files(_nothing()).items()}
    plan = documents["7-bare.oscal-ssp.json"]["system-security-plan"]
    asked = plan["control-implementation"]["implemented-requirements"]
    states = {one["by-components"][0]["implementation-status"]["state"] for one in asked}
    assert (states, len(asked)) == ({"not-applicable"}, len(sample_catalog().controls))


@pytest.mark.parametrize(
    ("text", "made"),
    [("a b/c", "a-b-c"), ("7-x", "_7-x"), ("", "x"), ("Art. 5", "Art.-5")],
)
def test_tokens_have_no_spaces_and_no_digit_first(text: str, made: str) -> None:
    assert token(text) == made


def test_what_people_write_marks_nothing_up() -> None:
    assert prose(" a <b> [c](d) {{ e }} `f` *g* ") == r"a \<b> \[c](d) \{{ e }} \`f\` \*g\*"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"metadata": {"title": ""}}, "/metadata lacks version"),
        ({"import-ssp": {"href": "else.json"}}, "else.json is not there"),
        ({"poam-items": [{"uuid": "x", "title": "t", "description": "d"}]}, "/poam-items/0/uuid is 'x'"),
        ({"risks": [{"related-observations": [{"observation-uuid": "y"}]}]}, "leads nowhere: y"),
    ],
)
def test_the_check_itself_finds_what_is_wrong(change: dict[str, Any], said: str) -> None:
    documents = dict(zip(_files(_dossier()), _sample().values(), strict=True))
    name = "helpdesk.oscal-poam.json"
    assert problems(name, documents) == []
    broken = {"plan-of-action-and-milestones": documents[name]["plan-of-action-and-milestones"] | change}
    assert any(said in one for one in problems(name, {**documents, name: broken}))
