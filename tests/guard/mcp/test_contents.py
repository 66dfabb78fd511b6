"""Texts of MCP's messages: every one of them is a piece, with who wrote it; what can't be looked into is named."""

from __future__ import annotations

import base64
import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.exchange import Exchange, Origin
from bartizan.guard.mcp.contents import Sender, read_answer, read_definition, read_message, read_result, text_of

TEXT = "what somebody wrote"
PICTURE = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20).decode()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=12,
)
NAMES = st.sampled_from(
    ["content", "text", "type", "data", "blob", "resource", "messages", "inputRequests", "params", "other", "role",
     "structuredContent", "inputResponses", "_meta", "requestState", "mimeType", "ref", "argument", "contents", "name"]
)  # fmt: skip
MESSAGES = st.dictionaries(NAMES, JSON, max_size=5)


def texts(exchange: Exchange) -> list[str]:
    return [piece.text for piece in exchange.pieces]


def by_path(exchange: Exchange) -> dict[str, str]:
    return {piece.path: piece.origin.value for piece in exchange.pieces}


def test_a_tool_s_definition_is_taken_whole() -> None:
    item = {
        "name": "n1", "title": "t1", "description": "d1", "new": {"deep": ["u1", {"type": "u2"}]},
        "inputSchema": {"type": "object", "properties": {"to": {"description": "p1", "enum": ["e1"], "default": "f1",
                        "examples": ["x1"], "$ref": "#/$defs/k1"}}, "$defs": {"k1": {"const": "c1"}}},
        "outputSchema": {"description": "o1"}, "annotations": {"title": "a1", "readOnlyHint": True},
        "icons": [{"src": "data:i1"}], "_meta": {"m1": "m2"}, "execution": {"taskSupport": "optional"},
    }  # fmt: skip
    exchange = read_definition(item)
    assert {piece.origin for piece in exchange.pieces} == {Origin.TOOL_DEFINITION}
    said = set(texts(exchange))
    assert said >= {"n1", "t1", "d1", "u1", "u2", "p1", "e1", "f1", "x1", "k1", "c1", "o1", "a1", "data:i1", "m1", "m2"}
    assert said >= {"to", "new", "deep", "#/$defs/k1"}


RESULTS: list[tuple[dict[str, Any], list[str]]] = [
    ({"content": [{"type": "text", "text": TEXT, "annotations": {"audience": ["user"]}}]}, ["/content/0/text"]),
    ({"content": [{"type": "resource_link", "uri": "u://1", "name": "n", "title": "t", "description": "d"}]},
     ["/content/0/uri", "/content/0/name", "/content/0/title", "/content/0/description"]),
    ({"content": [{"type": "resource", "resource": {"uri": "u://1", "mimeType": "text/plain", "text": TEXT}}]},
     ["/content/0/resource/uri", "/content/0/resource/text"]),
    ({"content": [{"type": "later", "anything": [{"a": TEXT}]}]}, ["/content/0/anything/0/a"]),
    ({"content": [TEXT]}, ["/content/0"]),
    ({"content": {"type": "text", "text": TEXT}}, ["/content/text"]),
    ({"structuredContent": {"a": {"b": [TEXT, 12345678901]}}},
     ["/structuredContent/a/b/0", "/structuredContent/a/b/1", "/structuredContent/a"]),
    ({"structuredContent": TEXT}, ["/structuredContent"]),
    ({"contents": [{"uri": "u://1", "text": TEXT}]}, ["/contents/0/uri", "/contents/0/text"]),
    ({"description": TEXT, "messages": [{"role": "user", "content": {"type": "text", "text": TEXT}}]},
     ["/description", "/messages/0/content/text"]),
    ({"messages": [TEXT, {"role": "a word too much", "content": TEXT}]},
     ["/messages/0", "/messages/1/role", "/messages/1/content"]),
    ({"completion": {"values": [TEXT], "total": 3}}, ["/completion/values/0"]),
    ({"task": {"taskId": "t-1", "status": "working", "statusMessage": TEXT}}, ["/task/taskId", "/task/statusMessage"]),
    ({"resultType": "input_required", "inputRequests": {"one": {"method": "elicitation/create", "params": {
        "mode": "form", "message": TEXT, "requestedSchema": {"properties": {"name": {"title": "What?"}}}}}}},
     ["/inputRequests/one", "/inputRequests/one/params/message",
      "/inputRequests/one/params/requestedSchema/properties/name/title"]),
    ({"_meta": {"note": TEXT}}, ["/_meta/note"]),
    ({"nextCursor": TEXT}, ["/nextCursor"]),
    ({"unheard": {"of": TEXT}}, ["/unheard", "/unheard/of"]),
]  # fmt: skip


