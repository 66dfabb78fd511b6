"""Requests and answers of Gemini's formats, in both spellings of every member."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest
from google.genai import types
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.exchange import BodyError, Exchange, Kind, ProviderTool, Usage
from bartizan.guard.formats.gemini.words import CAMEL
from tests.guard.formats.bodies import GEMINI, PICTURE
from tests.guard.formats.reading import format_of, opaque, piece, read, told

ID = "gemini-generate"
SAYS = [{"role": "user", "parts": [{"text": "hello"}]}]


def asked(**more: Any) -> Exchange:
    return read(ID, {"contents": SAYS, **more})


def snake(tree: Any) -> Any:
    """The same body, the API's own members spelled with underscores."""
    if isinstance(tree, list):
        return [snake(one) for one in tree]
    if not isinstance(tree, dict):
        return tree
    return {re.sub("[A-Z]", lambda sign: "_" + sign[0].lower(), name): snake(one) for name, one in tree.items()}


def test_everyone_has_what_they_wrote() -> None:
    found = told(read(ID, GEMINI))
    user, model, tool = ("/contents/0/parts", "/contents/1/parts", "/contents/2/parts")
    wanted = {
        "/systemInstruction/parts/0/text": ("Be brief.", "system", "system"),
        f"{user}/1/text": ("Anna", "user", "user"),
        f"{user}/2/inlineData/displayName": ("photo of Anna", "user", "user"),
        f"{user}/3/inline_data/data": ("Notiz über Anna", "user", "user"),
        f"{user}/6/partMetadata/own": ("note", "user", "user"),
        f"{model}/0/text": ("She said Anna", "model", "model"),
        f"{model}/2/functionCall/args/who/0": ("Anna", "tool-call", "model"),
        f"{model}/3/executableCode/code": ("print('Anna')", "tool-call", "model"),
        f"{model}/4/codeExecutionResult/output": ("Anna", "tool-result", "model"),
        f"{model}/5/toolCall/args/queries/0": ("Anna", "tool-call", "model"),
        f"{model}/6/toolResponse/response/page": ("found", "retrieved", "model"),
        f"{tool}/0/functionResponse/response/result/#/who": ("Anna", "tool-result", "function"),
        f"{tool}/0/functionResponse/response/n/1": ("two", "tool-result", "function"),
        "/tools/0/functionDeclarations/0/description": ("Looks up", "tool-definition", ""),
        "/generationConfig/responseSchema/description": ("about Anna", "parameter", ""),
        "/labels/team": ("crm", "parameter", ""),
    }
    assert {path: found.get(path) for path in wanted} == wanted


def test_texts_of_a_content_are_one_run_but_for_thoughts() -> None:
    runs = {one.path: one.run for one in read(ID, GEMINI).pieces}
    assert runs["/contents/0/parts/0/text"] == runs["/contents/0/parts/1/text"] == runs["/contents/0/parts/6/text"] > 0
    assert runs["/contents/1/parts/0/text"] == -1
    assert runs["/contents/1/parts/1/text"] > 0


def test_what_can_not_be_read_is_told() -> None:
    assert opaque(read(ID, GEMINI)) == {
        ("image", "/contents/0/parts/2/inlineData/data"),
        ("audio", "/contents/0/parts/4/inlineData/data"),
        ("url", "/contents/0/parts/5/fileData/fileUri"),
        ("reasoning", "/contents/1/parts/0/thoughtSignature"),
        ("reasoning", "/contents/1/parts/2/thought_signature"),
        ("image", "/contents/2/parts/0/functionResponse/parts/0/inlineData/data"),
        ("state", "/cachedContent"),
    }


def test_tools_are_told() -> None:
    exchange = read(ID, GEMINI)
    assert exchange.tools == ["lookup", "computerUse"]
    assert exchange.provider_tools == [
        ProviderTool("googleSearch"),
        ProviderTool("codeExecution"),
        ProviderTool("urlContext"),
        ProviderTool("mcp", "https://crm.example/mcp"),
    ]
    odd = asked(tools={"functionDeclarations": {"name": "one"}, "soonNew": {}, "mcpServers": "x"})
    assert odd.tools == ["one"]
    assert odd.provider_tools == [ProviderTool("soonNew"), ProviderTool("mcp", "")]
    assert asked(tools=[{"functionDeclarations": ["x"]}]).tools == []
    assert asked(tools=None).provider_tools == []


