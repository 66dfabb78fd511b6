"""A system's pages: every view of it, decisions, evidence, files to take along."""

from __future__ import annotations

import json

import pytest

from bartizan.analysis.result import Review
from bartizan.console.assessing import standing
from bartizan.console.pages.system_graph import graph_of, money_at
from bartizan.model import System
from bartizan.model.documents import Kind
from bartizan.report import FORMATS
from bartizan.report.paper_names import Names
from tests.console.pages.site import Site, text

HERE = "/systems/fraud-model"
TABS = ["", "/paths", "/threats", "/controls", "/risk", "/coverage", "/evidence", "/history"]


def review_of(site: Site) -> Review:
    found = standing(site.services, site.stored(Kind.SYSTEM, "fraud-model")).review
    assert found is not None
    return found


@pytest.mark.parametrize("tab", TABS)
def test_every_view_is_there_and_marks_its_own_tab(site: Site, tab: str) -> None:
    page = site.get(f"{HERE}{tab}")
    assert page.status_code == 200
    assert f'<a href="{HERE}{tab}" aria-current="page">' in page.text


@pytest.mark.parametrize(
    "tab", [*TABS, "/diagram.svg", "/paths.json", "/risk.json", "/reports/json", "/decide?threat=x"]
)
def test_a_system_of_another_unit_is_as_if_it_were_not_there(site: Site, tab: str) -> None:
    hidden = site.get(f"{HERE}{tab}", by="lif")
    gone = site.get(f"/systems/nothing{tab}", by="lif")
    assert hidden.status_code == gone.status_code == 404
    assert hidden.text.replace("fraud-model", "nothing") == gone.text


def test_a_path_is_told_step_by_step_and_another_can_be_chosen(site: Site) -> None:
    paths = review_of(site).paths
    chosen = paths[-1]
    page = site.get(f"{HERE}/paths?path={chosen.id}")
    assert all(step.title in text(page) for step in chosen.steps)
    assert 'id="step-1"' in page.text
    assert site.get(f"{HERE}/paths?path=nonsense").status_code == 200


def test_the_graph_holds_the_walk_of_the_path_and_where_its_steps_end(site: Site) -> None:
    review = review_of(site)
    path = review.paths[0]
    graph = json.loads(site.get(f"{HERE}/paths.json?path={path.id}").content)
    nodes = {node["id"] for node in graph["nodes"]}
    assert set(graph["walk"]) <= nodes
    assert len(graph["stops"]) == len(path.steps)
    assert graph["stops"] == sorted(graph["stops"])
    assert graph["stops"][-1] == len(graph["walk"])
    pairs = {(edge["source"], edge["target"]) for edge in graph["edges"]}
    assert set(zip(graph["walk"], graph["walk"][1:], strict=False)) <= pairs


def test_there_is_no_graph_of_a_path_that_there_is_not(site: Site) -> None:
    system = site.spec(Kind.SYSTEM, "fraud-model")
    assert isinstance(system, System)
    review = review_of(site)
    empty = graph_of(review, system, Names(review, system, site.catalog), "none")
    assert empty == {"nodes": [], "edges": [], "walk": [], "stops": []}


def test_sums_are_read_off_a_curve_between_its_points() -> None:
    curve = [[0.0, 1.0], [100.0, 0.5], [200.0, 0.1]]
    assert money_at(curve, 0.5) == 100
    assert money_at(curve, 0.3) == 150
    assert money_at(curve, 0.05) == 200
    assert money_at([[10.0, 0.4]], 0.5) == 0
    assert money_at([], 0.5) == 0


def test_the_numbers_of_the_charts_come_with_words_in_the_readers_language(site: Site) -> None:
    data = json.loads(site.get(f"{HERE}/risk.json", cookie="language=it").content)
    assert data["language"] == "it"
    assert len(data["curves"]) == 3
    assert data["curves"][1]["points"] == review_of(site).risk.exceedance


