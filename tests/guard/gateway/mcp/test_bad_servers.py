"""Servers that crash, hang, flood and lie: a request is answered by the protocol, bounded, and the next one works."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from tests.guard.gateway.mcp.asking_http import Said, Speaker
from tests.guard.gateway.mcp.conftest import Agents
from tests.guard.gateway.running import PROVIDER_KEY
from tests.guard.gateway.sockets import resident

pytestmark = pytest.mark.enable_socket


def begun(agents: Agents, user: str = "anna") -> Speaker:
    speaker = Speaker(agents, "bad", user)
    speaker.begin()
    return speaker


def answer(said: Said) -> Any:
    """Return the last message of an answer."""
    assert said.status == 200
    return said.json if said.headers["content-type"] == "application/json" else said.events[-1][1]


@pytest.mark.parametrize(
    ("tool", "why"),
    [
        ("get_crash", "breaks off"),
        ("get_hang", "t"),
        ("get_drip", "took too long"),
        ("get_lie_long", "breaks off"),
        ("get_lie_short", "none to the request"),
        ("get_large", "longer than it may be"),
        ("get_large_event", "longer than it may be"),
        ("get_bomb", "breaks off"),
        ("get_flood_without_end", "longer than it may be"),
        ("get_page", "neither JSON nor a stream"),
        ("get_away", "another place, which is not followed"),
        ("get_broken", "status 500"),
        ("get_wrong_id", "none to the request"),
        ("get_no_json", "none to the request"),
        ("get_no_answer", "broke off"),
        ("get_forget", "closed the connection"),
    ],
)
def test_a_call_that_goes_wrong_is_answered(agents: Agents, tool: str, why: str) -> None:
    speaker = begun(agents)
    started, memory = time.monotonic(), resident(agents.gate)
    failed = answer(speaker.call(tool, id="my-id"))
    assert failed["id"] == "my-id"
    assert why in failed["error"]["message"], failed
    assert "private word" not in json.dumps(failed)
    assert time.monotonic() - started < 8
    assert resident(agents.gate) < memory + 120_000_000
    if tool in ("get_flood_without_end", "get_no_answer"):  # what they have said in between has been read
        speaker = begun(agents)
    again = answer(speaker.call("get_note"))
    assert again["result"]["content"][0]["text"] == "a note"


@pytest.mark.parametrize(
    ("tool", "text"), [("get_half", "the other half"), ("get_two_lines", "in lines"), ("get_flood", "after the flood")]
)
def test_a_call_that_is_only_odd_is_answered_all_the_same(agents: Agents, tool: str, text: str) -> None:
    said = begun(agents).call(tool)
    assert answer(said)["result"]["content"][0]["text"] == text


def test_tools_that_change_in_mid_session_are_closed(agents: Agents) -> None:
    speaker = begun(agents)
    try:
        assert answer(speaker.call("get_note"))["result"]["content"][0]["text"] == "a note"
        speaker.call("get_change_tools")
        refused = answer(speaker.call("get_note"))["result"]
        assert refused["isError"]
        assert "no longer as it was approved" in refused["content"][0]["text"]
        assert "address book" not in json.dumps(refused)
    finally:
        agents.bad.state.description = "Get a note."


def test_a_server_gets_the_gateways_credential_and_never_a_callers(agents: Agents) -> None:
    agents.bad.state.requests.clear()
    speaker = begun(agents)
    speaker.headers |= {"x-team": "red", "x-other": "blue", "cookie": "a=b", "traceparent": "00-" + "1" * 32}
    speaker.call("get_note")
    assert speaker.ask("DELETE").status == 204
    requests = list(agents.bad.state.requests)
    key = agents.gate.keys["anna"]
    assert requests
    for method, headers, body in requests:
        assert headers["authorization"] == f"Bearer {PROVIDER_KEY}", method
        assert key not in str(headers)
        assert key.encode() not in body
        assert not {"cookie", "x-other", "origin", "x-bartizan-task"} & set(headers)
        assert headers.get("mcp-session-id", "") != speaker.session
    assert any(headers.get("x-team") == "red" for _, headers, _ in requests)


def test_a_server_that_does_not_take_the_credential(agents: Agents) -> None:
    speaker = begun(agents, "paul")
    assert speaker.post({"jsonrpc": "2.0", "id": 1, "method": "tools/list"}).status == 200
    agents.bad.state.valid = "another"
    try:
        failed = answer(speaker.call("get_note"))
        assert "did not take the gateway's own credential" in failed["error"]["message"]
    finally:
        agents.bad.state.valid = ""


def test_what_servers_did_is_on_record(agents: Agents) -> None:
    before = agents.gate.settled()
    begun(agents).call("get_broken")
    events = agents.gate.events_after(before, 3)
    assert [event["more"]["outcome"] for event in events if event["kind"] == "tool-call"] == ["failed"]
    assert "private word" not in str(events)
