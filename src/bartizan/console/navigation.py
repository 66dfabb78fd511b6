"""Where one can go: the entries of the navigation, for those who may go there."""

from __future__ import annotations

from dataclasses import dataclass

from bartizan.console.words import message
from bartizan.govern.roles import Action, Person
from bartizan.model.documents import Organisation

__all__ = ["Entry", "Group", "navigation"]


@dataclass(frozen=True)
class Entry:
    """One entry. `active`: the page is this one or below it."""

    path: str
    label: str
    icon: str
    action: Action = Action.READ
    below: tuple[str, ...] = ()
    active: bool = False


@dataclass(frozen=True)
class Group:
    """Entries under a heading."""

    label: str
    entries: tuple[Entry, ...]


_GROUPS = (
    Group(
        message("Systems"),
        (
            Entry("/", message("Portfolio"), "layout-dashboard", below=("/systems",)),
            Entry("/intake", message("New initiative"), "bulb", Action.ASK),
            Entry("/scans", message("Scans"), "scan"),
            Entry("/calendar", message("What ends"), "calendar-event"),
        ),
    ),
    Group(
        message("Use of AI"),
        (
            Entry("/tools", message("External tools"), "apps"),
            Entry("/vendors", message("Vendors"), "building-store"),
            Entry("/sandboxes", message("Sandboxes"), "flask"),
            Entry("/approvals", message("Approvals"), "checkbox"),
            Entry("/events", message("Gateway"), "activity"),
        ),
    ),
    Group(
        message("Rules"),
        (
            Entry("/policies", message("Policies"), "file-certificate"),
            Entry("/exceptions", message("Exceptions"), "alert-triangle"),
            Entry("/acceptances", message("Second person"), "users"),
            Entry("/catalog", message("Catalog"), "books"),
        ),
    ),
    Group(
        message("Register"),
        (
            Entry(
                "/organisations/organisation", message("Organisation"), "building", below=("/documents/organisations",)
            ),
            Entry("/exchange", message("Import and export"), "transfer"),
            Entry("/trail", message("Audit trail"), "history", Action.AUDIT),
            Entry("/access", message("Access log"), "key", Action.AUDIT),
            Entry("/administration", message("Administration"), "settings", Action.ADMINISTER),
        ),
    ),
)


def navigation(path: str, person: Person | None, organisation: Organisation) -> list[Group]:
    """Return the groups for somebody at a path; for nobody there is nowhere to go."""
    if person is None:
        return []
    allowed = {action for action in Action if person.units(action, organisation.below) != frozenset()}
    groups = []
    for group in _GROUPS:
        entries = tuple(
            Entry(entry.path, entry.label, entry.icon, active=_within(path, entry))
            for entry in group.entries
            if entry.action in allowed
        )
        if entries:
            groups.append(Group(group.label, entries))
    return groups


def _within(path: str, entry: Entry) -> bool:
    roots = (entry.path, *entry.below)
    return any(path == root or (root != "/" and path.startswith(f"{root}/")) for root in roots)
