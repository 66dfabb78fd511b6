"""The door itself: who gets in, how sessions are kept, and what a request must be."""

from __future__ import annotations

import http.client
import json
import time
from typing import Any

import pytest

from tests.guard.gateway.mcp.asking_http import BOTH, EARLIER, LATER, LATEST, Speaker
from tests.guard.gateway.mcp.conftest import Agents, until

pytestmark = pytest.mark.enable_socket
LIST = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}


# ---- who gets in


def test_nobody_is_anonymous_and_a_client_learns_where_tokens_come_from(agents: Agents) -> None:
    nobody = Speaker(agents, "exchanged")
    said = nobody.post(LIST, {"authorization": None})
    assert said.status == 401
    challenge = said.headers["www-authenticate"]
    metadata = "https://gateway.example/.well-known/oauth-protected-resource/mcp/exchanged"
    assert f'resource_metadata="{metadata}"' in challenge
    assert 'scope="notes"' in challenge
    assert said.json["error"]["data"]["rule"] == "not-identified"
    assert said.json["id"] is None
    found = nobody.ask(
        "GET", path="/.well-known/oauth-protected-resource/mcp/exchanged", headers={"authorization": None}
    )
    assert found.json == {
        "resource": "https://gateway.example/mcp/exchanged",
        "resource_name": "exchanged",
        "bearer_methods_supported": ["header"],
        "authorization_servers": [f"{agents.issuer}/good"],
        "scopes_supported": ["notes"],
    }
    for path in (
        "/.well-known/oauth-protected-resource/mcp/none",
        "/.well-known/oauth-protected-resource",
        "/mcp/none",
    ):
        assert nobody.ask("GET", path=path).status == 404, path


def test_a_token_in_the_address_is_none(agents: Agents) -> None:
    key = agents.gate.keys["anna"]
    path = f"/mcp/plain?access_token={key}"
    assert Speaker(agents, "plain").ask("POST", json.dumps(LIST).encode(), {"authorization": None}, path).status == 401


@pytest.mark.parametrize(
    ("origin", "status"),
    [
        ("https://page.example", 200),
        ("https://gateway.example", 200),
        ("https://evil.example", 403),
        ("null", 403),
        ("http://page.example", 403),
    ],
)
def test_pages_of_other_origins_are_refused(agents: Agents, origin: str, status: int) -> None:
    said = Speaker(agents, "page").later("tools/list", headers={"origin": origin})
    assert said.status == status
    if status == 403:
        assert said.headers["x-bartizan-rule"] == "origin-not-allowed"


def test_a_page_that_may_call_can_read_the_answer(agents: Agents) -> None:
    """As browsers ask before they let it (WHATWG Fetch, section 3.3)."""
    speaker = Speaker(agents, "page")
    asked = speaker.ask("OPTIONS", headers={"origin": "https://page.example", "authorization": None})
    assert asked.status == 204
    assert asked.headers["access-control-allow-origin"] == "https://page.example"
    assert "authorization" in asked.headers["access-control-allow-headers"]
    for headers in ({}, {"authorization": None}):
        said = speaker.later("tools/list", headers={"origin": "https://page.example", **headers})
        assert said.headers["access-control-allow-origin"] == "https://page.example"
    refused = speaker.ask("OPTIONS", headers={"origin": "https://evil.example", "authorization": None})
    assert refused.status == 403
    assert "access-control-allow-origin" not in refused.headers


# ---- what a request must be


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"accept": "application/json"}, 406),
        ({"accept": "text/event-stream"}, 406),
        ({"accept": "text/html"}, 406),
        ({"accept": "*/*"}, 200),
        ({"accept": "Application/JSON;q=0.9, text/*"}, 200),
        ({"accept": None}, 200),
        ({"content-type": "text/plain"}, 415),
        ({"content-type": None}, 415),
        ({"content-type": "application/json; charset=utf-8"}, 200),
        ({"content-encoding": "br"}, 415),
    ],
)
def test_what_is_accepted(agents: Agents, headers: dict[str, str | None], status: int) -> None:
    assert Speaker(agents, "plain").later("tools/list", headers=headers).status == status


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", -32700),
        (b"\xff", -32700),
        (b'{"a": 1, "a": 2}', -32700),
        (b"[" * 100_000, -32700),
        (b"[]", -32600),
        (json.dumps([LIST] * 10_000).encode(), -32600),
        (b'{"jsonrpc": "2.0", "id": null, "method": "tools/list"}', -32600),
        (b'{"jsonrpc": "1.0", "id": 1, "method": "tools/list"}', -32600),
        (b'{"jsonrpc": "2.0", "id": 1}', -32600),
        (b'"tools/list"', -32600),
    ],
)
def test_what_is_no_message(agents: Agents, body: bytes, code: int) -> None:
    said = Speaker(agents, "plain").post(body)
    assert said.status == 400
    assert said.json["error"]["code"] == code