def test_the_other_spelling_is_read_alike() -> None:
    camel = read(ID, GEMINI)
    other = read(ID, snake(GEMINI))
    texts = [(one.text, one.origin, one.role, one.run) for one in other.pieces if one.kind is Kind.TEXT]
    assert texts == [(one.text, one.origin, one.role, one.run) for one in camel.pieces if one.kind is Kind.TEXT]
    assert opaque(other) == {
        (kind, re.sub("[A-Z]", lambda sign: "_" + sign[0].lower(), path)) for kind, path in opaque(camel)
    }
    assert (other.most, other.tools, other.provider_tools, other.parameters) == (
        camel.most,
        camel.tools,
        camel.provider_tools,
        camel.parameters,
    )


def test_a_member_in_both_spellings_is_refused() -> None:
    for camel, other in (
        ({"systemInstruction": {}}, {"system_instruction": {}}),
        ({"generationConfig": {"maxOutputTokens": 1}}, {"generation_config": {}}),
    ):
        with pytest.raises(BodyError):
            asked(**camel, **other)
    parts: list[dict[str, Any]] = [
        {"inlineData": {}, "inline_data": {}},
        {"inlineData": {"mimeType": "a", "mime_type": "b"}},
    ]
    for part in parts:
        with pytest.raises(BodyError):
            read(ID, {"contents": [{"parts": [part]}]})
    with pytest.raises(BodyError):
        asked(tools=[{"googleSearch": {}, "google_search": {}}])
    with pytest.raises(BodyError):
        asked(generationConfig={"candidateCount": 1, "candidate_count": 100})


def test_members_of_the_official_package_have_both_spellings() -> None:
    for model in (types.Part, types.Tool, types.GenerationConfig, types.Blob, types.FileData, types.SafetySetting):
        for name, field in model.model_fields.items():
            if "_" in name:
                assert CAMEL.get(name) == field.alias


@pytest.mark.parametrize(
    ("config", "most"),
    [
        (None, 0),
        ({}, 0),
        ({"maxOutputTokens": 10}, 10),
        ({"max_output_tokens": "10", "candidateCount": 3}, 30),
        ({"maxOutputTokens": 1e2, "candidateCount": 0}, 100),
    ],
)
def test_how_much_is_asked_for(config: Any, most: int) -> None:
    assert asked(generationConfig=config).most == most


@pytest.mark.parametrize(
    ("threshold", "weakest", "weakened"),
    [
        ("BLOCK_LOW_AND_ABOVE", "BLOCK_LOW_AND_ABOVE", False),
        ("BLOCK_MEDIUM_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", False),
        ("BLOCK_ONLY_HIGH", "BLOCK_ONLY_HIGH", True),
        ("OFF", "OFF", True),
        (4, "BLOCK_NONE", True),
        (1, "BLOCK_LOW_AND_ABOVE", False),
        (0, None, False),
        ("HARM_BLOCK_THRESHOLD_UNSPECIFIED", None, False),
        ("WHO_KNOWS", "OFF", True),
        (99, "OFF", True),
        ([], "OFF", True),
    ],
)
def test_weaker_filters_are_told(threshold: Any, weakest: str | None, weakened: bool) -> None:
    settings = [{"category": "HARM_CATEGORY_HARASSMENT", "threshold": "BLOCK_LOW_AND_ABOVE"}] * (weakest is not None)
    one = {"category": "HARM_CATEGORY_HATE_SPEECH", "threshold": threshold}
    parameters = asked(safetySettings=[*settings, one]).parameters
    assert parameters["safety_weakened"] is weakened
    assert parameters.get("safety_threshold") == weakest
    assert asked(safety_settings=one).parameters["safety_weakened"] is weakened
    assert asked(serviceTier="flex").parameters == {"safety_weakened": False, "serviceTier": "flex"}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"contents": SAYS, "model": 5},
        {"contents": SAYS, "tools": "x"},
        {"contents": SAYS, "tools": ["x"]},
        {"contents": SAYS, "generationConfig": 5},
        {"contents": SAYS, "generationConfig": {"maxOutputTokens": "many"}},
        {"contents": SAYS, "generationConfig": {"maxOutputTokens": 1.5}},
        {"contents": SAYS, "generationConfig": {"maxOutputTokens": -1}},
        {"contents": SAYS, "generationConfig": {"candidateCount": [2]}},
        {"contents": SAYS, "generationConfig": {"candidateCount": "nan"}},
    ],
)
def test_what_is_not_of_the_format_is_refused(body: Any) -> None:
    with pytest.raises(BodyError):
        read(ID, body)


