"""A call is decided by the gate, sent as the server wants it, and its result is decided again."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.guard.mcp.acts import ToServer
from bartizan.guard.mcp.codes import INVALID_PARAMS, METHOD_NOT_FOUND, REFUSED, RESOURCE_NOT_FOUND, SERVER_CLOSED
from bartizan.guard.mcp.gate import Passed, Refusal
from bartizan.guard.mcp.revisions import CAPABILITIES, MODERN, VERSION
from tests.guard.mcp.playbook import Play, Rules, Written, wire


def error(play: Play) -> dict[str, Any]:
    found: dict[str, Any] = play.answer()["error"]
    return found


def refused(text: str = "not today", **more: Any) -> Refusal:
    return Refusal(text, "rule", **more)


@pytest.mark.parametrize("params", [{}, {"name": ""}, {"name": 7}, {"name": "a\0b"}, {"name": "c__t"}, {"name": "t"}])
def test_a_name_that_nobody_has_is_refused(params: dict[str, Any]) -> None:
    play = Play({"a": Written(), "b": Written()})
    play.hello()
    play.old(1, "tools/call", **params)
    assert error(play)["code"] == INVALID_PARAMS


def test_arguments_that_are_none_are_refused() -> None:
    play = Play()
    play.hello()
    for number, arguments in enumerate(([1], "x", None)):
        play.old(number, "tools/call", name="t", arguments=arguments)
        assert len(play.answers()) == min(number + 1, 2)
    assert error(play)["code"] == INVALID_PARAMS


def test_a_server_without_tools_has_none() -> None:
    server = Written()
    del server.capabilities["tools"]
    play = Play({"a": server})
    play.hello()
    play.old(1, "tools/call", name="t")
    assert error(play)["code"] == METHOD_NOT_FOUND


def test_what_nobody_changed_goes_on_with_its_own_bytes() -> None:
    play = Play()
    play.hello()
    play.client(b'{"jsonrpc":"2.0","id":"x","method":"tools/call","params":{ "name" : "t", "n": 1.50 }}')
    sent = next(act for act in play.acts if isinstance(act, ToServer) and act.method == "tools/call")
    assert b'"params":{ "name" : "t", "n": 1.50 }' in sent.message
    play.server(b'{"jsonrpc":"2.0","id":%d,"result":{ "content" : [] }}' % (sent.id or 0))
    assert play.answers()[-1].message == b'{"jsonrpc":"2.0","id":"x","result":{ "content" : [] }}'


def test_the_gate_sees_the_servers_own_name_and_what_it_listed() -> None:
    gate = Rules()
    play = Play({"a": Written(), "b": Written()}, gate)
    play.hello()
    play.old(1, "tools/call", name="b__t", arguments={"x": 1})
    server, method, params, about = gate.calls[0]
    assert (server, method, params) == ("b", "tools/call", {"name": "t", "arguments": {"x": 1}})
    assert (about.client, about.revision, about.definition) == (
        "client",
        "2025-11-25",
        {"name": "t", "inputSchema": {"type": "object"}},
    )
    play.old(2, "prompts/get", name="a__p")
    play.old(3, "completion/complete", ref={"type": "ref/prompt", "name": "a__p"}, argument={})
    play.old(4, "completion/complete", ref={"type": "ref/resource", "uri": "tpl://x/{n}"}, argument={})
    play.old(5, "resources/read", uri="data://x")
    assert [(one[0], one[1]) for one in gate.calls[1:]] == [
        ("a", "prompts/get"),
        ("a", "completion/complete"),
        ("a", "completion/complete"),
        ("a", "resources/read"),
    ]
    assert gate.calls[2][2]["ref"] == {"type": "ref/prompt", "name": "p"}
    assert gate.calls[4][3].definition == {"uri": "data://x", "name": "x"}


def test_a_reference_that_is_none_is_refused() -> None:
    play = Play()
    play.hello()
    for number, ref in enumerate([None, 7, {"type": "ref/tool"}, {"type": "ref/prompt"}, {"type": "ref/resource"}]):
        play.old(number, "completion/complete", ref=ref)
        assert error(play)["code"] == INVALID_PARAMS


def test_what_the_gate_changed_is_what_is_sent_and_shown() -> None:
    gate = Rules()

    def change(_method: str, params: dict[str, Any], _about: Any) -> Passed:
        params["arguments"]["x"] = "changed in place"
        return Passed(params, changed=True, token="mine")

    gate.on_call = change
    gate.on_result = lambda _result: Passed({"content": ["shown"]}, changed=True)
    play = Play(gate=gate)
    play.hello()
    play.old(1, "tools/call", name="t", arguments={"x": 1})
    assert play.last("tools/call")["params"]["arguments"] == {"x": "changed in place"}
    play.reply({"content": ["said"]})
    assert play.answer()["result"] == {"content": ["shown"]}
    assert gate.results == [("tools/call", {"content": ["said"]}, "mine")]


@pytest.mark.parametrize("new", [False, True])
def test_a_refused_tool_call_is_a_result_that_a_model_can_read(new: bool) -> None:
    gate = Rules()
    gate.on_call = lambda _method, _params, _about: refused()
    play = Play(gate=gate)
    if new:
        play.new(1, "tools/call", name="t")
    else:
        play.hello()
        play.old(1, "tools/call", name="t")
    result = play.answer()["result"]
    assert result["content"] == [{"type": "text", "text": "not today"}]
    assert result["isError"] is True
    assert ("resultType" in result) is new
    assert play.asked("tools/call") == []


def test_everything_else_that_is_refused_is_an_error() -> None:
    gate = Rules()
    gate.on_call = lambda method, _params, _about: refused(data={"rule": "r"}, as_error=method == "tools/call")
    play = Play(gate=gate)
    play.hello()
    for number, (method, params) in enumerate(
        [("tools/call", {"name": "t"}), ("prompts/get", {"name": "p"}), ("resources/read", {"uri": "data://x"})]
    ):
        play.old(number, method, **params)
        assert error(play) == {"code": REFUSED, "message": "not today", "data": {"rule": "r"}}


def test_a_refused_result_is_not_shown() -> None:
    gate = Rules()
    gate.on_result = lambda _result: refused("held back")
    play = Play(gate=gate)
    play.hello()
    play.old(1, "tools/call", name="t")
    play.reply({"content": ["secret"]})
    assert play.answer()["result"]["content"][0]["text"] == "held back"


def test_the_text_of_an_error_is_shown_to_the_gate() -> None:
    gate = Rules()
    play = Play(gate=gate)
    play.hello()
    play.old(1, "tools/call", name="t")
    play.reply(error={"code": -5, "message": "m", "data": {"d": 1}})
    assert error(play) == {"code": -5, "message": "m", "data": {"d": 1}}
    assert gate.said[-1][1:3] == ("tools/call", "error")
    assert gate.failures == [("tools/call", -5)]
    gate.on_say = lambda _direction, _method, _value: refused()
    play.old(2, "tools/call", name="t")
    play.reply(error={"code": -5, "message": "secret"})
    assert error(play) == {"code": -5, "message": "the server `a` answered with an error"}
    gate.on_say = lambda _direction, _method, _value: Passed({"message": 7}, changed=True)
    play.old(3, "tools/call", name="t")
    play.reply(error={"code": -5, "message": "secret"})
    assert error(play) == {"code": -5, "message": ""}


def test_an_error_that_the_newer_revision_has_no_more_is_said_with_another() -> None:
    play = Play()
    play.new(1, "resources/read", uri="data://y")
    play.reply(error={"code": RESOURCE_NOT_FOUND, "message": "no such resource"})
    assert error(play)["code"] == INVALID_PARAMS


# ---- between the eras -----------------------------------------------------------------------------------------------


def test_a_newer_request_loses_its_envelope_for_an_older_server() -> None:
    play = Play()
    play.new(1, "tools/call", name="t", arguments={}, inputResponses={}, _meta={"mine": 1, "progressToken": "p"})
    params = play.last("tools/call")["params"]
    assert params == {
        "name": "t",
        "arguments": {},
        "_meta": {"mine": 1, "progressToken": play.last("tools/call")["id"]},
    }
    play.reply({"content": []})
    assert play.answer()["result"] == {"resultType": "complete", "content": []}


def test_an_older_request_gets_an_envelope_for_a_newer_server() -> None:
    play = Play({"a": Written(modern=True)})
    play.hello()
    play.old(1, "tools/call", name="t", task={"ttl": 1}, _meta={"mine": 1})
    params = play.last("tools/call")["params"]
    assert "task" not in params
    assert params["_meta"].keys() > {"mine", VERSION, CAPABILITIES}


def test_a_newer_result_is_for_this_client_alone() -> None:
    play = Play({"a": Written(modern=True)})
    play.new(1, "resources/read", uri="data://x")
    play.reply({"resultType": "complete", "contents": [], "cacheScope": "public", "ttlMs": 5})
    assert play.answer()["result"] == {"resultType": "complete", "contents": [], "cacheScope": "private", "ttlMs": 5}
    play.new(2, "resources/read", uri="data://x")
    play.server(
        wire(
            {
                "id": play.last("resources/read")["id"],
                "result": {"resultType": "complete", "contents": [], "cacheScope": "private", "ttlMs": 5},
            }
        ).replace(b": ", b":  ")
    )
    assert b'"ttlMs":  5' in play.answers()[-1].message


def test_a_task_that_is_wanted_of_a_server_without_tasks_is_not() -> None:
    play = Play()
    play.hello()
    play.old(1, "tools/call", name="t", task={})
    assert "task" not in play.last("tools/call")["params"]


def test_a_call_that_was_cancelled_while_its_server_was_met_is_not_sent() -> None:
    play = Play()
    play.quiet = {"server/discover"}
    play.new(1, "tools/call", channel="c", name="t")
    play.do(play.relay.left("c", play.now))
    play.quiet = set()
    play.server({"id": play.last("server/discover")["id"], "error": {"code": -32601, "message": "no"}})
    assert play.asked("tools/call") == []


def test_a_call_that_was_cancelled_while_its_tool_was_looked_up_is_not_decided() -> None:
    gate = Rules()
    play = Play(gate=gate)
    play.hello()
    play.quiet = {"tools/list"}
    play.old(1, "tools/call", name="t")
    play.client({"method": "notifications/cancelled", "params": {"requestId": 1}})
    play.reply({"tools": []})
    assert gate.calls == []


def test_a_gate_that_shows_what_is_no_object_is_taken_at_its_word() -> None:
    gate = Rules()
    gate.on_result = lambda _result: Passed(["odd"], changed=True)
    play = Play(gate=gate)
    play.hello()
    play.old(1, "tools/call", name="t")
    play.reply({})
    assert play.answer()["result"] == ["odd"]


def test_what_is_said_to_the_gate_is_not_said_to_the_server() -> None:
    gate = Rules()
    play = Play(gate=gate)
    play.hello()
    play.old(1, "tools/call", name="t", _meta={"bartizan/request": "pay Ann", "other/x": 1})
    assert gate.calls[0][2]["_meta"]["bartizan/request"] == "pay Ann"
    assert play.last("tools/call")["params"] == {"name": "t", "_meta": {"other/x": 1}}
    play.old(2, "tools/call", name="t", _meta={"bartizan/request": "pay Ann"})
    assert play.last("tools/call")["params"] == {"name": "t"}


def test_what_the_gate_gives_back_is_what_is_sent_whatever_it_says_of_it() -> None:
    gate = Rules()
    gate.on_call = lambda _method, params, _about: Passed({**params, "arguments": {"masked": True}})
    play = Play(gate=gate)
    play.hello()
    play.old(1, "tools/call", name="t", arguments={"secret": 1})
    assert play.last("tools/call")["params"]["arguments"] == {"masked": True}


def test_the_name_of_a_client_that_gives_none_is_empty() -> None:
    gate = Rules()
    play = Play(gate=gate)
    play.old(1, "tools/call", name="t", _meta={VERSION: MODERN, CAPABILITIES: {}})
    assert (gate.calls[0][3].client, gate.calls[0][3].revision) == ("", MODERN)


def test_what_the_relay_itself_says_of_a_server_that_is_gone_is_no_word_of_that_server() -> None:
    gate = Rules()
    play = Play(gate=gate)
    play.new(1, "tools/call", name="t")
    gate.said.clear()
    play.do(play.relay.closed("a", play.now))
    assert play.answer()["error"]["code"] == SERVER_CLOSED
    assert gate.said == []
