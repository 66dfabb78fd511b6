"""Calls are held to a charter: tools, data, hours, steps, loops, budgets and what is paid."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from bartizan.guard.charter import Amount, Charter, Checked, State, ToolCall, check, give_back, spend, take
from bartizan.model.ruling import Allow, Deny
from bartizan.model.words import Effect
from tests.guard.charter.making import NOON, call, charter

DAY, HOUR = 86_400.0, 3_600.0


def rule(made: Charter, of: ToolCall, now: float = NOON, state: State | None = None) -> str:
    checked = check(made, state or State(), of, now)
    assert isinstance(checked.ruling, Deny if checked.rule else Allow)
    return checked.rule.removeprefix("charter-bills-")


def pay(*amounts: str | None, currency: str = "EUR", **more: Any) -> ToolCall:
    made = tuple(Amount(None if one is None else Decimal(one), currency) for one in amounts)
    return call("bank/pay", Effect.PAY, amounts=made, arguments={"amounts": amounts}, **more)


@pytest.mark.parametrize(
    ("more", "of", "what"),
    [
        ("", call(), ""),
        ("forbidden: [search]", call(), "tool"),
        ("effects: [read]", call(effect=Effect.SEND), "effect"),
        ("effects: [read]", call(), ""),
        ("", call(effect=Effect.SEND, attended=False), "unattended"),
        ("", call(attended=False), ""),
        ("unattended: true", call(effect=Effect.SEND, attended=False), ""),
        ("", call(depth=1), "delegation"),
        ("delegation: 1", call(depth=1), ""),
        ("data: {highest: internal}", call(classes=frozenset({"confidential"})), "data"),
        ("data: {highest: internal}", call(classes=frozenset({"unheard-of"})), "data"),
        ("data: {highest: internal}", call(classes=frozenset({"internal", "public"})), ""),
        ("data: {forbidden: [iban]}", call(types=frozenset({"iban"})), "data"),
        ("data: {forbidden: [iban]}", call(types=frozenset({"email-address"})), ""),
    ],
)
def test_tools_and_data(more: str, of: ToolCall, what: str) -> None:
    assert rule(charter(more), of) == what


@pytest.mark.parametrize(
    ("hours", "now", "inside"),
    [
        ("{from: '08:00', to: '18:00'}", NOON, True),
        ("{from: '08:00', to: '12:00'}", NOON, False),
        ("{from: '08:00', to: '12:00'}", NOON - 60, True),
        ("{days: [tue]}", NOON, False),
        ("{days: [mon]}", NOON, True),
        ("{days: [mon]}", NOON + 11.99 * HOUR, True),
        ("{days: [mon]}", NOON + 12 * HOUR, False),
        ("{days: [mon], from: '22:00', to: '06:00'}", NOON + 11 * HOUR, True),
        ("{days: [mon], from: '22:00', to: '06:00'}", NOON + 17 * HOUR, True),
        ("{days: [mon], from: '22:00', to: '06:00'}", NOON + 18 * HOUR, False),
        ("{days: [mon], from: '22:00', to: '06:00'}", NOON - 10 * HOUR, False),
        ("{days: [tue]}, {days: [mon]}", NOON, True),
    ],
)
def test_hours_by_the_charters_clock(hours: str, now: float, inside: bool) -> None:
    assert rule(charter(f"zone: Europe/Zurich\nhours: [{hours}]"), call(), now) == ("" if inside else "hours")


def test_hours_follow_summer_time() -> None:
    made = charter("zone: Europe/Zurich\nhours: [{from: '12:00', to: '12:01'}]")
    assert rule(made, call(), NOON) == ""
    july = NOON + 181 * DAY
    assert rule(made, call(), july) == "hours"
    assert rule(made, call(), july - HOUR) == ""


def test_steps_end_a_session_and_refused_ones_count() -> None:
    made, state = charter("steps: 3\nforbidden: [send]\nrepeats: 9"), State()
    tools = ["mail/send", "mail/search", "mail/send", "mail/search"]
    rules = [take(made, state, call(tool), NOON).rule for tool in tools]
    assert rules == ["charter-bills-tool", "", "charter-bills-tool", "charter-bills-steps"]
    assert take(made, state, call(session="s-2"), NOON).steps == 1
    assert state.sessions["s-1"].used.calls == 1


def test_loops_are_stopped() -> None:
    made, state = charter("repeats: 2"), State()
    rounds = [call(arguments={"n": n}) for n in (1, 2, 1, 2, 1, 2, 3)]
    checked = [take(made, state, one, NOON) for one in rounds]
    assert [(one.repeats, one.rule) for one in checked] == [
        (1, ""),
        (1, ""),
        (1, ""),
        (2, ""),
        (2, ""),
        (3, "charter-bills-loop"),
        (1, ""),
    ]


@pytest.mark.parametrize("span", ["session", "day"])
def test_budgets_of_calls_and_models(span: str) -> None:
    made, state = charter(f"budget: {{{span}: {{calls: 2}}}}"), State()
    assert [take(made, state, call(arguments={"n": n}), NOON).used for n in range(2)] == [50, 100]
    assert take(made, state, call(), NOON).rule == "charter-bills-budget"
    assert take(made, state, call(session="s-2"), NOON).rule == ("" if span == "session" else "charter-bills-budget")
    assert take(made, state, call(session="s-3"), NOON + DAY).rule == ""
    for limit in ("tokens: 10", "money: 0.5"):
        made, state = charter(f"budget: {{{span}: {{{limit}}}}}"), State()
        spend(made, state, ["s-1"], 9, 0.49, NOON)
        assert take(made, state, call(), NOON).rule == ""
        spend(made, state, ["s-1"], 1, 0.01, NOON)
        assert take(made, state, call(), NOON).rule == "charter-bills-budget"


SPENDING = "spending: [{currency: EUR, call: 100, session: 150, day: 200}]"


def test_what_is_paid_is_summed() -> None:
    made, state = charter(SPENDING), State()
    assert take(made, state, pay("100.01"), NOON).ruling == Deny(
        "it would pay more in EUR than the agent's charter allows for one call"
    )
    assert take(made, state, pay("60", "40"), NOON) == Checked(Allow(), "", 2, 1, 66)
    assert take(made, state, pay("50.01"), NOON).ruling == Deny(
        "it would pay more in EUR than the agent's charter allows for this session"
    )
    assert take(made, state, pay("50"), NOON).rule == ""
    assert take(made, state, pay("50.01", session="s-2"), NOON).ruling == Deny(
        "it would pay more in EUR than the agent's charter allows for today"
    )
    assert take(made, state, pay("50", session="s-2"), NOON).rule == ""
    assert take(made, state, pay("50", session="s-3"), NOON + DAY).rule == ""


@pytest.mark.parametrize(
    ("of", "what"),
    [
        (pay(), "amount"),
        (pay(None), "amount"),
        (pay("1", currency="USD"), "currency"),
        (pay("1", currency=""), ""),
        (call("bank/pay", Effect.SEND), ""),
    ],
)
def test_what_can_not_be_held_to_a_limit_is_refused(of: ToolCall, what: str) -> None:
    assert rule(charter(SPENDING), of) == what


def test_with_two_currencies_a_call_has_to_say_which() -> None:
    made = charter("spending: [{currency: EUR, day: 1}, {currency: USD}]")
    assert rule(made, pay("1", currency="")) == "currency"
    assert rule(made, pay("1000", currency="USD")) == ""
    assert rule(charter(), pay(None)) == ""


def test_what_did_not_go_on_is_given_back() -> None:
    made, state = charter(SPENDING), State()
    take(made, state, pay("100"), NOON)
    give_back(made, state, pay("100"), NOON)
    assert state.today.paid == {"EUR": Decimal(0)}
    assert state.sessions["s-1"].used.calls == 0
    assert state.sessions["s-1"].steps == 1
    take(made, state, pay("100"), NOON)
    give_back(made, state, pay("100"), NOON + DAY)
    assert state.today.paid == {"EUR": Decimal(100)}


def test_checking_books_nothing() -> None:
    made, state = charter(SPENDING), State()
    check(made, state, pay("1"), NOON)
    assert state == State()


def test_day_limits_of_money_spans_sessions_by_the_charters_clock() -> None:
    made, state = charter("zone: Europe/Zurich\nbudget: {day: {calls: 1}}"), State()
    late = NOON + 11.9 * HOUR
    assert take(made, state, call(), late).rule == ""
    assert take(made, state, call(session="s-2"), late + HOUR).rule == ""
    assert state.day == "2026-01-06"