def test_odd_shapes_are_taken_all_the_same() -> None:
    found = told(read(ID, {"contents": {"parts": {"text": "single"}}, "systemInstruction": "plain"}))
    assert found == {
        "/contents/parts/text": ("single", "user", "user"),
        "/systemInstruction": ("plain", "system", "system"),
    }
    found = told(
        read(
            ID,
            {
                "contents": [
                    "bare",
                    {
                        "parts": [
                            "bare part",
                            {"inlineData": {"data": 5}},
                            {"inlineData": "x"},
                            {"functionResponse": {"response": ["a"]}},
                            {"text": 5},
                        ]
                    },
                    {"role": "poet", "parts": "said", "own": "x"},
                ]
            },
        )
    )
    assert found["/contents/0"] == ("bare", "user", "user")
    assert found["/contents/1/parts/0"] == ("bare part", "user", "user")
    assert found["/contents/1/parts/3/functionResponse/response/0"] == ("a", "tool-result", "user")
    assert found["/contents/2/role"] == ("poet", "user", "poet")
    assert (
        read(
            ID, {"contents": [{"parts": [{"inlineData": {"mimeType": "image/png"}}, {"thoughtSignature": ""}]}]}
        ).opaque
        == []
    )
    assert found["/contents/2/parts"] == ("said", "user", "poet")


def test_a_model_in_the_body_is_read_and_renamed() -> None:
    exchange = asked(model="models/gemini-x")
    assert exchange.model == "gemini-x"
    exchange.rename("gemini-y")
    assert json.loads(exchange.render())["model"] == "models/gemini-y"


def test_a_text_in_a_tools_result_is_put_back_into_its_json() -> None:
    exchange = read(ID, GEMINI)
    path = "/contents/2/parts/0/functionResponse/response/result"
    piece(exchange, f"{path}/#/who").replace("<name>")
    made = json.loads(exchange.render())
    assert made["contents"][2]["parts"][0]["functionResponse"]["response"]["result"] == '{"who":"<name>"}'


# ---- answers


ANSWER = {
    "candidates": [
        {
            "content": {"role": "model", "parts": [{"text": "It is An"}, {"text": "na"}]},
            "index": 0,
            "finishReason": "STOP",
            "groundingMetadata": {"groundingChunks": [{"web": {"title": "A page", "uri": "https://a.example"}}]},
        },
        {"content": {"parts": [{"functionCall": {"name": "f", "args": {"who": "Anna"}}}]}, "index": 1},
        {"finishReason": "SAFETY", "finishMessage": "because"},
    ],
    "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 4, "thoughtsTokenCount": 5},
    "modelVersion": "gemini-x",
}


def test_an_answer_is_read() -> None:
    exchange = read(ID, ANSWER, answer=True)
    found = told(exchange)
    assert found["/candidates/0/content/parts/1/text"] == ("na", "model", "model")
    assert found["/candidates/0/groundingMetadata/groundingChunks/0/web/title"] == ("A page", "retrieved", "")
    assert found["/candidates/1/content/parts/0/functionCall/args/who"] == ("Anna", "tool-call", "model")
    assert found["/candidates/2/finishMessage"] == ("because", "model", "")
    assert format_of(ID).usage(exchange.tree) == Usage(3, 9)


def test_a_list_of_answers_is_one_text_a_candidate() -> None:
    parts = [copy.deepcopy(ANSWER), {"candidates": [{"content": {"parts": [{"text": "!"}]}, "index": 0}]}, {}]
    exchange = read(ID, parts, answer=True)
    runs = {one.path: one.run for one in exchange.pieces}
    assert runs["/0/candidates/0/content/parts/0/text"] == runs["/1/candidates/0/content/parts/0/text"] > 0
    assert format_of(ID).usage(exchange.tree) == Usage(3, 9)
    assert format_of(ID).usage([{}]) is None


def test_probabilities_do_not_tell_what_was_changed() -> None:
    chances = {
        "chosenCandidates": [{"token": "An", "tokenId": 1}, {"token": "na", "logProbability": -1}, "odd"],
        "topCandidates": [{"candidates": [{"token": "An"}, {"token": "x"}]}, {"candidates": [{"token": "na"}]}, "odd"],
        "own": "said",
    }
    body = {"candidates": [{"content": {"parts": [{"text": "Anna"}]}, "logprobsResult": chances}]}
    exchange = read(ID, body, answer=True)
    runs = {one.path: one.run for one in exchange.pieces}
    at = "/candidates/0/logprobsResult"
    assert runs[f"{at}/chosenCandidates/0/token"] == runs[f"{at}/chosenCandidates/1/token"] > 0
    tops = [f"{at}/topCandidates/{step}/candidates/0/token" for step in (0, 1)]
    assert runs[tops[0]] == runs[tops[1]] != runs[f"{at}/topCandidates/0/candidates/1/token"]
    few = {"candidates": [{"logprobsResult": {"topCandidates": [{"candidates": [{"token": "x"}]}]}}]}
    assert [one.text for one in read(ID, few, answer=True).pieces] == ["x"]
    assert {"odd", "own", "said"} < {one.text for one in exchange.pieces}
    piece(exchange, f"{at}/chosenCandidates/0/token").replace("<name>")
    assert json.loads(exchange.render())["candidates"][0]["logprobsResult"]["chosenCandidates"][0]["tokenId"] is None
    piece(exchange, "/candidates/0/content/parts/0/text").replace("<name>")
    assert json.loads(exchange.render())["candidates"][0]["logprobsResult"] is None


