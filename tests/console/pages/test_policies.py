from __future__ import annotations

from datetime import date

import pytest

from bartizan.console.stated import statements
from bartizan.govern.policies import named
from bartizan.model.documents import ExceptionSpec, Kind, PolicySpec, PolicyState
from bartizan.report.policy import POLICY_FORMATS
from tests.console.pages.site import TODAY, Site, text

DOCUMENT = "acceptable-use-policy"
ASKED = {"document": DOCUMENT, "owner": "rob"}


def step(site: Site, move: str, by: str = "rea", **more: object) -> int:
    version = site.stored(Kind.POLICY, DOCUMENT).version
    sent = {"move": move, "version": version, "why": move} | more
    return site.post(f"/policies/{DOCUMENT}/move", sent, by).status_code


@pytest.fixture
def drafted(site: Site) -> Site:
    assert site.post("/policies", ASKED, "rob").status_code == 303
    return site


def spec(site: Site) -> PolicySpec:
    found = site.spec(Kind.POLICY, DOCUMENT)
    assert isinstance(found, PolicySpec)
    return found


def test_a_document_of_the_catalog_is_drafted_for_the_organisation(site: Site) -> None:
    assert "Draft from the catalog" in text(site.get("/policies"))
    assert "Draft from the catalog" not in text(site.get("/policies", "eng"))
    answer = site.post("/policies", ASKED | {"language": "de"}, "rob")
    assert answer.headers["location"] == f"/policies/{DOCUMENT}"
    made = spec(site)
    assert (made.state, made.owner, made.language) == (PolicyState.DRAFT, "rob", "de")
    page = text(site.get(f"/policies/{DOCUMENT}", "ana"))
    assert made.statements[0].text in page
    assert made.statements[0].number in page


@pytest.mark.parametrize(("more", "field"), [({"document": "odd"}, "document"), ({"owner": ""}, "owner")])
def test_what_can_t_be_drafted_is_told(site: Site, more: dict[str, str], field: str) -> None:
    page = site.post("/policies", ASKED | more, "rob")
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text


def test_a_document_is_drafted_once_and_by_who_may(drafted: Site) -> None:
    assert drafted.post("/policies", ASKED, "rob").status_code == 422
    for who in ("ana", "eng", "own", "aud", "adm"):
        assert drafted.post("/policies", ASKED, who).status_code == 403


def test_neither_its_owner_nor_who_wrote_it_approves_it(drafted: Site) -> None:
    assert step(drafted, "approve", "rob") == 422
    assert step(drafted, "approve", "eng") == 422
    assert "somebody else than its owner" in text(drafted.get(f"/policies/{DOCUMENT}", "rob"))
    assert step(drafted, "approve") == 303
    made = spec(drafted)
    assert (made.state, made.approved_by, made.approved_on) == (PolicyState.APPROVED, "rea", TODAY)


def test_it_is_published_with_a_day_and_then_changed_no_more(drafted: Site) -> None:
    assert step(drafted, "publish") == 422
    step(drafted, "approve")
    assert step(drafted, "publish", effective="2020-01-01") == 422
    assert step(drafted, "publish", effective="2027-01-01") == 303
    assert spec(drafted).effective == date(2027, 1, 1)
    id = spec(drafted).statements[0].id
    assert drafted.get(f"/policies/{DOCUMENT}/statements/{id}").status_code == 400
    assert drafted.post(f"/policies/{DOCUMENT}/draft", {"version": 3}).status_code == 400
    assert "What the published ones cover" in text(drafted.get("/policies"))


def test_the_next_edition_is_another_draft_and_its_changes_are_shown(drafted: Site) -> None:
    step(drafted, "approve")
    step(drafted, "publish")
    assert step(drafted, "revise") == 303
    one = spec(drafted).statements[0]
    sent = {"text": f"{one.text} Always.", "level": one.level, "why": "clearer", "version": 4}
    assert drafted.post(f"/policies/{DOCUMENT}/statements/{one.id}", sent).status_code == 303
    assert spec(drafted).edition != "1.0"
    page = drafted.get(f"/policies/{DOCUMENT}/changes")
    assert "Always" in page.text.split("<ins>")[1].split("</ins>")[0]
    assert step(drafted, "approve") == 422
    assert step(drafted, "approve", "rob") == 422


def test_what_was_published_stays_in_force_while_the_next_edition_is_written(drafted: Site) -> None:
    assert "in force" not in text(drafted.get("/policies"))
    step(drafted, "approve")
    step(drafted, "publish")
    assert "in force" not in text(drafted.get(f"/policies/{DOCUMENT}")), "there is but this one"
    step(drafted, "revise")
    listed = drafted.get("/policies")
    assert "edition 1.0 in force" in text(listed)
    assert "What the published ones cover" in text(listed)
    page = drafted.get(f"/policies/{DOCUMENT}")
    assert "Edition 1.0 is in force." in text(page)
    assert f"/policies/{DOCUMENT}?version=3" in page.text
    assert spec(drafted).title in text(drafted.get("/calendar?days=365&what=review"))


