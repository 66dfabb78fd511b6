"""Who wrote what in a request, what can't be looked into, and what conditions may speak of."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from openai.types import EmbeddingCreateParams
from openai.types.chat import completion_create_params
from openai.types.responses import response_create_params
from pydantic import TypeAdapter

from bartizan.guard.exchange import BodyError, ProviderTool, decode_body
from tests.guard.formats.openai.bodies import CHAT, EMBEDDINGS, MCP, PICTURE, RESPONSES
from tests.guard.formats.reading import opaque, piece, read, told


@pytest.mark.parametrize(
    ("type", "body"),
    [
        (completion_create_params.CompletionCreateParamsStreaming, CHAT),
        (response_create_params.ResponseCreateParamsNonStreaming, RESPONSES),
        (EmbeddingCreateParams, EMBEDDINGS),
    ],
)
def test_the_bodies_of_these_tests_are_what_the_client_describes(type: Any, body: Any) -> None:
    adapter = TypeAdapter(type)
    adapter.rebuild(_types_namespace={**vars(completion_create_params), **vars(response_create_params)}, force=True)
    assert adapter.validate_python(body)


def test_texts_of_chat_completions_have_their_writers() -> None:
    found = told(read("openai-chat", CHAT))
    at = "/messages/3/tool_calls"
    wanted = {
        "/messages/0/content": ("Be kind.", "system", "system"),
        "/messages/1/content/1/text": ("short.", "developer", "developer"),
        "/messages/2/name": ("anna", "user", "user"),
        "/messages/2/content/0/text": ("What is this?", "user", "user"),
        "/messages/2/content/2/image_url/url": ("https://pictures.example/anna", "user", "user"),
        "/messages/2/content/4/file/file_data": ("Notiz über Anna", "user", "user"),
        "/messages/3/content": ("I look.", "model", "assistant"),
        "/messages/3/reasoning_content": ("I think.", "model", "assistant"),
        f"{at}/0/function/name": ("look_up", "tool-call", "assistant"),
        f"{at}/0/function/arguments/#/who": ("Anna", "tool-call", "assistant"),
        f"{at}/0/function/arguments/#/n": ("12345678901", "tool-call", "assistant"),
        f"{at}/1/custom/input": ("ls /home", "tool-call", "assistant"),
        "/messages/3/function_call/arguments": ("no JSON", "tool-call", "assistant"),
        "/messages/4/content/#/mail": ("anna@x.ch", "tool-result", "tool"),
        "/messages/5/content/0/text": ("a file", "tool-result", "tool"),
        "/messages/6/content": ("done", "tool-result", "function"),
        "/tools/0/function/description": ("Looks up.", "tool-definition", ""),
        "/tools/0/function/parameters/properties/city/enum/0": ("Bern", "tool-definition", ""),
        "/tools/0/function/parameters/properties/city/default": ("Bern", "tool-definition", ""),
        "/tools/0/function/parameters/examples/0/who": ("Anna", "tool-definition", ""),
        "/tools/1/custom/format/grammar/definition": ("start: WORD", "tool-definition", ""),
        "/functions/0/description": ("An old one.", "tool-definition", ""),
        "/response_format/json_schema/description": ("x y", "parameter", ""),
        "/prediction/content/0/text": ("foo = 1", "user", ""),
        "/metadata/case": ("a-77", "parameter", ""),
        "/user": ("anna", "parameter", ""),
        "/model": ("gpt-x", "parameter", ""),
    }
    assert {path: found.get(path) for path in wanted} == wanted


def test_parts_of_a_message_are_read_as_one() -> None:
    exchange = read("openai-chat", CHAT)
    first, second = (piece(exchange, f"/messages/1/content/{n}/text") for n in (0, 1))
    other = piece(exchange, "/messages/2/content/0/text")
    assert first.run == second.run > 0
    assert other.run not in (-1, first.run)
    assert piece(exchange, "/messages/0/content").run == -1


def test_what_chat_completions_hold_that_can_not_be_looked_into() -> None:
    exchange = read("openai-chat", {**CHAT, "data_sources": [{"type": "azure_search", "parameters": {"key": "k y"}}]})
    at = "/messages/2/content"
    assert opaque(exchange) == {
        ("image", f"{at}/1/image_url/url"),
        ("image", f"{at}/2/image_url/url"),
        ("url", f"{at}/2/image_url/url"),
        ("audio", f"{at}/3/input_audio/data"),
        ("file", f"{at}/5/file/file_id"),
        ("state", "/messages/3/audio/id"),
        ("retrieval", "/data_sources"),
    }
    assert told(exchange)["/data_sources/0/parameters/key"] == ("k y", "parameter", "")


def test_what_chat_completions_ask_for() -> None:
    exchange = read("openai-chat", CHAT)
    assert (exchange.model, exchange.stream, exchange.most) == ("gpt-x", True, 200)
    assert exchange.tools == ["look_up", "run", "old"]
    assert exchange.provider_tools == [ProviderTool("web_search")]
    assert exchange.parameters == {
        "store": True,
        "service_tier": "flex",
        "metadata": True,
        "user": True,
        "max_completion_tokens": 100,
        "n": 2,
    }


def test_texts_of_responses_have_their_writers() -> None:
    found = told(read("openai-responses", RESPONSES))
    writers: dict[str, set[str]] = {}
    for path, (_, origin, _) in found.items():
        writers.setdefault(
            "/".join(path.split("/")[:3]) if path.startswith("/input") else path.split("/")[1], set()
        ).add(origin)
    types = {f"/input/{n}": one.get("type", "message") for n, one in enumerate(RESPONSES["input"])}
    by_type = {types[at]: origins for at, origins in writers.items() if at in types}
    assert by_type["reasoning"] == {"model"}
    for name in (
        "function_call",
        "custom_tool_call",
        "web_search_call",
        "computer_call",
        "local_shell_call",
        "shell_call",
    ):
        assert by_type[name] == {"tool-call"}
    for name in ("function_call_output", "custom_tool_call_output", "local_shell_call_output", "shell_call_output"):
        assert by_type[name] == {"tool-result"}
    assert by_type["code_interpreter_call"] == {"tool-call", "tool-result"}
    assert by_type["mcp_call"] == {"tool-call", "tool-result"}
    assert by_type["file_search_call"] == {"tool-call", "retrieved"}
    assert by_type["mcp_list_tools"] == by_type["tool_search_output"] == {"tool-definition"}
    assert by_type["mcp_approval_response"] == {"user"}
    assert found["/input/0/content"] == ("Hello.", "user", "user")
    assert found["/input/2/content/0/text"] == ("Yes.", "model", "assistant")
    assert found["/input/2/content/0/annotations/0/title"] == ("A", "retrieved", "assistant")
    assert found["/instructions"] == ("Be kind.", "system", "")
    assert found["/prompt/variables/customer"] == ("Anna", "user", "user")
    assert found["/tools/13/headers/Authorization"] == ("Bearer abc", "tool-definition", "")
    assert found["/text/format/schema/examples/0/who"] == ("Anna", "parameter", "")
    assert read("openai-responses", {"input": "Hello."}).pieces[0].origin == "user"


def test_what_responses_hold_that_can_not_be_looked_into() -> None:
    exchange = read("openai-responses", RESPONSES)
    found = opaque(exchange)
    assert {path for kind, path in found if kind == "state"} == {
        "/previous_response_id",
        "/conversation",
        "/prompt",
        "/background",
        f"/input/{len(RESPONSES['input']) - 1}",
    }
    assert {path for kind, path in found if kind == "reasoning"} == {
        f"/input/{n}/encrypted_content" for n, one in enumerate(RESPONSES["input"]) if "encrypted_content" in one
    }
    assert ("image", "/input/1/content/3/file_id") not in found
    assert ("file", "/input/1/content/3/file_id") in found
    assert ("url", "/input/1/content/4/file_url") in found
    assert ("file", "/tools/5/container/file_ids") in found
    assert ("file", "/tools/11/environment/skills") in found
    assert ("image", "/prompt/variables/photo/image_url") in found


def test_what_responses_ask_for() -> None:
    exchange = read("openai-responses", RESPONSES)
    assert (exchange.model, exchange.stream, exchange.most) == ("gpt-x", False, 300)
    assert exchange.tools == [
        "found", "look_up", "run", "crm", "find", "apply_patch", "local_shell", "shell", "tool_search",
    ]  # fmt: skip
    assert exchange.provider_tools == [
        ProviderTool("web_search_preview"),
        ProviderTool("web_search"),
        ProviderTool("file_search"),
        ProviderTool("code_interpreter"),
        ProviderTool("image_generation"),
        ProviderTool("computer"),
        ProviderTool("shell"),
        ProviderTool("mcp", "https://tools.example/mcp"),
        ProviderTool("mcp", "connector_gmail"),
    ]
    assert exchange.parameters["store"] is False
    assert exchange.parameters["background"] is True
    assert exchange.parameters["metadata"] is True
    assert exchange.parameters["safety_identifier"] is True


def test_answers_are_kept_by_responses_unless_told_not_to() -> None:
    assert read("openai-responses", {"input": "x"}).parameters["store"] is True
    assert read("openai-responses", {"input": "x", "store": None}).parameters["store"] is True
    assert read("openai-chat", {"messages": []}).parameters["store"] is False


@pytest.mark.parametrize(
    ("tool", "provided", "own"),
    [
        (
            {"type": "function", "function": {"name": "f"}, "server_url": "https://x"},
            [("function", "https://x")],
            ["f"],
        ),
        ({"function": {"name": "f"}}, [], ["f"]),
        ({"name": "f"}, [("", "")], []),
        ({"type": ["function"], "name": "f"}, [("", "")], []),
        ({"type": "new_tool"}, [("new_tool", "")], []),
        ({"type": "tool_search"}, [("tool_search", "")], []),
        ({"type": "function", "name": 5}, [], []),
        ("function", [], []),
        ({**MCP, "connector_id": "c"}, [("mcp", "https://tools.example/mcp"), ("mcp", "c")], []),
    ],
)
def test_a_tool_that_is_not_surely_the_callers_is_the_providers(tool: Any, provided: Any, own: list[str]) -> None:
    exchange = read("openai-responses", {"input": "x", "tools": [tool]})
    assert exchange.provider_tools == [ProviderTool(*one) for one in provided]
    assert exchange.tools == own


def test_tools_in_tools_without_end_are_texts_in_the_end() -> None:
    tool: dict[str, Any] = {"type": "mcp", "server_url": "https://deep.example"}
    for _ in range(20):
        tool = {"type": "namespace", "name": "n", "tools": [tool]}
    exchange = read("openai-responses", {"input": "x", "tools": [tool]})
    assert any(one.text == "https://deep.example" for one in exchange.pieces)


def test_tokens_can_not_be_looked_into() -> None:
    assert opaque(read("openai-embeddings", {"input": [1, 2]})) == {("tokens", "/input")}
    exchange = read("openai-embeddings", {"input": [[1, 2], "text", [1, "text"], [], [12345678901]]})
    assert opaque(exchange) == {("tokens", "/input/0")}
    assert set(told(exchange)) == {"/input/1", "/input/2/1", "/input/4/0"}
    assert told(read("openai-embeddings", {"input": "text"}))["/input"] == ("text", "user", "")


@pytest.mark.parametrize(
    ("id", "body"),
    [
        ("openai-chat", []),
        ("openai-chat", {}),
        ("openai-chat", {"messages": {}}),
        ("openai-chat", {"messages": ["hello"]}),
        ("openai-chat", {"messages": [], "model": 5}),
        ("openai-chat", {"messages": [], "stream": 1}),
        ("openai-chat", {"messages": [], "Tools": []}),
        ("openai-chat", {"messages": [{"role": "user", "Content": "x"}]}),
        ("openai-chat", {"messages": [{"role": "user", "content": [{"type": "text", "IMAGE_URL": "x"}]}]}),
        ("openai-responses", {"input": "x", "PREVIOUS_response_id": "r"}),
        ("openai-responses", "x"),
        ("openai-embeddings", {"model": "m"}),
        ("openai-embeddings", None),
    ],
)
def test_what_is_not_of_the_format_is_refused(id: str, body: Any) -> None:
    with pytest.raises(BodyError):
        read(id, body)


@pytest.mark.parametrize(
    "url",
    ["data:text/plain,anna@x.ch", "data:image/png;base64,anna meier", "  https://x", "data:image/png;base64,QUFB"],
)
def test_an_address_that_is_no_large_picture_is_a_text_too(url: str) -> None:
    body = {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": url}}]}]}
    assert [one.text for one in read("openai-chat", body).pieces] == [url]


def test_a_text_file_is_written_back_in_its_address() -> None:
    exchange = read("openai-chat", CHAT)
    piece(exchange, "/messages/2/content/4/file/file_data").replace("Notiz über <name>")
    made = decode_body(exchange.render())["messages"][2]["content"]
    assert made[4]["file"]["file_data"] == "data:text/plain;base64,Tm90aXogw7xiZXIgPG5hbWU+"
    assert made[1]["image_url"]["url"] == PICTURE


def test_arguments_are_written_back_into_their_string() -> None:
    exchange = read("openai-chat", CHAT)
    piece(exchange, "/messages/3/tool_calls/0/function/arguments/#/n").replace("<number>")
    made = decode_body(exchange.render())
    assert made["messages"][3]["tool_calls"][0]["function"]["arguments"] == '{"who":"Anna","n":"<number>"}'
    wanted = copy.deepcopy(CHAT)
    wanted["messages"][3]["tool_calls"][0]["function"]["arguments"] = '{"who":"Anna","n":"<number>"}'
    assert made == wanted


def test_another_model_is_named_where_the_body_names_one() -> None:
    exchange = read("openai-chat", CHAT)
    exchange.rename("gpt-y")
    assert decode_body(exchange.render()) == {**CHAT, "model": "gpt-y"}
