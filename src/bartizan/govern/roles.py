"""Who may do what: roles, scoped to business units."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

import msgspec

__all__ = ["RIGHTS", "Action", "Person", "Role"]


class Role(StrEnum):
    """What somebody is for the register, in a business unit and all below it."""

    OWNER = "owner"
    """Answers for systems: changes them, plans controls, accepts risk within the appetite."""
    REVIEWER = "reviewer"
    """Reviews: decides about threats, tools, exceptions and sandboxes, and is the second pair of eyes."""
    ENGINEER = "engineer"
    """Changes systems and adds evidence."""
    BUSINESS = "business"
    """Asks: starts initiatives, asks for tools, sandboxes and exceptions."""
    AUDITOR = "auditor"
    """Reads everything, the audit trail too, and changes nothing."""
    ADMINISTRATOR = "administrator"
    """Accounts, roles, tokens, webhooks and the organisation; no decisions about risk."""


class Action(StrEnum):
    """What can be done."""

    READ = "read"
    ASK = "ask"
    """Draft a system, ask for a tool, a sandbox or an exception."""
    CHANGE = "change"
    """Change systems, vendors and their evidence."""
    DECIDE = "decide"
    """Decide about threats, tools, sandboxes, exceptions and policies, and answer approvals."""
    ACCEPT = "accept"
    """Accept risk; above the appetite a second person with the same right confirms it."""
    AUDIT = "audit"
    """Read the audit trail."""
    ADMINISTER = "administer"


RIGHTS: dict[Role, frozenset[Action]] = {
    Role.OWNER: frozenset({Action.READ, Action.ASK, Action.CHANGE, Action.ACCEPT}),
    Role.REVIEWER: frozenset({Action.READ, Action.ASK, Action.CHANGE, Action.DECIDE, Action.ACCEPT}),
    Role.ENGINEER: frozenset({Action.READ, Action.ASK, Action.CHANGE}),
    Role.BUSINESS: frozenset({Action.READ, Action.ASK}),
    Role.AUDITOR: frozenset({Action.READ, Action.AUDIT}),
    Role.ADMINISTRATOR: frozenset({Action.READ, Action.AUDIT, Action.ADMINISTER}),
}


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts: a person who has signed in, or a program with a token.

    `roles` are by business unit, where the empty unit is the whole organisation. `only` keeps a token to some actions;
    None is no such limit. `program` tells a token from a person.
    """

    id: str
    name: str = ""
    email: str = ""
    language: str = ""
    roles: dict[str, frozenset[Role]] = {}
    only: frozenset[Action] | None = None
    program: bool = False

    def units(self, action: Action, below: Callable[[str], frozenset[str]]) -> frozenset[str] | None:
        """Return the units in which the person may do something, None for all. `below` gives a unit and those below.

        What belongs to no unit may be read by everybody who may read at all, and is changed by those with the whole
        organisation.
        """
        if self.only is not None and action not in self.only:
            return frozenset()
        given = [unit for unit, roles in self.roles.items() if any(action in RIGHTS[role] for role in roles)]
        if "" in given:
            return None
        shared = {""} if given and action is Action.READ else set[str]()
        return frozenset(shared.union(*(below(unit) for unit in given)))

    def may(self, action: Action, unit: str, below: Callable[[str], frozenset[str]]) -> bool:
        """Tell whether the person may do something in a unit."""
        units = self.units(action, below)
        return units is None or unit in units
