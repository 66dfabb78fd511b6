"""From draft to published: who may take a policy how far, and that what was approved stays as it was approved."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from enum import StrEnum

import msgspec

from bartizan.govern.policies.draft import by_number, edition_of, next_edition, parts_of
from bartizan.govern.reason import Reason, Refused, said
from bartizan.govern.roles import Action, Person
from bartizan.model import InputError
from bartizan.model.documents import PolicySpec, PolicyState

__all__ = ["ACTIONS", "Move", "check_change", "moved", "moves", "refusal"]


class Move(StrEnum):
    """What can be done with a policy as a whole."""

    APPROVE = "approve"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"
    REVISE = "revise"
    """Begin a draft of the next edition."""


ACTIONS: Mapping[Move, Action] = {
    Move.APPROVE: Action.DECIDE,
    Move.PUBLISH: Action.DECIDE,
    Move.WITHDRAW: Action.DECIDE,
    Move.REVISE: Action.CHANGE,
}
"""The right that each needs."""
_STATES: Mapping[tuple[PolicyState, Move], PolicyState] = {
    (PolicyState.DRAFT, Move.APPROVE): PolicyState.APPROVED,
    (PolicyState.APPROVED, Move.PUBLISH): PolicyState.PUBLISHED,
    (PolicyState.APPROVED, Move.WITHDRAW): PolicyState.WITHDRAWN,
    (PolicyState.PUBLISHED, Move.WITHDRAW): PolicyState.WITHDRAWN,
    (PolicyState.APPROVED, Move.REVISE): PolicyState.DRAFT,
    (PolicyState.PUBLISHED, Move.REVISE): PolicyState.DRAFT,
    (PolicyState.WITHDRAWN, Move.REVISE): PolicyState.DRAFT,
}
_SETS: Mapping[Move, frozenset[str]] = {
    Move.APPROVE: frozenset({"state", "approved_by", "approved_on"}),
    Move.PUBLISH: frozenset({"state", "effective", "review_by"}),
    Move.WITHDRAW: frozenset({"state"}),
}
"""What each may change of what the policy says."""


def moves(policy: PolicySpec) -> list[Move]:
    """Return what can be done with a policy in its state, whoever does it."""
    return [move for move in Move if (policy.state, move) in _STATES]


def refusal(
    policy: PolicySpec,
    move: Move,
    person: Person,
    *,
    unit: str,
    below: Callable[[str], frozenset[str]],
    editors: Collection[str] = (),
) -> Reason | None:
    """Return why somebody may not do something with a policy, None where they may.

    `unit` is the policy's business unit, `below` gives a unit and those below it, and `editors` are those who have
    worked on this draft. Approving takes a person who is neither the owner nor one of them: four eyes.
    """
    if (policy.state, move) not in _STATES:
        return said("a policy that is %(state)s can't be taken to: %(move)s", state=policy.state, move=move)
    if not person.may(ACTIONS[move], unit, below):
        return said("your roles don't include `%(action)s` here", action=ACTIONS[move])
    if move is not Move.APPROVE:
        return None
    if person.program:
        return said("a program can't approve a policy")
    if not policy.owner:
        return said("the policy has no owner yet")
    names = {name.casefold() for name in (person.id, person.email, person.name) if name}
    if not names.isdisjoint(one.casefold() for one in (policy.owner, *editors)):
        return said("somebody else than its owner and those who wrote it has to approve a policy")
    return None


def moved(
    policy: PolicySpec, move: Move, *, by: str, on: date, effective: date | None = None, review_days: int = 365
) -> PolicySpec:
    """Return a policy after a move. `refusal` tells who may; this tells what comes of it.

    Approval notes `by` and `on`. A published policy takes effect on `effective`, by default `on`, and is to be reviewed
    `review_days` later. A revision is the draft of the next edition. Raises InputError where the state forbids it.
    """
    state = _STATES.get((policy.state, move))
    if state is None:
        raise InputError(f"a policy that is {policy.state} can't be taken to: {move}")
    made = msgspec.structs.replace(policy, state=state)
    if move is Move.APPROVE:
        return msgspec.structs.replace(made, approved_by=by, approved_on=on)
    if move is Move.PUBLISH:
        begins = effective or on
        return msgspec.structs.replace(made, effective=begins, review_by=begins + timedelta(days=review_days))
    if move is Move.REVISE:
        return msgspec.structs.replace(
            made,
            edition=next_edition(policy, policy),
            approved_by="",
            approved_on=None,
            effective=None,
            review_by=None,
        )
    return made


def check_change(
    old: PolicySpec | None,
    new: PolicySpec,
    person: Person,
    *,
    unit: str,
    below: Callable[[str], frozenset[str]],
    editors: Collection[str] = (),
) -> None:
    """Hold what somebody wants to keep of a policy, from whatever door, against what was kept before.

    Raises InputError: for a first version that is no draft, a change of what was approved, an approval that isn't the
    person's own or not theirs to give, a next edition that isn't higher, and a draft in which two statements have the
    same id or number.
    """
    if old is None or old.state is PolicyState.DRAFT:
        if new.state is PolicyState.DRAFT:
            return _draft(new, PolicySpec(title="", edition="0.0") if old is None else old)
        if old is None:
            raise InputError("a policy begins as a draft", help="keep it with `state: draft`, and have it approved")
    if old == new:
        return None
    move = next((move for (state, move), then in _STATES.items() if (state, then) == (old.state, new.state)), None)
    if move is None:
        said = f"a policy that is {old.state} can't become {new.state}"
        raise InputError(
            "what was approved is changed no more" if old.state is new.state else said,
            help="begin a draft of the next edition",
        )
    if reason := refusal(old, move, person, unit=unit, below=below, editors=editors):
        raise Refused(reason)
    if move is Move.REVISE:
        if edition_of(new) <= edition_of(old):
            raise InputError(f"edition `{new.edition[:20]}` is not after `{old.edition}`")
        return _draft(new, old)
    changed = {name for name in PolicySpec.__struct_fields__ if getattr(old, name) != getattr(new, name)}
    if wrong := sorted(changed - _SETS[move]):
        raise InputError(f"to {move} a policy changes nothing else in it, and here `{wrong[0]}` is another")
    if move is Move.APPROVE and new.approved_by != person.id:
        raise InputError("an approval is in the name of the person who gives it", help=f"approved_by: {person.id}")
    return None


def _draft(new: PolicySpec, old: PolicySpec) -> None:
    if new.approved_by or new.approved_on:
        raise InputError("a draft is approved by nobody", help="leave `approved_by` and `approved_on` away")
    if edition_of(new) < edition_of(old):
        raise InputError(f"edition `{new.edition[:20]}` is before `{old.edition}`")
    places = {parts_of(number): id for number, id in new.retired.items()}
    ids: set[str] = set()
    for one in new.statements:
        if one.id in ids:
            raise InputError(f"two statements have the id `{one.id}`")
        if places.setdefault(by_number(one), one.id) != one.id:
            raise InputError(f"two statements have, or had, the number `{one.number}`", help="give it the next one")
        ids.add(one.id)
