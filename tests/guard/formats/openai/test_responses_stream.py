"""Streamed responses: every copy of a text says the same, in events known and unknown."""

from __future__ import annotations

import copy
import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai import APIError

from bartizan.guard.exchange import Usage
from bartizan.guard.formats.openai.words import HANDLES, WORDS, is_name
from bartizan.guard.streams import StreamError
from tests.guard.formats.bodies import disturbed
from tests.guard.formats.openai.bodies import INPUT, RESPONSE, SOUND
from tests.guard.formats.openai.streaming import (
    RESPONSES,
    client,
    guarded,
    joined,
    passed,
    pieces,
    slots,
    trees,
    written,
)
from tests.guard.formats.reading import strings

TEXT = "It is SECRET, yes."
HIDDEN = "It is <hidden>, yes."


def event(type: str, **more: Any) -> dict[str, Any]:
    return {"type": f"response.{type}", "sequence_number": 1, **more}


def response(*output: Any, **more: Any) -> dict[str, Any]:
    return {**RESPONSE, "output": list(output), "tools": [], **more}


def item(number: int, made: dict[str, Any], empty: dict[str, Any], *events: dict[str, Any]) -> list[dict[str, Any]]:
    """The events of one item: it is added, grows, and is done."""
    return [
        event("output_item.added", output_index=number, item=empty),
        *({**one, "output_index": number, "item_id": f"i_{number}"} for one in events),
        event("output_item.done", output_index=number, item=made),
    ]


def told(type: str, whole: str, text: str, size: int, **more: Any) -> list[dict[str, Any]]:
    deltas = [event(f"{type}.delta", delta=piece, obfuscation="x1", **more) for piece in pieces(text, size)]
    return [*deltas, event(f"{type}.done", **{whole: text}, **more)]


def conversation(text: str, size: int) -> list[dict[str, Any]]:
    """A whole stream in which every kind of text says the same."""
    part = {"type": "output_text", "text": text, "annotations": [], "logprobs": []}
    message = {"id": "i_0", "type": "message", "role": "assistant", "status": "completed"}
    refusal = {"type": "refusal", "refusal": text}
    summary = {"type": "summary_text", "text": text}
    thought = {
        "id": "i_1",
        "type": "reasoning",
        "summary": [summary],
        "content": [{"type": "reasoning_text", "text": text}],
    }
    arguments = json.dumps({"to": text})
    calls: list[tuple[str, str, str, str]] = [
        ("function_call", "function_call_arguments", "arguments", arguments),
        ("mcp_call", "mcp_call_arguments", "arguments", arguments),
        ("custom_tool_call", "custom_tool_call_input", "input", text),
        ("code_interpreter_call", "code_interpreter_call_code", "code", text),
    ]
    at, zero = {"content_index": 0}, {"summary_index": 0}
    out = [event("created", response=response()), event("in_progress", response=response())]
    out += item(
        0,
        {**message, "content": [part, refusal]},
        {**message, "content": []},
        event("content_part.added", part={**part, "text": ""}, **at),
        *told("output_text", "text", text, size, logprobs=[], **at),
        event("content_part.done", part=part, **at),
        event("content_part.added", part={**refusal, "refusal": ""}, content_index=1),
        *told("refusal", "refusal", text, size, content_index=1),
        event("content_part.done", part=refusal, content_index=1),
    )
    out += item(
        1,
        thought,
        {**thought, "summary": [], "content": []},
        event("reasoning_summary_part.added", part={**summary, "text": ""}, **zero),
        *told("reasoning_summary_text", "text", text, size, **zero),
        event("reasoning_summary_part.done", part=summary, **zero),
        *told("reasoning_text", "text", text, size, **at),
    )
    made = [{**message, "content": [part, refusal]}, thought]
    for number, (type, kind, name, value) in enumerate(calls, 2):
        call = {"id": f"i_{number}", "type": type, "call_id": "c", "name": "f", name: value}
        out += item(number, call, {**call, name: ""}, *told(kind, name, value, size))
        made.append(call)
    return [*out, event("completed", response=response(*made))]


def test_what_holds_nothing_passes_byte_for_byte_cut_anywhere() -> None:
    data = written(*conversation("Grüezi 🎉 \n", 3))
    for size in (1, 2, 3, 5, 17, 100, 1000):
        assert passed(RESPONSES, data, size) == data


