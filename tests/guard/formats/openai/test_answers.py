"""Whole answers, their usage, and refusals as the client understands them."""

from __future__ import annotations

from typing import Any

import openai
import pytest

from bartizan.guard.exchange import BodyError, Usage, decode_body
from tests.guard.formats.openai.bodies import COMPLETION, EMBEDDED, RESPONSE, SOUND
from tests.guard.formats.openai.streaming import client
from tests.guard.formats.reading import format_of, piece, read, told


def test_texts_of_a_completion_have_their_writers() -> None:
    found = told(read("openai-chat", COMPLETION, answer=True))
    at = "/choices/0/message"
    wanted = {
        f"{at}/content": ("I look.", "model", "assistant"),
        f"{at}/reasoning_content": ("I think.", "model", "assistant"),
        f"{at}/audio/transcript": ("Spoken.", "model", "assistant"),
        f"{at}/annotations/0/url_citation/title": ("A b", "retrieved", "assistant"),
        f"{at}/tool_calls/0/function/arguments/#/who": ("Anna", "tool-call", "assistant"),
    }
    assert {path: found.get(path) for path in wanted} == wanted
    assert not {"/id", "/model", "/created", f"{at}/tool_calls/0/id"} & set(found)
    assert not [path for path in found if "logprobs" in path]


def test_what_says_a_changed_text_once_more_is_taken_away() -> None:
    exchange = read("openai-chat", COMPLETION, answer=True)
    piece(exchange, "/choices/0/message/content").replace("<hidden>")
    choice = decode_body(exchange.render())["choices"][0]
    assert choice["logprobs"] is None
    assert choice["message"]["audio"]["data"] == SOUND
    piece(exchange, "/choices/0/message/audio/transcript").replace("<hidden>")
    assert decode_body(exchange.render())["choices"][0]["message"]["audio"]["data"] is None


def test_tokens_that_say_something_else_are_read_as_one_text() -> None:
    tokens = [{"token": one, "logprob": -1, "top_logprobs": [{"token": "a long token"}]} for one in ("se", "cret")]
    choice = {"index": 0, "message": {"content": "x"}, "logprobs": {"content": tokens}}
    exchange = read("openai-chat", {"choices": [choice]}, answer=True)
    at = "/choices/0/logprobs/content"
    first, second = piece(exchange, f"{at}/0/token"), piece(exchange, f"{at}/1/token")
    assert first.run == second.run > 0
    assert told(exchange)[f"{at}/0/top_logprobs/0/token"][0] == "a long token"
    second.replace("<hidden>")
    assert decode_body(exchange.render())["choices"][0]["logprobs"] is None


def test_log_probabilities_of_a_response_go_with_its_text() -> None:
    part = {"type": "output_text", "logprobs": [{"token": "a b", "bytes": [97, 32, 98], "logprob": -1}], "text": "a b"}
    item = {"type": "message", "role": "assistant", "content": [part]}
    exchange = read("openai-responses", {"output": [item]}, answer=True)
    assert [one.text for one in exchange.pieces] == ["a b"]
    exchange.pieces[0].replace("<hidden>")
    made = decode_body(exchange.render())["output"][0]["content"][0]
    assert made == {"type": "output_text", "logprobs": None, "text": "<hidden>"}


@pytest.mark.parametrize(
    ("id", "tree", "usage"),
    [
        ("openai-chat", COMPLETION, Usage(5, 7)),
        ("openai-chat", {"usage": {"prompt_tokens": "5"}}, Usage(-1, -1)),
        ("openai-chat", {"usage": None}, None),
        ("openai-chat", [], None),
        ("openai-responses", RESPONSE, Usage(5, 7)),
        ("openai-responses", {"response": {"usage": {"output_tokens": 3}}}, Usage(-1, 3)),
        ("openai-responses", {"response": "x", "usage": {}}, None),
        ("openai-responses", None, None),
        ("openai-embeddings", EMBEDDED, Usage(5, 0)),
        ("openai-embeddings", {"usage": {}}, None),
        ("openai-embeddings", "x", None),
    ],
)
def test_usage(id: str, tree: Any, usage: Usage | None) -> None:
    assert format_of(id).usage(tree) == usage


@pytest.mark.parametrize("id", ["openai-chat", "openai-responses", "openai-embeddings"])
def test_what_is_no_answer_is_refused(id: str) -> None:
    with pytest.raises(BodyError):
        read(id, ["x"], answer=True)


@pytest.mark.parametrize(
    ("status", "error", "type", "code"),
    [
        (400, openai.BadRequestError, "invalid_request_error", "bartizan_denied"),
        (401, openai.AuthenticationError, "authentication_error", "bartizan_denied"),
        (403, openai.PermissionDeniedError, "permission_error", "bartizan_denied"),
        (404, openai.NotFoundError, "not_found_error", "bartizan_denied"),
        (429, openai.RateLimitError, "rate_limit_error", "bartizan_budget"),
        (502, openai.InternalServerError, "server_error", "bartizan_denied"),
    ],
)
@pytest.mark.parametrize("id", ["openai-chat", "openai-responses", "openai-embeddings"])
def test_the_client_understands_a_refusal(
    id: str, status: int, error: type[openai.APIStatusError], type: str, code: str
) -> None:
    body = format_of(id).refusal(status, "no-cards", "it holds a card")
    with pytest.raises(error) as raised:
        client(body, "application/json", status).chat.completions.create(model="m", messages=[])
    told = raised.value
    assert (told.code, told.type, told.param) == (code, type, None)
    assert isinstance(told.body, dict)
    assert told.body["rule"] == "no-cards"
    assert told.body["message"] == "it holds a card (rule `no-cards`)"


def test_counted_tokens_are_no_usage_and_hold_no_text_but_what_is_new() -> None:
    found = read("openai-count", {"object": "response.input_tokens", "input_tokens": 9, "note": "hello"}, answer=True)
    assert [one.text for one in found.pieces] == ["note", "hello"]
    format = format_of("openai-count")
    assert format.usage(found.tree) is None
    assert (format.action, format.streams) == ("count-tokens", None)
    with pytest.raises(BodyError):
        read("openai-count", [], answer=True)


@pytest.mark.parametrize("role", [["4012 8888 8888 1881"], {"is": "4012 8888 8888 1881"}, "4012 8888 8888 1881"])
def test_a_role_that_is_none_is_a_text_like_any_other(role: Any) -> None:
    message = {"role": role, "content": "I look."}
    exchange = read("openai-chat", {**COMPLETION, "choices": [{"index": 0, "message": message}]}, answer=True)
    assert "4012 8888 8888 1881" in [one.text for one in exchange.pieces]
