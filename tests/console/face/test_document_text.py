"""Documents as text: read by all who see them, changed by those who may, and nobody's words are lost."""

from __future__ import annotations

from html import unescape

import msgspec
import pytest

from bartizan.model import Level
from bartizan.model.documents import Kind, ToolSpec
from tests.console.pages.site import Site, text

HERE = "/documents/systems/fraud-model"


def written(page: str) -> str:
    return unescape(page.partition("<textarea")[2].partition(">\n")[2].partition("</textarea>")[0])


def form(site: Site, **changed: str) -> dict[str, str]:
    return {"text": written(site.get(HERE, by="eng").text), "why": "Mended", "version": "1", **changed}


def test_a_document_is_shown_as_text_and_kept_again_unchanged(site: Site) -> None:
    answer = site.post(HERE, form(site), by="eng")
    assert (answer.status_code, answer.headers["location"]) == (303, "/systems/fraud-model")
    assert site.stored(Kind.SYSTEM, "fraud-model").version == 1


def test_a_change_is_kept_with_who_and_why(site: Site) -> None:
    sent = form(site)
    sent["text"] = sent["text"].replace("stage: operation", "stage: retirement")
    assert site.post(HERE, sent, by="eng").status_code == 303
    stored = site.stored(Kind.SYSTEM, "fraud-model")
    assert (stored.version, stored.by, stored.why) == (2, "eng", "Mended")
    assert stored.document.spec.stage == "retirement"  # type: ignore[union-attr]


def test_who_was_slower_sees_both_and_loses_nothing(site: Site) -> None:
    sent = form(site)
    mine = {**sent, "text": sent["text"].replace("stage: operation", "stage: retirement")}
    system = site.spec(Kind.SYSTEM, "fraud-model")
    site.put("fraud-model", Kind.SYSTEM, msgspec.structs.replace(system, owner="Somebody else"), unit="claims")
    answer = site.post(HERE, mine, by="eng")
    assert answer.status_code == 409
    assert "spec.owner" in text(answer)
    assert "stage: retirement" in written(answer.text)
    assert 'name="version" value="2"' in answer.text
    assert site.post(HERE, {**mine, "version": "2"}, by="eng").status_code == 303


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("kind: System\nname: fraud-model\nspec: {id: fraud-model, nonsense: 1}\n", "nonsense"),
        ("kind: Tool\nname: fraud-model\nspec: {title: x}\n", "the page is about System"),
        ("kind: [\n", "Line"),
        ("a: &a [*a]\n", "can't be kept yet"),
    ],
)
def test_what_is_wrong_is_told_with_its_line_and_the_text_stays(site: Site, content: str, told: str) -> None:
    answer = site.post(HERE, form(site, text=content), by="eng")
    assert answer.status_code == 422
    assert told in text(answer)
    assert written(answer.text).strip() == content.strip()


def test_a_document_is_no_way_around_the_second_person(site: Site) -> None:
    sent = form(site)
    decision = "  decisions:\n    - {threat: x@y, verdict: accept, by: eng, why: w, until: 2027-01-01}\n"
    system = site.spec(Kind.SYSTEM, "fraud-model")
    site.put("fraud-model", Kind.SYSTEM, msgspec.structs.replace(system, decisions=[]), unit="claims")
    page = written(site.get(HERE, by="own").text)
    answer = site.post(HERE, {**sent, "text": page + decision, "version": "2"}, by="own")
    assert answer.status_code in (403, 422)
    assert site.spec(Kind.SYSTEM, "fraud-model").decisions == []


def test_those_who_only_read_see_the_text_and_change_nothing(site: Site) -> None:
    page = site.get(HERE, by="aud")
    assert "<textarea" not in page.text
    assert "kind: System" in page.text
    assert site.post(HERE, form(site), by="aud").status_code in (303, 403)
    sent = form(site)
    sent["text"] = sent["text"].replace("stage: operation", "stage: retirement")
    assert site.post(HERE, sent, by="aud").status_code == 403
    assert site.stored(Kind.SYSTEM, "fraud-model").version == 1


