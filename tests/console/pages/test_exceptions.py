from __future__ import annotations

from datetime import date

import msgspec
import pytest

from bartizan.model import System
from bartizan.model.documents import ExceptionSpec, Kind, PolicySpec, Statement, ToolSpec
from bartizan.model.words import Level
from tests.console.pages.site import PEOPLE, TODAY, Site, text

ASKED = {
    "title": "Old proxy", "control": "egress-allow-list", "owner": "ana@helvion.example", "why": "it moves in spring",
    "compensating": "human-approval\nlog-redaction", "starts": "2026-11-28", "ends": "2027-02-01", "unit": "claims",
    "systems": "bot",
}  # fmt: skip


@pytest.fixture
def bot(site: Site) -> Site:
    site.put("bot", Kind.SYSTEM, System(id="bot", name="Bot", criticality=Level.HIGH), "claims")
    site.put("pen", Kind.TOOL, ToolSpec(title="Pen"), "claims")
    statement = Statement(id="agents-ask-first", number="3.1", section="Agents", text="Agents must ask.")
    site.put("agents", Kind.POLICY, PolicySpec(title="Agents", statements=[statement]))
    return site


def asked(site: Site, **more: str) -> str:
    answer = site.post("/exceptions/new", ASKED | more, "ana")
    assert answer.status_code == 303, text(answer)
    return answer.headers["location"].rsplit("/", 1)[1]


def test_one_is_asked_for_and_counts_for_nothing_until_it_is_approved(bot: Site) -> None:
    name = asked(bot)
    spec: ExceptionSpec = bot.spec(Kind.EXCEPTION, name)
    assert spec.compensating == ["human-approval", "log-redaction"]
    assert not spec.counts(TODAY)
    page = text(bot.get(f"/exceptions/{name}", "ana"))
    assert "requested" in page
    assert "A reviewer decides." in page


def test_the_form_takes_what_the_address_says(bot: Site) -> None:
    page = bot.get("/exceptions/new?for=pen&control=cost-cap", "ana").text
    assert ">\npen</textarea>" in page
    assert '<option value="cost-cap" selected>' in page
    assert '<option value="agents-ask-first">' in page


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"control": ""}, "control"),
        ({"statement": "agents-ask-first"}, "control"),
        ({"control": "", "statement": "nothing"}, "statement"),
        ({"control": "nothing"}, "control"),
        ({"systems": "nothing"}, "systems"),
        ({"compensating": "nothing"}, "compensating"),
        ({"ends": "2026-01-01"}, "ends"),
        ({"starts": "2027-03-01"}, "ends"),
        ({"ends": "2027-10-01"}, "ends"),
        ({"why": ""}, "why"),
        ({"unit": "life"}, "unit"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(bot: Site, more: dict[str, str], field: str) -> None:
    page = bot.post("/exceptions/new", ASKED | more, "ana")
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert "it moves in spring" in page.text or field == "why"


def test_systems_of_other_units_can_t_be_guessed(bot: Site) -> None:
    bot.put("secret", Kind.SYSTEM, System(id="secret"), "life")
    page = bot.post("/exceptions/new", ASKED | {"systems": "secret"}, "ana")
    assert "There is no such system" in text(page)


def test_another_person_approves_it(bot: Site) -> None:
    name = asked(bot)
    for who in ("ana", "eng", "own", "aud", "adm"):
        assert bot.post(f"/exceptions/{name}/approve", {"version": 1, "why": "x"}, who).status_code == 403
    assert bot.post(f"/exceptions/{name}/approve", {"version": 1, "why": "x"}, "lif").status_code == 404
    assert bot.post(f"/exceptions/{name}/approve", {"version": 1, "why": ""}).status_code == 422
    assert bot.post(f"/exceptions/{name}/approve", {"version": 1, "why": "fine"}).status_code == 303
    spec = bot.spec(Kind.EXCEPTION, name)
    assert (spec.approved_by, spec.approved_on) == ("rea", TODAY)
    page = text(bot.get(f"/exceptions/{name}", "ana"))
    assert "standing" in page
    assert "Bot" in page


def test_nobody_approves_their_own(bot: Site) -> None:
    answer = bot.post("/exceptions/new", ASKED | {"unit": "claims"}, "rea")
    name = answer.headers["location"].rsplit("/", 1)[1]
    page = bot.post(f"/exceptions/{name}/approve", {"version": 1, "why": "x"})
    assert page.status_code == 422
    assert "whoever asked for it can't approve it" in text(page)
    assert "Approve it" not in text(bot.get(f"/exceptions/{name}"))
    assert bot.post(f"/exceptions/{name}/approve", {"version": 1, "why": "x"}, "rob").status_code == 303


def test_one_is_refused_and_then_decided_no_more(bot: Site) -> None:
    name = asked(bot, systems="", control="", statement="agents-ask-first")
    assert "3.1 Agents must ask." in text(bot.get(f"/exceptions/{name}"))
    assert bot.post(f"/exceptions/{name}/refuse", {"version": 1, "why": "no"}).status_code == 303
    assert bot.post(f"/exceptions/{name}/approve", {"version": 2, "why": "x"}, "rob").status_code == 422
    assert bot.post(f"/exceptions/{name}/refuse", {"version": 2, "why": "x"}, "rob").status_code == 422


def test_its_owner_ends_it_before_its_time(bot: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    name = asked(bot)
    bot.post(f"/exceptions/{name}/approve", {"version": 1, "why": "fine"})
    assert bot.post(f"/exceptions/{name}/end", {"version": 2, "why": "x"}, "eng").status_code == 403
    namesake = msgspec.structs.replace(PEOPLE["eng"], name=PEOPLE["ana"].email)
    monkeypatch.setitem(PEOPLE, "eng", namesake)
    assert bot.post(f"/exceptions/{name}/end", {"version": 2, "why": "x"}, "eng").status_code == 403
    assert bot.post(f"/exceptions/{name}/end", {"version": 2, "why": "moved"}, "ana").status_code == 303
    assert bot.spec(Kind.EXCEPTION, name).ends == date(2026, 11, 27)
    assert "ended" in text(bot.get("/exceptions"))


def test_two_who_decide_at_once_are_told(bot: Site) -> None:
    name = asked(bot)
    assert bot.post(f"/exceptions/{name}/approve", {"version": 1, "why": "fine"}).status_code == 303
    assert bot.post(f"/exceptions/{name}/end", {"version": 1, "why": "no"}, "rob").status_code == 409


def test_the_list_is_filtered_by_state(bot: Site) -> None:
    asked(bot)
    assert "Old proxy" in text(bot.get("/exceptions?state=requested", "ana"))
    assert "No exceptions here" in text(bot.get("/exceptions?state=refused", "ana"))
    assert bot.get("/exceptions/new", "aud").status_code == 403
