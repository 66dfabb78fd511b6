"""From draft to published: four eyes, and what was approved stays as it was approved."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from bartizan.govern.policies import ACTIONS, Move, check_change, moved, moves, refusal
from bartizan.govern.roles import Action, Person, Role
from bartizan.model import InputError
from bartizan.model.documents import PolicySpec, PolicyState, Statement

DAY = date(2026, 11, 28)
DRAFT = PolicySpec(
    title="Rules",
    owner="Olga",
    statements=[Statement(id="one", number="1.1", section="First", text="It must be.")],
)
APPROVED = moved(DRAFT, Move.APPROVE, by="ann", on=DAY)
PUBLISHED = moved(APPROVED, Move.PUBLISH, by="ann", on=DAY)
WITHDRAWN = moved(PUBLISHED, Move.WITHDRAW, by="ann", on=DAY)
BY_STATE = {one.state: one for one in (DRAFT, APPROVED, PUBLISHED, WITHDRAWN)}


def person(role: Role = Role.REVIEWER, id: str = "ann", **given: Any) -> Person:
    return Person(id=id, roles={"": frozenset({role})}, **given)


def below(unit: str) -> frozenset[str]:
    return frozenset({unit})


def refused(policy: PolicySpec, move: Move, who: Person, *editors: str, unit: str = "") -> str:
    reason = refusal(policy, move, who, unit=unit, below=below, editors=editors)
    return reason.text if reason else ""


def checked(old: PolicySpec | None, new: PolicySpec, who: Person | None = None, *editors: str) -> None:
    check_change(old, new, who or person(), unit="", below=below, editors=editors)


def changed(policy: PolicySpec, **given: Any) -> PolicySpec:
    return msgspec.structs.replace(policy, **given)


def test_a_policy_goes_from_draft_to_published_and_out() -> None:
    assert (APPROVED.state, APPROVED.approved_by, APPROVED.approved_on) == ("approved", "ann", DAY)
    assert (PUBLISHED.state, PUBLISHED.effective, PUBLISHED.review_by) == ("published", DAY, date(2027, 11, 28))
    assert WITHDRAWN.state == "withdrawn"
    later = moved(APPROVED, Move.PUBLISH, by="ann", on=DAY, effective=date(2027, 1, 1), review_days=31)
    assert (later.effective, later.review_by) == (date(2027, 1, 1), date(2027, 2, 1))


def test_each_state_has_its_moves() -> None:
    assert {state.value: moves(policy) for state, policy in BY_STATE.items()} == {
        "draft": ["approve"],
        "approved": ["publish", "withdraw", "revise"],
        "published": ["withdraw", "revise"],
        "withdrawn": ["revise"],
    }


@pytest.mark.parametrize("state", list(PolicyState))
@pytest.mark.parametrize("move", list(Move))
def test_a_move_that_the_state_has_not_is_refused_to_everybody(state: PolicyState, move: Move) -> None:
    policy = BY_STATE[state]
    if move in moves(policy):
        assert refused(policy, move, person()) == ""
        return
    assert "can't be taken to" in refused(policy, move, person())
    with pytest.raises(InputError, match="can't be taken to"):
        moved(policy, move, by="ann", on=DAY)


def test_a_revision_is_the_draft_of_the_next_edition() -> None:
    made = moved(PUBLISHED, Move.REVISE, by="bob", on=DAY)
    assert (made.state, made.edition, made.approved_by, made.effective) == ("draft", "1.1", "", None)
    assert made.statements == PUBLISHED.statements


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("move", list(Move))
def test_a_move_takes_the_right_to_it(role: Role, move: Move) -> None:
    policy = next(one for one in BY_STATE.values() if move in moves(one))
    who = person(role)
    has = who.may(ACTIONS[move], "", below)
    assert refused(policy, move, who) == ("" if has else f"your roles don't include `{ACTIONS[move]}` here")
    assert role is not Role.REVIEWER or has
    assert role is not Role.ADMINISTRATOR or not has


def test_rights_are_of_the_policys_unit() -> None:
    who = Person(id="ann", roles={"claims": frozenset({Role.REVIEWER})})
    assert refused(DRAFT, Move.APPROVE, who, unit="claims") == ""
    assert f"`{Action.DECIDE}`" in refused(DRAFT, Move.APPROVE, who, unit="sales")


@pytest.mark.parametrize(
    "who",
    [
        person(id="olga"),
        person(id="o1", name="OLGA"),
        person(id="o1", email="olga"),
        person(id="Writer"),
        person(id="w1", email="writer"),
    ],
)
def test_neither_the_owner_nor_who_wrote_it_approves(who: Person) -> None:
    assert "somebody else" in refused(DRAFT, Move.APPROVE, who, "writer")


def test_a_program_does_not_approve_and_a_policy_without_an_owner_is_not_approved() -> None:
    assert refused(DRAFT, Move.APPROVE, person(program=True)) == "a program can't approve a policy"
    assert refused(APPROVED, Move.PUBLISH, person(program=True)) == ""
    assert refused(changed(DRAFT, owner=""), Move.APPROVE, person()) == "the policy has no owner yet"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (None, DRAFT),
        (DRAFT, changed(DRAFT, scope="All.", edition="2.0")),
        (DRAFT, APPROVED),
        (APPROVED, APPROVED),
        (APPROVED, PUBLISHED),
        (APPROVED, changed(APPROVED, state=PolicyState.WITHDRAWN)),
        (PUBLISHED, WITHDRAWN),
        (PUBLISHED, changed(moved(PUBLISHED, Move.REVISE, by="bob", on=DAY), scope="All.")),
    ],
)
def test_what_moves_do_is_kept(old: PolicySpec | None, new: PolicySpec) -> None:
    checked(old, new)
    assert new.state in PolicyState


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (None, PUBLISHED, "a policy begins as a draft"),
        (None, changed(DRAFT, approved_by="ann"), "a draft is approved by nobody"),
        (DRAFT, changed(DRAFT, edition="0.9"), "edition `0.9` is before `1.0`"),
        (DRAFT, changed(DRAFT, edition="new"), "`new` is no edition"),
        (DRAFT, changed(DRAFT, statements=DRAFT.statements * 2), "two statements have the id `one`"),
        (DRAFT, changed(DRAFT, retired={"1.1": "two"}), "two statements have, or had, the number `1.1`"),
        (DRAFT, changed(DRAFT, retired={"one": "two"}), "`one` is no number of a statement"),
        (DRAFT, PUBLISHED, "a policy that is draft can't become published"),
        (DRAFT, changed(APPROVED, scope="All."), "to approve a policy changes nothing else in it, and here `scope`"),
        (DRAFT, changed(APPROVED, approved_by="bob"), "an approval is in the name of the person who gives it"),
        (APPROVED, changed(APPROVED, statements=[]), "what was approved is changed no more"),
        (APPROVED, changed(PUBLISHED, statements=[]), "and here `statements` is another"),
        (PUBLISHED, changed(PUBLISHED, review_by=None), "what was approved is changed no more"),
        (PUBLISHED, changed(PUBLISHED, state=PolicyState.APPROVED), "a policy that is published can't become approved"),
        (PUBLISHED, DRAFT, "edition `1.0` is not after `1.0`"),
        (WITHDRAWN, changed(APPROVED, edition="1.1"), "a policy that is withdrawn can't become approved"),
        (PUBLISHED, changed(APPROVED, edition="1.1", state=PolicyState.DRAFT), "a draft is approved by nobody"),
    ],
)
def test_what_no_move_does_is_refused(old: PolicySpec | None, new: PolicySpec, message: str) -> None:
    with pytest.raises(InputError) as caught:
        checked(old, new)
    assert message in caught.value.message


def test_whoever_keeps_an_approval_needs_the_right_and_other_eyes() -> None:
    with pytest.raises(InputError, match="your roles don't include"):
        checked(DRAFT, APPROVED, person(Role.ENGINEER))
    with pytest.raises(InputError, match="somebody else"):
        checked(DRAFT, APPROVED, None, "ann")
