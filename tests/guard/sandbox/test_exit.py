"""Numbers of a sandbox's events, and the exit report that is made from them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bartizan.guard.sandbox import Criterion, Tally, exit_json, exit_markdown, exit_of
from bartizan.model import Count, Event, Usage
from tests.guard.sandbox.documents import DOCUMENT, read


def event(kind: str = "call", who: str = "alice", sandbox: object = "claims-pilot", **more: Any) -> Event:
    said = {"time": "2026-11-28T10:00:00.000Z", "resource": "gpt", **more}
    said["more"] = {"sandbox": sandbox, **said.get("more", {})}
    return Event(kind=kind, principal=who, **said)


EVENTS = [
    event(tokens=Usage(100, 20), cost=0.5, findings=[Count("email", 2)], time="2026-11-28T09:00:00.000Z"),
    event("stream"),
    event(who="bob|*", tokens=Usage(10, 2), cost=0.25, more={"injection": 70}),
    event("refusal", rule="sandbox-claims-pilot", findings=[Count("iban", 1)], more={"injection": 20}),
    event("refusal", who="", rule="no-policy-allows", resource="", more={"injection": "?"}),
    event(sandbox="another", cost=99.0),
    event(sandbox=7, cost=99.0),
    Event(kind="start", time="2026-11-28T11:00:00.000Z"),
]


def tally() -> Tally:
    made = Tally()
    for one in EVENTS[:5]:
        made.add(one)
    return made


@pytest.mark.parametrize(
    ("criterion", "number"),
    [
        ({"measure": "calls"}, 4),
        ({"measure": "people"}, 3),
        ({"measure": "refusals"}, 2),
        ({"measure": "refusals", "rules": ["no-policy-allows"]}, 1),
        ({"measure": "refused-share"}, 50),
        ({"measure": "findings"}, 3),
        ({"measure": "findings", "types": ["iban", "card"]}, 1),
        ({"measure": "injection-signals"}, 1),
        ({"measure": "injection-signals", "level": 10}, 2),
        ({"measure": "tokens"}, 132),
        ({"measure": "money"}, 0.75),
    ],
)
def test_every_measure(criterion: dict[str, Any], number: float) -> None:
    made = Criterion(reaches=number, **criterion)
    assert tally().number(made) == number
    assert tally().meets(made)
    assert tally().met([Criterion(reaches=number + 1, **criterion), made]) is made
    assert not tally().met([Criterion(reaches=number + 1, **criterion)])


def test_nothing_is_a_share_of_nothing() -> None:
    assert Tally().number(Criterion(measure="refused-share", reaches=1)) == 0


def test_the_report_adds_up_its_own_events_only() -> None:
    report = exit_json(exit_of(read(), EVENTS, "its time is over"))
    json.dumps(report)
    assert report["calls"] == 4
    assert report["refused"] == 2
    assert (report["first"], report["last"]) == ("2026-11-28T09:00:00.000Z", "2026-11-28T10:00:00.000Z")
    assert report["people"] == {"alice": 2, "": 1, "bob|*": 1}
    assert report["models"] == {"gpt": 3}
    assert report["tokens"] == {"input": 110, "output": 22, "limit": 1000}
    assert report["money"] == {"spent": 0.75, "limit": 5.0}
    assert report["findings"] == {"email": 2, "iban": 1}
    assert report["refusals"] == {"no-policy-allows": 1, "sandbox-claims-pilot": 1}
    assert report["injection_signals"] == {"20": 1, "70": 1}
    assert [one["met"] for one in report["success"]] == [True]
    assert [one["met"] for one in report["kill"]] == [True, False]
    assert report["verdict"] == "A kill criterion was met: findings of iban, email reach 3."


def test_the_report_for_people() -> None:
    text = exit_markdown(exit_of(read(), EVENTS, "its time is over"))
    assert "Owner: jo@example.com. From 2026-11-01 to 2026-12-31T18:00:00+01:00. Ended: its time is over." in text
    assert "| calls | 4 | |" in text
    assert "| tokens | 132 | 1,000 |" in text
    assert "| bob\\|\\* | 1 |" in text
    assert "| (not identified) | 1 |" in text
    assert "| It is used | 3 | 4 | yes |" in text
    assert text.endswith("|\n")


def test_a_report_without_events_or_criteria() -> None:
    bare = read(DOCUMENT[: DOCUMENT.index("success:")].replace("budget: {tokens: 1000, money: 5.0}\n", ""))
    report = exit_of(bare, [], "closed by <b>hand</b>\n# not a heading")
    assert report.verdict == "No success criterion was set."
    text = exit_markdown(report)
    assert "&lt;b>hand&lt;/b> # not a heading" in text
    assert "##" not in text
    assert "| tokens | 0 |  |" in text


def test_success_is_counted() -> None:
    quiet = read(DOCUMENT.replace("reaches: 80", "reaches: 101").replace("reaches: 3}", "reaches: 9}"))
    assert exit_of(quiet, EVENTS, "").verdict == "1 of 1 success criteria met."
