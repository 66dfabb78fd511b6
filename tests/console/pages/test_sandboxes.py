from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from bartizan.console import sandboxing
from bartizan.guard.gateway.standing import read_documents
from bartizan.guard.sandbox import parse_openings
from bartizan.model import Event, System, Usage
from bartizan.model.documents import Criterion, Kind, RegisteredSandbox, SandboxState
from bartizan.soc import EventLog
from tests.console.pages.site import NOW, ORGANISATION, PEOPLE, Site, text

SMALL = {
    "purpose": "Summaries of news", "owner": "ana@helvion.example", "users": "ana", "models": "small",
    "highest": "public", "money": "50", "starts": "2026-11-28", "ends": "2026-12-20", "unit": "claims",
}  # fmt: skip
LARGE = SMALL | {"highest": "internal", "tools": "search", "kill_1_measure": "findings", "kill_1_reaches": "3"}


def asked(site: Site, **more: str) -> str:
    answer = site.post("/sandboxes/new", LARGE | more, "ana")
    assert answer.status_code == 303
    return answer.headers["location"].rsplit("/", 1)[1]


def granted(site: Site) -> str:
    name = asked(site)
    assert site.post(f"/sandboxes/{name}/grant", {"version": 1, "why": "fine"}).status_code == 303
    return name


def openings(site: Site) -> dict[str, object]:
    path = site.folder / "state" / "sandboxes.jsonl"
    return {one.id: one for one in parse_openings(path.read_bytes(), "x")} if path.exists() else {}


def test_a_small_one_is_granted_at_once_and_open_at_the_gateway(site: Site) -> None:
    assert site.get("/sandboxes/new", "ana").status_code == 200
    answer = site.post("/sandboxes/new", SMALL, "ana")
    assert answer.headers["location"] == "/sandboxes/summaries-of-news"
    spec: RegisteredSandbox = site.spec(Kind.SANDBOX, "summaries-of-news")
    assert (spec.state, spec.decided_by) == (SandboxState.GRANTED, "rule")
    [document] = read_documents(site.folder / "state" / "sandboxes", ORGANISATION.classes)
    assert (document.id, document.models, document.budget.money) == ("summaries-of-news", ["small"], 50)
    opening = sandboxing.opening_of(site.services, document.id)
    assert opening is not None
    assert (opening.digest, opening.closed) == (document.digest, 0)
    page = text(site.get("/sandboxes/summaries-of-news", "ana"))
    assert "open at the gateway" in page
    assert "the rule for small ones" in page


def test_a_larger_one_waits_for_another_person(site: Site) -> None:
    name = asked(site)
    assert site.spec(Kind.SANDBOX, name).state is SandboxState.ASKED
    assert openings(site) == {}
    page = text(site.get(f"/sandboxes/{name}", "ana"))
    assert "it is for data above public" in page
    assert "Grant it" not in page
    assert "Grant it" in text(site.get(f"/sandboxes/{name}"))


def test_a_reviewer_grants_it_and_nobody_their_own(site: Site) -> None:
    name = asked(site, owner="rob")
    for who in ("ana", "eng", "own", "aud", "adm"):
        assert site.post(f"/sandboxes/{name}/grant", {"version": 1, "why": "x"}, who).status_code == 403
    own = site.post(f"/sandboxes/{name}/grant", {"version": 1, "why": "x"}, "rob")
    assert own.status_code == 422
    assert "its owner can't grant it" in text(own)
    assert site.post(f"/sandboxes/{name}/grant", {"version": 1, "why": "x"}, "lif").status_code == 404
    assert site.post(f"/sandboxes/{name}/grant", {"version": 1, "why": "fine"}).status_code == 303
    assert name in openings(site)


def test_a_refused_one_is_asked_for_anew(site: Site) -> None:
    name = asked(site)
    assert site.post(f"/sandboxes/{name}/refuse", {"version": 1, "why": "too broad"}).status_code == 303
    assert site.spec(Kind.SANDBOX, name).state is SandboxState.REFUSED
    assert 'value="findings" selected' in site.get(f"/sandboxes/{name}/edit", "ana").text
    sent = LARGE | {"version": "2", "why": "smaller", "tools": ""}
    assert site.post(f"/sandboxes/{name}/edit", sent, "ana").status_code == 303
    spec = site.spec(Kind.SANDBOX, name)
    assert (spec.state, spec.tools) == (SandboxState.ASKED, [])


