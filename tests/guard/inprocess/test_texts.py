"""Single texts: what they may be used as, who is on record for it, and what can be put back."""

from __future__ import annotations

import asyncio

import pytest

from bartizan.guard.refused import Refused
from tests.guard.inprocess.support import CARD, IBAN, MAIL, guarded


def test_a_text_is_decided_by_the_rules_and_can_be_put_back() -> None:
    guard = guarded()
    made = guard.text(f"ask {MAIL}, and {MAIL} again")
    assert MAIL not in made.text
    assert (dict(made.types), dict(made.changed)) == ({"email-address": 2}, {"hide": 2})
    assert made.restore(f"done: {made.text}") == f"done: ask {MAIL}, and {MAIL} again"
    assert guard.text("another").restore(made.text) == made.text
    event = guard.events[0]
    assert (event.kind, event.action, event.decision, event.principal) == (
        "call",
        "inspect-text",
        "transform",
        "program",
    )
    assert [(one.type, one.count) for one in event.findings] == [("email-address", 2)]
    assert MAIL not in str(event)


def test_callers_have_pseudonyms_of_their_own() -> None:
    guard = guarded()
    assert guard.text(MAIL, principal=guard.anna).text != guard.text(MAIL).text
    assert [event.principal for event in guard.events] == ["anna", "program"]
    assert guard.events[0].more["application"] == "desk"


def test_a_text_that_may_not_be_used_is_refused() -> None:
    guard = guarded()
    with pytest.raises(Refused, match="credit-card"):
        guard.text(f"card {CARD}")
    assert guard.last() == ("refusal", "deny", "no-cards")
    with pytest.raises(Refused, match="data office"):
        asyncio.run(guard.atext(IBAN))
    assert guard.last() == ("refusal", "ask", "ask-first")
    assert asyncio.run(guard.atext(IBAN, side="answer", origin="model")).text == IBAN


def test_many_texts_are_one_event() -> None:
    guard = guarded()
    rows = guard.texts(["plain", f"card {CARD}", f"to {MAIL}"])
    assert [row.text for row in rows][:2] == ["plain", ""]
    assert [row.refused is None for row in rows] == [True, False, True]
    (event,) = guard.events
    assert (event.kind, event.more) == ("refusal", {"texts": 3, "refused": 1, "changed_by": ["hide"]})
    assert guard.texts([]) == []
    assert guard.events[-1].labels == []


def test_a_writer_that_is_none_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="nobody"):
        guarded().text("hello", origin="nobody")
