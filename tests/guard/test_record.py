"""What is put on record of a call: who, what and how much, and nothing of what was said."""

from __future__ import annotations

import asyncio

import pytest

from bartizan.guard.engine import Prepared
from bartizan.guard.exchange import Usage
from bartizan.guard.record import Record
from bartizan.guard.refused import Refused
from bartizan.guard.routes import Route
from bartizan.guard.streams import Blocked
from bartizan.model import Count, Event, stamp
from bartizan.model import Usage as Told
from tests.guard.limits.support import ALICE, prepared

NOW = 1_785_000_000.25
ROUTE = Route("openai", None, "chat", "/v1/chat/completions")


def kept(record: Record, events: list[Event]) -> Event:
    asyncio.run(record.close())
    return events[-1]


def begun(events: list[Event], found: Route | None = ROUTE, parent: str = "") -> Record:
    async def keep(event: Event) -> None:
        events.append(event)

    return Record(keep, lambda: NOW, found, "0af7", parent)


def test_a_moment_has_milliseconds_in_utc() -> None:
    assert stamp(NOW) == "2026-07-25T17:20:00.250Z"


def test_a_call_that_nobody_could_be_found_for_has_its_refusal_only() -> None:
    events: list[Event] = []
    record = begun(events, None)
    record.refused(Refused(401, "not-identified", "say who calls"))
    event = kept(record, events)
    assert (event.kind, event.principal, event.action, event.decision) == ("refusal", "", "", "deny")
    assert event.more == {"milliseconds": 0.0, "status": 401}
    asyncio.run(record.close())
    assert len(events) == 1


def test_a_call_that_was_begun_and_not_decided_says_nothing_of_a_decision() -> None:
    events: list[Event] = []
    record = begun(events)
    record.outcome = "caller-gone"
    event = kept(record, events)
    assert (event.kind, event.action, event.decision, event.rule) == ("call", "chat", "", "")
    assert event.more["outcome"] == "caller-gone"


def full() -> Prepared:
    made = prepared(types=("card", "iban"), class_="restricted", opaque=2)
    made.rule, made.injection, made.signals, made.usage, made.cost = "staff", 61, ["fake-turn"], Usage(5, -1), 0.5
    made.found.changed["people"] = 1
    made.answered = type(made.found)("public")
    made.answered.types["card"] = 2
    made.sandbox = "pilot"
    return made


def test_a_call_has_counts_and_names() -> None:
    events: list[Event] = []
    record = begun(events, parent="b7ad")
    record.principal, record.prepared, record.upstream_status = ALICE, full(), 200
    event = kept(record, events)
    assert (event.decision, event.rule, event.resource, event.cost) == ("transform", "staff", "gpt", 0.5)
    assert event.findings == [Count("card", 3), Count("iban", 1)]
    assert event.tokens == Told(5, 0)
    assert event.more == {
        "milliseconds": 0.0, "parent": "b7ad", "upstream_status": 200, "application": "desk", "sandbox": "pilot",
        "upstream": "eu", "door": "openai", "injection": 61, "injection_rules": ["fake-turn"],
        "changed_by": ["people"], "not_inspected": ["image"],
    }  # fmt: skip


@pytest.mark.parametrize("side", ["found", "answered"])
def test_encodings_that_were_not_looked_into_are_told(side: str) -> None:
    events: list[Event] = []
    record, made = begun(events), prepared(action="list-models" if side == "answered" else "chat")
    told = type(made.found)("")
    told.unread = True
    setattr(made, side, told)
    record.prepared = made
    event = kept(record, events)
    assert event.more["not_inspected"] == ["encoded"]
    assert (event.decision, event.findings, event.labels) == ("allow", [], [])


def test_a_stream_is_on_record_when_it_begins_and_when_it_is_stopped() -> None:
    events: list[Event] = []
    record = begun(events)
    record.prepared = prepared()
    asyncio.run(record.begun())
    record.stopped(Blocked("ask-first", "it holds a card", "the owner"))
    event = kept(record, events)
    assert [one.kind for one in events] == ["stream", "refusal"]
    assert (event.decision, event.rule, event.more["status"]) == ("ask", "ask-first", 403)


def test_a_sandbox_of_a_key_is_named_before_anything_is_decided() -> None:
    events: list[Event] = []
    record = begun(events)
    record.principal = type(ALICE)(id="bea", source="key:2", sandbox="pilot")
    assert kept(record, events).more["sandbox"] == "pilot"


@pytest.mark.parametrize("news", [True, False])
def test_an_answer_that_somebody_else_gives_is_on_record_where_there_is_news(news: bool) -> None:
    events: list[Event] = []
    record = begun(events)

    async def over() -> None:
        await record.answered(news=news)
        await record.close()

    asyncio.run(over())
    assert [one.kind for one in events] == ["answer"] * news