def test_criteria_keep_what_the_form_does_not_show(site: Site) -> None:
    name = asked(site)
    kill = [Criterion(measure="findings", reaches=3, types=["iban"]), *[Criterion(measure="calls", reaches=9)] * 4]
    spec: RegisteredSandbox = site.spec(Kind.SANDBOX, name)
    made = RegisteredSandbox(**{field: getattr(spec, field) for field in spec.__struct_fields__} | {"kill": kill})
    site.put(name, Kind.SANDBOX, made, "claims")
    more = {f"kill_{row}_{part}": value for row in (2, 3) for part, value in (("measure", "calls"), ("reaches", "9"))}
    site.post(f"/sandboxes/{name}/edit", LARGE | more | {"version": "2", "why": "x", "kill_1_reaches": "5"}, "ana")
    kept = site.spec(Kind.SANDBOX, name).kill
    assert kept[0] == Criterion(measure="findings", reaches=5, types=["iban"])
    assert len(kept) == 5


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"ends": "2026-11-01"}, "ends"),
        ({"ends": ""}, "ends"),
        ({"users": ""}, "users"),
        ({"models": ""}, "models"),
        ({"highest": "top"}, "highest"),
        ({"purpose": ""}, "purpose"),
        ({"money": "much"}, "money"),
        ({"unit": "life"}, "unit"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(site: Site, more: dict[str, str], field: str) -> None:
    page = site.post("/sandboxes/new", SMALL | more, "ana")
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text
    assert 'value="ana@helvion.example"' in page.text


def test_one_that_lasts_too_long_is_refused_with_the_reason(site: Site) -> None:
    page = site.post("/sandboxes/new", SMALL | {"ends": "2027-11-01"}, "ana")
    assert page.status_code == 422
    assert "at most 180 are possible" in text(page)


def test_who_may_only_read_can_t_ask(site: Site) -> None:
    assert site.get("/sandboxes/new", "aud").status_code == 403
    assert site.post("/sandboxes/new", SMALL, "aud").status_code == 403


def test_its_owner_ends_it_and_the_gateway_has_it_closed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    name = granted(site)
    assert site.post(f"/sandboxes/{name}/end", {"version": 2, "why": "done"}, "eng").status_code == 403
    namesake = msgspec.structs.replace(PEOPLE["eng"], name=PEOPLE["ana"].email)
    monkeypatch.setitem(PEOPLE, "eng", namesake)
    assert site.post(f"/sandboxes/{name}/end", {"version": 2, "why": "done"}, "eng").status_code == 403
    assert site.post(f"/sandboxes/{name}/end", {"version": 2}, "ana").status_code == 422
    assert site.post(f"/sandboxes/{name}/end", {"version": 2, "why": "done"}, "ana").status_code == 303
    opening = sandboxing.opening_of(site.services, name)
    assert opening is not None
    assert (opening.closed, opening.closed_by, opening.why) == (NOW.timestamp(), "ana", "done")
    assert site.spec(Kind.SANDBOX, name).state is SandboxState.ENDED
    assert site.post(f"/sandboxes/{name}/end", {"version": 3, "why": "again"}, "ana").status_code == 422


def test_one_where_something_went_wrong_is_killed(site: Site) -> None:
    name = granted(site)
    assert site.post(f"/sandboxes/{name}/end", {"version": 2, "why": "leak", "kill": "1"}).status_code == 303
    assert site.spec(Kind.SANDBOX, name).state is SandboxState.KILLED
    assert site.get(f"/sandboxes/{name}/edit", "ana").status_code == 400


def test_its_end_is_moved_once_and_it_goes_on_at_the_gateway(site: Site) -> None:
    name = granted(site)
    before = sandboxing.opening_of(site.services, name)
    assert site.post(f"/sandboxes/{name}/extend", {"version": 2, "why": "more", "ends": ""}).status_code == 422
    site.now += timedelta(days=3)
    sent = {"version": 2, "why": "more", "ends": "2027-01-05"}
    assert site.post(f"/sandboxes/{name}/extend", sent).status_code == 303
    after = sandboxing.opening_of(site.services, name)
    assert before is not None
    assert after is not None
    assert after.opened == before.opened
    assert after.digest != before.digest
    assert "extended" in text(site.get(f"/sandboxes/{name}"))
    again = site.post(f"/sandboxes/{name}/extend", sent | {"version": 3, "ends": "2027-01-09"}, "rob")
    assert "it was extended once already" in text(again)


def test_one_that_succeeded_becomes_a_system(site: Site) -> None:
    name = granted(site)
    site.put("news", Kind.SYSTEM, System(id="news", name="News"), "claims")
    sent = {"version": 2, "why": "it works", "system": "news"}
    assert site.post(f"/sandboxes/{name}/promote", sent | {"system": "nothing"}).status_code == 422
    assert site.post(f"/sandboxes/{name}/promote", sent).status_code == 303
    spec = site.spec(Kind.SANDBOX, name)
    assert (spec.state, spec.promoted_to) == (SandboxState.PROMOTED, "news")
    assert 'href="/systems/news"' in site.get(f"/sandboxes/{name}").text


def test_what_has_ended_by_itself_or_by_the_gateway_is_brought_into_the_register(site: Site) -> None:
    over, killed, goes_on = granted(site), asked(site, ends="2027-01-20"), asked(site, ends="2027-01-20")
    for name in (killed, goes_on):
        site.post(f"/sandboxes/{name}/grant", {"version": 1, "why": "fine"})
    sandboxing.close(site.services, killed, "the gateway", "findings reach 3")
    site.now += timedelta(days=30)
    assert sandboxing.settle(site.services) == 2
    assert sandboxing.settle(site.services) == 0
    assert site.spec(Kind.SANDBOX, over).ended_why == "its time is over"
    assert site.spec(Kind.SANDBOX, over).state is SandboxState.ENDED
    assert site.spec(Kind.SANDBOX, killed).state is SandboxState.KILLED
    assert site.spec(Kind.SANDBOX, killed).ended_why == "findings reach 3"
    assert site.spec(Kind.SANDBOX, goes_on).state is SandboxState.GRANTED


def test_the_exit_report_is_made_from_the_gateway_s_events(site: Site) -> None:
    name = granted(site)
    log = EventLog(site.folder / "events", writer="gateway-1")
    for second in range(3):
        log.write(
            Event(kind="call", time=f"2026-11-29T10:00:0{second}.000Z", principal="ana", resource="small",
                  decision="allow", tokens=Usage(100, 50), cost=0.5, more={"sandbox": name if second else "other"})
        )  # fmt: skip
    log.close()
    page = text(site.get(f"/sandboxes/{name}/report", "ana"))
    assert "Calls 2" in page
    assert "Tokens 300" in page
    assert "# Exit report" in site.get(f"/sandboxes/{name}/report/markdown", "ana").text
    file = site.get(f"/sandboxes/{name}/report/json", "ana")
    assert file.json()["calls"] == 2
    assert site.get(f"/sandboxes/{name}/report/exe", "ana").status_code == 404
    assert file.headers["content-disposition"] == f'attachment; filename="exit-{name}.json"'


def test_without_a_gateway_it_is_told(site: Site, tmp_path: Path) -> None:
    site.without_gateway()
    answer = site.post("/sandboxes/new", SMALL, "ana")
    assert "No gateway is beside this console" in text(site.get(answer.headers["location"], "ana"))
    assert not (tmp_path / "state").exists()
    assert "There are no events" in text(site.get(answer.headers["location"] + "/report", "ana"))
    assert site.get(answer.headers["location"] + "/report/markdown", "ana").status_code == 400
    assert sandboxing.settle(site.services) == 0


def test_the_list_shows_what_stands_how(site: Site) -> None:
    granted(site)
    asked(site, purpose="Other things")
    assert "Other things asked" in text(site.get("/sandboxes?state=asked", "ana"))
    assert "Summaries" not in text(site.get("/sandboxes?state=asked", "ana"))
    assert "Summaries of news granted" in text(site.get("/sandboxes?order=title", "ana"))
