"""Streamed answers of a program's calls, as bytes and as decoded events."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bartizan.guard.inprocess import GuardedStream
from bartizan.guard.refused import Refused
from tests.guard.inprocess.support import CARD, MAIL, Held, chat, guarded


def begun(guard: Held, content: str) -> tuple[str, GuardedStream]:
    """Begin a streamed answer, and return the question as the provider got it."""
    call = guard.request("openai-chat", chat(content, stream=True), principal=guard.anna)
    return call.json["messages"][0]["content"], call.stream()


def pieces(text: str) -> list[dict[str, Any]]:
    """Return an answer letter by letter."""
    return [{"choices": [{"index": 0, "delta": {"content": letter}}]} for letter in text]


def written(text: str) -> bytes:
    return b"".join(f"data: {json.dumps(one)}\n\n".encode() for one in pieces(text)) + b"data: [DONE]\n\n"


def text(events: list[dict[str, Any]]) -> str:
    return "".join(event["choices"][0]["delta"]["content"] for event in events)


def test_events_come_back_decoded_with_values_put_back() -> None:
    guard = guarded()
    hidden, stream = begun(guard, f"write to {MAIL}")
    assert MAIL not in hidden
    assert text(list(stream.events(pieces(hidden)))) == f"write to {MAIL}"
    assert [event.kind for event in guard.events] == ["stream", "call"]
    assert stream.stopped is None


def test_a_block_ends_the_events_with_an_error() -> None:
    guard = guarded()
    _, stream = begun(guard, "hello")
    got: list[dict[str, Any]] = []
    with pytest.raises(Refused, match="credit-card"):
        got.extend(stream.events(pieces(f"it is {CARD} or so")))
    assert "4111" not in text(got)
    assert stream.stopped is not None
    assert stream.feed(written("more")) == b""
    assert guard.last() == ("refusal", "deny", "no-cards")
    assert CARD not in str(guard.events)


@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_bytes_are_held_until_they_are_decided(size: int) -> None:
    guard = guarded()
    hidden, stream = begun(guard, f"write to {MAIL}")
    data = written(hidden)
    out = b"".join(stream.feed(data[at : at + size]) for at in range(0, len(data), size)) + stream.end()
    said = [json.loads(line[6:]) for line in out.decode().split("\n\n") if line and line != "data: [DONE]"]
    assert text(said) == f"write to {MAIL}"
    assert out.endswith(b"data: [DONE]\n\n")


def test_an_answer_that_breaks_off_ends_in_the_formats_protocol() -> None:
    guard = guarded()
    _, stream = begun(guard, "hello")
    assert stream.feed(written("good day to all of you. ")[:-14])
    assert b"upstream-cut" in stream.cut()
    assert guard.last() == ("refusal", "deny", "upstream-cut")


def test_a_stream_that_nobody_ends_books_what_it_has_used() -> None:
    guard = guarded()
    call = guard.request("openai-chat", chat("hello", stream=True), principal=guard.anna)
    with call:
        call.stream().feed(b'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4}}\n\n')
    assert (guard.events[-1].tokens.output, guard.events[-1].more["outcome"]) == (4, "not-answered")


def test_a_call_without_pieces_refuses_a_stream() -> None:
    guard = guarded()
    body = {"contents": [{"parts": [{"text": "hello"}]}]}
    call = guard.request("gemini-count", body, principal=guard.anna, model="flash")
    with pytest.raises(Refused, match="no answer in pieces"):
        call.stream()
    assert guard.last() == ("refusal", "deny", "answer-not-understood")


def test_event_loops_have_the_same() -> None:
    guard = guarded()

    async def letters(content: str) -> AsyncIterator[dict[str, Any]]:
        for one in pieces(content):
            yield one

    async def work() -> None:
        call = await guard.arequest("openai-chat", chat(f"to {MAIL}", stream=True), principal=guard.anna)
        stream = await call.astream()
        hidden = call.json["messages"][0]["content"]
        assert text([one async for one in stream.aevents(letters(hidden))]) == f"to {MAIL}"
        call = await guard.arequest("openai-chat", chat("hello", stream=True), principal=guard.anna)
        stream = await call.astream()
        assert b"upstream-cut" in await stream.acut()
        assert await stream.aend() == b""

    asyncio.run(work())
    assert [event.kind for event in guard.events] == ["stream", "call", "stream", "refusal"]


def test_events_of_formats_with_types_are_followed() -> None:
    guard = guarded()
    request = {**chat(f"to {MAIL}"), "max_tokens": 9, "stream": True}
    call = guard.request("anthropic-messages", request, principal=guard.anna)
    hidden = call.json["messages"][0]["content"]
    events: list[dict[str, Any]] = [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        *({"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": one}} for one in hidden),
        {"type": "content_block_stop", "index": 0},
        {"type": "message_stop"},
    ]
    got = list(call.stream().events(events))
    assert "".join(one["delta"]["text"] for one in got if "delta" in one) == f"to {MAIL}"


def test_a_mistake_lets_nothing_through_and_is_on_record() -> None:
    guard = guarded()
    _, stream = begun(guard, "hello")
    wrong: Any = 5.5
    with pytest.raises(TypeError):
        stream._answer.feed(wrong)
    wrong = memoryview(b"data: x")[::2]
    with pytest.raises((TypeError, AttributeError)):
        stream.feed(wrong)
    assert guard.events[-1].more["outcome"] == "failed"
    assert stream.feed(written("hello")) == b""


def test_what_goes_wrong_behind_the_end_is_told_in_the_stream() -> None:
    guard = guarded()
    with guard.request("openai-chat", chat("hello", stream=True), principal=guard.anna) as call:
        stream = call.stream()
        end = stream.closing(Refused(503, "gateway-not-able", "the call can't be put on record"))
    assert b"gateway-not-able" in end
    assert stream.stopped is not None
    assert stream.stopped.rule == "gateway-not-able"
