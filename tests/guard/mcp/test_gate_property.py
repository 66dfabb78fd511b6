"""Whatever a client or a server sends, the gate decides: it raises nothing, tells no value, and can be written down."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.mcp.gate import About, Direction, Kind, Part, Passed, Refusal, Waiting
from bartizan.guard.protection.rules import DataRule, Handling
from bartizan.model import Event
from tests.guard.mcp.gates import ALLOW, HIDE, NOW, PROMPT, SEND, driven

SECRET = "ghp_aB3dE5fG7hI9jK1lM3nO5pQ7rS9tU1vW3xY5"
BLOCK = DataRule(id="secrets", do=Handling.BLOCK, types=["github-pat"])
TEXTS = st.sampled_from([
    "", "a", "x" * 40, "anna.meier@example.ch", SECRET, f"token {SECRET}", "\x00\u202e\U000e0041", "\ud800", "[{",
    '{"a": 1}', "https://a.example/x?y=z", "CH93 0076 2011 6238 5295 7", "AAAA", "input_required", "text", "file:///etc/passwd",
])  # fmt: skip
VALUES = st.none() | st.booleans() | TEXTS | st.sampled_from([0, -1, 10**30, 1.5, float("inf"), 4111111111111111])
NAMES = st.sampled_from([
    "name", "arguments", "to", "body", "_meta", "bartizan/request", "inputResponses", "requestState", "uri", "ref",
    "argument", "content", "structuredContent", "result", "type", "text", "data", "blob", "resource", "contents",
    "messages", "role", "isError", "task", "resultType", "inputRequests", "message", "requestedSchema", "mode", "url",
    "instructions", "action", "anna.meier@example.ch", "a\u200bb", "inputSchema", "outputSchema", "properties", "$ref",
    "mimeType",
])  # fmt: skip
JSON = st.recursive(
    VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=10
)
OBJECTS = st.dictionaries(NAMES, JSON, max_size=5)
METHODS = st.sampled_from(
    ["tools/call", "resources/read", "resources/subscribe", "prompts/get", "completion/complete", "tasks/update",
     "tasks/get"]
)  # fmt: skip
SAID = st.sampled_from(
    ["notifications/message", "notifications/progress", "elicitation/create", "sampling/createMessage", "roots/list",
     "initialize", "server/discover", "tools/call"]
)  # fmt: skip


def check(said: Any, events: list[Event]) -> None:
    assert isinstance(said, Passed | Refusal | Waiting)
    if isinstance(said, Refusal):
        assert SECRET not in said.sentence
        assert said.rule
    told = json.dumps([event.more for event in events]) + " ".join(event.resource + event.rule for event in events)
    assert SECRET not in told
    assert "anna.meier" not in told


@given(METHODS, OBJECTS, OBJECTS, st.sampled_from(["send_email", "read_inbox", "account", "greet"]), st.booleans())
def test_calls_and_results(method: str, params: Any, result: Any, name: str, known: bool) -> None:
    one = driven(BLOCK, HIDE, ALLOW)
    one.events()
    if known:
        params["name"] = name
    definition = {**one.definitions, "greet": PROMPT}.get(name) if known else None
    said = one.gate.call("mail", method, params, About(now=NOW, definition=definition))
    events = one.events()
    check(said, [event for event in events if event.kind != "ask"])
    if isinstance(said, Passed):
        assert "bartizan/request" not in (params.get("_meta") if isinstance(params.get("_meta"), dict) else {})
        back = one.gate.result("mail", method, params, result, said.token, NOW + 1)
        check(back, one.events())
        if isinstance(back, Passed):
            assert SECRET not in repr(_visible(back.value))


def _visible(tree: Any) -> Any:
    """Return a result without what only its server reads, and words of the protocol."""
    if isinstance(tree, dict):
        return {name: _visible(value) for name, value in tree.items() if name != "requestState"}
    return [_visible(one) for one in tree] if isinstance(tree, list) else tree


@given(SAID, st.sampled_from(list(Part)), st.sampled_from(list(Direction)), OBJECTS)
def test_everything_else(method: str, part: Part, direction: Direction, value: Any) -> None:
    one = driven(BLOCK, HIDE, ALLOW)
    one.events()
    check(one.gate.says("mail", direction, method, part, value, NOW), one.events())


@given(st.sampled_from(list(Kind)), st.lists(OBJECTS, max_size=4))
def test_lists(kind: Kind, items: list[dict[str, Any]]) -> None:
    one = driven(BLOCK, HIDE, ALLOW)
    one.events()
    before = json.dumps(items)
    shown = one.gate.listed("mail", kind, [*items, SEND], NOW)
    assert json.dumps(items) == before
    assert SECRET not in repr(shown)
    check(Passed(shown), one.events())
