from __future__ import annotations

import pytest

from bartizan.govern.intake import questions
from bartizan.model import System
from bartizan.model.documents import Kind
from tests.console.pages.site import ORGANISATION, Site, text

ANSWERS = {
    "name": "Claims helper", "what": "documents", "users": "employees", "data": "confidential",
    "categories": ["personal", "health"], "outside": "yes", "acts": "nothing", "hosting": "provider",
    "criticality": "medium", "unit": "claims",
}  # fmt: skip


def test_there_are_fewer_than_ten_questions_on_one_page(site: Site) -> None:
    page = site.get("/intake", "ana")
    assert page.status_code == 200
    assert len(questions(ORGANISATION)) < 10
    assert all(one.text in text(page) for one in questions(ORGANISATION))


def test_answers_make_a_draft_that_its_asker_owns(site: Site) -> None:
    answer = site.post("/intake", ANSWERS, "ana")
    assert (answer.status_code, answer.headers["location"]) == (303, "/systems/claims-helper")
    stored = site.stored(Kind.SYSTEM, "claims-helper")
    assert stored.document.unit == "claims"
    system = stored.document.spec
    assert isinstance(system, System)
    assert (system.name, system.owner) == ("Claims helper", "ana@helvion.example")
    assert system.components
    assert site.post("/intake", ANSWERS, "ana").headers["location"] == "/systems/claims-helper-2"


@pytest.mark.parametrize(
    ("more", "field"),
    [({"name": ""}, "name"), ({"what": ""}, "what"), ({"acts": "flies"}, "acts"), ({"unit": "life"}, "unit"),
     ({"categories": ["odd"]}, "categories")],
)  # fmt: skip
def test_what_is_missing_or_odd_is_told_and_the_rest_kept(site: Site, more: dict[str, object], field: str) -> None:
    page = site.post("/intake", ANSWERS | more, "ana")
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert 'value="confidential" checked' in page.text


@pytest.mark.parametrize("who", ["aud", "adm"])
def test_who_may_only_read_can_t_begin_anything(site: Site, who: str) -> None:
    assert site.get("/intake", who).status_code == 403
    assert site.post("/intake", ANSWERS, who).status_code == 403