@pytest.mark.parametrize(("result", "paths"), RESULTS)
def test_results_are_taken_whole(result: dict[str, Any], paths: list[str]) -> None:
    found = by_path(read_result("tools/call", result))
    assert found.keys() >= set(paths)
    assert set(found.values()) == {"tool-result"}


def test_what_a_server_says_of_itself_is_a_definition() -> None:
    said = {"instructions": TEXT, "serverInfo": {"name": "s", "version": "1"}, "capabilities": {"x": {}}}
    assert set(by_path(read_result("initialize", said)).values()) == {"tool-definition"}


def test_several_texts_of_one_result_are_read_as_one() -> None:
    blocks = [{"type": "text", "text": "4111 1111"}, {"type": "text", "text": " 1111 1111"}]
    one, two = read_result("tools/call", {"content": blocks}).pieces
    assert one.run == two.run != -1
    assert read_result("tools/call", {"content": blocks[:1]}).pieces[0].run == -1


@pytest.mark.parametrize(
    ("block", "kind"),
    [
        ({"type": "image", "data": PICTURE, "mimeType": "image/png"}, "image"),
        ({"type": "audio", "data": PICTURE, "mimeType": "audio/wav"}, "audio"),
        ({"type": "image", "data": PICTURE}, "file"),
        ({"type": "resource", "resource": {"uri": "u://1", "blob": PICTURE}}, "file"),
    ],
)
def test_what_is_no_text_is_named(block: dict[str, Any], kind: str) -> None:
    exchange = read_result("tools/call", {"content": [block]})
    assert [one.kind for one in exchange.opaque] == [kind]
    assert not any(PICTURE[:20] in text for text in texts(exchange))


@pytest.mark.parametrize("type", ["image", "audio", "resource"])
@pytest.mark.parametrize("size", [1, 400])
def test_a_text_that_is_sent_as_a_picture_is_read_and_written_back(type: str, size: int) -> None:
    data = base64.b64encode((TEXT + "é").encode() * size).decode()
    held: dict[str, str] = {"mimeType": "image/png", "blob" if type == "resource" else "data": data}
    result = {"content": [{"type": type, "resource": held} if type == "resource" else {"type": type, **held}]}
    exchange = read_result("tools/call", result)
    (piece,) = exchange.pieces
    assert piece.text == (TEXT + "é") * size
    piece.replace("ok")
    block: Any = result["content"][0]
    assert base64.b64decode(held["blob"] if type == "resource" else block["data"]) == b"ok"


def test_what_only_looks_like_a_file_is_a_text() -> None:
    blocks = [
        {"type": "image", "data": text}
        for text in ("no base64 at all", "abc", "abcd====", TEXT, "4111111111111111", "")
    ]
    exchange = read_result("tools/call", {"content": blocks})
    assert texts(exchange) == ["no base64 at all", "abc", "abcd====", TEXT, "4111111111111111"]
    assert [one.path for one in exchange.opaque] == [f"/content/{number}/data" for number in (1, 2, 4)]


def test_text_behind_a_beginning_that_is_text_is_still_no_text() -> None:
    mixed = base64.b64encode(b"a" * 6_000 + b"\xff" * 300).decode()
    exchange = read_result("tools/call", {"content": [{"type": "image", "data": mixed, "mimeType": "image/gif"}]})
    assert [one.kind for one in exchange.opaque] == ["image"]
    # A sign of several bytes may be cut where the beginning ends; what comes then is read all the same.
    cut = base64.b64encode(b"a" * 3_071 + "é".encode() * 600 + b"a").decode()
    assert len(read_result("x", {"content": [{"type": "image", "data": cut}]}).pieces) == 1


