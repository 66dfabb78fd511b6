"""Changes to a draft by hand: words of the organisation's own, and what the organisation does without."""

from __future__ import annotations

import msgspec

from bartizan.govern.policies.draft import by_number, next_edition, parts_of
from bartizan.model import InputError
from bartizan.model.documents import PolicySpec, PolicyState, Statement

__all__ = ["with_statement", "with_text", "without_statement"]


def with_text(policy: PolicySpec, id: str, text: str, level: str = "") -> PolicySpec:
    """Return a draft in which a statement says something else; a later draft from the catalog leaves it so."""
    old = _of(policy, id)
    new = msgspec.structs.replace(old, text=text.strip(), level=level or old.level, own=True)
    return _with(policy, [new if one.id == id else one for one in policy.statements])


def with_statement(policy: PolicySpec, statement: Statement) -> PolicySpec:
    """Return a draft with a further statement, at the end of the section that it names, or of a new section.

    What `statement` says of its number is passed over.
    """
    _changeable(policy)
    if any(one.id == statement.id for one in policy.statements):
        raise InputError(f"there is a statement `{statement.id}` already")
    taken = {one.number: one.id for one in policy.statements} | policy.retired
    sections = {one.section: by_number(one)[0] for one in policy.statements}
    places = [parts_of(number) for number in taken]
    section = sections.get(statement.section, max((place[0] for place in places), default=0) + 1)
    last = max((place[1] for place in places if place[0] == section), default=0)
    new = msgspec.structs.replace(statement, number=f"{section}.{last + 1}", own=True)
    return _with(policy, sorted([*policy.statements, new], key=by_number))


def without_statement(policy: PolicySpec, id: str) -> PolicySpec:
    """Return a draft without a statement; later drafts from the catalog leave it out too."""
    old = _of(policy, id)
    made = _with(policy, [one for one in policy.statements if one.id != id])
    left = [*policy.left_out, id] if id not in policy.left_out else policy.left_out
    return msgspec.structs.replace(made, left_out=left, retired={**policy.retired, old.number: id})


def _changeable(policy: PolicySpec) -> None:
    if policy.state is not PolicyState.DRAFT:
        raise InputError("what was approved is changed no more", help="begin a draft of the next edition")


def _of(policy: PolicySpec, id: str) -> Statement:
    _changeable(policy)
    found = next((one for one in policy.statements if one.id == id), None)
    if found is None:
        raise InputError(f"there is no statement `{id[:80]}` in this policy")
    return found


def _with(policy: PolicySpec, statements: list[Statement]) -> PolicySpec:
    made = msgspec.structs.replace(policy, statements=statements)
    return msgspec.structs.replace(made, edition=next_edition(policy, made))
