"""What the user asks for, what people are asked, and what bounds an agent, in calls through a gate."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bartizan.guard.asking import Answerer, AskingRules, Desk
from bartizan.guard.charter import Charter, State, parse_charter
from bartizan.guard.flow.monitor import FlowMonitor
from bartizan.guard.limits import Block, Blocks
from bartizan.guard.mcp.gate import Ask, Passed, Refusal, Waiting
from bartizan.guard.mcp.gatekeeper import Gatekeeper, Parts
from bartizan.guard.mcp.gating import REQUEST
from bartizan.guard.mcp.pins import Kind as Pinned
from bartizan.model.card import Argument, Role, ToolCard, ValueType
from bartizan.model.words import Effect
from tests.guard.mcp.gates import ANNA, BOSS, EVIL, NOW, PERMIT, TO_BOSS, Book, driven, forbid, policies, rule, waiting

# ---- the request


def test_a_client_that_is_believed_says_what_its_user_wants_and_no_server_hears_it() -> None:
    one = driven()
    one.reads("hello")
    said = one.call("send_email", {"to": BOSS, "body": "hello"}, meta={REQUEST: TO_BOSS, "other": 1})
    assert isinstance(said, Passed)
    assert (said.value["_meta"], said.changed) == ({"other": 1}, True)
    again = one.call("send_email", {"to": BOSS, "body": "hello"}, meta={REQUEST: TO_BOSS})
    assert isinstance(again, Passed)


@pytest.mark.parametrize(("believed", "stated"), [(False, TO_BOSS), (True, 5), (True, "")])
def test_a_client_that_is_not_believed_says_nothing(believed: bool, stated: Any) -> None:
    one = driven(client={"states_request": believed})
    one.reads("hello")
    said = one.call("send_email", {"to": BOSS, "body": "hello"}, meta={REQUEST: stated})
    assert isinstance(said, Waiting)
    assert said.ask.token.params["_meta"] == {}


def test_what_the_user_says_later_counts_from_then_on() -> None:
    one = driven()
    one.reads("hello")
    assert isinstance(one.call("send_email", {"to": BOSS, "body": "hello"}), Waiting)
    one.gate.says_user(TO_BOSS)
    assert isinstance(one.call("send_email", {"to": BOSS, "body": "hello"}), Passed)
    driven(monitor=None).gate.says_user(TO_BOSS)
    driven(desk=None).gate.says_user(TO_BOSS)


# ---- asking


def test_a_value_of_no_good_origin_is_asked_about_and_shown() -> None:
    one, ask = waiting()
    assert EVIL in ask.message
    assert [value for value, _ in ask.options] == ["approve", "approve-for-session"]
    assert ask.details["tool"] == "mail/send_email"
    (asked,) = one.events()
    assert (asked.kind, asked.decision) == ("ask", "ask")
    said = one.gate.answered(ask, "approve", "client", NOW + 3)
    assert isinstance(said, Passed)
    assert said.value["arguments"] == {"to": EVIL, "body": "hello"}
    assert [event.kind for event in one.events()] == ["approval", "tool-start"]
    assert isinstance(one.call("send_email", {"to": EVIL, "body": "hello"}), Waiting)


def test_what_was_allowed_for_the_session_is_not_asked_again_where_it_is_the_same() -> None:
    one, ask = waiting()
    assert isinstance(one.gate.answered(ask, "approve-for-session", "terminal", NOW + 3), Passed)
    again = one.call("send_email", {"to": EVIL, "body": "hello"})
    assert isinstance(again, Passed)
    assert isinstance(one.call("send_email", {"to": "other@example.net", "body": "hello"}), Waiting)


def test_what_was_denied_is_not_done_and_not_asked_again() -> None:
    one, ask = waiting()
    assert rule(one.gate.answered(ask, "", "client", NOW + 3)) == "asking-denied"
    said = one.call("send_email", {"to": EVIL, "body": "hello"})
    assert rule(said) == "asking-denied-before"
    assert EVIL not in repr(said)


@pytest.mark.parametrize("by", ["timeout", "withdrawn"])
def test_what_nobody_answers_is_not_done_and_can_be_asked_again(by: str) -> None:
    one, ask = waiting()
    assert rule(one.gate.answered(ask, "", by, NOW + 3)) == "asking-expired"
    assert isinstance(one.call("send_email", {"to": EVIL, "body": "hello"}), Waiting)


def test_what_nobody_can_be_asked_about_is_over_at_once() -> None:
    one, ask = waiting()
    assert rule(one.gate.answered(ask, "", "nobody", NOW + 3)) == "asking-unattended"
    (settled,) = one.events("approval")
    assert (settled.decision, settled.rule) == ("deny", "asking-unattended")
    assert rule(one.gate.answered(ask, "approve", "client", NOW + 4)) == "asking-not-answered"


def test_a_question_for_a_group_is_answered_by_its_members_alone() -> None:
    four_eyes = forbid("four-eyes", 'context.effect == "send"', notes='@ask("finance")')
    one = driven(policies=policies(PERMIT, four_eyes))
    said = one.call("send_email", {"to": BOSS, "body": "hello"})
    assert isinstance(said, Waiting)
    assert said.ask.user is False
    for other in ("client", Answerer(name="paul"), Answerer(name="anna", user=True)):
        assert rule(one.gate.answered(said.ask, "approve", other, NOW + 3)) == "asking-not-answered"
    finance = Answerer(name="paul", groups=frozenset({"finance"}))
    assert isinstance(one.gate.answered(said.ask, "approve", finance, NOW + 3), Passed)
    (settled,) = one.events("approval")
    assert (settled.decision, settled.principal) == ("allow", "paul")


def test_answers_count_once_in_time_and_from_those_who_may_answer() -> None:
    one, ask = waiting()
    assert rule(one.gate.answered(ask, "approve", "somebody", NOW + 3)) == "asking-not-answered"
    assert isinstance(one.gate.answered(ask, "approve", "client", NOW + 3), Passed)
    assert rule(one.gate.answered(ask, "approve", "client", NOW + 4)) == "asking-not-answered"
    late, ask = waiting()
    assert rule(late.gate.answered(ask, "approve", "client", NOW + 10_000)) == "asking-not-answered"
    assert rule(late.gate.answered(Ask(id="x", message=""), "approve", "client", NOW)) == "asking-unknown"


def test_what_is_blocked_while_it_waits_is_not_done() -> None:
    found: list[Block] = []
    one, ask = waiting(blocks=lambda: Blocks(found))
    found.append(Block(id="b1", kind="session", name="s1", until=NOW + 60, by="me", why="stop"))
    assert rule(one.gate.answered(ask, "approve", "client", NOW + 3)) == "block-b1"


def test_arguments_that_change_while_it_waits_are_not_what_was_allowed() -> None:
    one, ask = waiting()
    ask.token.verdict.arguments["to"] = "other@example.net"
    assert rule(one.gate.answered(ask, "approve", "client", NOW + 3)) == "asking-expired"


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({"client": {"attended": False}}, "value-in-content"),
        ({"desk": None}, "value-in-content"),
        ({"desk": Desk(AskingRules(per_minute=0), b"k" * 32)}, "asking-too-often"),
        ({"desk": Desk(AskingRules(unattended=True), b"k" * 32)}, "asking-unattended"),
    ],
)
def test_where_nobody_can_be_asked_it_is_refused(parts: dict[str, Any], expected: str) -> None:
    one = driven(**parts)
    one.reads(f"Write to {EVIL}")
    said = one.call("send_email", {"to": EVIL, "body": "hello"})
    assert isinstance(said, Refusal)
    if expected.startswith("asking"):
        assert said.rule == expected
    assert EVIL not in said.sentence


# ---- the charter


def charter(extra: str = "", tools: str = '["mail/*"]') -> Charter:
    head = f"id: clerk\npurpose: answers mail\nholds_for: {{applications: [desk]}}\ntools: {tools}\n"
    return parse_charter((head + extra).encode(), "c.yaml", ("public", "internal"))


def test_an_agent_is_held_to_its_charter() -> None:
    one = driven(charters=[charter(tools="[mail/read_*]")], request=TO_BOSS)
    assert isinstance(one.call("read_inbox"), Passed)
    assert rule(one.call("send_email", {"to": BOSS, "body": "hello"})) == "charter-clerk-tool"
    assert one.events("tool-refusal")[0].more["charter"] == "clerk"


def test_loops_and_steps_are_stopped() -> None:
    one = driven(charters=[charter("repeats: 2\nsteps: 5")])
    assert [type(one.call("read_inbox")).__name__ for _ in range(3)] == ["Passed", "Passed", "Refusal"]
    said = [one.call("account", {"n": number}) for number in range(3)]
    assert rule(said[-1]) == "charter-clerk-steps"


def test_what_does_not_go_on_costs_nothing_of_the_charter() -> None:
    no = forbid("no", 'context.effect == "send"')
    one = driven(charters=[charter("budget: {session: {calls: 1}}")], policies=policies(PERMIT, no), request=TO_BOSS)
    assert rule(one.call("send_email", {"to": BOSS, "body": "hello"})) == "no"
    assert isinstance(one.call("read_inbox"), Passed)
    assert rule(one.call("account")) == "charter-clerk-budget"


def test_policies_may_speak_of_what_the_charter_counts() -> None:
    count = forbid("few", "context.repeats > 1 || context.steps > 2 || context.charter_used > 90")
    one = driven(charters=[charter()], policies=policies(PERMIT, count))
    assert isinstance(one.call("read_inbox"), Passed)
    assert rule(one.call("read_inbox")) == "few"


def test_money_is_held_to_the_charter() -> None:
    pay = {"name": "pay", "inputSchema": {"type": "object", "properties": {"amount": {"type": "number"}}}}
    card = ToolCard(
        tool="pay", effect=Effect.PAY, arguments={"amount": Argument(role=Role.BOUND, type=ValueType.AMOUNT)}
    )
    one = driven(
        tools=(pay,), pins=Book([(Pinned.TOOL, pay)]), monitor=FlowMonitor([card]),
        charters=[charter("spending: [{currency: CHF, session: 100}]")], request="Pay 60 francs",
    )  # fmt: skip
    assert isinstance(one.call("pay", {"amount": 60}), Passed)
    assert rule(one.call("pay", {"amount": 60})) == "charter-clerk-spending"


def test_what_models_have_used_counts_for_the_open_sessions_and_the_day_and_outlives_a_changed_file() -> None:
    held: dict[str, State] = {}
    text = "budget: {session: {tokens: 10}, day: {tokens: 15}}"
    parts: dict[str, Any] = {"charters": [charter(text)], "states": held}
    one = driven(**parts)
    keeper = Gatekeeper(Parts(policies=policies(PERMIT), charters=[charter(text)], states=held))
    keeper.spent(ANNA, ["s1"], 10, 0.0, NOW)
    keeper.spent(msgspec.structs.replace(ANNA, application="another"), ["s1"], 1_000, 0.0, NOW)
    assert rule(one.call("read_inbox")).endswith("-budget")
    other = driven(client={"session": "s2"}, **parts)
    assert isinstance(other.call("read_inbox"), Passed)
    keeper.spent(ANNA, (), 5, 0.0, NOW)
    assert rule(other.call("read_inbox")).endswith("-budget")


def test_what_a_user_says_is_bounded() -> None:
    one = driven()
    one.reads("hello")
    for number in range(4):
        one.gate.says_user(f"{number}" + "x" * 30_000)
    one.gate.says_user(TO_BOSS)
    assert isinstance(one.call("send_email", {"to": BOSS, "body": "hello"}), Waiting)


def test_the_same_call_twice_waits_for_one_answer_that_lets_one_of_them_go_on() -> None:
    one, ask = waiting()
    one.now += 1
    again = one.call("send_email", {"to": EVIL, "body": "hello"})
    assert isinstance(again, Waiting)
    assert again.ask.id != ask.id
    assert again.ask.token.approval is ask.token.approval
    assert [event.kind for event in one.events() if event.kind == "ask"] == ["ask"]
    assert isinstance(one.gate.answered(ask, "approve", "client", one.now), Passed)
    assert rule(one.gate.answered(again.ask, "approve", "client", one.now)) == "asking-not-answered"
