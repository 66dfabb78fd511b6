"""Sessions on record: whole, in order, with or without values, and readable a year later."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.flow.journal import (
    Begun,
    Called,
    Decided,
    Entry,
    Journal,
    Returned,
    Said,
    Values,
    decode_entry,
    read_journal,
    verdict_of,
)
from bartizan.guard.flow.traces import journal_trace, read_traces
from bartizan.guard.flow.verdict import Origin, Source, Verdict
from bartizan.model import Allow, Ask, Deny, InputError, Place, Ruling, Transform
from bartizan.model.card import ValueType
from bartizan.model.words import Effect

KEY = b"a key of sixteen or more bytes"
ORIGIN = Origin(
    argument="to",
    value="mark@x.example",
    type=ValueType.EMAIL,
    source=Source.CONTENT,
    call=0,
    tool="read",
    field="body",
)


def verdict(ruling: Ruling | None = None, number: int = 0, **more: Any) -> Verdict:
    return Verdict(
        number=number,
        tool="send",
        arguments={"to": "mark@x.example", "body": "hi"},
        effect=Effect.SEND,
        ruling=ruling or Ask("user"),
        rule="flow-ungrounded",
        reason="the user has not named the recipient",
        risk="data could reach a stranger",
        tainted=True,
        origins=(ORIGIN,),
        **more,
    )


def written(values: Values = "keep", result: Any = "done") -> list[bytes]:
    journal = Journal(KEY, values)
    return [
        journal.begun("s-1", 1.0, agent="bot", principal="anna", cards="c" * 64),
        journal.said("Write to Mark", 2.0),
        journal.called(verdict(), 3.0),
        journal.decided(0, True, 4.0, by="anna", outcome="approved"),
        journal.returned(0, result, 5.0, labels=["untrusted", "internal"]),
        journal.said("And again", 6.0),
        journal.called(verdict(Deny("no"), number=1), 7.0),
    ]


def test_with_values_everything_comes_back() -> None:
    entries = list(read_journal(written(), "s.jsonl"))
    assert [type(one) for one in entries] == [Begun, Said, Called, Decided, Returned, Said, Called]
    called, returned = entries[2], entries[4]
    assert isinstance(called, Called)
    assert verdict_of(called) == verdict()
    assert isinstance(returned, Returned)
    assert (returned.result, returned.size, returned.labels) == ("done", 6, ["internal", "untrusted"])


def test_without_values_none_is_there_and_equal_ones_are_known() -> None:
    lines = written("digest")
    text = b"".join(lines).decode()
    assert not any(value in text for value in ("mark@x.example", "hi", "Write to Mark", "done"))
    called = next(one for one in read_journal(lines, "x") if isinstance(one, Called))
    shown = verdict_of(called)
    assert shown.origins[0].value == shown.arguments["to"]
    assert shown.arguments["to"].startswith("[digest ")
    assert (shown.origins[0].call, shown.origins[0].field, shown.reason) == (0, "body", verdict().reason)


def test_digests_are_of_the_key() -> None:
    other = Journal(KEY + b"!", "digest")
    other.begun("s-1", 1.0)
    mine = Journal(KEY, "digest")
    mine.begun("s-1", 1.0)
    assert json.loads(mine.said("1234", 2.0))["digest"] != json.loads(other.said("1234", 2.0))["digest"]
    with pytest.raises(InputError, match="less than 16 bytes"):
        Journal(b"short")


@pytest.mark.parametrize("ruling", [Allow(), Ask("finance"), Deny("the user has not named the recipient")])
def test_rulings_come_back(ruling: Ruling) -> None:
    journal = Journal(KEY, "keep")
    lines = [journal.begun("s", 0.0), journal.called(verdict(ruling), 1.0)]
    called = list(read_journal(lines, "x"))[1]
    assert isinstance(called, Called)
    assert verdict_of(called).ruling == ruling


def test_what_is_no_ruling_of_the_monitor_is_told_as_a_change() -> None:
    line = Journal(KEY).called(verdict(Transform(("x",))), 1.0)
    entry = decode_entry(line, Place("x", 1))
    assert isinstance(entry, Called)
    assert (entry.ruling, verdict_of(entry).ruling) == ("transform", Allow())


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lambda lines: lines[:2] + lines[3:], "not as it was written"),
        (lambda lines: [lines[1], *lines], "not as it was written"),
        (lambda lines: [lines[0].replace(b"anna", b"paul"), *lines[1:]], "not as it was written"),
        (lambda lines: [*lines[:3], b"{}\n"], "none of a journal"),
        (lambda lines: [*lines[:3], b"\xff\n"], "none of a journal"),
        (lambda lines: [*lines[:3], b"[" * 5_000], "none of a journal"),
        (lambda lines: [lines[0].replace(b'"version":1', b'"version":2')], "has version 2"),
        (lambda _: [Journal(KEY).said("x", 1.0)], "begins with a session"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(spoil: Any, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as caught:
        list(read_journal(spoil(written()), "s.jsonl"))
    assert "s.jsonl:" in caught.value.diagnostics()


def test_a_line_that_is_too_large() -> None:
    class Long(bytes):
        def __len__(self) -> int:
            return 1 << 30

    with pytest.raises(InputError, match="too large"):
        decode_entry(Long(b"{}"), Place("x", 1))


def test_empty_lines_are_let_be() -> None:
    assert len(list(read_journal([*written(), b"\n", b"  \r\n"], "x"))) == 7


@given(
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(-(2**62), 2**62), st.text(max_size=8)),
        lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=4), inner, max_size=3)),
        max_leaves=8,
    )
)
def test_any_result_comes_back(result: Any) -> None:
    returned = next(one for one in read_journal(written(result=result), "x") if isinstance(one, Returned))
    assert returned.result == result


@pytest.mark.parametrize("result", ["\ud800", {"a": ["\udfff", 1]}])
def test_texts_that_are_no_text_come_back(result: Any) -> None:
    entries: list[Entry] = list(read_journal(written(result=result), "x"))
    assert isinstance(entries[4], Returned)
    assert entries[4].result == result


def test_what_json_has_not_is_written_as_it_is_shown() -> None:
    entries = list(read_journal(written(result={"a": {1}, "b": 2j, "c": "\ud800"}), "x"))
    assert isinstance(entries[4], Returned)
    assert entries[4].result["b"] == "2j"


def test_a_journal_is_a_trace() -> None:
    (trace,) = read_traces(written(), "s.jsonl")
    assert (trace.prompt, trace.user_task, trace.attacked, trace.name) == ("Write to Mark", "s-1", False, "s-1")
    first, second = trace.events
    assert (first.tool, first.args, first.result) == ("send", {"to": "mark@x.example", "body": "hi"}, "done")
    assert (first.approved, first.done, first.said) == (True, True, "")
    assert (second.said, second.approved, second.done) == ("And again", None, False)


def test_a_journal_after_empty_lines_is_one_too() -> None:
    assert len(list(read_traces([b"\n", *written()], "s.jsonl"))) == 1


def test_a_failed_call_and_several_words_of_the_user() -> None:
    journal = Journal(KEY, "keep")
    lines = [
        journal.begun("s", 0.0),
        journal.said("a", 1.0),
        journal.said("b", 2.0),
        journal.said("c", 3.0),
        journal.called(verdict(), 4.0),
        journal.returned(0, "no such file", 5.0, failed=True),
        journal.returned(7, "of no call", 6.0),
    ]
    trace = journal_trace(lines, "x")
    assert (trace.prompt, trace.events[0].said, trace.events[0].error) == ("a", "b\nc", "no such file")


def test_a_journal_of_digests_can_not_be_replayed() -> None:
    with pytest.raises(InputError, match="digests only"):
        list(read_traces(written("digest"), "s.jsonl"))
