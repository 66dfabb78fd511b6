"""What is noticed in a session goes on record, but not without end."""

from __future__ import annotations

from bartizan.guard.gateway.mcp.noted import Few, noted_event
from bartizan.guard.mcp.acts import Noted

NONSENSE = Noted("malformed", "s", (("code", -32700), ("from_", "client")))


def test_a_note_is_an_event_without_a_text() -> None:
    event = noted_event(NONSENSE, "anna", "s-1", 1_800_000_000.5)
    assert (event.kind, event.principal, event.resource, event.rule) == ("mcp-noted", "anna", "s", "malformed")
    assert event.time == "2027-01-15T08:00:00.500Z"
    assert event.more == {"code": -32700, "from": "client", "session": "s-1"}


def test_two_hundred_a_minute_pass_and_the_rest_is_counted() -> None:
    few = Few()
    passed = [one for number in range(1000) for one in few.passed(NONSENSE, 100.0 + number / 100)]
    assert passed == [NONSENSE] * 200
    assert few.passed(NONSENSE, 161.0) == [Noted("notes-left-out", "", (("count", 800),)), NONSENSE]
    assert few.rest() == []
