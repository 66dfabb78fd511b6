"""Streamed answers: nothing leaks, nothing else changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.exchange import Usage
from bartizan.guard.streams import SseReader
from tests.guard.streams.support import event, guarded


def trees(data: bytes) -> list[Any]:
    reader = SseReader()
    return [
        json.loads(frame.data) for frame in [*reader.feed(data), *reader.end()] if frame.data not in (None, "[DONE]")
    ]


def passed(*events: bytes) -> bytes:
    stream = guarded()
    return b"".join(stream.feed(one) for one in events) + stream.end()


def said(data: bytes, name: str) -> str:
    return "".join(tree["delta"].get(name, "") for tree in trees(data) if "delta" in tree)


def test_what_holds_nothing_passes_byte_for_byte() -> None:
    events = [
        b": ping\r\n\r\n",
        b'data:  {"delta" : {"a": "hello "}}\r\n\r\n',
        event(delta={"a": "world"}),
        b"data: [DONE]\n\n",
    ]
    assert passed(*events) == b"".join(events)


def test_an_event_waits_until_its_text_is_decided() -> None:
    stream = guarded()
    assert stream.feed(event(delta={"a": "SEC"})) == b""
    assert stream.feed(event(delta={"a": "ond thoughts"})) == event(delta={"a": "SEC"})
    assert stream.end() == event(delta={"a": "ond thoughts"})


@given(
    st.lists(st.integers(0, 40), max_size=20), st.sampled_from(["a SECRET b SECRETS ", "SECRET", "SECRETSECRET", "x"])
)
def test_a_value_over_many_pieces_is_hidden_once(cuts: list[int], text: str) -> None:
    at = sorted({min(cut, len(text)) for cut in cuts})
    pieces = [text[a:b] for a, b in zip([0, *at], [*at, len(text)], strict=True)]
    out = passed(*(event(delta={"a": piece}) for piece in pieces), event(whole={"a": text}))
    assert said(out, "a") == text.replace("SECRET", "<hidden>")
    assert trees(out)[-1]["whole"]["a"] == text.replace("SECRET", "<hidden>")
    assert len(trees(out)) == len(pieces) + 1


def test_a_whole_text_that_says_something_else_is_inspected_by_itself() -> None:
    out = passed(event(delta={"a": "fine"}), event(whole={"a": "SECRET"}))
    assert b"SECRET" not in out
    assert trees(out)[-1]["whole"]["a"] == "<hidden>"


def test_copies_of_a_changed_text_are_taken_away() -> None:
    out = passed(event(delta={"a": "SECRET"}, copy=["SEC", "RET"]), event(delta={"a": " and more"}, copy=["x"]))
    assert [tree["copy"] for tree in trees(out)] == [None, ["x"]]


def test_texts_of_several_channels_keep_their_order() -> None:
    out = passed(event(delta={"a": "SEC"}), event(delta={"b": "plain text here"}), event(delta={"a": "RET"}))
    assert said(out, "a") == "<hidden>"
    assert said(out, "b") == "plain text here"
    assert [list(tree["delta"]) for tree in trees(out)] == [["a"], ["b"], ["a"]]


def test_the_end_of_a_channel_lets_its_last_text_go_at_once() -> None:
    stream = guarded()
    stream.feed(event(delta={"a": "SEC"}))
    assert stream.feed(event(ends=["a"])) == event(delta={"a": "SEC"}) + event(ends=["a"])
    assert stream.feed(event(delta={"a": "a new text"})) == b""
    assert stream.end() == event(delta={"a": "a new text"})


def test_what_may_not_pass_ends_the_stream_in_the_protocol() -> None:
    stream = guarded()
    out = stream.feed(event(delta={"a": "this was decided before "}) + event(delta={"a": "this waits "}))
    out += stream.feed(event(delta={"a": "STOP it"}))
    assert b"STOP" not in out
    assert trees(out)[0]["delta"]["a"] == "this was decided before "
    assert trees(out)[-1]["error"] == "no-stop"
    assert stream.stopped is not None
    assert stream.feed(event(delta={"a": "more"})) == stream.end() == stream.cut("late") == b""


def test_a_text_of_its_own_is_decided_at_once() -> None:
    assert trees(passed(event(note="a SECRET")))[0]["note"] == "a <hidden>"
    assert trees(passed(event(note="STOP")))[-1]["error"] == "no-stop"


@pytest.mark.parametrize(
    "data", [b"data: {\n\n", b'data: {"a": 1, "a": 2}\n\n', b"data: \xff\n\n", b"data: <html>\n\n"]
)
def test_what_can_not_be_followed_ends_the_stream(data: bytes) -> None:
    out = passed(event(delta={"a": "a plain beginning"}), data, event(delta={"a": "SECRET"}))
    assert trees(out)[-1]["error"] == "stream-not-followed"
    assert b"SECRET" not in out


def test_an_upstream_that_breaks_off_is_told() -> None:
    stream = guarded()
    stream.feed(event(delta={"a": "SECRE"}))
    out = stream.cut("it broke off")
    assert trees(out) == [{"error": "upstream-cut", "message": "it broke off"}]


def test_a_second_blocking_text_behind_the_first_changes_nothing() -> None:
    stream = guarded()
    out = stream.feed(event(delta={"a": "fine words"}, whole={"a": "STOP"}) + event(note="STOP")) + stream.end()
    assert trees(out)[-1]["error"] == "no-stop"
    assert b"STOP" not in out


def test_too_much_behind_a_text_that_does_not_end_is_refused() -> None:
    stream = guarded()
    out = stream.feed(event(delta={"a": "S"}))
    for _ in range(10):
        out += stream.feed(event(note="x" * 1_000_000))
    assert trees(out)[-1]["error"] == "stream-not-followed"


def test_usage_is_what_was_told_last() -> None:
    stream = guarded()
    stream.feed(event(usage=[5, 1]) + event(usage=[-1, 9]))
    stream.end()
    assert stream.usage == Usage(5, 9)
    assert stream.events == 2


def test_a_text_may_be_told_whole_more_than_once() -> None:
    out = passed(event(delta={"a": "SECRET"}), event(whole={"a": "SECRET"}), event(whole={"a": "SECRET"}, ends=["a"]))
    assert [tree["whole"]["a"] for tree in trees(out)[1:]] == ["<hidden>", "<hidden>"]


def test_a_remark_that_holds_a_value_becomes_an_empty_one() -> None:
    assert passed(b": the SECRET\n\n", b": fine\n\n") == b":\n\n: fine\n\n"


def test_texts_of_one_event_are_waited_for_one_by_one() -> None:
    """The first of its texts goes on and is decided, the second got nothing more for long."""
    stream = guarded()
    out = stream.feed(event(delta={"a": "SEC", "b": "waits"}) + event(delta={"a": "RET and some more words"}))
    assert out == b""
    out = b"".join(stream.feed(event(delta={"c": "words "})) for _ in range(40)) + stream.end()
    assert said(out, "a") == "<hidden> and some more words"
    assert said(out, "b") == "waits"
