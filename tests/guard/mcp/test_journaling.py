"""A session through a gate is kept, and can be explained and replayed from what was kept."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.guard.flow.journal import Called, Decided, Entry, Returned, Said, Values, read_journal
from bartizan.guard.flow.traces import read_traces
from bartizan.guard.mcp.journaling import JournalRules
from tests.guard.mcp.gates import BOSS, EVIL, Driven, driven, text

KEY = b"a key of sixteen or more bytes"


def session(values: Values = "keep", **more: Any) -> Driven:
    return driven(journal=JournalRules(key=KEY, values=values), **more)


def kept(one: Driven) -> list[Entry]:
    return list(read_journal(one.gate.journal(), "s1.jsonl"))


def allowed(one: Driven, choice: str = "approve") -> Any:
    """Read what names a stranger, have a mail to them asked about, and answer."""
    one.reads(f"Write to {EVIL}")
    said = one.call("send_email", {"to": EVIL, "body": "hello"})
    return one.gate.answered(said.ask, choice, "client", one.now)


def test_calls_answers_and_results_are_kept_in_their_order() -> None:
    one = session(request="Read my mail")
    one.result(allowed(one), text("sent"))
    entries = kept(one)
    assert [type(entry).__name__ for entry in entries] == [
        "Begun", "Said", "Called", "Returned", "Called", "Decided", "Returned",
    ]  # fmt: skip
    decided = entries[5]
    assert isinstance(decided, Decided)
    assert (decided.approved, decided.by, decided.outcome) == (True, "anna", "approved")
    assert one.gate.journal() == []


def test_what_the_user_says_stands_before_the_call_that_follows() -> None:
    one = session()
    one.reads("hello")
    one.gate.says_user(f"Send a mail to {BOSS}")
    one.call("send_email", {"to": BOSS, "body": "hello"})
    entries = kept(one)
    assert [entry.text for entry in entries if isinstance(entry, Said)] == ["", f"Send a mail to {BOSS}"]
    assert isinstance(entries[-1], Called)
    assert isinstance(entries[-2], Said)


def test_a_refusal_and_what_was_remembered_are_kept_with_their_rule() -> None:
    one = session()
    allowed(one, "")
    one.call("send_email", {"to": EVIL, "body": "hello"})
    one.call("fly", {})
    outcomes = [(entry.approved, entry.outcome) for entry in kept(one) if isinstance(entry, Decided)]
    assert outcomes == [(False, "asking-denied"), (False, "asking-denied-before")]


def test_an_approval_for_the_session_is_kept_each_time_it_is_used() -> None:
    one = session()
    allowed(one, "approve-for-session")
    one.call("send_email", {"to": EVIL, "body": "hello"})
    outcomes = [entry.outcome for entry in kept(one) if isinstance(entry, Decided)]
    assert outcomes == ["approved", "remembered"]


def test_a_failed_call_is_kept_as_one() -> None:
    one = session()
    one.result(one.call("read_inbox"), text("no such folder", isError=True))
    returned = kept(one)[-1]
    assert isinstance(returned, Returned)
    assert (returned.failed, returned.result) == (True, "no such folder")


def test_it_can_be_replayed() -> None:
    one = session(request="Read my mail")
    one.result(allowed(one), text("sent"))
    (trace,) = read_traces(one.gate.journal(), "s1.jsonl")
    assert trace.prompt == "Read my mail"
    assert [(step.tool, step.approved, step.done) for step in trace.events] == [
        ("mail/read_inbox", None, True),
        ("mail/send_email", True, True),
    ]


@pytest.mark.parametrize("values", ["digest", "keep"])
def test_digests_hold_no_value(values: Values) -> None:
    one = session(values)
    allowed(one)
    assert (EVIL.encode() in b"".join(one.gate.journal())) is (values == "keep")


def test_without_rules_nothing_is_kept() -> None:
    one = driven()
    allowed(one)
    one.gate.says_user("Send it")
    assert one.gate.journal() == []


def test_what_no_monitor_has_seen_is_no_call_of_the_journal() -> None:
    one = session(monitor=None)
    one.reads("hello")
    one.call("fly", {})
    one.gate.says_user("Send it")
    assert one.gate.journal() == []
