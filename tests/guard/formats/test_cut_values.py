"""Streamed answers whose texts follow each other with a value cut between them, or with one where a name should be."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bartizan.guard.formats import formats
from bartizan.guard.protection import DataRule
from bartizan.guard.protection.channels import Protecting, protect_text
from bartizan.guard.protection.protector import Found
from bartizan.guard.protection.rules import Handling
from bartizan.guard.streams import AnswerStream
from tests.guard.protection.support import protector, vault

CARD = "5425233430109903"
IBAN = "CH9300762011623852957"
PROTECTOR = protector(
    DataRule(id="hide", do=Handling.MASK, types=["bank", "payment", "contact"]), DataRule(id="rest", do=Handling.ALLOW)
)


def guarded(format: str) -> AnswerStream:
    found, hidden = Found(PROTECTOR.lowest), vault()
    answers = formats()[format].streams
    assert answers is not None

    def begin(_: str, origin: str, source: bool) -> Protecting:
        return Protecting(PROTECTOR, origin, "up", hidden, found, source=source)

    def alone(text: str, origin: str, source: bool) -> str:
        return protect_text(PROTECTOR, text, origin, "up", hidden, found, source=source)

    return AnswerStream(answers, begin, alone)


def passed(format: str, events: list[dict[str, Any]]) -> tuple[bytes, bytes]:
    raw = b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in events)
    stream = guarded(format)
    out = stream.feed(raw) + stream.end()
    assert stream.stopped is None
    return raw, out


def chunk(name: str, text: str) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {name: text}}]}


def block(index: int, kind: str, text: str) -> list[dict[str, Any]]:
    delta = {"type": f"{kind}_delta", kind: text}
    return [
        {"type": "content_block_start", "index": index, "content_block": {"type": kind, kind: ""}},
        {"type": "content_block_delta", "index": index, "delta": delta},
        {"type": "content_block_stop", "index": index},
    ]


def said(output: int, content: int, text: str) -> list[dict[str, Any]]:
    place = {"item_id": f"msg_{output}", "output_index": output, "content_index": content}
    return [
        *({"type": "response.output_text.delta", **place, "delta": one} for one in text),
        {"type": "response.output_text.done", **place, "text": text},
    ]


def completed(*texts: str) -> dict[str, Any]:
    output = [{"type": "message", "content": [{"type": "output_text", "text": one}]} for one in texts]
    return {"type": "response.completed", "response": {"output": output}}


def part(text: str, **more: Any) -> dict[str, Any]:
    return {"candidates": [{"content": {"parts": [{"text": text, **more}]}}]}


TURNS: dict[str, Any] = {
    "reasoning": lambda a, b: ("openai-chat", [chunk("reasoning_content", a), chunk("content", b)]),
    "reasoning-by-signs": lambda a, b: (
        "openai-chat", [*(chunk("reasoning_content", one) for one in a), *(chunk("content", one) for one in b)]),
    "thinking": lambda a, b: ("anthropic-messages", [*block(0, "thinking", a), *block(1, "text", b)]),
    "parts": lambda a, b: ("openai-responses", [*said(0, 0, a), *said(0, 1, b)]),
    "items": lambda a, b: ("openai-responses", [*said(0, 0, a), *said(1, 0, b), completed(a, b)]),
    "only-whole": lambda a, b: ("openai-responses", [completed(a, b)]),
    "thought": lambda a, b: ("gemini-generate", [part(a, thought=True), part(b)]),
    "spelt": lambda a, b: ("openai-chat", [{"choices": [], "note": one} for one in a + b]),
}  # fmt: skip


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("value", [CARD, IBAN])
@pytest.mark.parametrize(("cut", "words"), [(4, ("", "")), (9, ("take ", " for it")), (-5, ("take ", " for it"))])
def test_halves_do_not_follow_each_other(turn: str, value: str, cut: int, words: tuple[str, str]) -> None:
    before, after = words[0] + value[:cut], value[cut:] + words[1]
    _, out = passed(*TURNS[turn](before, after))
    texts: list[str] = []
    for event in out.split(b"\n\n")[:-1]:
        tree = json.loads(event.removeprefix(b"data: "))
        if "response" in tree:
            texts.append("\n")
        texts += _strings(tree)
    assert value not in "".join(texts)


def _strings(tree: Any) -> list[str]:
    if isinstance(tree, dict):
        return [text for name, one in tree.items() if name not in ("type", "item_id") for text in _strings(one)]
    if isinstance(tree, list):
        return [text for one in tree for text in _strings(one)]
    return [tree] if isinstance(tree, str) else []


@pytest.mark.parametrize("turn", TURNS)
@pytest.mark.parametrize("texts", [("It is 3", "Now go on."), ("code X-4", "2 more"), ("That is all", "Good.")])
def test_calm_texts_pass_byte_for_byte(turn: str, texts: tuple[str, str]) -> None:
    raw, out = passed(*TURNS[turn](*texts))
    assert out == raw


MADE: list[tuple[str, dict[str, Any]]] = [
    ("openai-chat", {"id": "@", "choices": []}),
    ("openai-chat", {"model": "@", "choices": []}),
    ("openai-chat", {"obfuscation": "@", "choices": []}),
    ("openai-chat", {"choices": [{"index": 0, "delta": {"tool_calls": [{"index": 0, "id": "@"}]}}]}),
    ("openai-chat", {"choices": [{"index": 0, "delta": {"audio": {"data": "@"}}}]}),
    ("openai-responses", {"type": "@"}),
    ("openai-responses", {"type": "response.output_item.added", "item": {"created_by": "@"}}),
    ("openai-responses", {"type": "response.output_text.delta", "item_id": "@", "delta": "x"}),
    ("openai-responses", {"type": "response.output_text.annotation.added", "other": "@"}),
    ("openai-responses", {"type": "response.audio.delta", "delta": "@"}),
    ("anthropic-messages", {"type": "@"}),
    ("anthropic-messages", {"type": "message_start", "message": {"id": "@"}}),
    ("anthropic-messages", {"type": "content_block_delta", "index": 0, "delta": {
        "type": "signature_delta", "signature": "@"}}),
    ("anthropic-messages", {"type": "content_block_start", "index": 0, "content_block": {
        "type": "redacted_thinking", "data": "@"}}),
    ("anthropic-messages", {"type": "content_block_delta", "index": 0, "delta": {"type": "@"}}),
    ("gemini-generate", {"responseId": "@"}),
    ("gemini-generate", {"candidates": [{"finishReason": "@", "content": {"role": "@", "parts": []}}]}),
    ("gemini-generate", {"candidates": [{"logprobsResult": {"chosenCandidates": [{"new": "@"}, "@"]}}]}),
    ("gemini-generate", {"candidates": [{"logprobsResult": {"topCandidates": [{"new": "@"}]}}]}),
]  # fmt: skip


@pytest.mark.parametrize(("format", "event"), MADE, ids=str)
@pytest.mark.parametrize("value", [CARD, IBAN, "ruth.odermatt@holzbau-uri.ch"])
def test_a_value_in_the_place_of_a_name(format: str, event: dict[str, Any], value: str) -> None:
    _, out = passed(format, [json.loads(json.dumps(event).replace("@", value))])
    assert value.encode() not in out


@pytest.mark.parametrize(("format", "event"), MADE, ids=str)
def test_names_that_a_provider_made_pass(format: str, event: dict[str, Any]) -> None:
    raw, out = passed(format, [json.loads(json.dumps(event).replace("@", "msg_0a1b2c3d4e"))] * 3)
    assert out == raw


def test_however_many_names_there_are_what_is_spelt_out_is_seen() -> None:
    many = [{"choices": [], f"n{number}": "q"} for number in range(300)]
    _, out = passed("openai-chat", [*many, *TURNS["spelt"](CARD[:8], CARD[8:])[1]])
    assert f'"{CARD[-1]}"'.encode() not in out.rpartition(b"\n\ndata: ")[2]
