"""Streamed answers of Gemini's format, as server-sent events and as an array that grows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bartizan.guard.exchange import Usage
from bartizan.guard.formats import formats
from bartizan.guard.streams import AnswerStream, ArrayReader
from tests.guard.formats.streaming import event, guarded, passed, trees
from tests.guard.streams.support import begin

ID = "gemini-generate"


def chunk(*parts: dict[str, Any], index: int | None = 0, **more: Any) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"role": "model", "parts": list(parts)}, **more}
    if index is not None:
        candidate["index"] = index
    return {"candidates": [candidate], "responseId": "r1", "modelVersion": "gemini-x"}


def sse(*chunks: dict[str, Any]) -> bytes:
    return b"".join(event(one) for one in chunks)


def array(*chunks: dict[str, Any]) -> bytes:
    return b"[" + b",\r\n".join(json.dumps(one, indent=1).encode() for one in chunks) + b"\n]\n"


def said(answers: list[Any], *, thought: bool = False, index: int = 0) -> str:
    return "".join(
        part["text"]
        for one in answers
        for candidate in one.get("candidates", ())
        if candidate.get("index", 0) == index
        for part in candidate["content"]["parts"]
        if "text" in part and bool(part.get("thought")) is thought
    )


CHUNKS = (
    chunk({"text": "think SEC", "thought": True}),
    chunk({"text": "RET", "thought": True}, {"text": "it is SE"}, finishReason="STOP"),
    chunk({"text": "CR"}),
    chunk({"text": "ET."}, {"functionCall": {"name": "f", "args": {"who": "SECRET"}}}, finishReason="STOP"),
)


@pytest.mark.parametrize("size", [1, 2, 3, 7, 64, 5000])
def test_what_holds_nothing_passes_byte_for_byte(size: int) -> None:
    chunks = (chunk({"text": "hel"}), chunk({"text": "lo"}, {"functionCall": {"name": "f", "args": {"a": 1}}}))
    assert passed(ID, sse(*chunks), size) == sse(*chunks)
    assert passed(ID, array(*chunks), size, ArrayReader()) == array(*chunks)


def test_values_over_events_are_hidden_wherever_they_are_cut() -> None:
    whole = passed(ID, sse(*CHUNKS))
    listed = passed(ID, array(*CHUNKS), reader=ArrayReader())
    for size in range(1, 40):
        assert passed(ID, sse(*CHUNKS), size) == whole
        assert passed(ID, array(*CHUNKS), size, ArrayReader()) == listed
    for answers in (trees(whole), json.loads(listed)):
        assert said(answers) == "it is <hidden>."
        assert said(answers, thought=True) == "think <hidden>"
        assert answers[-1]["candidates"][0]["content"]["parts"][1]["functionCall"]["args"] == {"who": "<hidden>"}


def test_candidates_are_texts_of_their_own() -> None:
    chunks = (chunk({"text": "SEC"}), chunk({"text": "ond"}, index=1), chunk({"text": "RET"}))
    answers = trees(passed(ID, sse(*chunks)))
    assert said(answers) == "<hidden>"
    assert said(answers, index=1) == "ond"


def test_probabilities_do_not_tell_what_was_hidden() -> None:
    chances = {
        "chosenCandidates": [{"token": "SEC", "tokenId": 1}, {"token": "RET", "tokenId": 2}],
        "topCandidates": [{"candidates": [{"token": "SEC"}, {"token": "x"}]}, {"candidates": [{"token": "RET"}]}],
        "logProbabilitySum": -1.5,
    }
    out = trees(passed(ID, sse(chunk({"text": "SECRET"}, logprobsResult=chances))))
    assert out[0]["candidates"][0]["logprobsResult"] is None
    assert said(out) == "<hidden>"
    lied = trees(passed(ID, sse(chunk({"text": "fine"}, logprobsResult=chances))))[0]["candidates"][0]["logprobsResult"]
    assert lied["chosenCandidates"] == [{"token": "<hidden>", "tokenId": None}, {"token": "", "tokenId": None}]
    assert [one["candidates"][0]["token"] for one in lied["topCandidates"]] == ["<hidden>", ""]


def test_names_and_long_numbers_of_arguments_are_looked_at() -> None:
    args = {"a": 1, "SECRET": {"who": "SECRET"}, "n": [5, 41111111111111, -2.5]}
    out = trees(passed(ID, sse(chunk({"functionCall": {"name": "f", "args": args}}))))
    found = out[0]["candidates"][0]["content"]["parts"][0]["functionCall"]["args"]
    assert list(found.items()) == [("a", 1), ("<hidden>", {"who": "<hidden>"}), ("n", [5, 41111111111111, -2.5])]


def test_a_long_number_that_is_changed_becomes_a_string() -> None:
    answers = formats()[ID].streams
    assert answers is not None
    stream = AnswerStream(answers, begin, lambda text, _, __: text.replace("4111111111111111", "<card>"))
    out = trees(stream.feed(event(chunk({"functionCall": {"args": {"card": 4111111111111111}}}))))
    assert out[0]["candidates"][0]["content"]["parts"][0]["functionCall"]["args"] == {"card": "<card>"}


def test_arguments_in_pieces_are_followed() -> None:
    def piece(text: str) -> dict[str, Any]:
        return {"functionCall": {"name": "f", "partialArgs": [{"jsonPath": "$.who", "stringValue": text}]}}

    out = trees(passed(ID, sse(chunk(piece("SEC")), chunk(piece("RET")))))
    calls = [one["candidates"][0]["content"]["parts"][0]["functionCall"] for one in out]
    assert [one["partialArgs"][0]["stringValue"] for one in calls] == ["<hidden>", ""]


@pytest.mark.parametrize(
    "tree",
    [
        {"candidates": ["SECRET"]},
        {"candidates": "SECRET"},
        chunk({"text": "x", "other": "SECRET"}),
        chunk({"executableCode": {"language": "PYTHON", "code": "SECRET"}}),
        chunk({"functionCall": {"partialArgs": ["SECRET"]}}),
        chunk({"functionCall": {"partialArgs": [{"numberValue": 1, "other": "SECRET"}]}}),
        chunk({"functionCall": "SECRET"}),
        chunk({"x": 1}, groundingMetadata={"groundingChunks": [{"web": {"title": "SECRET"}}]}),
        chunk({"x": 1}, logprobsResult={"chosenCandidates": "SECRET", "other": "SECRET"}),
        chunk({"x": 1}, finishMessage="SECRET"),
        {"candidates": [{"content": {"parts": ["SECRET"], "other": "SECRET"}}]},
        {"candidates": [{"content": {"parts": "SECRET"}}]},
        {"candidates": [{"content": "SECRET"}]},
        {"promptFeedback": {"blockReasonMessage": "SECRET"}},
        {"error": {"message": "SECRET"}},
    ],
)
def test_other_texts_are_looked_at(tree: Any) -> None:
    out = passed(ID, event(tree))
    assert b"SECRET" not in out
    assert b"<hidden>" in out


def test_tokens_without_shape_are_left_alone() -> None:
    data = sse(chunk({"x": 1}, logprobsResult={"chosenCandidates": [1], "topCandidates": [1, {"candidates": None}]}))
    assert passed(ID, data) == data


def test_a_block_ends_the_stream_in_its_own_shape() -> None:
    chunks = (chunk({"x": 1}), chunk({"text": "STOP"}))
    error = trees(passed(ID, sse(*chunks)))[-1]["error"]
    assert (error["code"], error["status"], error["rule"]) == (403, "PERMISSION_DENIED", "no-stop")
    assert error["details"][0]["code"] == "bartizan_denied"
    listed = json.loads(passed(ID, array(*chunks), reader=ArrayReader()))
    assert listed == [chunk({"x": 1}), {"error": error}]


def test_tokens_are_those_that_were_told_last() -> None:
    answer = guarded(ID)
    answer.feed(sse({"usageMetadata": {"promptTokenCount": 5}}))
    told = {"promptTokenCount": 5, "toolUsePromptTokenCount": 2, "candidatesTokenCount": 7, "thoughtsTokenCount": 3}
    answer.feed(sse({"usageMetadata": told}, {"usageMetadata": {}}, {}))
    answer.end()
    assert answer.usage == Usage(7, 10)


@pytest.mark.parametrize("tree", [["SECRET"], "SECRET", 5])
def test_what_is_no_event_ends_the_stream(tree: Any) -> None:
    out = passed(ID, event(tree) + sse(chunk({"text": "more"})))
    assert trees(out)[-1]["error"]["rule"] == "stream-not-followed"
    assert b"SECRET" not in out
