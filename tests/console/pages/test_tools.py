from __future__ import annotations

from datetime import date

import pytest

from bartizan.model.documents import Claim, ExceptionSpec, Grade, Kind, Standing, ToolSpec, VendorSpec
from bartizan.model.words import Category
from tests.console.pages.site import TODAY, Site, text

PEN = ToolSpec(title="Pen", standing=Standing.APPROVED, highest="internal", good_until=date(2027, 5, 1), vendor="acme",
               instead=["quill"])  # fmt: skip
CLAIM = {"criterion": "retention", "value": "30 days", "grade": "B", "source": "contract § 4", "seen_on": "2026-11-01"}
DECISION = {"standing": "approved", "highest": "confidential", "good_until": "2027-06-01", "why": "reviewed"}


@pytest.fixture
def pen(site: Site) -> Site:
    site.put("pen", Kind.TOOL, PEN, "claims")
    site.put("acme", Kind.VENDOR, VendorSpec(title="Acme"))
    quill = ToolSpec(title="Quill", standing=Standing.APPROVED, highest="restricted")
    site.put("quill", Kind.TOOL, quill)
    return site


def test_the_list_shows_tools_of_units_that_one_may_see(pen: Site) -> None:
    assert "Pen" in text(pen.get("/tools", "ana"))
    others = pen.get("/tools", "lif")
    assert "Quill" in text(others)
    assert 'href="/tools/pen"' not in others.text


def test_the_list_is_filtered_by_words_and_by_what_was_decided(pen: Site) -> None:
    pen.put("ink", Kind.TOOL, ToolSpec(title="Ink"))
    assert 'href="/tools/ink"' not in pen.get("/tools?state=approved").text
    found = pen.get("/tools?text=in&state=nonsense&order=nonsense&unit=claims")
    assert found.status_code == 200
    assert 'href="/tools/ink"' not in found.text


def test_somebody_asks_whether_a_tool_may_be_used(pen: Site) -> None:
    page = pen.get("/tools/answer?tool=pen&class=public", "ana")
    assert 'class="verdict verdict-yes"' in page.text
    assert "holds until May 1, 2027" in text(page)


def test_a_no_names_the_tools_to_use_instead_and_their_own_answers(pen: Site) -> None:
    page = pen.get("/tools/answer?tool=pen&class=restricted&category=health", "ana")
    assert "it is for data up to internal, and this is restricted" in text(page)
    assert "Quill Not yet: somebody has to decide" in text(page)


def test_an_open_answer_leads_to_asking_for_an_exception(pen: Site) -> None:
    page = pen.get("/tools/quill?class=confidential", "rea")
    assert 'href="/exceptions/new?for=quill"' in page.text


def test_an_exception_for_the_tool_makes_a_yes_under_conditions(pen: Site) -> None:
    spec = ExceptionSpec(title="Trial", control="acceptable-use-policy", owner="x", why="y", systems=["quill"],
                         starts=TODAY, ends=date(2026, 12, 24), approved_by="rob")  # fmt: skip
    pen.put("trial", Kind.EXCEPTION, spec)
    page = pen.get("/tools/quill?class=confidential")
    assert "verdict-conditions" in page.text
    assert "holds until Dec 24, 2026" in text(page)


@pytest.mark.parametrize("query", ["", "?tool=pen", "?tool=pen&class=top", "?class=public"])
def test_a_question_that_is_not_whole_has_no_answer(pen: Site, query: str) -> None:
    page = pen.get(f"/tools/answer{query}")
    assert page.status_code == 200
    assert "verdict-" not in page.text.split('id="answer"')[1]


def test_tools_of_other_units_can_t_be_asked_about_nor_guessed(pen: Site) -> None:
    for path in ("/tools/answer?tool=pen&class=public", "/tools/pen", "/tools/pen/edit", "/tools/nothing"):
        assert pen.get(path, "lif").status_code == 404


def test_somebody_of_the_business_asks_for_a_tool_that_then_waits_for_a_decision(pen: Site) -> None:
    assert "What is known about it" in text(pen.get("/tools/new", "ana"))
    sent = {"title": "Brush!", "unit": "motor", "why": "drafting", "vendor": "acme", "domains": "brush.example\n"}
    answer = pen.post("/tools/new", sent, "ana")
    assert (answer.status_code, answer.headers["location"]) == (303, "/tools/brush")
    stored = pen.stored(Kind.TOOL, "brush")
    assert (stored.document.unit, stored.by, stored.why) == ("motor", "ana", "drafting")
    assert stored.document.spec == ToolSpec(title="Brush!", vendor="acme", domains=["brush.example"])
    assert pen.post("/tools/new", sent, "ana").headers["location"] == "/tools/brush-2"


def test_a_form_with_mistakes_comes_back_with_what_was_typed(pen: Site) -> None:
    page = pen.post("/tools/new", {"title": "", "about": "<b>hello</b>", "unit": "life", "vendor": "nobody"}, "ana")
    assert page.status_code == 422
    assert "&lt;b&gt;hello&lt;/b&gt;" in page.text
    assert {"title", "why", "unit", "vendor"} <= {part.split('"')[0] for part in page.text.split('href="#')[1:]}