def test_documents_of_other_units_and_kinds_that_there_are_not_are_not_there(site: Site) -> None:
    assert site.get(HERE, by="lif").status_code == 404
    assert site.post(HERE, form(site), by="lif").status_code == 404
    assert site.get("/documents/spells/x").status_code == 404
    assert site.get("/documents/systems/none").status_code == 404
    assert site.get("/organisations/other").status_code == 404


def test_the_organisation_is_its_text_and_administrators_change_it(site: Site) -> None:
    assert site.get("/organisations/organisation").headers["location"] == "/documents/organisations/organisation"
    here = "/documents/organisations/organisation"
    page = site.get(here, by="adm")
    sent = {"text": written(page.text).replace("title: Helvion", "title: Helvion Group"), "why": "w", "version": "1"}
    assert site.post(here, sent, by="rea").status_code == 403
    assert site.post(here, sent, by="adm").status_code == 303
    assert "Helvion Group" in text(site.get("/"))


def test_more_risk_is_asked_for_and_let_stand_by_a_second_person(site: Site) -> None:
    here, waiting = "/documents/organisations/organisation", "/acceptances"

    def ask() -> str:
        page = site.get(here, by="adm")
        sent = {"text": written(page.text).replace("appetite: low", "appetite: high"), "why": "w"}
        answer = site.post(
            here, sent | {"version": str(site.stored(Kind.ORGANISATION, "organisation").version)}, by="adm"
        )
        assert (answer.status_code, answer.headers["location"]) == (303, waiting)
        return str(site.stored(Kind.ORGANISATION, "organisation").version)

    def answered(what: str, by: str, version: str, note: str = "") -> int:
        form = {"answer": what, "version": version, "note": note}
        return site.post(f"{waiting}/organisation", form, by=by).status_code

    spec = site.services.organisation()
    site.put("organisation", Kind.ORGANISATION, msgspec.structs.replace(spec, appetite=Level.LOW))
    version = ask()
    assert site.services.organisation().appetite is Level.LOW
    seen = text(site.get(waiting, by="rea"))
    assert "asks for a change that would let more risk stand" in seen
    assert "spec.appetite low high" in seen
    assert "Take the question back" in text(site.get(waiting, by="adm"))
    assert 'value="confirm"' not in site.get(waiting, by="eng").text
    assert answered("confirm", "adm", version) == 403
    assert answered("refuse", "rea", version) == 422
    assert answered("refuse", "rea", version, "Not now") == 303
    assert answered("confirm", "rea", version) == 409
    assert answered("withdraw", "adm", ask()) == 303
    version = ask()
    assert answered("withdraw", "rea", version) == 400
    assert answered("confirm", "rea", version) == 303
    organisation = site.services.organisation()
    assert (organisation.appetite, organisation.proposed) == (Level.HIGH, None)


def test_an_organisation_that_nobody_described_can_be_begun(site: Site) -> None:
    organisation = site.stored(Kind.ORGANISATION, "organisation")
    site.register.documents.delete(
        Kind.ORGANISATION, "organisation", expected=organisation.version, by="a", why="w", at=site.services.now()
    )
    here = "/documents/organisations/organisation"
    page = site.get(here, by="adm")
    assert "title: Organisation" in written(page.text)
    answer = site.post(here, {"text": written(page.text), "why": "To begin", "version": "0"}, by="adm")
    assert answer.status_code == 303


def test_script_in_a_document_is_shown_as_text(site: Site) -> None:
    site.put("odd", Kind.TOOL, ToolSpec(title="</textarea><script>alert(1)</script>"))
    page = site.get("/documents/tools/odd")
    assert "<script>alert" not in page.text
    assert "</textarea><script>" in unescape(page.text)