def test_words_of_the_protocol_are_not_taken_and_what_stands_in_their_place_is() -> None:
    said = {"resultType": "complete", "content": [{"type": "image", "mimeType": "an odd text", "data": PICTURE}]}
    assert texts(read_result("tools/call", said)) == ["an odd text"]
    assert texts(read_result("tools/call", {"content": [{"type": "4111 1111 1111 1111"}]})) == ["4111 1111 1111 1111"]


def test_arguments_are_a_call_and_what_the_client_says_of_itself_is_not() -> None:
    params = {
        "name": "send", "arguments": {"to": "a@b.example", "amount": 123456789}, "task": {"ttl": 5, "note": "n"},
        "_meta": {"k": "v"}, "other": "o", "clientInfo": {"name": "c"},
    }  # fmt: skip
    found = by_path(read_message("client", "tools/call", params))
    assert found["/arguments/to"] == found["/other"] == found["/task/note"] == "tool-call"
    assert found["/_meta/k"] == found["/clientInfo/name"] == "parameter"
    assert "/name" not in found


@pytest.mark.parametrize(
    ("method", "params", "paths"),
    [
        ("resources/read", {"uri": "file:///a"}, ["/uri"]),
        ("prompts/get", {"name": "p", "arguments": {"a": TEXT}}, ["/arguments/a", "/arguments"]),
        ("completion/complete", {"ref": {"type": "ref/prompt", "name": "p"}, "argument": {"name": "a", "value": TEXT},
                                 "context": {"arguments": {"b": TEXT}}},
         ["/ref/name", "/argument/value", "/context/arguments/b"]),
        ("completion/complete", {"ref": TEXT}, ["/ref"]),
        ("notifications/cancelled", {"requestId": "7", "reason": TEXT}, ["/requestId", "/reason"]),
        ("later/method", {"name": TEXT, "list": [TEXT]}, ["/name", "/list/0"]),
        ("tools/call", {"name": "t", "arguments": TEXT, "inputResponses": TEXT}, ["/arguments", "/inputResponses"]),
    ],
)  # fmt: skip
def test_requests_of_clients(method: str, params: dict[str, Any], paths: list[str]) -> None:
    found = by_path(read_message("client", method, params)).keys()
    assert found >= {path for path in paths if path != "/arguments" or type(params["arguments"]) is str}


def test_answers_that_come_with_a_call_are_told_by_what_they_hold() -> None:
    answers = {
        "a": {"action": "accept", "content": {"name": "Anna"}},
        "b": {"role": "assistant", "content": {"type": "text", "text": TEXT}, "model": "m"},
        "c": {"roots": [{"uri": "file:///home", "name": "home"}]},
        "d": TEXT,
    }
    found = by_path(read_message("client", "tools/call", {"name": "t", "inputResponses": answers}))
    assert found["/inputResponses/a/content/name"] == "user"
    assert found["/inputResponses/b/content/text"] == "model"
    assert found["/inputResponses/c/roots/0/uri"] == found["/inputResponses/d"] == "parameter"


def test_a_state_that_only_its_server_reads_is_left_as_it_is() -> None:
    exchange = read_message("client", "tools/call", {"name": "t", "requestState": "opaque text"})
    assert exchange.pieces == []
    assert [one.kind for one in exchange.opaque] == ["state"]


@pytest.mark.parametrize(
    ("method", "origin"),
    [("elicitation/create", "user"), ("sampling/createMessage", "model"), ("roots/list", "parameter")],
)
def test_answers_of_clients(method: str, origin: str) -> None:
    found = by_path(read_answer(method, {"action": "accept", "content": {"a": TEXT}, "roots": [{"name": TEXT}]}))
    assert set(found.values()) == {origin}


