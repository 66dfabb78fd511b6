"""Evidence, assessments, the trail, answers and the catalog over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.console.services import Services
from bartizan.govern.roles import Role
from bartizan.model.documents import Kind
from bartizan.model.system import System
from bartizan.store.register import Unavailable
from tests.console.api.conftest import Client, Clients, example, keep, person

PROOF = {"system": "claims-assistant", "control": "log-redaction", "source": "test", "observed_at": "2026-11-27"}


@pytest.fixture
def system(services: Services) -> None:
    """Keep a system."""
    keep(services, example(Kind.SYSTEM))


@pytest.mark.usefixtures("system")
def test_evidence_is_added_once_and_listed(reviewer: Client) -> None:
    proofs = [PROOF, {**PROOF, "place": "model", "outcome": "fail"}]
    made = reviewer.post("/api/v1/evidence", json=proofs)
    assert (made.status_code, made.json()) == (201, {"added": 2, "known": 0})
    again = reviewer.post("/api/v1/evidence", json=proofs)
    assert (again.status_code, again.json()) == (200, {"added": 0, "known": 2})
    page = reviewer.get("/api/v1/evidence", params={"limit": 1}).json()
    assert (page["total"], page["items"][0]["proof"]["outcome"]) == (2, "fail")
    rest = reviewer.get("/api/v1/evidence", params={"limit": 1, "after": page["next"]})
    assert rest.json()["items"][0]["proof"]["control"] == "log-redaction"
    assert "next" not in rest.links
    failed = reviewer.get("/api/v1/evidence", params={"outcome": "fail", "source": "test", "system": PROOF["system"]})
    assert failed.json()["total"] == 1


@pytest.mark.usefixtures("system")
@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"system": "other"}, "there is no System"),
        ({"system": "a\x00b"}, "there is no System"),
        ({"control": "log-redactoin"}, "is no control"),
        ({"outcome": "maybe"}, "is no outcome"),
        ({"place": "modle"}, "is no component, zone or flow"),
        ({"source": "attestation"}, "needs the person"),
        ({"observed_at": "2026-11-29"}, "to come"),
        ({"good_until": "2026-11-01"}, "ends before it was observed"),
        ({"detail": "a\x00b"}, "U+0000"),
        ({"source": "rumour"}, "is not a word"),
        ({"observed_at": "yesterday"}, "is not a date"),
        ({"more": 1}, "is not a key"),
    ],
)
def test_evidence_that_is_wrong_is_told_with_its_piece(reviewer: Client, changes: Any, said: str) -> None:
    got = reviewer.post("/api/v1/evidence", json=[PROOF, {**PROOF, **changes}])
    assert got.status_code == 422
    errors = got.json()["errors"]
    assert said in errors[0]["detail"]
    assert errors[0]["pointer"].startswith("/1")
    assert reviewer.get("/api/v1/evidence").json()["total"] == 0


@pytest.mark.usefixtures("system")
def test_a_place_that_there_is_not_is_told_with_the_nearest(reviewer: Client) -> None:
    got = reviewer.post("/api/v1/evidence", json=[{**PROOF, "place": "assistant -> modle"}])
    assert got.json()["errors"][0]["help"] == "did you mean `assistant -> model`?"
    assert reviewer.post("/api/v1/evidence", json=[{**PROOF, "place": "cloud"}]).status_code == 201


@pytest.mark.usefixtures("system")
def test_evidence_is_bounded_and_for_those_who_may_change_the_system(clients: Clients, reviewer: Client) -> None:
    assert reviewer.post("/api/v1/evidence", json=[PROOF] * 5_001).status_code == 422
    assert clients(person(Role.AUDITOR)).post("/api/v1/evidence", json=[PROOF]).status_code == 403
    other = clients(person(Role.ENGINEER, unit="research"))
    assert other.post("/api/v1/evidence", json=[PROOF]).status_code == 422
    assert other.get("/api/v1/evidence").json()["total"] == 0


@pytest.mark.usefixtures("system")
def test_what_follows_for_a_system_is_read(reviewer: Client) -> None:
    url = "/api/v1/systems/claims-assistant"
    assessment = reviewer.get(f"{url}/assessment").json()
    assert (assessment["system"], assessment["version"]) == ("claims-assistant", 1)
    controls = reviewer.get(f"{url}/controls").json()
    assert controls["total"] == sum(assessment["controls"].values()) > 0
    review = reviewer.get(f"{url}/review").json()
    assert review["schema"] == "bartizan/review/1"
    assert reviewer.get("/api/v1/systems/other/review").status_code == 404
    entry = reviewer.get("/api/v1/systems", params={"order": "-risk", "tier": assessment["tier"]}).json()["items"][0]
    assert entry["assessment"]["residual_p50"] == assessment["residual_p50"]


@pytest.mark.parametrize(
    "part",
    [
        "systems/claims-assistant/review",
        "systems/claims-assistant/controls",
        "interchange/claims-assistant.oscal-ssp.json",
    ],
)
def test_of_a_system_that_can_not_be_assessed_it_is_told_why(reviewer: Client, services: Services, part: str) -> None:
    document = example(Kind.SYSTEM)
    assert isinstance(document.spec, System)
    # What no reader would have let in.
    document.spec.data["claims"].class_ = "odd"
    keep(services, document)
    got = reviewer.get(f"/api/v1/{part}")
    assert (got.status_code, got.headers["Content-Type"]) == (404, "application/problem+json")
    assert got.json()["type"] == "urn:bartizan:problem:not-assessed"
    assert "`odd` is not a class of the scheme" in got.json()["detail"]
    assert reviewer.get("/api/v1/systems/claims-assistant/assessment").json()["mistake"]


@pytest.mark.usefixtures("system")
def test_a_system_is_read_in_formats_of_other_programs(clients: Clients, reviewer: Client) -> None:
    address = "/api/v1/interchange/claims-assistant.oscal-ssp.json"
    got = reviewer.get(address)
    assert (got.status_code, got.headers["content-type"]) == (200, "application/json")
    assert got.json()["system-security-plan"]["import-profile"]["href"] == "claims-assistant.oscal-baseline.json"
    assert reviewer.get("/api/v1/interchange/claims-assistant.oscal.zip").content[:2] == b"PK"
    elsewhere = clients(person(Role.ENGINEER, unit="research"))
    for wrong in (address, "/api/v1/interchange/claims-assistant.txt", "/api/v1/interchange/UPPER.oscal.zip"):
        refused = elsewhere.get(wrong)
        assert (refused.status_code, refused.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.usefixtures("system")
def test_the_trail_is_for_those_who_audit(clients: Clients, reviewer: Client) -> None:
    assert reviewer.get("/api/v1/trail").status_code == 403
    auditor = clients(person(Role.AUDITOR))
    page = auditor.get("/api/v1/trail", params={"limit": 1}).json()
    assert (page["total"], page["items"][0]["name"]) == (2, "claims-assistant")
    rest = auditor.get("/api/v1/trail", params={"after": page["next"]}).json()
    assert [one["name"] for one in rest["items"]] == ["organisation"]
    of_unit = clients(person(Role.AUDITOR, unit="research")).get("/api/v1/trail").json()
    assert of_unit["items"] == []


def test_one_is_told_who_one_is(clients: Clients) -> None:
    me = clients(person(Role.ENGINEER, unit="claims", program=True)).get("/api/v1/me").json()
    assert (me["id"], me["program"], me["may"]["change"]) == ("anna", True, ["claims"])
    assert "administer" not in me["may"]
    assert clients(person(Role.ADMINISTRATOR)).get("/api/v1/me").json()["may"]["administer"] is None


def test_a_question_is_answered_with_reasons(reviewer: Client, services: Services) -> None:
    keep(services, example(Kind.TOOL, standing="approved", highest="internal", decided_by="anna"))
    asked = {"tool": "meeting-notes", "class": "restricted", "categories": ["health"]}
    got = reviewer.post("/api/v1/answers", json=asked)
    assert (got.status_code, got.json()["verdict"]) == (200, "no")
    assert got.json()["reasons"]
    assert reviewer.post("/api/v1/answers", json={**asked, "class": "cosmic"}).status_code == 422
    assert reviewer.post("/api/v1/answers", json={**asked, "tool": "other"}).status_code == 404
    assert reviewer.post("/api/v1/answers", json={**asked, "categories": ["x"]}).status_code == 422
    assert reviewer.post("/api/v1/answers", json=[]).status_code == 422


def test_the_catalog_is_listed_and_read(reviewer: Client, services: Services) -> None:
    page = reviewer.get("/api/v1/catalog/controls").json()
    assert page["total"] == len(services.catalog.controls)
    found = reviewer.get("/api/v1/catalog/controls", params={"text": "log-redaction"}).json()
    assert [one["id"] for one in found["items"]] == ["log-redaction"]
    entry = reviewer.get("/api/v1/catalog/controls/log-redaction").json()
    assert entry["title"] == found["items"][0]["title"]
    assert reviewer.get("/api/v1/catalog/controls/none").status_code == 404
    (stated,) = reviewer.get("/api/v1/catalog/statements", params={"text": "agent-has-a-charter"}).json()["items"]
    statement = reviewer.get("/api/v1/catalog/statements/agent-has-a-charter").json()
    assert statement["title"] == stated["title"] == statement["text"]["en"]
    assert statement["level"] == "must"
    assert reviewer.get("/api/v1/catalog/rules").status_code == 404


@pytest.mark.parametrize("part", ["threats", "controls", "patterns", "positions", "frameworks", "statements"])
def test_every_entry_of_the_catalog_can_be_written(reviewer: Client, part: str) -> None:
    first = reviewer.get(f"/api/v1/catalog/{part}").json()["items"][0]
    assert reviewer.get(f"/api/v1/catalog/{part}/{first['id']}").status_code == 200


def test_methods_that_an_address_does_not_take_are_problems(reviewer: Client) -> None:
    got = reviewer.delete("/api/v1/evidence")
    assert (got.status_code, got.headers["Content-Type"]) == (405, "application/problem+json")
    assert "GET" in got.headers["Allow"]


def test_a_register_that_is_away_is_said_so(clients: Clients, services: Services) -> None:
    class Away:
        """Stands for a database that doesn't answer."""

        def __getattr__(self, name: str) -> Any:
            raise Unavailable("the database doesn't answer", help="try again")

    object.__setattr__(services, "register", Away())
    got = clients(person(Role.REVIEWER)).get("/api/v1/tools")
    assert (got.status_code, got.headers["Retry-After"]) == (503, "5")
    assert got.json()["detail"] == "the register can't be reached"


