"""What results say without MCP's form around it, and tools' cards in one session of the flow monitor."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from bartizan.guard.flow.monitor import FlowMonitor
from bartizan.guard.mcp.flowing import Flowing, result_of
from bartizan.model import Allow, Deny
from bartizan.model.card import ToolCard
from bartizan.model.words import Effect
from tests.guard.mcp.gates import text

RECORD = {"id": 7, "from": "a@b.example"}
LINK = {"type": "resource_link", "uri": "u://1", "name": "n"}


def block(value: Any) -> dict[str, Any]:
    return {"type": "text", "text": value if isinstance(value, str) else json.dumps(value, indent=2)}


@pytest.mark.parametrize(
    ("result", "said"),
    [
        (text("hello"), "hello"),
        (text("one", "two"), ["one", "two"]),
        ({"content": [block(RECORD)]}, json.dumps(RECORD, indent=2)),
        ({"content": [block(RECORD), block({**RECORD, "id": 8})]}, [RECORD, {**RECORD, "id": 8}]),
        ({"content": [block("[not json"), block("x")]}, ["[not json", "x"]),
        ({"content": [block(RECORD)], "structuredContent": RECORD}, RECORD),
        ({"content": [block([RECORD])], "structuredContent": {"result": [RECORD]}}, [RECORD]),
        ({"content": [block(RECORD), block(RECORD)], "structuredContent": {"result": [RECORD]}}, [RECORD]),
        ({"content": [block("5")], "structuredContent": {"result": 5}}, 5),
        ({"content": [block("all is well")], "structuredContent": {"result": "all is well"}}, "all is well"),
        ({"structuredContent": {"result": {"a": 1}, "more": 2}}, {"result": {"a": 1}, "more": 2}),
        ({"content": [block("pay me")], "structuredContent": RECORD}, {**RECORD, "content": ["pay me"]}),
        ({"content": [block("pay me")], "structuredContent": {"content": ["x"]}}, {"content": ["x", "pay me"]}),
        ({"content": [block("pay me")], "structuredContent": {"result": [1]}}, [1, "pay me"]),
        ({"content": [block("pay me")], "structuredContent": {"result": "fine"}}, ["fine", "pay me"]),
        ({"content": [{"type": "resource", "resource": {"uri": "u://1", "text": "inside"}}]}, "inside"),
        ({"content": [{"type": "resource", "resource": {"blob": base64.b64encode(b"inside").decode()}}]}, "inside"),
        ({"content": [{"type": "resource", "resource": {"blob": "/w=="}}, block("x")]}, "x"),
        ({"content": [LINK]}, LINK),
        ({"content": [{"type": "image", "data": "AAAA"}, block("x")]}, "x"),
        ({"content": ["odd", 5]}, ["odd", 5]),
        ({"content": "odd"}, "odd"),
        ({}, []),
    ],
)
def test_results_of_tools(result: dict[str, Any], said: Any) -> None:
    assert result_of("tools/call", result) == said


@pytest.mark.parametrize(
    ("method", "result", "said"),
    [
        ("resources/read", {"contents": [{"uri": "u://1", "text": "one"}]}, "one"),
        (
            "resources/read",
            {"contents": [{"text": "one"}, {"blob": base64.b64encode(b"two").decode()}]},
            ["one", "two"],
        ),
        ("resources/read", {"contents": ["odd"]}, {"type": "resource", "resource": "odd"}),
        ("prompts/get", {"messages": [{"role": "user", "content": block("hi")}, "odd"]}, ["hi", {}]),
        ("prompts/get", {}, []),
    ],
)
def test_resources_and_prompts(method: str, result: dict[str, Any], said: Any) -> None:
    if said == ["hi", {}]:
        assert result_of(method, result)[0] == "hi"
    else:
        assert result_of(method, result) == said


def flowing(cards: Any = None, known: list[ToolCard] | None = None, **more: Any) -> Flowing:
    none: Any = lambda *_: None  # noqa: E731 - a Cards' signature
    return Flowing(FlowMonitor(known or []), cards or none, attended=True, request="", **more)


def card(tool: str, **more: Any) -> ToolCard:
    return ToolCard(tool=tool, effect=Effect.READ, **more)


def test_a_drafted_card_comes_before_the_monitor_s_own() -> None:
    asked: list[tuple[str, str]] = []

    def cards(*about: Any) -> ToolCard:
        server, tool, _ = about
        asked.append((server, tool))
        return card(tool, version=3)

    one = flowing(cards, [card("read")])
    definition = {"name": "read"}
    assert (one.card("mail", "read", definition) or card("x")).version == 3
    one.card("mail", "read", definition)
    assert asked == [("mail", "read")]
    one.card("mail", "read", dict(definition))
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("known", "found"),
    [
        (card("read"), True),
        (card("read", server="mail"), True),
        (card("mail/read"), True),
        (card("read", server="other"), False),
        (card("write"), False),
    ],
)
def test_a_card_of_the_monitor_s_own_is_found_by_tool_and_server(known: ToolCard, found: bool) -> None:
    one = flowing(known=[known])
    mine = one.card("mail", "read", {})
    assert (mine is not None and mine.tool == known.tool) is found
    assert isinstance(one.call("mail", "read", {}).ruling, Allow if found else Deny)


def test_a_tool_that_is_listed_anew_and_has_no_card_any_more_is_denied() -> None:
    answers: list[ToolCard | None] = [card("read"), None]
    one = flowing(lambda *_: answers.pop(0))
    one.card("mail", "read", {"v": 1})
    assert isinstance(one.call("mail", "read", {}).ruling, Allow)
    one.card("mail", "read", {"v": 2})
    assert isinstance(one.call("mail", "read", {}).ruling, Deny)


def test_a_card_that_binds_a_tool_means_one_of_its_own_server() -> None:
    one = flowing(known=[card("confirm", binds="pay"), card("other", binds="bank/pay")])
    one.card("mail", "confirm", {})
    one.card("mail", "other", {})
    held = one._monitor.cards
    assert (held["mail/confirm"].binds, held["mail/other"].binds) == ("mail/pay", "bank/pay")


def test_a_tool_that_nothing_is_known_of_has_no_card() -> None:
    assert flowing().card("mail", "read", None) is None
