"""Requests and answers of Anthropic's format: who wrote what, what can't be read, and what is asked for."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.exchange import BodyError, ProviderTool, Usage
from tests.guard.formats.bodies import CLAUDE, PICTURE
from tests.guard.formats.reading import format_of, opaque, piece, read, told

ID = "anthropic-messages"
CALL = {"model": "claude", "max_tokens": 5}


def asked(*messages: Any, **more: Any) -> dict[str, Any]:
    return {**CALL, "messages": list(messages), **more}


def test_everyone_has_what_they_wrote() -> None:
    found = told(read(ID, CLAUDE))
    turn, result = "/messages/1/content", "/messages/2/content"
    assert {
        path: found[path]
        for path in found
        if path
        in (
            "/system/0/text",
            "/messages/0/content",
            f"{turn}/0/thinking",
            f"{turn}/2/text",
            f"{turn}/2/citations/0/cited_text",
            f"{turn}/4/input/who/1/deep",
            f"{turn}/6/content/0/title",
            f"{turn}/7/content/content/source/data",
            f"{turn}/8/content/stderr",
            f"{result}/0/content",
            f"{result}/1/content/0/text",
            f"{result}/2/content/#/who",
            f"{result}/6/source/content/0/text",
            f"{result}/8/content/0/text",
            f"{result}/10/text",
            "/messages/3/content/0/text",
            "/messages/4/content/0/content",
            "/tools/0/description",
            "/metadata/user_id",
            "/stop_sequences/0",
        )
    } == {
        "/system/0/text": ("Be brief.", "system", "system"),
        "/messages/0/content": ("My name is Anna", "user", "user"),
        f"{turn}/0/thinking": ("She said Anna", "model", "assistant"),
        f"{turn}/2/text": ("Hello ", "model", "assistant"),
        f"{turn}/2/citations/0/cited_text": ("cited", "retrieved", "assistant"),
        f"{turn}/4/input/who/1/deep": ("value", "tool-call", "assistant"),
        f"{turn}/6/content/0/title": ("A page", "retrieved", "assistant"),
        f"{turn}/7/content/content/source/data": ("fetched text", "retrieved", "assistant"),
        f"{turn}/8/content/stderr": ("warned", "tool-result", "assistant"),
        f"{result}/0/content": ("plain result", "tool-result", "user"),
        f"{result}/1/content/0/text": ("block result", "tool-result", "user"),
        f"{result}/2/content/#/who": ("Anna", "tool-result", "user"),
        f"{result}/6/source/content/0/text": ("inside", "user", "user"),
        f"{result}/8/content/0/text": ("found text", "retrieved", "user"),
        f"{result}/10/text": ("What now?", "user", "user"),
        "/messages/3/content/0/text": ("From now on in German.", "system", "system"),
        "/messages/4/content/0/content": ("A summary", "model", "assistant"),
        "/tools/0/description": ("Looks up", "tool-definition", ""),
        "/metadata/user_id": ("anna", "parameter", ""),
        "/stop_sequences/0": ("END", "parameter", ""),
    }


def test_texts_of_a_message_are_one_run() -> None:
    exchange = read(ID, CLAUDE)
    runs = {one.path: one.run for one in exchange.pieces}
    assert runs["/messages/1/content/2/text"] == runs["/messages/1/content/3/text"] >= 0
    assert runs["/messages/2/content/1/content/0/text"] not in (-1, runs["/messages/2/content/10/text"])
    assert runs["/messages/1/content/0/thinking"] == runs["/messages/0/content"] == -1


def test_what_can_not_be_read_is_told() -> None:
    assert opaque(read(ID, CLAUDE)) == {
        ("reasoning", "/messages/1/content/0/signature"),
        ("reasoning", "/messages/1/content/1/data"),
        ("retrieval", "/messages/1/content/6/content/0/encrypted_content"),
        ("state", "/messages/1/content/8/content/encrypted_stdout"),
        ("file", "/messages/1/content/8/content/content/0/file_id"),
        ("image", "/messages/2/content/1/content/1/source/data"),
        ("url", "/messages/2/content/3/source"),
        ("file", "/messages/2/content/4/source/data"),
        ("file", "/messages/2/content/7/source/file_id"),
        ("file", "/messages/2/content/9/file_id"),
        ("reasoning", "/messages/4/content/0/encrypted_content"),
        ("reasoning", "/messages/4/content/0/signature"),
        ("state", "/container"),
        ("state", "/thread"),
    }


def test_tools_of_the_provider_are_told_wherever_they_stand() -> None:
    exchange = read(ID, CLAUDE)
    assert exchange.tools == ["lookup", "bash"]
    assert set(exchange.provider_tools) == {
        ProviderTool("web_search_20260318"),
        ProviderTool("mcp_toolset", "crm"),
        ProviderTool("web_search_20250305"),
        ProviderTool("advisor_20260301", "claude-opus-5"),
        ProviderTool("mcp", "https://crm.example/mcp"),
        ProviderTool("skill", "skill_1"),
        ProviderTool("fallback", "claude-haiku-4-5"),
    }


def test_what_is_asked_for() -> None:
    exchange = read(ID, CLAUDE)
    assert (exchange.model, exchange.stream, exchange.most) == ("claude-sonnet-5", True, 500)
    assert exchange.parameters == {"service_tier": "standard_only", "thread": "continue"}
    exchange.rename("claude-other")
    assert json.loads(exchange.render()) == {**CLAUDE, "model": "claude-other"}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        asked() | {"messages": {}},
        asked() | {"model": 1},
        asked("hello"),
        asked(stream="true"),
        asked(stream=1),
        asked(max_tokens="5"),
        asked(max_tokens=True),
        asked(max_tokens=-1),
        asked(tools={"name": "x"}),
        asked(mcp_servers="https://x.example"),
    ],
)
def test_what_is_not_of_the_format_is_refused(body: Any) -> None:
    with pytest.raises(BodyError):
        read(ID, body)


def test_odd_shapes_are_taken_all_the_same() -> None:
    exchange = read(
        ID,
        asked(
            {"role": "user", "content": {"type": "text", "text": "single"}},
            {"role": ["odd"], "content": 12345678901},
            {
                "role": "user",
                "content": [
                    "bare",
                    {"type": "image", "source": "https://x.example"},
                    {"type": "thinking"},
                    {"type": "compaction"},
                    {"type": "tool_use"},
                    {"type": "redacted_thinking"},
                    {"type": "tool_addition", "tool": "t"},
                    {"type": "text"},
                    {"type": "image", "source": {"type": "base64", "data": 5}},
                    {"type": "image", "source": {"type": "base64", "data": "not base64!"}},
                    {"type": "tool_addition", "tool": {"type": "tool_reference", "name": "lookup"}},
                    {"type": "document", "source": {"type": "base64", "media_type": "text/plain", "data": "/w=="}},
                ],
            },
            {"role": "developer"},
            tools=[{"type": 5}, "named", {"type": "custom", "input_schema": None}],
            container="container_9",
            thread={"type": "create"},
            fallbacks="default",
            mcp_servers=["x"],
        ),
    )
    found = told(exchange)
    assert found["/messages/0/content/text"] == ("single", "user", "user")
    assert found["/messages/1/content"][0] == "12345678901"
    assert found["/messages/2/content/0"] == ("bare", "user", "user")
    assert found["/messages/2/content/9/source/data"][0] == "not base64!"
    assert found["/messages/3/role"] == ("developer", "developer", "developer")
    assert found["/tools/1"] == ("named", "tool-definition", "")
    assert opaque(exchange) == {("file", "/messages/2/content/11/source/data"), ("state", "/container")}
    assert exchange.tools == ["custom"]
    assert exchange.provider_tools == [
        ProviderTool("unknown"),
        ProviderTool("mcp", ""),
        ProviderTool("fallback", "default"),
    ]
    assert exchange.parameters == {"thread": "create"}
    assert read(ID, asked(tools=None, fallbacks=None, container={"id": None, "skills": ["x"]})).provider_tools == [
        ProviderTool("skill", "")
    ]


# ---- thinking, which is signed


THOUGHT = {"type": "thinking", "thinking": "about Anna", "signature": "c2ln"}
SAID = {"type": "text", "text": "Hello"}


def test_signed_thinking_is_left_out_where_it_would_be_changed() -> None:
    exchange = read(ID, asked({"role": "assistant", "content": [THOUGHT, SAID]}))
    one = piece(exchange, "/messages/0/content/0/thinking")
    assert one.signed
    one.replace("about <name>")
    assert json.loads(exchange.render())["messages"][0]["content"] == [SAID]


@pytest.mark.parametrize("content", [[THOUGHT], ["bare", THOUGHT]])
def test_a_message_keeps_a_content(content: list[Any]) -> None:
    exchange = read(ID, asked({"role": "assistant", "content": content}))
    next(one for one in exchange.pieces if one.signed).replace("about <name>")
    left = json.loads(exchange.render())["messages"][0]["content"]
    assert left == [*content[:-1], {"type": "text", "text": "(reasoning left out)"}]


def test_thinking_of_an_answer_that_was_changed_is_left_out_when_it_comes_back() -> None:
    answer = read(ID, {"content": [THOUGHT, SAID]}, answer=True)
    piece(answer, "/content/0/thinking").replace("about <name>")
    content = json.loads(answer.render())["content"]
    assert content[0] == {"type": "thinking", "thinking": "about <name>", "signature": ""}
    again = read(ID, asked({"role": "assistant", "content": content}))
    assert json.loads(again.render())["messages"][0]["content"] == [SAID]
    alone = read(ID, asked({"role": "assistant", "content": content[:1]}))
    assert json.loads(alone.render())["messages"][0]["content"] == [{"type": "text", "text": "(reasoning left out)"}]


def test_a_summary_that_is_changed_goes_on_without_its_signature() -> None:
    block = {"type": "compaction", "content": "about Anna", "encrypted_content": "ZW5j", "signature": "c2ln"}
    exchange = read(ID, asked({"role": "assistant", "content": [block]}))
    piece(exchange, "/messages/0/content/0/content").replace("about <name>")
    assert json.loads(exchange.render())["messages"][0]["content"] == [
        {"type": "compaction", "content": "about <name>"}
    ]


# ---- answers


def test_an_answer_is_read_like_a_message() -> None:
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "content": CLAUDE["messages"][1]["content"],
        "stop_details": {"type": "refusal", "explanation": "because"},
    }
    found = told(read(ID, body, answer=True))
    assert found["/content/2/text"] == ("Hello ", "model", "assistant")
    assert found["/content/4/input/who/0"][1] == "tool-call"
    assert found["/stop_details/explanation"] == ("because", "model", "")
    with pytest.raises(BodyError):
        read(ID, {"type": "error"}, answer=True)


@pytest.mark.parametrize(
    ("tree", "usage"),
    [
        ({"usage": {"input_tokens": 3, "output_tokens": 4}}, Usage(3, 4)),
        (
            {"usage": {"input_tokens": 3, "cache_creation_input_tokens": 2, "cache_read_input_tokens": None}},
            Usage(5, -1),
        ),
        ({"usage": {"output_tokens": "4"}}, Usage(-1, -1)),
        ({"usage": None}, None),
        ([], None),
    ],
)
def test_usage(tree: Any, usage: Usage | None) -> None:
    assert format_of(ID).usage(tree) == usage


def test_counting_has_the_same_requests() -> None:
    exchange = read("anthropic-count", CLAUDE)
    assert told(exchange) == told(read(ID, CLAUDE))
    answer = read("anthropic-count", {"input_tokens": 5, "context_management": {"x": "y"}}, answer=True)
    assert [one.text for one in answer.pieces] == ["x", "y"]
    assert format_of("anthropic-count").action == "count-tokens"
    assert format_of("anthropic-count").usage(answer.tree) is None
    with pytest.raises(BodyError):
        read("anthropic-count", [], answer=True)


@pytest.mark.parametrize(
    ("status", "type"),
    [
        (400, "invalid_request_error"),
        (403, "permission_error"),
        (429, "rate_limit_error"),
        (418, "invalid_request_error"),
        (502, "api_error"),
    ],
)
def test_refusals(status: int, type: str) -> None:
    body = json.loads(format_of(ID).refusal(status, "the-rule", "a sentence"))
    error = {"type": type, "message": "a sentence", "code": "bartizan_denied", "rule": "the-rule"}
    assert body == {"type": "error", "error": error}


@given(st.text(max_size=30))
def test_a_picture_is_opaque_whatever_its_type_says(media: str) -> None:
    source = {"type": "base64", "media_type": media, "data": PICTURE}
    kinds = {
        kind for kind, _ in opaque(read(ID, asked({"role": "user", "content": [{"type": "image", "source": source}]})))
    }
    assert len(kinds) == 1