def test_a_mistake_of_our_own_says_nothing_of_how_we_work(clients: Clients, services: Services) -> None:
    class Broken:
        """Stands for a mistake of ours."""

        def __getattr__(self, name: str) -> Any:
            raise ValueError("password=hunter2")

    object.__setattr__(services, "register", Broken())
    got = clients(person(Role.REVIEWER)).get("/api/v1/tools")
    assert (got.status_code, got.headers["Content-Type"]) == (500, "application/problem+json")
    assert "hunter2" not in got.text


REPORT = """<testsuite timestamp="2026-11-27T10:00:00">
<properties><property name="bartizan.control" value="rate-limit"/></properties>
<testcase classname="quotas" name="holds"/><testcase name="gone"><skipped/></testcase></testsuite>"""
TESTS = "/api/v1/systems/claims-assistant/tests"
XML = {"Content-Type": "application/xml"}


@pytest.mark.usefixtures("system")
def test_a_report_of_tests_becomes_evidence(clients: Clients, reviewer: Client) -> None:
    tried = reviewer.post(TESTS, content=REPORT, headers=XML, params={"dry_run": "true"})
    assert (tried.status_code, tried.json()["added"], len(tried.json()["evidence"])) == (200, 0, 1)
    made = reviewer.post(TESTS, content=REPORT, headers=XML)
    assert made.status_code == 201, made.text
    counted = {key: value for key, value in made.json().items() if key != "evidence"}
    assert counted == {"added": 1, "known": 0, "passed": 1, "failed": 0, "skipped": 1, "without": 0, "unnamed": []}
    kept = reviewer.get("/api/v1/evidence").json()["items"][0]["proof"]
    assert kept == made.json()["evidence"][0]
    assert (kept["by"], kept["observed_at"], kept["detail"]) == ("anna", "2026-11-27", "1 test passed")
    again = reviewer.post(TESTS, content=REPORT, headers={"Content-Type": "text/xml; charset=utf-8"})
    assert (again.status_code, again.json()["known"]) == (200, 1)
    assert clients(person(Role.AUDITOR)).post(TESTS, content=REPORT, headers=XML).status_code == 403
    assert clients(person(Role.ENGINEER, unit="research")).post(TESTS, content=REPORT, headers=XML).status_code == 404


