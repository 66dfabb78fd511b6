"""A question about a call reaches the user, and its answer counts for that call, once."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bartizan.guard.mcp.acts import AskFor, AskOff, ToClient
from bartizan.guard.mcp.codes import INVALID_PARAMS, SERVER_CLOSED
from bartizan.guard.mcp.gate import Ask, By, OpenGate, Passed, Refusal
from bartizan.guard.mcp.peers import Limits
from bartizan.guard.mcp.relay import Relay
from tests.guard.mcp.playbook import KEY, Play, Rules, Written, waiting

FORMS: dict[str, Any] = {"elicitation": {"form": {}}}


def asking(gate: Rules | None = None, **options: Any) -> Play:
    gate = gate or Rules()
    gate.on_call = waiting()
    return Play(gate=gate, **options)


def rules(play: Play) -> Rules:
    gate = play.relay._hub.gate
    assert isinstance(gate, Rules)
    return gate


def form(play: Play) -> dict[str, Any]:
    """Return the last question to the client of an older revision."""
    return [one for one in play.to_client() if one.get("method") == "elicitation/create"][-1]


def accepted(decision: str) -> dict[str, Any]:
    return {"action": "accept", "content": {"decision": decision}}


# ---- older revisions ------------------------------------------------------------------------------------------------


def test_an_older_client_that_can_is_asked() -> None:
    play = asking()
    play.hello(elicitation={})
    play.old(1, "tools/call", channel="c", name="t")
    asked = form(play)
    assert asked["params"]["message"] == "tools/call?"
    (choice,) = asked["params"]["requestedSchema"]["properties"].values()
    assert choice["enum"] == ["deny", "once", "session"]
    assert [act.channel for act in play.acts if isinstance(act, ToClient)] == ["c"]
    play.client({"id": asked["id"], "result": accepted("session")})
    assert rules(play).choices == [("q1", "session", "client")]
    assert len(play.asked("tools/call")) == 1
    play.reply({"content": []})
    assert rules(play).results[-1][2] == "asked-session"


@pytest.mark.parametrize(
    "result",
    [
        accepted("deny"),
        accepted("other"),
        {"action": "accept"},
        {"action": "accept", "content": {"decision": ["once"]}},
        {"action": "decline", "content": {"decision": "once"}},
        {"action": "cancel"},
        "once",
    ],
)
def test_everything_but_a_plain_yes_is_a_no(result: Any) -> None:
    play = asking()
    play.hello(elicitation={})
    play.old(1, "tools/call", name="t")
    play.client({"id": form(play)["id"], "result": result})
    assert play.answer()["result"]["isError"] is True
    assert play.asked("tools/call") == []
    assert rules(play).choices == [("q1", "", "client")]


def test_an_error_is_a_no() -> None:
    play = asking()
    play.hello(elicitation={})
    play.old(1, "tools/call", name="t")
    play.client({"id": form(play)["id"], "error": {"code": -1, "message": "no such thing"}})
    assert play.answer()["result"]["isError"] is True


def test_a_question_that_nobody_answers_is_withdrawn_and_a_no() -> None:
    play = asking(limits=Limits(asked=30, request=1000))
    play.hello(elicitation={})
    play.old(1, "tools/call", name="t")
    play.now += 31
    play.do(play.relay.tick(play.now))
    assert play.to_client()[-2]["method"] == "notifications/cancelled"
    assert rules(play).choices == [("q1", "", "timeout")]
    assert "not allowed" in str(play.answer())


def test_a_call_that_is_taken_back_takes_its_question_back() -> None:
    play = asking()
    play.hello(elicitation={})
    play.old(1, "tools/call", name="t")
    play.client({"method": "notifications/cancelled", "params": {"requestId": 1}})
    assert play.to_client()[-1] == {
        "jsonrpc": "2.0",
        "method": "notifications/cancelled",
        "params": {"requestId": form(play)["id"], "reason": "cancelled"},
    }
    assert rules(play).choices == [("q1", "", "withdrawn")]
    play.client({"id": form(play)["id"], "result": accepted("once")})
    assert play.asked("tools/call") == []


def test_a_gate_that_passes_what_nobody_allowed_is_not_believed() -> None:
    class Lax(Rules):
        def answered(self, ask: Ask, choice: str, by: By, now: float) -> Passed | Refusal:
            del choice, by, now
            return Passed(ask.token)

    play = asking(Lax())
    play.hello(elicitation={})
    play.old(1, "tools/call", name="t")
    play.client({"id": form(play)["id"], "result": {"action": "decline"}})
    assert play.asked("tools/call") == []
    assert "nobody allowed" in str(play.answer())


# ---- somebody else is asked -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("allowed", [False, True])
def test_where_the_client_can_not_be_asked_the_driver_asks(allowed: bool) -> None:
    play = asking()
    play.hello()
    play.old(1, "tools/call", name="t")
    (act,) = play.of(AskFor)
    assert (act.ask.message, act.server) == ("tools/call?", "a")
    play.do(play.relay.answered("q1", allowed, "terminal", play.now))
    assert rules(play).choices == [("q1", "once" if allowed else "", "terminal")]
    assert len(play.asked("tools/call")) == allowed
    play.do(play.relay.answered("q1", True, "terminal", play.now))
    assert play.noted("unmatched-answer") == 1


def test_a_client_need_not_be_asked() -> None:
    play = asking(ask_client=False)
    play.hello(elicitation={})
    play.old(1, "tools/call", name="t")
    assert len(play.of(AskFor)) == 1


def test_what_the_user_may_not_answer_is_not_put_to_the_user() -> None:
    play = asking()
    rules(play).on_call = waiting(user=False)
    play.hello(elicitation={})
    play.old(1, "tools/call", name="t")
    assert [act.ask.id for act in play.of(AskFor)] == ["q1"]


def test_what_nobody_answers_outside_is_a_no_in_time() -> None:
    play = asking(limits=Limits(asked=30, request=1000))
    play.hello()
    play.old(1, "tools/call", name="t")
    play.now += 29
    play.do(play.relay.tick(play.now))
    assert play.answers() == []
    assert play.relay.due == play.now + 1
    play.now += 1
    play.do(play.relay.tick(play.now))
    assert play.of(AskOff) == [AskOff("q1")]
    assert rules(play).choices == [("q1", "", "timeout")]


def test_what_is_taken_back_is_no_more_asked_outside() -> None:
    play = asking()
    play.hello()
    play.old(1, "tools/call", name="t")
    play.client({"method": "notifications/cancelled", "params": {"requestId": 1}})
    assert play.of(AskOff) == [AskOff("q1")]
    assert rules(play).choices == [("q1", "", "withdrawn")]


def test_an_answer_that_comes_after_the_server_left_is_of_no_use() -> None:
    play = asking()
    play.hello()
    play.old(1, "tools/call", name="t")
    play.do(play.relay.opened("a", play.now))
    play.do(play.relay.answered("q1", True, "terminal", play.now))
    assert play.answer()["error"]["code"] == SERVER_CLOSED
    assert rules(play).failures == [("tools/call", SERVER_CLOSED)]


def test_a_tool_that_changed_while_it_was_asked_about_is_asked_about_again() -> None:
    play = asking()
    play.hello()
    play.old(1, "tools/call", name="t")
    play.servers["a"].lists["tools"] = [{"name": "t", "description": "now it deletes"}]
    play.server({"method": "notifications/tools/list_changed"})
    rules(play).on_call = waiting("q2")
    play.do(play.relay.answered("q1", True, "terminal", play.now))
    assert play.asked("tools/call") == []
    assert play.noted("changed-meanwhile") == 1
    play.do(play.relay.answered("q2", True, "terminal", play.now))
    assert len(play.asked("tools/call")) == 1


def test_a_call_that_is_taken_back_while_its_tool_is_looked_up_again_is_not_sent() -> None:
    play = asking()
    play.hello()
    play.old(1, "tools/call", name="t")
    play.server({"method": "notifications/tools/list_changed"})
    play.quiet = {"tools/list"}
    play.do(play.relay.answered("q1", True, "terminal", play.now))
    play.client({"method": "notifications/cancelled", "params": {"requestId": 1}})
    play.reply({"tools": play.servers["a"].lists["tools"]})
    assert play.asked("tools/call") == []
    assert len(rules(play).failures) == 1


def test_other_calls_can_be_asked_about_as_well() -> None:
    play = asking()
    play.hello()
    play.old(1, "resources/read", uri="data://x")
    play.do(play.relay.answered("q1", True, "terminal", play.now))
    assert play.last("resources/read")["params"] == {"uri": "data://x"}


# ---- 2026-07-28 -----------------------------------------------------------------------------------------------------


def handed_out(play: Play, id: int = 1, **params: Any) -> dict[str, Any]:
    play.new(id, "tools/call", capabilities=FORMS, name="t", **params)
    result: dict[str, Any] = play.answer()["result"]
    assert result["resultType"] == "input_required"
    return result


def again(play: Play, state: Any, id: int = 2, decision: str = "once", **params: Any) -> list[Any]:
    given = {"bartizan": accepted(decision)}
    return play.new(
        id, "tools/call", capabilities=FORMS, **{"name": "t", **params}, requestState=state, inputResponses=given
    )


@pytest.mark.parametrize("modern", [False, True])
def test_a_newer_client_gets_the_question_as_an_answer_and_comes_again(modern: bool) -> None:
    play = asking(servers={"a": Written(modern=modern)})
    result = handed_out(play, arguments={"x": 1})
    (want,) = result["inputRequests"].values()
    assert want["method"] == "elicitation/create"
    again(play, result["requestState"], arguments={"x": 1}, decision="session")
    assert rules(play).choices == [("q1", "session", "client")]
    params = play.last("tools/call")["params"]
    assert params["arguments"] == {"x": 1}
    assert "requestState" not in params
    assert "inputResponses" not in params
    play.reply({"content": [], "resultType": "complete"})
    assert play.answer()["id"] == 2
    assert rules(play).results[-1][2] == "asked-session"


def test_a_no_of_a_newer_client_is_a_no() -> None:
    play = asking()
    state = handed_out(play)["requestState"]
    again(play, state, decision="deny")
    assert play.answer()["result"]["isError"] is True
    rules(play).on_call = waiting("q2")
    state = handed_out(play, id=3)["requestState"]
    play.new(4, "tools/call", capabilities=FORMS, name="t", requestState=state)
    assert play.answer()["result"]["isError"] is True
    assert play.asked("tools/call") == []


def test_an_answer_counts_once() -> None:
    play = asking()
    state = handed_out(play)["requestState"]
    again(play, state)
    again(play, state, id=3)
    assert play.answer()["error"]["code"] == INVALID_PARAMS
    assert len(play.asked("tools/call")) == 1


def test_an_answer_counts_for_the_call_that_was_asked_about() -> None:
    play = asking()
    state = handed_out(play, arguments={"to": "ann"})["requestState"]
    again(play, state, arguments={"to": "eve"})
    assert play.answer()["error"]["code"] == INVALID_PARAMS
    assert play.asked("tools/call") == []


def test_a_state_that_was_changed_or_is_too_old_is_refused() -> None:
    play = asking(limits=Limits(asked=30))
    state = handed_out(play)["requestState"]
    for number, changed in enumerate((state[:-2] + "xx", state[:-1] + "é", "bartizan.1.", "bartizan.1.YQ.YQ")):
        again(play, changed, id=10 + number)
        assert play.answer()["error"]["code"] == INVALID_PARAMS
    play.now += 31
    again(play, state, id=20)
    assert play.answer()["error"]["code"] == INVALID_PARAMS
    assert play.noted("state-refused") == 5


def test_a_state_of_somebody_else_is_refused() -> None:
    one, other = asking(binding="ann"), asking(binding="eve")
    again(other, handed_out(one)["requestState"])
    assert other.answer()["error"]["code"] == INVALID_PARAMS


def test_another_process_takes_the_answer_as_well() -> None:
    one, other = asking(binding="ann"), asking(binding="ann")
    state = handed_out(one)["requestState"]
    again(other, state)
    assert rules(other).choices == [("q1", "once", "client")]
    assert len(other.asked("tools/call")) == 1
    rules(other).on_call = lambda _method, params, _about: Passed(params, token="allowed without")
    again(other, handed_out(one, id=5)["requestState"], id=6)
    assert other.answer()["error"]["code"] == INVALID_PARAMS  # the same question was answered before


def test_another_process_need_not_ask_at_all() -> None:
    one, other = asking(), asking()
    rules(other).on_call = None
    again(other, handed_out(one)["requestState"])
    assert rules(other).choices == []
    assert len(other.asked("tools/call")) == 1


def test_a_state_that_is_not_ours_is_refused_where_the_server_can_not_have_given_it() -> None:
    play = asking()
    play.new(1, "tools/call", capabilities=FORMS, name="t", requestState="opaque")
    assert play.answer()["error"]["code"] == INVALID_PARAMS


def test_what_the_server_wanted_before_is_not_lost_by_a_question() -> None:
    play = asking(servers={"a": Written(modern=True)})
    rules(play).on_call = None
    given = {"k": {"action": "accept", "content": {}}}
    play.new(0, "tools/call", capabilities=FORMS, name="t")
    wish = {"k": {"method": "elicitation/create", "params": {"mode": "form", "message": "who?"}}}
    play.reply({"resultType": "input_required", "inputRequests": wish, "requestState": "opaque"})
    rules(play).on_call = waiting()
    play.new(1, "tools/call", capabilities=FORMS, name="t", requestState="opaque", inputResponses=given)
    state = play.answer()["result"]["requestState"]
    again(play, state)
    params = play.last("tools/call")["params"]
    assert (params["requestState"], params["inputResponses"]) == ("opaque", given)


def test_a_newer_client_that_can_not_be_asked_waits_for_somebody_else() -> None:
    play = asking()
    play.new(1, "tools/call", name="t")
    play.new(2, "completion/complete", capabilities=FORMS, ref={"type": "ref/prompt", "name": "p"})
    assert len(play.of(AskFor)) == 2


def test_questions_nobody_came_back_for_are_forgotten() -> None:
    play = asking(limits=Limits(asked=30, in_flight=2))
    for number in range(3):
        rules(play).on_call = waiting(f"q{number}")
        handed_out(play, id=number)
    assert rules(play).choices == [("q0", "", "withdrawn")]
    play.now += 31
    play.do(play.relay.tick(play.now))
    assert rules(play).choices[1:] == [("q1", "", "timeout"), ("q2", "", "timeout")]


def test_a_gate_that_does_not_ask_has_nothing_to_answer() -> None:
    said = OpenGate().answered(Ask(id="q", message="m"), "once", "client", 0)
    assert isinstance(said, Refusal)
    with pytest.raises(ValueError, match="needs a server"):
        Relay([], OpenGate(), key=KEY)


def test_the_form_is_one_that_the_official_types_have() -> None:
    from mcp.types import ElicitRequestFormParams

    play = asking()
    play.hello(elicitation={})
    play.old(1, "tools/call", name="t")
    ElicitRequestFormParams.model_validate_json(json.dumps(form(play)["params"]))
