"""Texts that go on after others: none waits for ever, and none that seemed to have ended leaks its rest."""

from __future__ import annotations

from tests.guard.streams.support import event, guarded
from tests.guard.streams.test_answer import said, trees


def test_a_text_that_gets_nothing_more_does_not_hold_up_the_others() -> None:
    stream = guarded()
    out = stream.feed(event(delta={"a": "thoughts"}))
    for number in range(100):
        out += stream.feed(event(delta={"b": f"word {number} "}))
        if number == 20:
            assert out == b""
    assert said(out, "a") == "thoughts"
    assert "word 90 " in said(out, "b")


def test_a_text_that_goes_on_in_turns_is_waited_for() -> None:
    stream = guarded()
    out = b""
    for number, piece in enumerate("a SECRET of two hundred and more words"):
        out += stream.feed(event(delta={"a": piece}) + event(delta={"b": f"{number} more "}) * 5)
    out += stream.end()
    assert said(out, "a") == "a <hidden> of two hundred and more words"


def test_a_value_that_goes_on_after_an_end_loses_its_rest() -> None:
    stream = guarded()
    out = stream.feed(event(delta={"a": "SECRET, SEC"}) + event(ends=["a"]) + event(delta={"a": "RET"}))
    out += stream.feed(event(ends=["a"]) + event(delta={"a": " more"}) + event(whole={"a": "SECRET, SECRET more"}))
    out += stream.end()
    assert said(out, "a") == "<hidden>, SEC more"
    assert trees(out)[-1]["whole"]["a"] == "<hidden>, SEC more"