@pytest.mark.parametrize(
    ("method", "params", "paths"),
    [
        ("notifications/message", {"level": "info", "logger": "l", "data": {"a": TEXT}}, ["/logger", "/data/a"]),
        ("notifications/message", {"level": "info", "data": TEXT}, ["/data"]),
        ("notifications/progress", {"progressToken": "p", "progress": 1, "message": TEXT}, ["/message"]),
        ("elicitation/create", {"mode": "url", "message": TEXT, "url": "https://a.example"}, ["/message", "/url"]),
        ("sampling/createMessage", {"messages": [{"role": "user", "content": [
            {"type": "tool_use", "name": "t", "id": "1", "input": {"a": TEXT}},
            {"type": "tool_result", "toolUseId": "1", "content": [{"type": "text", "text": TEXT}]},
        ]}], "systemPrompt": TEXT, "tools": [{"name": "t", "description": TEXT}], "stopSequences": [TEXT]},
         ["/messages/0/content/0/input/a", "/messages/0/content/1/content/0/text", "/systemPrompt",
          "/tools/0/description", "/stopSequences/0"]),
        ("tools/call", {"code": -32000, "message": TEXT, "data": {"a": TEXT}}, ["/message", "/data/a"]),
    ],
)  # fmt: skip
def test_what_servers_say_beside_results(method: str, params: dict[str, Any], paths: list[str]) -> None:
    found = by_path(read_message("server", method, params))
    assert found.keys() >= set(paths)
    assert set(found.values()) == {"tool-result"}


def _strings(tree: Any) -> Iterator[tuple[str, str]]:
    """Yield strings with the name of the member that they stand in; names of members with none."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            yield "", name
            if isinstance(value, str):
                yield name, value
            else:
                yield from _strings(value)
    elif isinstance(tree, list):
        for value in tree:
            if isinstance(value, str):
                yield "[]", value
            else:
                yield from _strings(value)


KNOWN = {"content", "text", "type", "data", "blob", "resource", "messages", "inputRequests", "params", "role", "_meta",
         "structuredContent", "inputResponses", "requestState", "mimeType", "ref", "argument", "contents", "name",
         "other"}  # fmt: skip
APART = {"type", "role", "mimeType", "requestState", "data", "blob"}


@given(MESSAGES)
def test_no_string_of_any_message_is_left_out(message: dict[str, Any]) -> None:
    said = set(texts(read_result("tools/call", message)))
    assert {text for name, text in _strings(message) if name not in APART and text not in KNOWN} - {""} <= said


@given(MESSAGES)
def test_every_piece_can_be_put_elsewhere_and_only_it_changes(message: dict[str, Any]) -> None:
    senders: tuple[Sender, ...] = ("client", "server")
    for sender in senders:
        count = len(read_message(sender, "tools/call", copy.deepcopy(message)).pieces)
        for number in range(min(count, 6)):
            tree = copy.deepcopy(message)
            exchange = read_message(sender, "tools/call", tree)
            exchange.pieces[number].replace(exchange.pieces[number].text)
            again = read_message(sender, "tools/call", tree)
            assert texts(again) == texts(exchange)


@pytest.mark.parametrize("code", ["utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("size", [1, 4_000])
def test_text_in_two_bytes_a_letter_is_read(code: str, size: int) -> None:
    text = "Hello, this is a note. " * size
    block = {"type": "resource", "resource": {"uri": "u", "blob": base64.b64encode(text.encode(code)).decode()}}
    assert text in [piece.text for piece in read_result("tools/call", {"content": [block]}).pieces]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\xd8", b"\x00\x01\x00\x02\x00\x03\x00\x04", b"a\0b\0c\0d"])
def test_what_only_looks_like_two_bytes_a_letter_is_no_text(data: bytes) -> None:
    assert text_of(base64.b64encode(data).decode()) is None


@pytest.mark.parametrize("type", ["x/CH9300762011623852957", "a/b; c=4111111111111111", "x/a1b2c3d4e5f6a7b8c9"])
def test_a_media_type_that_may_be_a_value_is_taken(type: str) -> None:
    exchange = read_result("tools/call", {"content": [{"type": "image", "data": "", "mimeType": type}]})
    assert type in [piece.text for piece in exchange.pieces]


@pytest.mark.parametrize("type", ["text/plain; charset=iso-8859-15", "video/3gpp2", "application/x-7z-compressed"])
def test_a_media_type_is_not(type: str) -> None:
    exchange = read_result("tools/call", {"content": [{"type": "image", "data": "", "mimeType": type}]})
    assert type not in [piece.text for piece in exchange.pieces]
