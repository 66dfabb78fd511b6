"""Streamed answers of Anthropic's format: every text is followed, and nothing else changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from anthropic.types import MessageStreamEvent, RawMessageStreamEvent
from pydantic import TypeAdapter

from bartizan.guard.exchange import Usage
from tests.guard.formats.streaming import event, guarded, passed, trees

ID = "anthropic-messages"
MESSAGE: dict[str, Any] = {
    "id": "msg_1",
    "type": "message",
    "role": "assistant",
    "model": "claude",
    "content": [],
    "stop_reason": None,
    "stop_sequence": None,
    "usage": {"input_tokens": 5, "cache_read_input_tokens": 20, "output_tokens": 1},
}
START = {"type": "message_start", "message": MESSAGE}
END = [
    {
        "type": "message_delta",
        "delta": {"stop_reason": "end_turn", "stop_sequence": None},
        "usage": {"output_tokens": 9},
    },
    {"type": "message_stop"},
]


def block(index: int, start: dict[str, Any], *deltas: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": "content_block_start", "index": index, "content_block": start},
        *({"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas),
        {"type": "content_block_stop", "index": index},
    ]


def text(*pieces: str, index: int = 0) -> list[dict[str, Any]]:
    return block(index, {"type": "text", "text": ""}, *({"type": "text_delta", "text": one} for one in pieces))


def thinking(*pieces: str) -> list[dict[str, Any]]:
    deltas = [{"type": "thinking_delta", "thinking": one} for one in pieces]
    signed = {"type": "signature_delta", "signature": "c2ln"}
    return block(0, {"type": "thinking", "thinking": "", "signature": ""}, *deltas, signed)


def call(*pieces: str, index: int = 1) -> list[dict[str, Any]]:
    start = {"type": "tool_use", "id": "toolu_1", "name": "lookup", "input": {}}
    return block(index, start, *({"type": "input_json_delta", "partial_json": one} for one in pieces))


def stream(*parts: list[dict[str, Any]]) -> bytes:
    return b"".join(event(one, named=True) for one in [START, *(one for part in parts for one in part), *END])


def joined(data: bytes, kind: str, name: str) -> str:
    return "".join(one["delta"][name] for one in trees(data) if one.get("delta", {}).get("type") == kind)


def test_events_are_those_of_the_official_package() -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)
    for one in trees(stream(thinking("a"), text("b"), call("{}"))):
        assert adapter.validate_python(one).type == one["type"]
    assert MessageStreamEvent is not None


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 5000])
def test_what_holds_nothing_passes_byte_for_byte(size: int) -> None:
    data = stream(thinking("hm"), text("hel", "lo"), call('{"a": ', "1}"))
    assert passed(ID, data, size) == data


def test_values_over_pieces_are_hidden_wherever_they_are_cut() -> None:
    data = stream(text("a SEC", "RET b", index=1), call('{"who": "SE', 'CRET"}', index=2))
    whole = passed(ID, data)
    for size in range(1, 40):
        assert passed(ID, data, size) == whole
    assert joined(whole, "text_delta", "text") == "a <hidden> b"
    assert json.loads(joined(whole, "input_json_delta", "partial_json")) == {"who": "<hidden>"}


def test_neighbouring_blocks_of_text_are_one_text() -> None:
    out = passed(ID, stream(text("see SEC", index=0), text("RET there", index=1)))
    assert joined(out, "text_delta", "text") == "see <hidden> there"


def test_text_before_a_call_goes_on_when_the_call_begins() -> None:
    answer = guarded(ID)
    out = answer.feed(b"".join(event(one) for one in [START, *text("one moment"), call("")[0]]))
    assert joined(out, "text_delta", "text") == "one moment"


def test_thinking_that_was_changed_has_no_signature_any_more() -> None:
    kept = passed(ID, stream(thinking("noth", "ing here"), text("x", index=1)))
    assert joined(kept, "signature_delta", "signature") == "c2ln"
    out = passed(ID, stream(thinking("it is SEC", "RET"), text("x", index=1)))
    assert joined(out, "thinking_delta", "thinking") == "it is <hidden>"
    assert joined(out, "signature_delta", "signature") == ""


def test_a_ping_says_nothing() -> None:
    data = stream([{"type": "ping"}], block(0, {"type": "text", "text": None}, {"type": "text_delta", "text": None}))
    assert passed(ID, data) == data


def test_a_signature_without_thinking_passes() -> None:
    for data in (
        stream(thinking()),
        stream(block(0, {"type": "redacted_thinking", "data": "c2ln", "signature": "c2ln"})),
    ):
        assert passed(ID, data) == data


@pytest.mark.parametrize(
    "part",
    [
        {"type": "citations_delta", "citation": {"type": "char_location", "cited_text": "a SECRET"}},
        {"type": "text_delta", "text": "x", "extra": "SECRET"},
        {"type": "later_delta", "said": "SECRET"},
        {"said": {"deep": ["SECRET"]}},
        {"type": ["odd"], "said": "SECRET"},
    ],
)
def test_other_pieces_are_looked_at(part: dict[str, Any]) -> None:
    out = passed(ID, stream(block(0, {"type": "text", "text": ""}, part)))
    assert b"SECRET" not in out
    assert b"<hidden>" in out


def test_a_kind_of_piece_that_is_not_known_is_followed() -> None:
    parts = [{"type": "later_delta", "said": one} for one in ("SEC", "RET")]
    assert joined(passed(ID, stream(block(0, {"type": "later"}, *parts))), "later_delta", "said") == "<hidden>"


@pytest.mark.parametrize(
    "start",
    [
        {"type": "text", "text": "SECRET"},
        {"type": "thinking", "thinking": "SECRET", "signature": ""},
        {"type": "tool_use", "id": "1", "name": "SECRET", "input": {"a": ["SECRET"]}},
        {
            "type": "web_search_tool_result",
            "content": [{"type": "web_search_result", "title": "SECRET", "encrypted_content": "c2ln"}],
        },
        {"type": "code_execution_tool_result", "content": {"stdout": "SECRET"}},
        {"type": "later", "text": "SECRET"},
    ],
)
def test_blocks_that_begin_with_something_are_looked_at(start: dict[str, Any]) -> None:
    out = passed(ID, stream(block(0, start)))
    assert b"SECRET" not in out


def test_what_only_the_provider_can_read_passes() -> None:
    start = {"type": "redacted_thinking", "data": "/9j/" * 20 + "SECRET"}
    assert b"SECRET" in passed(ID, stream(block(0, start)))


def test_a_summary_that_was_changed_loses_what_was_made_over_it() -> None:
    part = {"type": "compaction_delta", "content": "a SECRET", "encrypted_content": "c2ln"}
    out = trees(passed(ID, stream(block(0, {"type": "compaction", "content": ""}, part))))
    assert out[2]["delta"] == {"type": "compaction_delta", "content": "a <hidden>", "encrypted_content": None}


@pytest.mark.parametrize(
    "tree",
    [
        ["SECRET"],
        "SECRET",
        {"type": "error", "error": {"type": "x", "message": "SECRET"}},
        {"type": "ping", "a": "SECRET"},
        {"type": "content_block_delta", "delta": "SECRET"},
        {"type": "content_block_start", "content_block": ["SECRET"]},
    ],
)
def test_events_of_other_shapes_are_looked_at(tree: Any) -> None:
    out = passed(ID, event(tree))
    assert b"SECRET" not in out


def test_a_block_ends_the_stream_with_the_error_event() -> None:
    out = passed(ID, stream(text("fine so far", " STOP")))
    assert out.rpartition(b"event: ")[2].startswith(b"error\n")
    error = trees(out)[-1]
    assert error["type"] == "error"
    assert error["error"] == {
        "type": "permission_error",
        "message": "it says what may not be said",
        "code": "bartizan_denied",
        "rule": "no-stop",
    }


def test_tokens_are_counted_with_those_of_caches() -> None:
    answer = guarded(ID)
    answer.feed(stream(text("x")))
    answer.end()
    assert answer.usage == Usage(25, 9)