def test_a_body_that_is_too_large(agents: Agents) -> None:
    said = Speaker(agents, "plain").post({**LIST, "params": {"x": "y" * 1_000_001}})
    assert said.status == 413
    assert said.json["error"]["data"]["rule"] == "body-too-large"


@pytest.mark.parametrize(
    ("headers", "message"),
    [
        ({"mcp-method": "tools/list"}, "Mcp-Method"),
        ({"mcp-method": None}, "Mcp-Method"),
        ({"mcp-name": "another"}, "Mcp-Name"),
        ({"mcp-name": None}, "Mcp-Name"),
        ({"mcp-name": "=?base64?Zm9y?="}, "Mcp-Name"),
        ({"mcp-protocol-version": LATEST}, "MCP-Protocol-Version"),
        ({"mcp-protocol-version": None}, "MCP-Protocol-Version"),
    ],
)
def test_headers_and_body_that_disagree(agents: Agents, headers: dict[str, str | None], message: str) -> None:
    said = Speaker(agents, "plain").later("tools/call", {"name": "get_note", "arguments": {"name": "x"}}, headers)
    assert (said.status, said.json["error"]["code"], said.json["id"]) == (400, -32020, 1)
    assert message in said.json["error"]["message"]


def test_a_name_may_be_written_in_base64(agents: Agents) -> None:
    params = {"name": "list_numbers", "arguments": {"count": 2}}
    said = Speaker(agents, "plain").later("tools/call", params, {"mcp-name": "=?base64?bGlzdF9udW1iZXJz?="})
    assert said.json["result"]["structuredContent"] == {"result": [0, 1]}
    assert said.json["result"]["resultType"] == "complete"


