from __future__ import annotations

from collections.abc import Iterable

import pytest

from bartizan.console.pages.events import figures
from bartizan.model import Count, Event, InputError, Usage
from bartizan.soc import EventLog
from tests.console.pages.site import Site, text


def event(at: str, **more: object) -> Event:
    values = {"kind": "call", "time": f"2026-11-28T{at}Z", "principal": "ana", "action": "chat", "resource": "small",
              "decision": "allow", "tokens": Usage(10, 5)} | more  # fmt: skip
    return Event(**values)  # type: ignore[arg-type] # values of several types


def logged(site: Site, events: Iterable[Event]) -> None:
    log = EventLog(site.folder / "events", fsync="never")
    for one in events:
        log.append(one)
    log.close()


SOME = [
    event("09:00:00.000"),
    event("11:10:00.000", kind="refusal", decision="deny", rule="no-secrets", principal="ben", cost=0.25,
          findings=[Count("iban", 2)], labels=["confidential"]),
    event("11:59:00.000", principal="ana@helvion.example"),
]  # fmt: skip


def test_the_newest_come_first_with_figures_of_the_last_hour(site: Site) -> None:
    logged(site, SOME)
    page = site.get("/events")
    times = [part.split('"')[0] for part in page.text.split('<time datetime="')[1:]]
    assert times == [one.time for one in reversed(SOME)]
    words = text(page)
    assert "Calls in the last hour 2" in words
    assert "Refused 1 50%" in words
    assert "iban × 2" in words
    made = figures(site.services)
    assert (made.calls, made.tokens, made.cost, made.findings, made.people) == (2, 30, 0.25, 2, 2)
    assert (made.rules, made.minutes, made.busiest) == ([("no-secrets", 1)], [0, 1, *[0] * 9, 1], 1)


@pytest.mark.parametrize(
    ("query", "count"),
    [("kind=refusal", 1), ("decision=deny", 1), ("principal=ben", 1), ("rule=no-secrets", 1), ("kind=odd", 3),
     ("decision=odd", 3), ("kind=call&decision=deny", 0)],
)  # fmt: skip
def test_events_are_filtered(site: Site, query: str, count: int) -> None:
    logged(site, SOME)
    assert site.get(f"/events?{query}").text.count("<time ") == count


def test_who_neither_decides_nor_audits_sees_their_own_only(site: Site) -> None:
    logged(site, SOME)
    for who, count in (("ana", 2), ("eng", 0), ("aud", 3)):
        assert site.get("/events", who).text.count("<time ") == count
    assert site.get("/events?principal=ben", "ana").text.count("<time ") == 2


def test_looking_again_says_nothing_until_something_happens(site: Site) -> None:
    logged(site, SOME)
    seen = site.get("/events").text.split("seen=")[1].split('"')[0]
    assert site.get(f"/events?seen={seen}").status_code == 204
    logged(site, [event("11:59:30.000")])
    assert site.get(f"/events?seen={seen}").status_code == 200


def test_older_ones_are_pages_that_leave_out_none(site: Site) -> None:
    logged(site, (event(f"10:{number // 150:02}:00.000", resource=f"m{number}") for number in range(350)))
    page = site.get("/events")
    path, found = "/events", list[str]()
    while path:
        page = site.get(path)
        found += [part.split(" ")[0] for part in text(page).split("chat m")[1:]]
        _, _, link = page.text.partition('rel="next" href="')
        path = link.split('"')[0].replace("&amp;", "&")
    assert sorted(map(int, found)) == list(range(350))
    assert "hx-trigger" not in page.text.split('id="live"')[1].split(">")[0]


def test_strange_queries_break_nothing(site: Site) -> None:
    logged(site, SOME)
    for query in ("before=x", "skip=-1", "skip=²", "before=%00&skip=99999999999999999999", "seen=x"):
        assert site.get(f"/events?{query}").status_code == 200


def test_what_callers_chose_is_shown_and_does_nothing(site: Site) -> None:
    logged(site, [event("11:00:00.000", principal="<img src=x>\u202e", resource="<script>", rule="<b>")])
    page = site.get("/events").text
    assert "<img src=x" not in page
    assert "\u202e" not in page


def test_without_a_gateway_it_is_told(site: Site) -> None:
    assert "No events" in text(site.get("/events"))
    site.without_gateway()
    assert "No gateway is beside this console" in text(site.get("/events"))
    with pytest.raises(InputError):
        figures(site.services)
