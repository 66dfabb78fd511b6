"""Requests as LiteLLM shows them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bartizan.guard.doors.litellm import ROUTE, read_shown
from bartizan.guard.refused import Refused
from tests.guard.doors.litellm.support import CARD, ESTATE, IBAN, MAIL, Asking

HISTORY: list[dict[str, Any]] = [
    {"role": "system", "content": f"sys {MAIL}"},
    {"role": "user", "content": [
        {"type": "text", "text": "part anna@", "cache_control": {"type": "ephemeral"}},
        {"type": "text", "text": "example.ch"},
    ]},
    {"role": "assistant", "content": None, "tool_calls": [
        {"id": "call_9", "type": "function", "function": {"name": "mail", "arguments": json.dumps({"to": MAIL})}},
    ], "reasoning_content": f"why {MAIL}"},
    {"role": "tool", "content": f"result {MAIL}", "tool_call_id": "call_9"},
    {"role": "user", "content": "and now"},
]  # fmt: skip
TEXTS = [f"sys {MAIL}", "part anna@", "example.ch", f"result {MAIL}", "and now"]
CALLS = [
    {
        "function": {"arguments": json.dumps({"to": MAIL}), "name": "mail"},
        "id": "call_9",
        "type": "function",
        "index": 0,
    }
]
TOOL = {"type": "function", "function": {"name": "mail", "description": f"to {MAIL}", "parameters": {"type": "object"}}}


def test_what_may_go_goes_as_it_is() -> None:
    asking = Asking()
    assert asking.says("hello") == {"action": "NONE"}
    assert asking.prepared.rule == "all"
    assert asking.prepared.model == "gpt-4o"


def test_texts_go_back_as_texts_where_only_texts_change() -> None:
    said = Asking().says(f"write to {MAIL} ", "and wait")
    assert said["action"] == "GUARDRAIL_INTERVENED"
    assert said.keys() == {"action", "texts"}
    assert said["texts"][0].startswith("write to (email-address:")
    assert said["texts"][1] == "and wait"


def test_a_value_cut_by_parts_is_seen() -> None:
    said = Asking().says("part anna@", "example.ch")
    assert "anna" not in json.dumps(said)


def test_calls_and_reasoning_go_back_with_their_messages() -> None:
    said = Asking().ask("request", texts=TEXTS, structured_messages=HISTORY, tool_calls=CALLS, tools=[TOOL])
    assert said.keys() == {"action", "structured_messages", "tools"}
    assert MAIL not in json.dumps(said)
    assert "anna@" not in json.dumps(said)
    arguments = said["structured_messages"][2]["tool_calls"][0]["function"]["arguments"]
    assert json.loads(arguments)["to"].startswith("(email-address:")


def test_a_result_of_a_tool_in_escapes_goes_back_as_text() -> None:
    content = '{"to":"\\u0061nna@example.ch"}'
    rows = [{"role": "tool", "content": content, "tool_call_id": "c"}]
    said = Asking().ask("request", texts=[content], structured_messages=rows)
    assert json.loads(said["texts"][0])["to"].startswith("(email-address:")


def test_messages_go_back_where_not_all_their_texts_are_listed() -> None:
    # Responses lists what users say, and not what tools answer.
    rows = [
        {"role": "user", "content": [{"type": "text", "text": "go"}]},
        {"role": "tool", "content": f"out {MAIL}", "tool_call_id": "c"},
    ]
    said = Asking().ask("request", texts=["go"], structured_messages=rows)
    assert said.keys() == {"action", "structured_messages"}
    assert MAIL not in json.dumps(said)


def test_texts_without_messages_are_looked_at() -> None:
    said = Asking().ask("request", texts=[f"to {MAIL}"])
    assert said["texts"][0].startswith("to (email-address:")


def test_texts_that_stand_in_no_message_are_looked_at_as_well() -> None:
    said = Asking().ask("request", texts=[f"to {MAIL}"], structured_messages=[{"role": "user", "content": "hello"}])
    assert said.keys() == {"action", "texts"}


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"texts": [IBAN]}, "no-bank"),
        ({"texts": ["hello"], "model": None}, "model-not-offered"),
        ({"texts": ["hello"], "images": ["data:image/png;base64,iVBORw0KGgo="]}, "no-images"),
        ({"texts": ["hello"], "audio": ["AAAA"]}, "nothing-unknown"),
        ({"texts": ["hello"], "tool_calls": CALLS}, "not-changed-here"),
        ({"texts": ["hello"], "tool_calls": [{"function": "mail"}, {"function": {"name": 1}}, {"x": MAIL}]},
         "not-changed-here"),
        ({"texts": ["hello"], "claims": {"user_api_key_end_user_id": MAIL}}, "not-changed-here"),
        ({"texts": [f"to {MAIL}"], "structured_messages": [{"role": "user", "content": f"but {MAIL}"}]},
         "not-changed-here"),
        ({"texts": ["hello"], "claims": {"user_api_key_user_id": "mallory"}}, "not-mallory"),
        ({"texts": ["hello"], "tools": [{"type": "web_search"}]}, "no-search"),
        ({"texts": "hello"}, "body-not-understood"),
        ({"texts": [1]}, "body-not-understood"),
        ({"structured_messages": ["hello"]}, "body-not-understood"),
        ({"texts": ["hello"], "Tools": [1]}, "body-not-understood"),
    ],
)  # fmt: skip
def test_what_may_not_go_is_blocked(more: dict[str, Any], rule: str) -> None:
    assert Asking().ask("request", **more) == rule


def test_an_image_that_stands_in_a_message_is_looked_at_once() -> None:
    url = {"image_url": {"url": "https://example.ch/a.png"}, "type": "image_url"}
    rows = [{"role": "user", "content": ["hm", {"type": "text", "text": "look"}, url, {"image_url": "x"}]}]
    asking = Asking(models=["gpt-4o"])
    assert asking.ask("request", texts=["look"], structured_messages=rows, images=["https://example.ch/a.png"]) == (
        "no-images"
    )


def test_members_without_a_value_are_nothing_unknown() -> None:
    assert Asking().ask("request", texts=["hello"], audio=None, videos=[]) == {"action": "NONE"}


def test_only_models_that_are_named_are_offered() -> None:
    assert Asking(models=["small"]).says("hello") == "model-not-offered"


def test_what_is_sent_is_counted() -> None:
    asking = Asking()
    asking.says("x" * 400 + " " + CARD)
    assert asking.prepared.usage.input > 100
    assert asking.prepared.usage.output == 0


def test_the_route_answers_in_the_shape_of_the_endpoint() -> None:
    assert ROUTE.format is not None
    said = json.loads(ROUTE.format.refusal(503, "gateway-failed", "it went wrong"))
    assert said == {"action": "BLOCKED", "blocked_reason": "it went wrong (rule `gateway-failed`)"}
    assert ROUTE.format.usage({}) is None
    with pytest.raises(ValueError, match="no provider"):
        ROUTE.format.answer(None)  # type: ignore[arg-type]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"input_type":"both"}', b'{"input_type":"request"', b"\xff", b"{}"])
def test_what_is_no_question_is_refused(body: bytes) -> None:
    with pytest.raises(Refused) as caught:
        read_shown(body)
    assert caught.value.status == 400


def test_a_key_that_stands_twice_is_refused() -> None:
    body = b'{"input_type":"request","model":"m","texts":["a"],"texts":["b"]}'
    with pytest.raises(Refused, match="same key twice"):
        Asking().door.begin(body, ESTATE)