def test_the_diagram_is_an_image_that_a_browser_keeps(site: Site) -> None:
    answer = site.get(f"{HERE}/diagram.svg")
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.content.startswith(b"<svg")
    again = site.get(f"{HERE}/diagram.svg", **{"if-none-match": answer.headers["etag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("name", list(FORMATS))
def test_reports_are_files_with_the_systems_name(site: Site, name: str) -> None:
    answer = site.get(f"{HERE}/reports/{name}")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="fraud-model{FORMATS[name].suffix}"'
    assert len(answer.content) > 500


def test_a_format_that_there_is_not_is_told(site: Site) -> None:
    assert site.get(f"{HERE}/reports/exe").status_code == 404


def decision(site: Site, **changed: str) -> dict[str, str]:
    threat = review_of(site).threats[0].id
    return {"threat": threat, "verdict": "mitigate", "why": "We do it.", "until": "2027-03-01", **changed}


def test_a_decision_goes_into_the_system(site: Site) -> None:
    data = decision(site)
    answer = site.post(f"{HERE}/decide", data, by="own")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{HERE}/threats")
    (kept,) = [one for one in site.spec(Kind.SYSTEM, "fraud-model").decisions if one.threat == data["threat"]]
    assert (kept.by, kept.why) == ("own", "We do it.")


def test_accepting_above_the_appetite_asks_a_second_person_and_changes_nothing_yet(site: Site) -> None:
    before = site.stored(Kind.SYSTEM, "fraud-model").version
    data = decision(site, verdict="accept")
    form = site.get(f"{HERE}/decide?threat={data['threat']}", by="own")
    assert "A second person has to confirm this" in text(form)
    answer = site.post(f"{HERE}/decide", data, by="own")
    assert answer.status_code == 303
    assert site.stored(Kind.SYSTEM, "fraud-model").version == before


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("why", "", "This is needed"),
        ("until", "2020-01-01", "too early"),
        ("until", "2030-01-01", "a year at most"),
        ("verdict", "ignore", "Choose one"),
    ],
)
def test_a_decision_that_can_not_stand_comes_back_with_what_was_written(
    site: Site, field: str, value: str, told: str
) -> None:
    answer = site.post(f"{HERE}/decide", decision(site, ticket="T-1", **{field: value}), by="own")
    assert answer.status_code == 422
    assert told in text(answer)
    assert 'value="T-1"' in answer.text


def test_those_who_only_read_decide_nothing(site: Site) -> None:
    assert site.post(f"{HERE}/decide", decision(site), by="aud").status_code == 403
    assert "Decide" not in text(site.get(f"{HERE}/threats", by="aud"))


def test_there_is_no_decision_about_a_threat_that_there_is_not(site: Site) -> None:
    assert site.get(f"{HERE}/decide?threat=none", by="own").status_code == 404


EVIDENCE = {
    "control": "audit-logging", "place": "", "outcome": "pass", "detail": "Looked at the log.",
    "observed_at": "2026-11-20", "good_until": "",
}  # fmt: skip


def test_somebodys_word_becomes_evidence_of_theirs(site: Site) -> None:
    control = next(iter(site.catalog.controls))
    answer = site.post(f"{HERE}/evidence/new", {**EVIDENCE, "control": control}, by="eng")
    assert answer.headers["location"] == f"{HERE}/controls"
    (kept,) = site.register.evidence.latest("fraud-model")
    assert (kept.proof.control, kept.proof.by, kept.proof.source) == (control, "eng", "attestation")
    assert "Looked at the log." in text(site.get(f"{HERE}/evidence?source=attestation"))
    assert "No evidence yet" in text(site.get(f"{HERE}/evidence?source=scan"))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("control", "made-up"),
        ("place", "no-such-part"),
        ("detail", ""),
        ("observed_at", "2026-11-29"),
        ("good_until", "2026-01-01"),
        ("outcome", "maybe"),
    ],
)
def test_evidence_that_can_not_count_comes_back(site: Site, field: str, value: str) -> None:
    control = next(iter(site.catalog.controls))
    answer = site.post(f"{HERE}/evidence/new", {**EVIDENCE, "control": control, field: value}, by="eng")
    assert answer.status_code == 422
    assert f'id="{field}-wrong"' in answer.text
    assert len(site.register.evidence.latest("fraud-model")) == 0


def test_those_who_only_read_add_no_evidence(site: Site) -> None:
    assert site.get(f"{HERE}/evidence/new", by="aud").status_code == 403
    assert site.post(f"{HERE}/evidence/new", EVIDENCE, by="aud").status_code == 403


def test_controls_can_be_kept_to_a_state(site: Site) -> None:
    page = site.get(f"{HERE}/controls?state=required")
    assert page.text.count("tag-required") > 0
    assert "tag-proven" not in page.text


def test_two_versions_are_held_against_each_other(site: Site) -> None:
    site.post(f"{HERE}/decide", decision(site), by="own")
    page = text(site.get(f"{HERE}/history?version=2&against=1"))
    assert "spec.decisions" in page
    assert "We do it." in page
    assert "Nothing is different" in text(site.get(f"{HERE}/history?version=1&against=1"))
    assert site.get(f"{HERE}/history?version=999&against=-5").status_code == 200