def test_unknown_methods_and_revisions(agents: Agents) -> None:
    speaker = Speaker(agents, "plain")
    unknown = speaker.later("tools/destroy")
    assert (unknown.status, unknown.json["error"]["code"]) == (404, -32601)
    revision = speaker.post(LIST, {"mcp-protocol-version": "2031-01-01"})
    assert (revision.status, revision.json["error"]["code"]) == (400, -32022)
    assert LATER in revision.json["error"]["data"]["supported"]
    assert speaker.post({"jsonrpc": "2.0", "id": 5, "result": {}}, {"mcp-protocol-version": LATER}).status == 400
    told = {"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}}
    assert speaker.post(told, {"mcp-protocol-version": LATER}).status == 202


@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_the_latest_revision_knows_only_post(agents: Agents, method: str) -> None:
    said = Speaker(agents, "plain").ask(method, headers={"mcp-protocol-version": LATER})
    assert said.status == 405
    assert said.headers["allow"] == "POST"


# ---- sessions of earlier revisions


@pytest.mark.parametrize("revision", [EARLIER, LATEST])
def test_a_session_is_of_who_began_it(agents: Agents, revision: str) -> None:
    anna, paul = Speaker(agents, "plain"), Speaker(agents, "plain", "paul")
    assert anna.begin(revision).json["result"]["protocolVersion"] == revision
    assert len(anna.session) >= 32
    assert anna.post(LIST).status == 200
    stolen = {"mcp-session-id": anna.session, "mcp-protocol-version": revision}
    for method in ("POST", "GET", "DELETE"):
        said = paul.ask(method, json.dumps(LIST).encode() if method == "POST" else b"", {**stolen})
        assert said.status == 404, method
    assert anna.call("list_numbers", {"count": 1}).json["result"]["structuredContent"] == {"result": [0]}


def test_a_session_has_to_be_named_and_to_exist(agents: Agents) -> None:
    speaker = Speaker(agents, "plain")
    assert speaker.post(LIST).status == 400
    assert speaker.post(LIST, {"mcp-session-id": "made-up"}).status == 404
    assert speaker.ask("GET").status == 400


def test_a_session_that_was_ended_is_over(agents: Agents) -> None:
    speaker = Speaker(agents, "bad")
    begun = agents.bad.state.begun
    speaker.begin()
    assert speaker.call("get_note").text == "a note"
    assert agents.bad.state.begun == begun + 1
    assert speaker.ask("DELETE").status == 204
    assert speaker.post(LIST).status == 404
    assert until(lambda: f"session-{begun + 1}" in agents.bad.state.deleted), "the server's own session ends with it"


def test_a_session_that_nobody_uses_ends(agents: Agents) -> None:
    speaker = Speaker(agents, "page")
    speaker.begin()
    assert speaker.post(LIST).status == 200
    time.sleep(2.3)
    assert speaker.post(LIST).status == 404


def test_one_caller_can_not_keep_all_others_out(agents: Agents) -> None:
    """The door has eight sessions, of which a caller may have two: the older one goes for the next."""
    mine = [Speaker(agents, "bad") for _ in range(5)]
    for one in mine:
        one.begin()
    assert [one.post(LIST).status for one in mine[:3]] == [404] * 3
    assert mine[-1].post(LIST).status == 200
    other = Speaker(agents, "bad", "paul")
    other.begin()
    assert other.post(LIST).status == 200


def test_progress_can_be_read_on_after_the_connection_was_lost(agents: Agents) -> None:
    speaker = Speaker(agents, "sdk")
    speaker.begin()
    params = {"name": "read_slowly", "arguments": {"steps": 30}, "_meta": {"progressToken": "p"}}
    body = json.dumps({"jsonrpc": "2.0", "id": 7, "method": "tools/call", "params": params}).encode()
    opened = http.client.HTTPConnection("127.0.0.1", agents.gate.port, timeout=10)
    opened.request("POST", "/mcp/sdk", body, {**speaker.headers, "content-type": "application/json"})
    got = opened.getresponse()
    assert got.getheader("content-type") == "text/event-stream"
    lines = [got.readline() for _ in range(12)]
    got.close()
    opened.close()
    ids = [line[4:].strip().decode() for line in lines if line.startswith(b"id: ")]
    assert ids[0].endswith("-0"), "first comes the place from which everything can be had again"
    rest = speaker.ask("GET", headers={"last-event-id": ids[-1]})
    seen = [message["params"]["progress"] for _, message in rest.events if message and "method" in message]
    last = int(ids[-1].partition("-")[2])
    assert seen == list(range(last + 1, 31))
    assert rest.events[-1][1]["result"]["content"][0]["text"] == "30 steps"
    assert speaker.ask("GET", headers={"last-event-id": "99-1"}).status == 404
    assert speaker.ask("GET", headers={"last-event-id": "../../x"}).status == 404


def test_what_a_server_says_by_itself_comes_on_the_stream_of_a_get(agents: Agents) -> None:
    speaker = Speaker(agents, "sdk")
    speaker.begin()
    assert speaker.post(LIST).status == 200
    opened = http.client.HTTPConnection("127.0.0.1", agents.gate.port, timeout=10)
    opened.request("GET", "/mcp/sdk", headers=speaker.headers)
    got = opened.getresponse()
    assert got.status == 200
    speaker.call("get_more_tools", {"name": "added_in_a_test"})
    message: Any = None
    while message is None:
        line = got.readline()
        assert line, "the stream ended"
        message = json.loads(line[6:]) if line.startswith(b"data: ") else None
    assert message["method"] == "notifications/tools/list_changed"
    got.close()
    opened.close()


def test_a_tool_that_came_later_is_not_shown_before_somebody_approves_it(agents: Agents) -> None:
    speaker = Speaker(agents, "sdk")
    speaker.begin()
    speaker.call("get_more_tools", {"name": "came_later"})
    names = [tool["name"] for tool in speaker.post(LIST).json["result"]["tools"]]
    assert "get_note" in names
    assert "came_later" not in names
    assert "Not allowed" in speaker.call("came_later").text


# ---- on record


def test_refusals_are_on_record_without_what_was_sent(agents: Agents) -> None:
    before = agents.gate.settled()
    Speaker(agents, "plain").post(LIST, {"mcp-session-id": "a-private-word"})
    (event,) = agents.gate.events_after(before)
    assert (event["kind"], event["rule"], event["principal"]) == ("refusal", "session-not-known", "anna")
    assert event["more"]["door"] == "mcp/plain"
    assert "a-private-word" not in str(event)
    assert BOTH not in str(event)


def test_the_newer_revision_has_no_initialize(agents: Agents) -> None:
    said = Speaker(agents, "plain").later("initialize", {"protocolVersion": EARLIER, "capabilities": {}})
    assert (said.status, said.json["error"]["code"]) == (404, -32601)


def test_names_that_differ_only_in_case_are_refused(agents: Agents) -> None:
    speaker = Speaker(agents, "plain")
    said = speaker.later("tools/call", {"name": "list_notes", "Name": "another", "arguments": {}})
    assert (said.status, said.json["error"]["code"]) == (400, -32602)