@pytest.mark.parametrize("body", ["x", ["x"], {"candidates": ["x"]}])
def test_what_is_no_answer_is_refused(body: Any) -> None:
    with pytest.raises(BodyError):
        read(ID, body, answer=True)


def test_counting() -> None:
    whole = read("gemini-count", {"generateContentRequest": {"model": "models/m", **GEMINI}, "more": "x"})
    assert (whole.model, whole.tools) == ("m", ["lookup", "computerUse"])
    assert piece(whole, "/generateContentRequest/contents/0/parts/1/text").text == "Anna"
    assert read("gemini-count", {"contents": SAYS}).pieces[-1].text == "hello"
    for body in ({"contents": SAYS, "generateContentRequest": {}}, {"generateContentRequest": "x"}, {}):
        with pytest.raises(BodyError):
            read("gemini-count", body)
    answer = read("gemini-count", {"totalTokens": 3}, answer=True)
    assert answer.pieces == []
    assert format_of("gemini-count").usage(answer.tree) is None
    assert format_of("gemini-count").action == "count-tokens"


# ---- embeddings


def test_texts_to_embed() -> None:
    one = read(
        "gemini-embed", {"content": {"parts": [{"text": "a text"}]}, "taskType": "RETRIEVAL_QUERY", "title": "t"}
    )
    assert told(one) == {"/content/parts/0/text": ("a text", "user", "user"), "/title": ("t", "parameter", "")}
    requests = [{"model": "models/e", "content": {"parts": [{"text": text}]}} for text in ("a", "b")]
    batch = read("gemini-embed", {"requests": requests, "more": "x"})
    assert batch.model == "e"
    assert piece(batch, "/requests/1/content/parts/0/text").text == "b"
    batch.rename("f")
    assert [one["model"] for one in json.loads(batch.render())["requests"]] == ["models/f", "models/f"]
    embed = read("gemini-embed", {"content": {"parts": [{"inlineData": {"mimeType": "image/png", "data": PICTURE}}]}})
    assert opaque(embed) == {("image", "/content/parts/0/inlineData/data")}


@pytest.mark.parametrize(
    "body",
    [
        [],
        {},
        {"requests": {}},
        {"requests": ["x"]},
        {"requests": [{"model": "m"}]},
        {"requests": [], "content": {}},
        {"requests": [{"model": "a", "content": {}}, {"model": "b", "content": {}}]},
    ],
)
def test_what_is_not_to_embed_is_refused(body: Any) -> None:
    with pytest.raises(BodyError):
        read("gemini-embed", body)


def test_vectors_are_no_texts() -> None:
    assert read("gemini-embed", {"embedding": {"values": [0.5, 12345678]}}, answer=True).pieces == []
    several = {"embeddings": [{"values": [0.5]}, {"statistics": {"own": "said"}}, None], "note": "x"}
    assert [one.text for one in read("gemini-embed", several, answer=True).pieces][:2] == ["note", "x"]
    refused: list[Any] = [
        [],
        {"embedding": "x"},
        {"embedding": {"values": ["text"]}},
        {"embeddings": [{"values": "x"}]},
    ]
    for body in refused:
        with pytest.raises(BodyError):
            read("gemini-embed", body, answer=True)


@pytest.mark.parametrize(
    ("status", "name"),
    [(403, "PERMISSION_DENIED"), (429, "RESOURCE_EXHAUSTED"), (418, "INVALID_ARGUMENT"), (502, "INTERNAL")],
)
def test_refusals(status: int, name: str) -> None:
    error = json.loads(format_of(ID).refusal(status, "the-rule", "a sentence"))["error"]
    assert (error["code"], error["status"], error["message"], error["rule"]) == (status, name, "a sentence", "the-rule")
    detail = error["details"][0]
    assert (detail["code"], detail["rule"], detail["reason"]) == ("bartizan_denied", "the-rule", "BARTIZAN_DENIED")


@given(st.text(max_size=30))
def test_a_picture_is_opaque_whatever_its_type_says(media: str) -> None:
    body = {"contents": [{"parts": [{"inlineData": {"mimeType": media, "data": PICTURE}}]}]}
    assert len(opaque(read(ID, body))) == 1
