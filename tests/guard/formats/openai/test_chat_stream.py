"""Streamed chat completions: nothing leaks, and the client can put together what it gets."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import APIError

from bartizan.guard.exchange import SlotKind, Usage
from bartizan.guard.formats.openai.words import HANDLES, WORDS, is_name
from bartizan.guard.streams import StreamError
from tests.guard.formats.bodies import disturbed
from tests.guard.formats.openai.streaming import CHAT, client, guarded, joined, passed, pieces, slots, trees, written
from tests.guard.formats.reading import strings


def chunk(*choices: Any, **more: Any) -> dict[str, Any]:
    head = {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1694268190, "model": "gpt-x"}
    return {**head, "system_fingerprint": "fp_1", "obfuscation": "x9Kd", "choices": list(choices), **more}


def said(index: int = 0, /, **delta: Any) -> dict[str, Any]:
    return {"index": index, "delta": delta, "logprobs": None, "finish_reason": None}


def last(index: int = 0, reason: str = "stop") -> dict[str, Any]:
    return {"index": index, "delta": {}, "finish_reason": reason}


def tool(number: int, arguments: str, **more: Any) -> dict[str, Any]:
    return {"index": number, **more, "function": {"arguments": arguments, **({"name": "f"} if more else {})}}


def test_what_holds_nothing_passes_byte_for_byte_cut_anywhere() -> None:
    data = written(
        chunk(said(role="assistant", content="", refusal=None)),
        chunk(said(content="Grüezi ")),
        chunk(said(content="🎉.")),
        chunk(last()),
        chunk(usage={"prompt_tokens": 3, "completion_tokens": 4}),
    )
    data += b"data: [DONE]\n\n"
    for size in range(1, 40):
        assert passed(CHAT, data, size) == data


def test_usage_is_read_from_the_chunk_without_choices() -> None:
    stream = guarded(CHAT)
    stream.feed(written(chunk(last(), usage=None), chunk(usage={"prompt_tokens": 3, "completion_tokens": 4})))
    assert stream.usage == Usage(3, 4)


@pytest.mark.parametrize("size", [1, 2, 3, 30])
@pytest.mark.parametrize("name", ["content", "refusal", "reasoning_content", "reasoning", "new_text"])
def test_a_value_in_pieces_is_hidden_in_every_text(name: str, size: int) -> None:
    events = [chunk(said(0, **{name: piece})) for piece in pieces("It is SECRET, yes.", size)]
    out = trees(passed(CHAT, written(*events, chunk(last()))))
    assert "".join(one["choices"][0]["delta"].get(name, "") for one in out) == "It is <hidden>, yes."
    assert len(out) == len(events) + 1


def test_choices_in_turns_are_texts_of_their_own() -> None:
    events = [chunk(said(0, content=a), said(1, content=b)) for a, b in zip("a SECRET b", "SECRET    ", strict=True)]
    out = trees(passed(CHAT, written(*events, chunk(last(0)), chunk(last(1)))))
    texts = ["", ""]
    for one in out:
        for choice in one["choices"]:
            texts[choice["index"]] += choice["delta"].get("content", "")
    assert texts == ["a <hidden> b", "<hidden>    "]


def test_the_client_puts_calls_of_tools_together() -> None:
    events = [chunk(said(role="assistant", content=None))]
    for number, text in enumerate(('{"to": "SECRET"}', '{"b": 1}')):
        events.append(chunk(said(tool_calls=[tool(number, "", id=f"call_{number}", type="function")])))
        events += [chunk(said(tool_calls=[tool(number, piece)])) for piece in pieces(text, 2)]
    out = passed(CHAT, written(*events, chunk(last(reason="tool_calls"))) + b"data: [DONE]\n\n")
    with client(out).chat.completions.stream(model="gpt-x", messages=[]) as stream:
        calls = stream.get_final_completion().choices[0].message.tool_calls
    assert calls is not None
    assert [(one.function.name, one.function.arguments) for one in calls] == [
        ("f", '{"to": "<hidden>"}'),
        ("f", '{"b": 1}'),
    ]


def test_calls_of_tools_in_turns_leak_nothing() -> None:
    events = [
        chunk(said(tool_calls=[tool(0, piece)], content=piece), said(1, tool_calls=[tool(1, piece)]))
        for piece in "{SECRET}"
    ]
    out = trees(passed(CHAT, written(*events, chunk(last()))))
    texts: dict[str, str] = {}
    for one in out:
        for choice in one["choices"]:
            texts["text"] = texts.get("text", "") + choice["delta"].get("content", "")
            for call in choice["delta"].get("tool_calls", ()):
                key = f"{choice['index']} {call['index']}"
                texts[key] = texts.get(key, "") + call["function"]["arguments"]
    assert texts == {"text": "{<hidden>}", "0 0": "{<hidden>}", "1 1": "{<hidden>}"}


def test_the_name_of_a_tool_goes_on_with_its_arguments() -> None:
    stream = guarded(CHAT)
    first = written(chunk(said(tool_calls=[tool(0, "", id="call_1", type="function")])))
    assert stream.feed(first) == b""
    assert stream.feed(written(chunk(said(tool_calls=[tool(0, '{"a": 1')])))) == first


@pytest.mark.parametrize("told", ["in the same chunk", "in the next chunk", "in bytes"])
def test_log_probabilities_say_nothing_that_the_text_does_not(told: str) -> None:
    events = []
    for piece in pieces("It is SECRET, yes.", 3):
        tokens = [{"token": one, "bytes": list(one.encode()), "logprob": -1.0, "top_logprobs": []} for one in piece]
        if told == "in bytes":
            tokens = [{"token": "\\x", "bytes": list(piece.encode()), "logprob": -1.0, "top_logprobs": []}]
        probable = {"content": tokens, "refusal": None}
        if told == "in the next chunk":
            events += [chunk(said(content=piece)), chunk({**said(content=""), "logprobs": probable})]
        else:
            events.append(chunk({**said(content=piece), "logprobs": probable}))
    out = trees(passed(CHAT, written(*events, chunk(last()))))
    kept = [
        token
        for one in out
        for choice in one["choices"]
        for token in ((choice.get("logprobs") or {}).get("content") or ())
    ]
    assert "".join(one["choices"][0]["delta"].get("content", "") for one in out) == "It is <hidden>, yes."
    assert "SECRET" not in "".join(bytes(token["bytes"]).decode() for token in kept)
    assert any(token["bytes"] == [73, 116, 32] or token["bytes"] == [73] for token in kept)


def test_a_choice_that_is_told_whole_at_the_end_says_the_same() -> None:
    events = [chunk(said(content=piece)) for piece in "a SECRET"]
    whole = {"index": 0, "message": {"role": "assistant", "content": "a SECRET"}, "finish_reason": "stop"}
    out = trees(passed(CHAT, written(*events, chunk(whole))))
    assert out[-1]["choices"][0]["message"]["content"] == "a <hidden>"


@pytest.mark.parametrize(
    "choice",
    [
        said(audio={"id": "a", "transcript": "SECRET", "data": "U0VDUkVU"}),
        said(audio={"id": "a", "data": "a SECRET"}),
        said(audio="SECRET"),
        said(content=[{"type": "text", "text": "SECRET"}]),
        said(content={"text": "SECRET"}),
        said(tool_calls="SECRET"),
        said(tool_calls=["SECRET"]),
        said(tool_calls=[{"function": "SECRET"}]),
        said(tool_calls=[{"index": "x", "custom": {"name": "SECRET", "input": "SECRET", "more": ["SECRET"]}}]),
        said(function_call={"name": "SECRET", "arguments": {"a": "SECRET"}}),
        said(function_call="SECRET"),
        said(annotations=[{"type": "url_citation", "url_citation": {"title": "SECRET", "url": "https://x.ch/SECRET"}}]),
        said(context={"citations": [{"content": "SECRET"}]}),
        said(role="SECRET "),
        said(new={"deep": ["SECRET"]}),
        {"index": 0, "text": "SECRET"},
        {"index": "SECRET 1", "delta": "SECRET", "finish_reason": "SECRET"},
        {"index": 0, "delta": {}, "logprobs": ["SECRET"]},
        {"index": 0, "delta": {}, "logprobs": {"content": ["SECRET", {"token": "SECRET", "more": 1}]}},
        {"index": 0, "delta": {}, "logprobs": {"tokens": ["SECRET"]}},
        {"index": 0, "delta": None, "content_filter_results": {"custom": {"details": "SECRET"}}},
    ],
)
def test_unusual_chunks_leak_nothing(choice: Any) -> None:
    out = trees(passed(CHAT, written(chunk(choice), chunk(last()))))
    assert "SECRET" not in joined(out)
    assert "U0VDUkVU" not in joined(out)
    assert len(out) == 2


@pytest.mark.parametrize(
    "more",
    [
        {"id": "a SECRET"},
        {"note": "SECRET"},
        {"error": {"message": "SECRET"}},
        {"choices": "SECRET"},
        {"created": "SECRET"},
    ],
)
def test_what_stands_beside_the_choices_leaks_nothing(more: Any) -> None:
    assert "SECRET" not in joined(trees(passed(CHAT, written({**chunk(), **more}))))


@pytest.mark.parametrize("tree", [["SECRET"], "SECRET", {"choices": ["SECRET"]}])
def test_what_is_no_chunk_ends_the_stream(tree: Any) -> None:
    out = passed(CHAT, written(tree) if isinstance(tree, dict) else f"data: {json.dumps(tree)}\n\n".encode())
    assert trees(out)[0]["error"]["rule"] == "stream-not-followed"
    assert b"SECRET" not in out


def test_a_long_number_becomes_what_hides_it_and_a_name_ends_the_stream() -> None:
    tree = chunk(note={"n": 12345678901, "anna": 1})
    made = slots(CHAT, tree)
    number, name = (next(one for one in made if one.holder[one.key] == text) for text in ("12345678901", "anna"))
    number.holder[number.key] = "<hidden>"
    assert tree["note"]["n"] == "<hidden>"
    with pytest.raises(StreamError):
        name.holder[name.key] = "<hidden>"


def test_the_client_raises_for_a_stream_that_was_stopped() -> None:
    out = passed(CHAT, written(*(chunk(said(content=one)) for one in ("first words, and ", "more to come", "STOP"))))
    got = client(out).chat.completions.create(model="gpt-x", messages=[], stream=True)
    assert next(got).choices[0].delta.content == "first words, and "
    with pytest.raises(APIError) as raised:
        list(got)
    assert "no-stop" in raised.value.message
    assert raised.value.code == "bartizan_denied"
    assert isinstance(raised.value.body, dict)
    assert raised.value.body["rule"] == "no-stop"
    assert out.endswith(b"data: [DONE]\n\n")


FULL = chunk(
    {
        **said(role="assistant", content="x y", refusal="n", tool_calls=[tool(0, "{a}", id="call_1", type="function")]),
        "logprobs": {"content": [{"token": "x y", "bytes": None, "logprob": -1, "top_logprobs": []}]},
        "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}},
    },
    said(1, audio={"id": "a1", "transcript": "t u"}, annotations=[{"type": "url_citation"}]),
    usage={"prompt_tokens": 1},
)


@given(data=st.data())
def test_every_string_of_a_chunk_is_a_slot(data: st.DataObject) -> None:
    tree = data.draw(disturbed(FULL))
    names, left = set(), copy.deepcopy(tree)
    try:
        made = slots(CHAT, left)
    except StreamError:
        return
    for one in made:
        if one.kind is SlotKind.ALONE:
            names.add(one.holder[one.key])
        try:
            one.holder[one.key] = ""
        except StreamError:
            continue
    for path, text, name in strings(left):
        step = path.rpartition("/")[2]
        if name:
            assert not text or text in WORDS or text in names
        elif text and text not in WORDS and not (step in HANDLES and is_name(text, step)):
            assert "/logprobs/" in path
            assert step == "token"


def test_a_name_that_no_provider_gives_is_a_text() -> None:
    (slot,) = slots(CHAT, chunk(said(), model="4012 8888 8888 1881"))
    assert (slot.kind, slot.channel, slot.key) == (SlotKind.ALONE, "/model", "model")
    assert slots(CHAT, chunk(said(), model="", service_tier="default")) == []