@pytest.mark.parametrize("size", [1, 2, 5, 100])
def test_a_value_is_hidden_in_all_copies_alike(size: int) -> None:
    events = conversation(TEXT, size)
    out = trees(passed(RESPONSES, written(*events)))
    assert len(out) == len(events)
    assert "SECRET" not in joined(out)
    whole: dict[str, list[Any]] = {}
    for one in out:
        if one["type"].endswith(".delta"):
            key = f"{one['type'][:-6]} {one['output_index']} {one.get('content_index')}"
            whole.setdefault(key, []).append(one["delta"])
    assert {json.dumps("".join(one)).replace("\\", "") for one in whole.values()} <= {
        json.dumps(HIDDEN),
        f'"{{"to": "{HIDDEN}"}}"',
    }
    assert joined([out[-1]["response"]["output"]]).count(HIDDEN) == 8


@pytest.mark.parametrize("size", [1, 4])
def test_the_client_puts_a_response_together(size: int) -> None:
    out = passed(RESPONSES, written(*conversation(TEXT, size)))
    with client(out).responses.stream(model="gpt-x", input="x") as stream:
        made = stream.get_final_response()
    assert made.output_text == HIDDEN
    assert made.output[2].type == "function_call"
    assert json.loads(made.output[2].arguments) == {"to": HIDDEN}


def test_texts_go_on_as_soon_as_they_are_done() -> None:
    events = conversation(TEXT, 4)
    stream = guarded(RESPONSES)
    for number, one in enumerate(events):
        out = stream.feed(written(one))
        if one["type"] in ("response.output_text.done", "response.content_part.done", "response.output_item.done"):
            assert trees(out)[-1]["type"] == one["type"], number


def test_usage_is_told_at_the_end() -> None:
    stream = guarded(RESPONSES)
    stream.feed(written(*conversation("x", 1)))
    assert stream.usage == Usage(5, 7)


def test_the_request_said_back_is_looked_at_as_one() -> None:
    back = {
        "instructions": "a SECRET",
        "metadata": {"case": "SECRET"},
        "tools": [{"type": "function", "name": "SECRET"}],
    }
    made = trees(passed(RESPONSES, written(event("created", response=response(**back)))))[0]["response"]
    assert made["instructions"] == "a <hidden>"
    assert made["metadata"] == {"case": "<hidden>"}
    assert made["tools"] == [{"type": "function", "name": "<hidden>"}]


def test_a_value_over_two_places_of_what_is_said_back_takes_all_of_it_away() -> None:
    tree = event("created", response=response(instructions="a b", metadata={"case": "c d"}))
    one = next(one for one in slots(RESPONSES, tree) if "a b" in one.holder[one.key])
    one.holder[one.key] = "<hidden>"
    assert tree["response"]["instructions"] == ""
    assert tree["response"]["metadata"] == {"": ""}


@pytest.mark.parametrize("name", ["output_text", "refusal"])
def test_log_probabilities_say_nothing_that_the_text_does_not(name: str) -> None:
    def probable(text: str) -> list[dict[str, Any]]:
        return [{"token": one, "logprob": -1.0, "top_logprobs": [{"token": one * 9, "logprob": -2}]} for one in text]

    whole = "text" if name == "output_text" else "refusal"
    events = [
        event(f"{name}.delta", delta=one, logprobs=probable(one), output_index=0, content_index=0)
        for one in pieces(TEXT, 3)
    ]
    done = event(f"{name}.done", **{whole: TEXT}, logprobs=probable(TEXT), output_index=0, content_index=0)
    out = trees(passed(RESPONSES, written(*events, done)))
    assert "".join(one["delta"] for one in out[:-1]) == out[-1][whole] == HIDDEN
    assert out[-1]["logprobs"] is None
    kept = [one["token"] for tree in out for one in tree["logprobs"] or ()]
    assert "SECRET" not in "".join(kept)
    assert kept[:3] == ["I", "t", " "]


@pytest.mark.parametrize("kind", ["delta", "done"])
def test_log_probabilities_that_say_something_else_are_texts(kind: str) -> None:
    tokens = [{"token": one, "logprob": -1.0} for one in ("a ", "SECRET")]
    one = event(f"output_text.{kind}", delta="x", text="x", logprobs=tokens, output_index=0)
    assert "SECRET" not in joined(trees(passed(RESPONSES, written(one))))


def test_what_a_command_prints_is_two_texts() -> None:
    at = {"output_index": 0, "command_index": 0}
    events = [
        event("shell_call_output_content.delta", delta={"stdout": a, "stderr": b}, **at)
        for a, b in zip("a SECRET", "SECRET b", strict=True)
    ]
    done = event("shell_call_output_content.done", output=[{"stdout": "a SECRET", "stderr": "SECRET b"}], **at)
    out = trees(passed(RESPONSES, written(*events, done)))
    assert "".join(one["delta"]["stdout"] for one in out[:-1]) == "a <hidden>"
    assert out[-1]["output"] == [{"stdout": "a <hidden>", "stderr": "<hidden> b"}]


