"""Clients hear of what they wanted to hear of, from servers of either era, and of nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.guard.mcp.acts import NoAnswer, ToClient
from bartizan.guard.mcp.codes import INVALID_PARAMS, RESOURCE_NOT_FOUND, SERVER_CLOSED
from bartizan.guard.mcp.gate import Refusal
from bartizan.guard.mcp.peers import Limits
from bartizan.guard.mcp.revisions import SUBSCRIPTION
from tests.guard.mcp.playbook import Play, Rules, Written, waiting

CHANGED = {"method": "notifications/tools/list_changed"}


def updated(uri: str) -> dict[str, Any]:
    return {"method": "notifications/resources/updated", "params": {"uri": uri}}


def heard(play: Play) -> list[tuple[str, Any]]:
    """Return what the client was told, with the subscription it belongs to."""
    told = [one for one in play.to_client() if "id" not in one]
    return [(one["method"], one.get("params", {}).get("_meta", {}).get(SUBSCRIPTION)) for one in told]


# ---- clients of 2026-07-28 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("modern", [False, True])
def test_a_newer_client_listens_to_a_server_of_either_era(modern: bool) -> None:
    play = Play({"a": Written(modern=modern)})
    wanted = {"toolsListChanged": True, "promptsListChanged": False, "resourceSubscriptions": ["data://x", "data://x"]}
    play.new("L", "subscriptions/listen", "stream", notifications=wanted)
    (first,) = play.to_client()
    assert first["method"] == "notifications/subscriptions/acknowledged"
    assert first["params"] == {
        "notifications": {"toolsListChanged": True, "resourceSubscriptions": ["data://x"]},
        "_meta": {SUBSCRIPTION: "L"},
    }
    play.server(CHANGED)
    play.server({"method": "notifications/prompts/list_changed"})
    play.server(updated("data://x"))
    play.server(updated("data://x/inside"))
    play.server(updated("data://y"))
    assert heard(play)[1:] == [
        ("notifications/tools/list_changed", "L"),
        ("notifications/resources/updated", "L"),
        ("notifications/resources/updated", "L"),
    ]
    assert {act.channel for act in play.acts if isinstance(act, ToClient)} == {"stream"}
    play.do(play.relay.left("stream", play.now))
    assert play.of(NoAnswer) == [NoAnswer("stream", "L")]
    play.server(CHANGED)
    assert len(heard(play)) == 4
    assert len(play.asked("resources/unsubscribe")) == (not modern)


def test_what_no_server_tells_is_not_promised() -> None:
    play = Play({"a": Written(capabilities={"tools": {}, "resources": {}, "prompts": 7})})
    play.new(1, "subscriptions/listen", notifications={"toolsListChanged": True, "resourceSubscriptions": ["data://x"]})
    assert play.to_client()[0]["params"]["notifications"] == {}


@pytest.mark.parametrize("wanted", [None, 7, {"resourceSubscriptions": "x"}, {"taskIds": [7]}])
def test_what_says_nothing_is_refused(wanted: Any) -> None:
    play = Play()
    play.new(1, "subscriptions/listen", notifications=wanted)
    assert play.answer()["error"]["code"] == INVALID_PARAMS


def test_two_streams_share_one_subscription_of_a_server() -> None:
    play = Play({"a": Written(modern=True)}, http=True)
    play.new(1, "subscriptions/listen", "one", notifications={"resourceSubscriptions": ["data://x"]})
    play.new(1, "subscriptions/listen", "two", notifications={"toolsListChanged": True})
    play.new(2, "subscriptions/listen", "three", notifications={"toolsListChanged": True})
    first, second = play.asked("subscriptions/listen")
    assert first["params"]["notifications"] == {"resourceSubscriptions": ["data://x"]}
    assert second["params"]["notifications"] == {"toolsListChanged": True, "resourceSubscriptions": ["data://x"]}
    assert play.last("notifications/cancelled")["params"]["requestId"] == first["id"]
    play.server({"method": "notifications/subscriptions/acknowledged", "params": {"notifications": {}}})
    play.server(CHANGED)
    assert [act.channel for act in play.acts if isinstance(act, ToClient)][-2:] == ["two", "three"]


def test_a_server_over_http_is_not_listened_to_for_nobody() -> None:
    play = Play({"a": Written(modern=True)}, http=True)
    play.new(1, "tools/list")
    assert play.asked("subscriptions/listen") == []
    play = Play({"a": Written(modern=True)})
    play.new(1, "tools/list")
    assert play.last("subscriptions/listen")["params"]["notifications"].keys() == {
        "toolsListChanged",
        "promptsListChanged",
        "resourcesListChanged",
    }


def test_a_server_that_ends_what_it_tells_is_asked_again_when_anything_changes() -> None:
    play = Play({"a": Written(modern=True)}, http=True)
    play.new(1, "subscriptions/listen", "one", notifications={"toolsListChanged": True})
    play.reply({"resultType": "complete", "_meta": {}})
    assert play.noted("not-subscribed") == 1
    play.new(2, "subscriptions/listen", "two", notifications={"toolsListChanged": True})
    sent = play.last("subscriptions/listen")["id"]
    assert len(play.asked("subscriptions/listen")) == 2
    play.server({"method": "notifications/cancelled", "params": {"requestId": sent}})
    play.server({"method": "notifications/cancelled", "params": {"requestId": sent}})
    assert (play.noted("not-subscribed"), play.noted("unmatched-cancel")) == (2, 1)
    play.server({"id": sent, "result": {}})
    assert play.noted("unmatched-response") == 1


def test_a_server_over_http_is_left_alone_when_nobody_listens_any_more() -> None:
    play = Play({"a": Written(modern=True)}, http=True)
    play.new(1, "subscriptions/listen", "one", notifications={"toolsListChanged": True})
    play.do(play.relay.left("one", play.now))
    assert play.last("notifications/cancelled")["params"]["requestId"] == play.last("subscriptions/listen")["id"]


def test_an_end_that_was_replaced_already_is_of_no_matter() -> None:
    play = Play({"a": Written(modern=True)})
    play.new(1, "subscriptions/listen", "one", notifications={"resourceSubscriptions": ["data://x"]})
    play.do(play.relay.closed("a", play.now))
    play.do(play.relay.opened("a", play.now))
    play.new(2, "tools/list")
    assert play.last("subscriptions/listen")["params"]["notifications"]["resourceSubscriptions"] == ["data://x"]


def test_a_server_that_is_not_there_keeps_nobody_waiting() -> None:
    play = Play({"a": Written(), "b": Written()})
    play.do(play.relay.closed("b", play.now))
    play.new(1, "subscriptions/listen", notifications={"toolsListChanged": True})
    assert play.to_client()[0]["params"]["notifications"] == {"toolsListChanged": True}


def test_a_stream_that_left_while_servers_were_met_begins_nothing() -> None:
    for quiet in ("server/discover", "resources/list"):
        play = Play({"a": Written(modern=True), "b": Written(modern=True)})
        play.quiet = {quiet}
        play.new(1, "subscriptions/listen", "one", notifications={"resourceSubscriptions": ["data://x"]})
        play.do(play.relay.left("one", play.now))
        for id in ("a", "b"):
            answer = play.servers[id].answer(quiet)
            play.server({"id": play.last(quiet, id)["id"], "result": answer}, id)
        assert play.to_client() == []


# ---- clients of older revisions -------------------------------------------------------------------------------------


@pytest.mark.parametrize("modern", [False, True])
def test_an_older_client_subscribes_at_a_server_of_either_era(modern: bool) -> None:
    play = Play({"a": Written(modern=modern)})
    play.hello()
    play.old(1, "resources/subscribe", uri="data://x")
    assert play.answer()["result"] == {}
    if modern:
        assert play.last("subscriptions/listen")["params"]["notifications"]["resourceSubscriptions"] == ["data://x"]
    else:
        assert play.last("resources/subscribe")["params"] == {"uri": "data://x"}
    play.server(updated("data://x"))
    play.server(updated("data://y"))
    play.server(CHANGED)
    assert heard(play) == [("notifications/resources/updated", None), ("notifications/tools/list_changed", None)]
    play.old(2, "resources/unsubscribe", uri="data://x")
    play.old(3, "resources/unsubscribe", uri="data://z")
    play.server(updated("data://x"))
    assert len(heard(play)) == 2


def test_only_what_is_there_and_may_be_is_subscribed_to() -> None:
    gate = Rules()
    play = Play({"a": Written(), "b": Written(modern=True, capabilities={"resources": {"subscribe": False}})}, gate)
    play.servers["b"].lists["resources"] = [{"uri": "b://x"}]
    play.hello()
    for number, uri in enumerate(("", 7, "unknown://", "b://x")):
        play.old(number, "resources/subscribe", uri=uri)
        assert play.answer()["error"]["code"] == (RESOURCE_NOT_FOUND if uri == "unknown://" else INVALID_PARAMS)
    asks = waiting("q")
    for number in range(2):
        gate.on_call = asks if number else lambda _method, _params, _about: Refusal("no", "r")
        play.old(number, "resources/subscribe", uri="data://x")
        assert play.answer()["error"]["code"] == INVALID_PARAMS
    assert play.asked("resources/subscribe") == []
    assert play.noted("refused") == 2
    assert gate.choices == [("q", "", "withdrawn")]


def test_there_is_an_end_to_what_is_subscribed_to() -> None:
    play = Play(limits=Limits(uris=1))
    play.hello()
    play.old(1, "resources/subscribe", uri="data://x")
    play.old(2, "resources/subscribe", uri="data://y")
    assert play.answer()["error"]["code"] == INVALID_PARAMS


def test_a_server_that_is_gone_can_not_be_subscribed_at() -> None:
    play = Play()
    play.hello()
    play.do(play.relay.closed("a", play.now))
    play.old(1, "resources/subscribe", uri="data://x")
    assert play.answer()["error"]["code"] == SERVER_CLOSED


def test_a_server_that_refuses_a_subscription_is_noted() -> None:
    play = Play()
    play.quiet = {"resources/subscribe"}
    play.hello()
    play.old(1, "resources/subscribe", uri="data://x")
    play.reply(error={"code": -1, "message": "no"})
    assert play.noted("not-subscribed") == 1


def test_an_address_of_another_server_is_not_heard_of() -> None:
    gate = Rules()
    play = Play({"a": Written(), "b": Written(lists={"resources": []})}, gate)
    play.hello()
    play.old(1, "resources/subscribe", uri="data://x")
    play.server(updated("data://x"), "b")
    play.server(updated("data://x"), "a")
    assert len(heard(play)) == 1
    gate.on_say = lambda _direction, _method, _value: Refusal("no", "r")
    play.server(updated("data://x"), "a")
    play.server({"method": "notifications/resources/updated", "params": {"uri": 7}}, "a")
    assert len(heard(play)) == 1
