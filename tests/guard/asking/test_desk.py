"""Questions are asked once, together, not too often, and decided once."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from bartizan.guard.asking import Answerer, Asked, Settled, asked_event, settled_event
from bartizan.guard.flow.verdict import Verdict
from bartizan.model import InputError
from bartizan.model.card import Argument, Role, ToolCard
from bartizan.model.words import Effect
from tests.guard.asking.making import MAIL, STRANGER, asked, desk, question, verdict

USER_ = Answerer(name="anna", user=True)
CALL = {"to": "mark@stranger.example", "body": "Hello"}
NOTE = ToolCard(
    tool="send_mail",
    effect=Effect.WRITE,
    arguments={"to": Argument(role=Role.CRITICAL), "body": Argument(role=Role.TEXT)},
)


def test_an_approved_call_goes_on_once() -> None:
    held = desk()
    made = question(held.ask(verdict(), MAIL, asked(), 0.0))
    assert held.pending(1.0) == [made]
    assert held.pending(1.0, "other") == []
    settled = held.answer(made.id, True, USER_, 5.0)
    assert (settled.approved, settled.by, settled.rule, settled.waited) == (True, "anna", "asking-approved", 5.0)
    assert settled.reason == "somebody has approved this call"
    assert held.pending(5.0) == []
    assert held.use(made.id, "send_mail", CALL, 6.0)
    assert not held.use(made.id, "send_mail", CALL, 6.0)
    assert (held.tally.asked, held.tally.outcomes, held.tally.waited) == (1, {"approved": 1}, 5.0)


@pytest.mark.parametrize(
    ("tool", "arguments", "now"),
    [
        ("send_mail", {**CALL, "body": "Hello!"}, 6.0),
        ("send_mail", {**CALL, "cc": "x"}, 6.0),
        ("send_post", CALL, 6.0),
        ("send_mail", CALL, 305.0),
    ],
)
def test_another_call_or_a_late_one_does_not_go_on(tool: str, arguments: dict[str, Any], now: float) -> None:
    held = desk()
    made = question(held.ask(verdict(), MAIL, asked(), 0.0))
    held.answer(made.id, True, USER_, 5.0)
    assert not held.use(made.id, tool, arguments, now)
    assert not held.use(made.id, "send_mail", CALL, 6.0)


def test_what_is_not_decided_or_denied_does_not_go_on() -> None:
    held = desk()
    made = question(held.ask(verdict(), MAIL, asked(), 0.0))
    assert not held.use(made.id, "send_mail", CALL, 1.0)
    assert not held.use("another", "send_mail", CALL, 1.0)
    held.answer(made.id, False, USER_, 2.0)
    assert not held.use(made.id, "send_mail", CALL, 3.0)


def test_the_same_call_gets_the_same_question() -> None:
    held = desk()
    made = held.ask(verdict(), MAIL, asked(), 0.0)
    assert held.ask(verdict(number=4), MAIL, asked(), 1.0) is made
    assert held.tally.asked == 1


def test_who_answers_and_when() -> None:
    held = desk()
    made = question(held.ask(verdict(), MAIL, asked(), 0.0))
    with pytest.raises(InputError, match="for somebody else"):
        held.answer(made.id, True, Answerer(name="mail-agent"), 1.0)
    with pytest.raises(InputError, match="no such question"):
        held.answer("x", True, USER_, 1.0)
    with pytest.raises(InputError, match="is over"):
        held.answer(made.id, True, USER_, 300.0)
    held.answer(made.id, True, USER_, 299.0)
    with pytest.raises(InputError, match="decided already"):
        held.answer(made.id, False, USER_, 299.0)


def test_what_was_denied_is_not_asked_about_again_until_the_user_says_more() -> None:
    held = desk()
    made = question(held.ask(verdict(), MAIL, asked(), 0.0))
    held.answer(made.id, False, USER_, 1.0)
    again = held.ask(verdict(), MAIL, asked(), 2.0)
    assert isinstance(again, Settled)
    assert (again.approved, again.rule) == (False, "asking-denied-before")
    held.said("s-1")
    held.said("unknown")
    question(held.ask(verdict(), MAIL, asked(), 3.0))


def lasting(of: Verdict, card: ToolCard | None, then: Verdict, then_card: ToolCard | None = None) -> bool:
    """Approve a call for the session, and tell whether another one needs no question."""
    held = desk()
    made = question(held.ask(of, card, asked(), 0.0))
    held.answer(made.id, True, USER_, 1.0, lasting=True)
    second = held.ask(then, then_card or card, asked(), 2.0)
    return isinstance(second, Settled) and second.approved and second.by == "anna"


def test_the_same_again_is_remembered_for_the_session() -> None:
    assert lasting(verdict(), MAIL, verdict(number=9))
    assert lasting(verdict(), MAIL, verdict({**CALL, "page": 2}))


@pytest.mark.parametrize(
    "then",
    [
        verdict({**CALL, "to": "paul@stranger.example"}),
        verdict({**CALL, "body": "all our secrets"}),
        verdict({**CALL, "cc": "paul@stranger.example"}),
        verdict(rule="flow-secret"),
        verdict(tool="send_post"),
        verdict(effect=Effect.WRITE),
        verdict(origins=()),
        verdict(origins=(STRANGER, STRANGER)),
        verdict(origins=(msgspec.structs.replace(STRANGER, call=2),)),
        verdict(origins=(msgspec.structs.replace(STRANGER, field="title"),)),
    ],
)
def test_nothing_wider_is_remembered(then: Verdict) -> None:
    assert not lasting(verdict(), MAIL, then)


def test_texts_may_differ_where_nothing_leaves_and_all_can_be_undone() -> None:
    first, second = verdict(effect=Effect.WRITE), verdict({**CALL, "body": "Other"}, effect=Effect.WRITE)
    assert lasting(first, NOTE, second)
    final = ToolCard(tool="send_mail", effect=Effect.WRITE, reversible=False, arguments=NOTE.arguments)
    assert not lasting(first, final, second)
    assert lasting(verdict(effect=Effect.READ), final, verdict({**CALL, "body": "Other"}, effect=Effect.READ))


@pytest.mark.parametrize(
    ("effect", "card"),
    [
        (Effect.PAY, MAIL),
        (Effect.EXECUTE, MAIL),
        (Effect.WRITE, ToolCard(tool="x", effect=Effect.WRITE, destroys=True)),
        (Effect.WRITE, ToolCard(tool="x", effect=Effect.WRITE, binds="pay")),
        (Effect.SEND, None),
    ],
)
def test_what_pays_runs_destroys_confirms_or_is_unknown_never_lasts(effect: Effect, card: ToolCard | None) -> None:
    assert not lasting(verdict(effect=effect), card, verdict(effect=effect))


def test_lasting_can_be_switched_off_and_is_only_what_was_said() -> None:
    held = desk(lasting=False)
    assert not question(held.ask(verdict(), MAIL, asked(), 0.0)).lasting
    held = desk()
    made = question(held.ask(verdict(), MAIL, asked(), 0.0))
    held.answer(made.id, True, USER_, 1.0)
    question(held.ask(verdict(), MAIL, asked(), 2.0))


def test_another_session_is_asked_for_itself() -> None:
    held = desk()
    made = question(held.ask(verdict(), MAIL, asked(), 0.0))
    held.answer(made.id, True, USER_, 1.0, lasting=True)
    question(held.ask(verdict(), MAIL, asked("s-2"), 2.0))
    held.forget("s-1")
    question(held.ask(verdict(), MAIL, asked(), 3.0))


def test_nobody_to_ask_is_a_refusal() -> None:
    for settled in (
        desk(unattended=True).ask(verdict(), MAIL, asked(), 0.0),
        desk().ask(verdict(), MAIL, asked(), 0.0, attended=False),
    ):
        assert isinstance(settled, Settled)
        assert (settled.approved, settled.rule) == (False, "asking-unattended")


def ask_many(count: int, seconds: float, **rules: Any) -> list[str]:
    held = desk(**rules)
    made = [held.ask(verdict({"to": str(n)}), MAIL, asked(), n * seconds) for n in range(count)]
    return [one.rule if isinstance(one, Settled) else "asked" for one in made]


def test_a_session_that_asks_too_often_is_refused() -> None:
    assert ask_many(8, 1.0) == ["asked"] * 6 + ["asking-too-often"] * 2
    assert ask_many(8, 10.0) == ["asked"] * 8
    assert ask_many(4, 100.0, per_session=3) == ["asked"] * 3 + ["asking-too-often"]


def test_there_is_a_bound_on_open_questions() -> None:
    held = desk()
    made = [held.ask(verdict({"to": str(n)}), MAIL, asked(f"s-{n}"), 0.0) for n in range(1_001)]
    assert isinstance(made[-1], Settled)
    assert not isinstance(made[-2], Settled)
    question(held.ask(verdict({"to": "later"}), MAIL, asked("s-later"), 300.0))
    assert held.tally.outcomes["expired"] == 1_000


def test_questions_of_a_session_are_put_together() -> None:
    held = desk(together=2, window=1.0)
    one, two, three = (question(held.ask(verdict({"to": str(n)}), MAIL, asked(), 0.1 * n)) for n in range(3))
    other = question(held.ask(verdict(), MAIL, asked("s-2"), 0.3))
    assert held.ready(0.5) == [[one, two]]
    assert held.ready(0.5) == []
    assert held.ready(1.3) == [[three], [other]]
    assert held.tally.dialogues == 3


def test_questions_that_are_over_are_not_shown() -> None:
    held = desk()
    made = question(held.ask(verdict(), MAIL, asked(), 0.0))
    assert held.expire(299.0) == []
    assert held.ready(301.0) == []
    ((late, settled),) = held.expire(301.0)
    assert late is made
    assert (settled.approved, settled.rule, settled.waited) == (False, "asking-expired", 301.0)
    assert held.expire(302.0) == []


def test_approvals_that_nobody_used_are_forgotten() -> None:
    held = desk()
    made = question(held.ask(verdict(), MAIL, asked(), 0.0))
    held.answer(made.id, True, USER_, 1.0)
    assert held.expire(300.0) == []
    assert held.expire(301.0) == []
    with pytest.raises(InputError, match="no such question"):
        held.answer(made.id, True, USER_, 302.0)


def test_ids_can_not_be_guessed_and_do_not_repeat() -> None:
    held = desk()
    ids = {question(held.ask(verdict(), MAIL, asked(f"s-{n}"), 0.0)).id for n in range(5)}
    assert len(ids) == 5
    assert all(len(id) == 32 for id in ids)


def test_an_answer_to_a_forgotten_session_begins_none_that_is_wrong() -> None:
    held = desk()
    made = question(held.ask(verdict(), None, Asked(session="s-9"), 0.0))
    held.forget("s-9")
    with pytest.raises(InputError, match="no such question"):
        held.answer(made.id, True, USER_, 1.0)


def test_events_hold_no_value() -> None:
    held = desk()
    made = question(held.ask(verdict(), MAIL, asked(), 0.0))
    settled = held.answer(made.id, False, USER_, 2.0)
    asked_, done = asked_event(made, 0.0), settled_event(made, settled)
    assert (asked_.kind, asked_.decision, asked_.resource, asked_.more["whom"]) == ("ask", "ask", "send_mail", "user")
    assert (done.kind, done.decision, done.rule, done.principal) == ("approval", "deny", "asking-denied", "anna")
    assert done.more["milliseconds"] == 2000.0
    assert "stranger" not in repr(asked_) + repr(done)
    late = Settled(outcome="expired", approval=made.id, at=400.0)
    assert settled_event(made, late).principal == "anna"
    approved = Settled(outcome="approved", approval=made.id, by="paul", at=3.0)
    assert settled_event(made, approved).decision == "allow"


def test_a_question_that_reached_nobody_is_taken_back() -> None:
    held = desk()
    one, two = (question(held.ask(verdict({"to": str(n)}), MAIL, asked(), 0.0)) for n in range(2))
    assert held.withdraw(one.id, 1.0).rule == "asking-unattended"
    assert held.withdraw(two.id, 301.0).rule == "asking-expired"
    assert held.withdraw("unknown", 1.0).rule == "asking-unattended"
    assert held.pending(1.0) == []