@pytest.mark.usefixtures("system")
def test_rules_and_lines_tell_what_tests_are_about(reviewer: Client) -> None:
    report = REPORT.replace("bartizan.control", "other")
    assert reviewer.post(TESTS, content=report, headers=XML).status_code == 422
    rules = [{"match": "quotas.*", "controls": ["log-redaction"], "place": "model"}]
    ruled = reviewer.post(TESTS, json={"report": report, "tests": rules}, params={"observed_at": "2026-11-26"})
    assert ruled.json()["evidence"][0]["observed_at"] == "2026-11-26"
    line = b'{"control": "rate-limit", "outcome": "fail", "observed_at": "2026-11-28", "place": "model"}\n'
    lines = {"Content-Type": "application/x-ndjson"}
    assert reviewer.post(TESTS, content=line, headers=lines).json()["failed"] == 1
    assert reviewer.get("/api/v1/evidence").json()["total"] == 2
    for content, headers, query in (
        (b"", lines, {}),
        (line.replace(b"-28", b"-29"), lines, {}),
        (line, XML, {}),
        (line, lines, {"observed_at": "2026-11-26"}),
        (REPORT.encode(), XML, {"observed_at": "2026-11-29"}),
    ):
        got = reviewer.post(TESTS, content=content, headers=headers, params=query)
        assert (got.status_code, got.headers["Content-Type"]) == (422, "application/problem+json"), got.text