def test_a_command_begins_with_the_event_that_adds_it() -> None:
    at = {"output_index": 0, "command_index": 1}
    out = trees(
        passed(
            RESPONSES,
            written(
                event("shell_call_command.added", command="echo SEC", **at),
                event("shell_call_command.delta", delta="RET", **at),
                event("shell_call_command.done", command="echo SECRET", **at),
            ),
        )
    )
    assert [one.get("command", one.get("delta")) for one in out] == ["echo <hidden>", "", "echo <hidden>"]


@pytest.mark.parametrize("type", ["new_text.delta", "audio.transcript.delta", "output_text.delta"])
def test_pieces_of_texts_that_are_not_known_are_put_together_too(type: str) -> None:
    events = [event(type, delta=one, item_id="i_1") for one in TEXT]
    out = trees(passed(RESPONSES, written(*events, event(type.replace("delta", "done")))))
    assert "".join(one.get("delta", "") for one in out) == HIDDEN


def test_sounds_and_pictures_pass_as_they_are() -> None:
    data = written(
        event("audio.delta", delta=SOUND),
        event("image_generation_call.partial_image", partial_image_b64=SOUND, output_index=0, partial_image_index=0),
    )
    stream = guarded(RESPONSES)
    assert stream.feed(data) == data


@pytest.mark.parametrize(
    "tree",
    [
        {"type": "error", "code": "SECRET", "message": "SECRET", "param": None},
        event("failed", response=response(error={"code": "server_error", "message": "a SECRET"})),
        event("failed", response="SECRET"),
        event("output_text.annotation.added", annotation={"type": "url_citation", "title": "SECRET", "url": "SECRET"}),
        event("output_text.delta", delta={"text": "SECRET"}),
        event("output_text.delta", delta="x", logprobs="SECRET"),
        event("function_call_arguments.done", name="SECRET", arguments="{}"),
        event("output_item.added", item="SECRET"),
        event("output_item.done", item={"type": "new", "deep": [{"text": "SECRET"}]}),
        event(
            "content_part.done", part={"type": "output_text", "text": "SECRET", "annotations": [{"title": "SECRET"}]}
        ),
        event("content_part.done", part=["SECRET"]),
        event("shell_call_output_content.delta", delta=["SECRET"]),
        event("shell_call_output_content.done", output="SECRET"),
        event("image_generation_call.partial_image", partial_image_b64="a SECRET"),
        event("audio.delta", delta="a SECRET"),
        event("mcp_list_tools.completed", note="SECRET"),
        event("steer.failed", steer={"input": "SECRET"}, error={"message": "SECRET"}),
        {"type": "SECRET word"},
        {"type": ["SECRET"]},
        {"note": "SECRET"},
    ],
)
def test_unusual_events_leak_nothing(tree: Any) -> None:
    data = f"data: {json.dumps(tree)}\n\n".encode()
    out = trees(passed(RESPONSES, data))
    assert "SECRET" not in joined(out)
    assert "bartizan_denied" not in joined(out)


def test_what_is_no_event_ends_the_stream() -> None:
    out = passed(RESPONSES, b'data: ["SECRET"]\n\n')
    assert trees(out)[0]["error"]["rule"] == "stream-not-followed"
    assert "SECRET" not in joined(trees(out))


def test_the_client_raises_for_a_stream_that_was_stopped() -> None:
    events = [event("output_text.delta", delta=one, output_index=0) for one in ("first words, and ", "more", "STOP")]
    out = passed(RESPONSES, written(*events))
    with pytest.raises(APIError) as raised:
        list(client(out).responses.create(model="gpt-x", input="x", stream=True))
    assert "no-stop" in raised.value.message
    assert raised.value.code == "bartizan_denied"
    assert isinstance(raised.value.body, dict)
    assert raised.value.body["rule"] == "no-stop"
    assert out.rpartition(b"event: ")[2].startswith(b"error\n")
    assert trees(out)[-1]["type"] == "error"


ITEMS = [event("output_item.done", output_index=0, item=one) for one in INPUT]
EVENTS = [*conversation("x y", 1), *ITEMS, event("completed", response=RESPONSE)]


@given(data=st.data())
def test_every_string_of_an_event_is_a_slot(data: st.DataObject) -> None:
    tree = data.draw(disturbed(data.draw(st.sampled_from(EVENTS))))
    left = copy.deepcopy(tree)
    seen = []
    for one in slots(RESPONSES, left):
        seen.append(one.holder[one.key])
        with suppress(StreamError):  # the name of a member
            one.holder[one.key] = ""
    names = "\n".join(seen)
    for path, text, name in strings(left):
        step = path.rpartition("/")[2]
        if name:
            assert not text or text in WORDS or text in names
        elif text and text not in WORDS and not (step in {*HANDLES, "type"} and is_name(text, step)):
            assert ("/logprobs/" in path and step == "token") or text == SOUND or text.startswith("data:image/")