@pytest.mark.parametrize("who", ["aud", "adm"])
def test_who_may_only_read_can_t_ask_for_a_tool(pen: Site, who: str) -> None:
    assert pen.get("/tools/new", who).status_code == 403
    assert pen.post("/tools/new", {"title": "x", "why": "y"}, who).status_code == 403


def test_a_reviewer_decides_with_an_end(pen: Site) -> None:
    sent = DECISION | {"version": 1, "forbidden": ["health", "payment"], "instead": ["quill"]}
    answer = pen.post("/tools/pen/decide", sent)
    assert answer.status_code == 303
    spec = pen.spec(Kind.TOOL, "pen")
    assert (spec.standing, spec.highest, spec.decided_by, spec.decided_on) == ("approved", "confidential", "rea", TODAY)
    assert spec.forbidden == [Category.HEALTH, Category.PAYMENT]
    assert "The change of Pen was kept" in text(pen.get("/tools/pen"))


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"good_until": ""}, "good_until"),
        ({"good_until": "2026-01-01"}, "good_until"),
        ({"highest": ""}, "highest"),
        ({"standing": "conditional"}, "conditions"),
        ({"why": ""}, "why"),
        ({"standing": "maybe"}, "standing"),
    ],
)
def test_a_decision_that_lacks_something_is_shown_again(pen: Site, more: dict[str, str], field: str) -> None:
    page = pen.post("/tools/pen/decide", DECISION | {"version": "1"} | more)
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert pen.stored(Kind.TOOL, "pen").version == 1


@pytest.mark.parametrize("who", ["ana", "eng", "own", "aud", "adm"])
def test_who_is_no_reviewer_can_t_decide(pen: Site, who: str) -> None:
    assert pen.post("/tools/pen/decide", DECISION | {"version": 1}, who).status_code == 403


def test_two_who_change_a_tool_at_once_are_told(pen: Site) -> None:
    assert pen.post("/tools/pen/decide", DECISION | {"version": 1}).status_code == 303
    assert pen.post("/tools/pen/decide", DECISION | {"version": 1, "highest": "public"}, "rob").status_code == 409
    assert pen.spec(Kind.TOOL, "pen").highest == "confidential"


def test_facts_are_changed_and_the_decision_stays(pen: Site) -> None:
    assert 'value="Pen"' in pen.get("/tools/pen/edit", "eng").text
    sent = {"title": "Pen 2", "plan": "Team", "version": 1, "why": "new name"}
    assert pen.post("/tools/pen/edit", sent, "eng").status_code == 303
    spec = pen.spec(Kind.TOOL, "pen")
    assert (spec.title, spec.plan, spec.standing, spec.vendor) == ("Pen 2", "Team", "approved", None)
    assert pen.post("/tools/pen/edit", {"title": "", "version": 2}, "eng").status_code == 422
    assert pen.get("/tools/pen/edit", "ana").status_code == 403


def test_claims_are_added_and_taken_out(pen: Site) -> None:
    assert pen.post("/tools/pen/claims", CLAIM | {"version": 1, "why": "read"}, "eng").status_code == 303
    spec = pen.spec(Kind.TOOL, "pen")
    assert spec.claims == [
        Claim(criterion="retention", value="30 days", grade=Grade.CONTRACT, source="contract § 4",
              seen_on=date(2026, 11, 1))
    ]  # fmt: skip
    assert "30 days contract § 4" in text(pen.get("/tools/pen"))
    other = {"remove": "1", "number": 0, "criterion": "location", "version": 2, "why": "oops"}
    pen.post("/tools/pen/claims", other, "eng")
    assert len(pen.spec(Kind.TOOL, "pen").claims) == 1
    assert pen.post("/tools/pen/claims", other | {"criterion": "retention"}, "eng").status_code == 303
    assert pen.spec(Kind.TOOL, "pen").claims == []


@pytest.mark.parametrize(
    ("more", "field"),
    [({"seen_on": "2027-01-01"}, "seen_on"), ({"source": ""}, "source"), ({"criterion": ""}, "criterion")],
)
def test_a_claim_says_where_and_when_it_was_read(pen: Site, more: dict[str, str], field: str) -> None:
    page = pen.post("/tools/pen/claims", CLAIM | {"version": "1", "why": "read"} | more, "eng")
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text


def test_what_people_write_is_never_markup(site: Site) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x>"
    spec = ToolSpec(title=evil, plan=evil, about=evil, owner=evil, vendor=None, domains=[evil], conditions=[evil],
                    standing=Standing.CONDITIONAL, highest="restricted", decided_by=evil,
                    claims=[Claim(criterion=evil, value=evil, source=evil, scope=evil, seen_on=TODAY)])  # fmt: skip
    site.put("evil", Kind.TOOL, spec)
    for path in ("/tools", "/tools/evil?class=public", "/tools/evil/edit", "/tools/answer?tool=evil&class=public"):
        page = site.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