def test_what_was_withdrawn_binds_nobody(drafted: Site) -> None:
    for move in ("approve", "publish", "withdraw"):
        assert step(drafted, move) == 303
    assert "What the published ones cover" not in text(drafted.get("/policies"))


def test_a_statement_is_left_out_and_its_number_stays_free(drafted: Site) -> None:
    one = spec(drafted).statements[0]
    assert one.text in drafted.get(f"/policies/{DOCUMENT}/statements/{one.id}").text
    address = f"/policies/{DOCUMENT}/statements/{one.id}"
    assert drafted.post(address, {"text": "", "level": "must", "why": "", "version": 1}).status_code == 422
    assert drafted.post(address, {"leave_out": "1", "why": "not for us", "version": 1}, "eng").status_code == 403
    assert drafted.post(address, {"leave_out": "1", "why": "not for us", "version": 1}).status_code == 303
    assert one.number in spec(drafted).retired
    assert drafted.get(address).status_code == 404
    assert drafted.get(f"/policies/{DOCUMENT}?version=1").status_code == 200
    assert "This is version 1" in text(drafted.get(f"/policies/{DOCUMENT}?version=1"))
    assert drafted.get(f"/policies/{DOCUMENT}?version=99").status_code == 404
    assert drafted.get(f"/policies/{DOCUMENT}/changes?from=1&to=2").text.count("<del>") == 1


def test_a_draft_is_brought_up_to_date_with_the_catalog(drafted: Site) -> None:
    answer = drafted.post(f"/policies/{DOCUMENT}/draft", {"version": 1})
    assert answer.status_code == 303
    assert "Nothing has changed since." in text(drafted.get(f"/policies/{DOCUMENT}"))
    old = spec(drafted)
    shorter = PolicySpec(
        **{name: getattr(old, name) for name in old.__struct_fields__} | {"statements": old.statements[1:]}
    )
    drafted.put(DOCUMENT, Kind.POLICY, shorter)
    assert drafted.post(f"/policies/{DOCUMENT}/draft", {"version": 2}).status_code == 303
    assert len(spec(drafted).statements) == len(old.statements)


@pytest.mark.parametrize("form", list(POLICY_FORMATS))
def test_it_is_downloaded_in_every_form(drafted: Site, form: str) -> None:
    answer = drafted.get(f"/policies/{DOCUMENT}/paper/{form}", "ana")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"].startswith(f'attachment; filename="{DOCUMENT}-1.0')
    assert len(answer.content) > 2_000


def test_it_is_downloaded_in_other_languages_too(drafted: Site) -> None:
    page = drafted.get(f"/policies/{DOCUMENT}", "ana").text
    assert "In another language" in page
    assert f"/policies/{DOCUMENT}/paper/markdown?version=1&amp;language=sq" in page
    answer = drafted.get(f"/policies/{DOCUMENT}/paper/markdown?language=fr", "ana")
    assert answer.headers["content-disposition"] == f'attachment; filename="{DOCUMENT}-1.0-fr.md"'
    assert answer.text.startswith("# Utilisation acceptable de l’IA")
    assert "Ceci est une traduction" in answer.text
    assert drafted.get(f"/policies/{DOCUMENT}/paper/markdown?language=rm", "ana").status_code == 404


def test_there_is_no_other_form(drafted: Site) -> None:
    assert drafted.get(f"/policies/{DOCUMENT}/paper/exe").status_code == 404


def test_what_a_machine_can_hold_says_whether_it_does(drafted: Site) -> None:
    assert "is not known here" in text(drafted.get(f"/policies/{DOCUMENT}"))
    holding = {named(what) for one in statements().of(DOCUMENT) for what in one.enforced}
    assert holding
    drafted.hold(frozenset(holding))
    assert "held by machine" in text(drafted.get(f"/policies/{DOCUMENT}"))
    drafted.hold(frozenset())
    assert "could be held by machine" in text(drafted.get(f"/policies/{DOCUMENT}"))


def test_exceptions_stand_beside_their_statement(drafted: Site) -> None:
    one = spec(drafted).statements[0]
    made = ExceptionSpec(title="Old ways", statement=one.id, owner="o", why="w", starts=TODAY, ends=date(2027, 3, 1),
                         approved_by="rob")  # fmt: skip
    drafted.put("old-ways", Kind.EXCEPTION, made)
    assert "Old ways until Mar 1, 2027" in text(drafted.get(f"/policies/{DOCUMENT}"))


def test_two_who_work_on_it_at_once_are_told(drafted: Site) -> None:
    one = spec(drafted).statements[0]
    sent = {"text": "Do.", "level": "must", "why": "x", "version": 1}
    assert drafted.post(f"/policies/{DOCUMENT}/statements/{one.id}", sent).status_code == 303
    assert drafted.post(f"/policies/{DOCUMENT}/statements/{one.id}", sent, "rob").status_code == 409
