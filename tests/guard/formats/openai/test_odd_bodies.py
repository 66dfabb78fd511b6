"""Members of a kind that the format doesn't have there: they are read all the same, and by the right writer."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.guard.exchange import Kind
from tests.guard.formats.openai.streaming import RESPONSES, slots
from tests.guard.formats.reading import opaque, read, told


def message(**more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", **more}]}


def item(**more: Any) -> dict[str, Any]:
    return {"input": [more]}


@pytest.mark.parametrize(
    ("id", "body", "origin"),
    [
        ("openai-chat", message(content={"type": "text", "text": "a b"}), "user"),
        ("openai-chat", message(content=["a b"]), "user"),
        ("openai-chat", message(content=[{"type": "new", "deep": ["a b"]}]), "user"),
        ("openai-chat", message(content=[{"type": "thinking", "thinking": [{"text": "a b"}]}]), "user"),
        ("openai-chat", message(content=[{"type": "image_url", "image_url": ["a b"]}]), "user"),
        ("openai-chat", message(content=[{"type": "text", "logprobs": "a b"}]), "user"),
        ("openai-chat", message(content=[{"type": "text", "logprobs": [{"token": 1, "x": "a b"}]}]), "user"),
        ("openai-chat", message(tool_calls=["a b"]), "tool-call"),
        ("openai-chat", message(tool_calls="a b"), "user"),
        ("openai-chat", message(tool_calls=[{"function": "a b"}]), "tool-call"),
        ("openai-chat", message(tool_calls=[{"function": {"arguments": {"x": "a b"}}}]), "tool-call"),
        ("openai-chat", message(audio="a b"), "model"),
        ("openai-chat", {"messages": [{"role": "a b"}]}, "user"),
        ("openai-chat", {"messages": [{"role": ["a b"]}]}, "user"),
        ("openai-chat", {"messages": [], "tools": "a b"}, "tool-definition"),
        ("openai-chat", {"messages": [], "tools": ["a b"]}, "tool-definition"),
        ("openai-chat", {"messages": [], "functions": "a b"}, "tool-definition"),
        ("openai-chat", {"messages": [], "functions": ["a b"]}, "tool-definition"),
        ("openai-chat", {"messages": [], "prediction": "a b"}, "user"),
        ("openai-chat", {"messages": [], "prediction": {"note": "a b"}}, "user"),
        ("openai-chat", {"messages": [], "temperature": ["a b"]}, "parameter"),
        ("openai-chat", {"messages": [], "new": "a b"}, "parameter"),
        ("openai-responses", {"input": ["a b"]}, "user"),
        ("openai-responses", {"input": {"text": "a b"}}, "user"),
        ("openai-responses", {"prompt": "a b"}, "parameter"),
        ("openai-responses", {"prompt": {"id": "a b"}}, "parameter"),
        ("openai-responses", {"prompt": {"variables": "a b"}}, "parameter"),
        ("openai-responses", item(type=["message"], text="a b"), "user"),
        ("openai-responses", item(type="new", text="a b"), "user"),
        ("openai-responses", item(type="new_call", text="a b"), "tool-call"),
        ("openai-responses", item(type="message", role="new", content="a b"), "user"),
        ("openai-responses", item(type="message", role="a b"), "user"),
        ("openai-responses", item(type="message", role=["a b"]), "user"),
        ("openai-responses", item(type="code_interpreter_call", outputs="a b"), "tool-result"),
        ("openai-responses", item(type="code_interpreter_call", outputs=["a b"]), "tool-result"),
        ("openai-responses", item(type="file_search_call", results="a b"), "retrieved"),
        ("openai-responses", item(type="file_search_call", results=["a b"]), "retrieved"),
        ("openai-responses", item(type="local_shell_call", action={"env": {}, "command": ["a b"]}), "tool-call"),
        ("openai-responses", item(type="image_generation_call", result="a b"), "tool-result"),
        ("openai-responses", item(type="reasoning", encrypted_content="a b"), "model"),
        ("openai-responses", item(type="reasoning", encrypted_content={"x": "a b"}), "model"),
        ("openai-responses", item(type="function_call_output", output={"x": "a b"}), "tool-result"),
        ("openai-embeddings", {"input": {"x": "a b"}}, "user"),
    ],
)
def test_a_text_in_an_odd_place_of_a_request_is_read(id: str, body: Any, origin: str) -> None:
    assert [(text, writer) for text, writer, _ in told(read(id, body)).values() if text == "a b"] == [("a b", origin)]


@pytest.mark.parametrize(
    ("id", "body"),
    [
        ("openai-chat", {"choices": "a b"}),
        ("openai-chat", {"choices": ["a b"]}),
        ("openai-chat", {"choices": [{"message": "a b"}]}),
        ("openai-chat", {"choices": [{"message": {}, "logprobs": "a b"}]}),
        ("openai-chat", {"choices": [{"logprobs": {"content": None, "tokens": ["a b"]}}]}),
        ("openai-chat", {"choices": [{"logprobs": {"content": [{"token": "x", "top_logprobs": "a b"}]}}]}),
        ("openai-chat", {"choices": [{"logprobs": {"content": [{"token": "x", "top_logprobs": ["a b"]}]}}]}),
        ("openai-chat", {"choices": [{"logprobs": {"content": [{"token": "x", "bytes": ["a b"]}]}}]}),
        ("openai-chat", {"choices": [{"message": {"audio": {"data": "a b"}}}]}),
        ("openai-chat", {"choices": [{"message": {"audio": {"id": "a b"}}}]}),
        ("openai-responses", {"output": "a b"}),
        ("openai-responses", {"output": ["a b"]}),
        ("openai-responses", {"output_text": "a b"}),
        ("openai-responses", {"output": [{"type": "mcp_list_tools", "tools": "a b"}]}),
        ("openai-embeddings", {"data": "a b"}),
        ("openai-embeddings", {"data": ["a b"]}),
        ("openai-embeddings", {"data": [{"embedding": "a b"}]}),
        ("openai-embeddings", {"data": [{"embedding": [1, "a b"]}]}),
    ],
)
def test_a_text_in_an_odd_place_of_an_answer_is_read(id: str, body: Any) -> None:
    assert [text for text, _, _ in told(read(id, body, answer=True)).values() if text == "a b"] == ["a b"]


@pytest.mark.parametrize(
    "body",
    [
        {"previous_response_id": None, "conversation": None, "prompt": None, "background": False},
        {"tools": [{"type": "code_interpreter", "container": "cntr_1"}]},
        item(type="reasoning", encrypted_content=None),
        item(type="code_interpreter_call", outputs=None, code=None),
        {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": None}]}]},
    ],
)
def test_nothing_is_opaque_where_nothing_is(body: Any) -> None:
    assert opaque(read("openai-responses", body)) == set()


def test_nothing_is_asked_for_where_nothing_is_said() -> None:
    empty = dict.fromkeys(("model", "web_search_options", "data_sources", "user", "n", "max_tokens"))
    exchange = read("openai-chat", {"messages": [], **empty})
    assert exchange.pieces == []
    assert exchange.provider_tools == []
    assert exchange.opaque == []
    assert exchange.most == 0
    assert exchange.parameters == {"store": False}


def test_numbers_and_names_are_taken_where_no_texts_are() -> None:
    exchange = read("openai-chat", {"messages": [], "created": 12345678901, "new": {"anna": 12345678901}})
    assert [(one.kind, one.text) for one in exchange.pieces] == [
        (Kind.NUMBER, "12345678901"),
        (Kind.KEY, "new"),
        (Kind.KEY, "anna"),
        (Kind.NUMBER, "12345678901"),
    ]


def test_a_piece_without_a_sign_has_no_slot() -> None:
    assert slots(RESPONSES, {"type": "response.output_text.delta", "delta": "", "logprobs": []}) == []


def test_a_response_that_says_nothing_back_has_no_slot() -> None:
    assert slots(RESPONSES, {"type": "response.created", "response": {"output": []}}) == []
