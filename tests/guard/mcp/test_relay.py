"""Whatever a client or a server says, it is answered by the protocol, and every request once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bartizan.guard.mcp.acts import NoAnswer, ToClient, ToServer
from bartizan.guard.mcp.codes import (
    CANCELLED,
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
    SERVER_CLOSED,
    TIMED_OUT,
    TOO_MANY,
    UNSUPPORTED_VERSION,
)
from bartizan.guard.mcp.peers import Limits
from bartizan.guard.mcp.revisions import CAPABILITIES, MODERN, VERSION
from tests.guard.mcp.playbook import Play, Rules, Written, wire

TWO = {"a": Written(), "b": Written(modern=True)}


def code(play: Play) -> int:
    found: int = play.answer()["error"]["code"]
    return found


@pytest.mark.parametrize(
    ("raw", "expected"),
    [(b"nonsense", PARSE_ERROR), (b"[]", INVALID_REQUEST), (b'{"jsonrpc":"2.0","id":4,"params":{}}', INVALID_REQUEST)],
)
def test_what_is_no_message_is_answered_with_an_error(raw: bytes, expected: int) -> None:
    play = Play()
    (answer,) = [act for act in play.client(raw, channel="c") if isinstance(act, ToClient)]
    assert (answer.code, answer.channel, answer.final) == (expected, "c", True)
    assert play.noted("malformed") == 1


def test_a_batch_of_ten_thousand_gets_one_error() -> None:
    play = Play()
    raw = b"[" + b",".join([wire({"id": 1, "method": "ping"})] * 10_000) + b"]"
    play.client(raw)
    assert [answer["error"]["code"] for answer in play.to_client()] == [INVALID_REQUEST]


def test_the_first_of_an_older_client_is_initialize() -> None:
    play = Play()
    play.old(1, "tools/list")
    assert code(play) == INVALID_REQUEST
    play.old(2, "ping")
    assert play.answer() == {"jsonrpc": "2.0", "id": 2, "result": {}}
    play.old(3, "initialize", protocolVersion=7)
    assert code(play) == INVALID_PARAMS


@pytest.mark.parametrize(
    ("asked", "given"), [("2025-06-18", "2025-06-18"), ("2025-11-25", "2025-11-25"), ("2024-11-05", "2025-11-25")]
)
def test_an_older_client_gets_a_revision_that_is_served(asked: str, given: str) -> None:
    play = Play()
    assert play.hello(asked)["result"]["protocolVersion"] == given


def test_a_client_that_offers_something_else_is_told_what_there_is() -> None:
    play = Play()
    meta = {VERSION: "2027-01-01", CAPABILITIES: {}}
    play.old(1, "tools/list", _meta=meta)
    assert play.answer()["error"]["data"] == {
        "supported": [MODERN, "2025-11-25", "2025-06-18"],
        "requested": "2027-01-01",
    }
    assert code(play) == UNSUPPORTED_VERSION


@pytest.mark.parametrize(
    "meta",
    [
        {VERSION: 7, CAPABILITIES: {}},
        {VERSION: MODERN},
        {VERSION: MODERN, CAPABILITIES: []},
        [],
        {"progressToken": 1.5},
    ],
)
def test_an_envelope_that_is_none_is_refused(meta: Any) -> None:
    play = Play()
    play.hello()
    play.old(1, "tools/list", _meta=meta)
    assert code(play) == INVALID_PARAMS


@pytest.mark.parametrize("method", ["tools/lists", "subscriptions/listen", "server/discover", "tasks/update"])
def test_methods_of_no_or_of_the_newer_revision_are_unknown_to_older_clients(method: str) -> None:
    play = Play()
    play.hello()
    play.old(1, method)
    assert code(play) == METHOD_NOT_FOUND


@pytest.mark.parametrize(
    "method", ["ping", "resources/subscribe", "logging/setLevel", "tasks/list", "elicitation/create"]
)
def test_methods_of_the_older_revisions_are_unknown_to_newer_clients(method: str) -> None:
    play = Play()
    play.new(1, method)
    assert code(play) == METHOD_NOT_FOUND
    assert play.noted("unknown-method") == 1


def test_an_id_in_flight_is_not_taken_twice() -> None:
    play = Play()
    play.hello()
    play.old(1, "tools/call", name="t", arguments={})
    play.old(1, "tools/call", name="t", arguments={})
    assert code(play) == INVALID_REQUEST
    assert len(play.asked("tools/call")) == 1
    play.reply({"content": []})
    assert [answer.code for answer in play.answers()] == [INVALID_REQUEST, 0]
    play.old(1, "ping")
    assert "result" in play.answer()


def test_the_same_id_on_two_streams_is_two_requests_since_2026() -> None:
    play = Play()
    play.new(1, "tools/call", channel="one", name="t")
    play.new(1, "tools/call", channel="two", name="t")
    assert len(play.asked("tools/call")) == 2
    first, second = play.asked("tools/call")
    play.server({"id": second["id"], "result": {"content": [], "resultType": "complete"}})
    play.server({"id": first["id"], "result": {"content": [], "resultType": "complete"}})
    assert [answer.channel for answer in play.answers()] == ["two", "one"]


def test_more_than_can_be_in_flight_is_refused() -> None:
    play = Play(limits=Limits(in_flight=2))
    play.hello()
    for number in range(3):
        play.old(number + 1, "tools/call", name="t")
    assert code(play) == TOO_MANY
    assert play.noted("too-many") == 1


def test_an_answer_to_nothing_is_dropped_and_noted() -> None:
    play = Play()
    play.hello()
    assert play.client({"id": 99, "result": {}})
    assert play.client({"id": "x", "error": {"code": 1, "message": "m"}})
    assert play.server({"id": 77, "result": {}})
    assert play.server({"id": "77", "result": {}})
    assert play.server(b'{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":"m"}}')
    assert play.noted("unmatched-response") == 5
    assert play.to_client() == []


def test_noise_of_a_server_is_dropped_and_noted() -> None:
    play = Play()
    play.hello()
    play.server(b"Listening on port 8080")
    play.server({"method": "notifications/of/no/kind"})
    assert (play.noted("malformed"), play.noted("dropped")) == (1, 1)
    assert play.to_client() == []


def test_notifications_of_the_client_that_nobody_needs_are_dropped() -> None:
    play = Play(TWO)
    play.hello()
    play.client({"method": "notifications/progress", "params": {"progressToken": 1, "progress": 1}})
    play.client({"method": "notifications/other"})
    assert play.noted("dropped") == 2
    play.client({"method": "notifications/roots/list_changed"})
    assert len(play.asked("notifications/roots/list_changed", "a")) == 1
    assert play.asked("notifications/roots/list_changed", "b") == []


# ---- taken back -----------------------------------------------------------------------------------------------------


def test_what_is_cancelled_is_cancelled_at_the_server_and_not_answered() -> None:
    play = Play()
    play.hello()
    play.old("id", "tools/call", channel="c", name="t")
    sent = play.last("tools/call")
    play.client({"method": "notifications/cancelled", "params": {"requestId": "id"}})
    assert play.last("notifications/cancelled")["params"]["requestId"] == sent["id"]
    assert play.of(NoAnswer) == [NoAnswer("c", "id")]
    play.server({"id": sent["id"], "result": {"content": []}})
    assert play.answers() == []


def test_only_what_is_there_can_be_cancelled() -> None:
    play = Play()
    play.quiet = {"initialize"}
    play.old(0, "initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo={"name": "c"})
    for id in (0, 5, None, [1]):
        play.client({"method": "notifications/cancelled", "params": {"requestId": id}})
    assert play.noted("unmatched-cancel") == 4


def test_a_stream_that_is_gone_cancels_what_was_to_come_on_it_since_2026() -> None:
    play = Play()
    play.new(1, "tools/call", channel="one", name="t")
    play.new(1, "tools/call", channel="two", name="t")
    play.do(play.relay.left("one", play.now))
    assert [act.channel for act in play.of(NoAnswer)] == ["one"]
    (act,) = [act for act in play.acts if isinstance(act, ToServer) and act.cancels is not None]
    assert act.cancels == play.asked("tools/call")[0]["id"]


def test_a_stream_that_is_gone_means_nothing_in_older_revisions() -> None:
    play = Play()
    play.hello()
    play.old(1, "tools/call", channel="one", name="t")
    assert play.relay.left("one", play.now) == []


def test_a_client_that_is_gone_leaves_nothing_behind() -> None:
    play = Play()
    play.hello()
    play.old(1, "tools/call", name="t")
    play.do(play.relay.ended(play.now))
    assert len(play.asked("notifications/cancelled")) == 1


# ---- servers that fail ----------------------------------------------------------------------------------------------


def test_a_server_that_is_gone_fails_what_it_was_asked_until_it_is_back() -> None:
    play = Play()
    play.hello()
    play.old(1, "tools/call", name="t")
    play.do(play.relay.closed("a", play.now))
    assert code(play) == SERVER_CLOSED
    play.old(2, "tools/call", name="t")
    assert code(play) == SERVER_CLOSED
    play.do(play.relay.opened("a", play.now))
    play.old(3, "tools/call", name="t")
    assert [one["method"] for one in play.asked()][-4:] == [
        "initialize",
        "notifications/initialized",
        "tools/list",
        "tools/call",
    ]


def test_a_server_that_goes_while_it_is_met_fails_whoever_waits() -> None:
    play = Play()
    play.quiet = {"initialize"}
    play.old(0, "initialize", protocolVersion="2025-11-25", capabilities={}, clientInfo={"name": "c"})
    play.do(play.relay.opened("a", play.now))
    assert code(play) == SERVER_CLOSED
    play.quiet = set()
    assert play.hello()["result"]["capabilities"]["tools"] == {"listChanged": True}


def test_a_server_that_goes_while_it_lists_fails_the_call() -> None:
    play = Play()
    play.hello()
    play.quiet = {"tools/list"}
    play.old(1, "tools/call", name="t")
    play.do(play.relay.closed("a", play.now))
    assert code(play) == SERVER_CLOSED


def test_a_request_that_did_not_get_there_is_answered() -> None:
    play = Play(http=True)
    play.hello()
    play.old(1, "tools/call", name="t")
    sent = play.last("tools/call")["id"]
    play.do(play.relay.failed("a", sent, play.now, "the server answered with status 502"))
    assert play.answer()["error"] == {"code": INTERNAL_ERROR, "message": "the server answered with status 502"}
    assert play.relay.failed("a", sent, play.now)


def _due(play: Play) -> float | None:
    return play.relay.due


def test_a_server_that_hangs_is_given_up_in_time() -> None:
    play = Play(limits=Limits(request=30))
    assert _due(play) is None
    play.hello()
    play.old(1, "tools/call", name="t")
    assert _due(play) == play.now + 30
    play.now += 29
    assert play.relay.tick(play.now) == []
    assert _due(play) == play.now + 1
    play.now += 1
    play.do(play.relay.tick(play.now))
    assert code(play) == TIMED_OUT
    assert len(play.asked("notifications/cancelled")) == 1
    assert _due(play) is None


def test_a_server_that_tells_of_progress_has_more_time_but_not_for_ever() -> None:
    play = Play(limits=Limits(request=30, longest=50))
    play.hello()
    play.old(1, "tools/call", name="t")
    told = {"method": "notifications/progress", "params": {"progressToken": play.last("tools/call")["id"]}}
    for seconds in (20, 20):
        play.now += seconds
        play.server(told)
        play.do(play.relay.tick(play.now))
    assert play.answers() == []
    play.now += 10
    play.do(play.relay.tick(play.now))
    assert code(play) == TIMED_OUT


def test_several_who_wait_for_one_list_all_get_an_answer() -> None:
    play = Play(limits=Limits(request=30))
    play.hello()
    play.quiet = {"tools/list"}
    play.old(1, "tools/list")
    play.old(2, "tools/list")
    assert len(play.asked("tools/list")) == 1
    play.now += 31
    play.do(play.relay.tick(play.now))
    assert [answer.code for answer in play.answers()] == [TIMED_OUT, TIMED_OUT]


def test_an_answer_that_is_none_is_an_error() -> None:
    play = Play()
    play.hello()
    play.old(1, "tools/call", name="t")
    play.reply("text")
    assert code(play) == INTERNAL_ERROR
    assert play.noted("unusable-answer") == 1


@pytest.mark.parametrize("answer", [{"result": {"tools": []}}, {"error": {"code": -1, "message": "m"}}])
def test_a_list_that_was_cancelled_is_not_answered(answer: dict[str, Any]) -> None:
    play = Play()
    play.hello()
    play.quiet = {"tools/list"}
    play.old(1, "tools/list")
    play.client({"method": "notifications/cancelled", "params": {"requestId": 1}})
    play.server({"id": play.last("tools/list")["id"], **answer})
    assert play.answers() == []


def test_nothing_is_sent_to_a_server_that_is_gone() -> None:
    play = Play()
    play.relay.closed("a", play.now)
    hub = play.relay._hub
    answers: list[Any] = []
    assert hub.send(hub.servers["a"], "tools/list", {}, answers.append) == 0
    assert answers[0].error.code == SERVER_CLOSED
    assert hub.acts == []


def test_how_much_is_waited_for_is_known() -> None:
    play = Play()
    play.new(1, "tools/call", name="t")
    play.new(2, "subscriptions/listen", notifications={})
    assert play.relay.pending == 1


def test_the_schema_of_a_tool_is_known_under_the_name_of_the_client() -> None:
    play = Play(
        {
            "a": Written(lists={"tools": [{"name": "u", "inputSchema": 7}, {"name": "v", "inputSchema": {}}]}),
            "b": Written(),
        }
    )
    assert play.relay.schema("a__v") is None
    play.hello()
    play.old(1, "tools/list")
    assert play.relay.schema("a__v") == {}
    assert play.relay.schema("a__u") is None
    assert play.relay.schema("c__v") is None
    assert play.relay.schema("a__w") is None


def test_messages_go_out_without_a_line_break() -> None:
    play = Play()
    play.hello()
    play.client(b'{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{\n"name":"t",\n"arguments":{"a":1}\n}}')
    play.reply({"content": []})
    assert all(b"\n" not in act.message for act in play.acts if isinstance(act, ToClient | ToServer))
    assert play.last("tools/call")["params"] == {"name": "t", "arguments": {"a": 1}}
    assert json.loads(play.answers()[0].message)["id"] == 1


def test_nobody_waits_for_an_answer_that_has_come_and_can_not_be_read() -> None:
    play = Play()
    play.new(1, "tools/call", name="t")
    (asked,) = play.asked("tools/call")
    play.do(play.relay.from_server("a", b'{"jsonrpc":"2.0","id":%d,"result":{},"result":{}}' % asked["id"], play.now))
    assert play.answer()["error"]["code"] == INTERNAL_ERROR
    assert play.noted("malformed") == 1


@pytest.mark.parametrize("modern", [True, False])
def test_the_gate_learns_at_once_that_nobody_waits_for_a_call(modern: bool) -> None:
    gate = Rules()
    play = Play(gate=gate)
    if modern:
        play.new(1, "tools/call", channel="c", name="t")
        play.do(play.relay.left("c", play.now))
    else:
        play.hello()
        play.old(1, "tools/call", name="t")
        play.client({"method": "notifications/cancelled", "params": {"requestId": 1}})
    assert gate.failures == [("tools/call", CANCELLED)]
