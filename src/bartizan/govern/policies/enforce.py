"""Which statements are held by machine, and whether that is so now."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from enum import StrEnum
from typing import NamedTuple

import msgspec

from bartizan.govern.policies.draft import by_number
from bartizan.model.documents import Enforcement, PolicySpec

__all__ = ["By", "Held", "Holding", "enforcement", "named"]


class Holding(StrEnum):
    """How a statement is held at present."""

    ACTIVE = "active"
    """By machine: all that can hold it is in force."""
    PARTLY = "partly"
    """Some of what can hold it is in force."""
    INACTIVE = "inactive"
    """It could be held by machine, and is not."""
    PEOPLE = "people"
    """By people alone."""


class By(NamedTuple):
    """What can hold a statement, and whether it is in force."""

    what: Enforcement
    active: bool


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """How one statement is held."""

    id: str
    number: str
    holding: Holding
    by: list[By] = []


def named(what: Enforcement) -> str:
    """Return what can hold a statement as one word: `gateway:budgets`, `scan:pin-changed`."""
    return f"{what.by}:{what.what}"


def enforcement(policy: PolicySpec, active: AbstractSet[str]) -> list[Held]:
    """Return how each statement is held, in the policy's order. `active` is what is in force, as `named` says it."""
    return [
        Held(id=one.id, number=one.number, holding=_holding(by), by=by)
        for one in sorted(policy.statements, key=by_number)
        for by in [[By(what, named(what) in active) for what in one.enforced]]
    ]


def _holding(by: list[By]) -> Holding:
    if not by:
        return Holding.PEOPLE
    if all(one.active for one in by):
        return Holding.ACTIVE
    return Holding.PARTLY if any(one.active for one in by) else Holding.INACTIVE
