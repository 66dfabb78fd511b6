"""From a secure design pattern to a system description with the user's own names."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from bartizan.catalog.types import Pattern
from bartizan.model import InputError
from bartizan.model.base import Id
from bartizan.model.decode import nearest

ARROW = "->"
_NAMED = ("components", "zones", "data", "identities")


def apply_pattern(pattern: Pattern, rename: Mapping[str, str]) -> dict[str, Any]:
    """Return the pattern's system as plain values, with its parameters renamed: `{id in the pattern: id of the user}`.

    Every mention of an id goes along: in flows, stores, zones, identities, controls, losses, and the flows' default ids
    `from->to`. Neither the pattern nor the mapping is changed. Raises InputError for a name that is no parameter of the
    pattern, for a new name that is no id, and for two things that would get the same id.
    """
    _check(pattern, rename)

    def new(name: str) -> str:
        return ARROW.join(rename.get(part, part) for part in name.split(ARROW))

    system = copy.deepcopy(pattern.system)
    if "id" in system:
        system["id"] = new(system["id"])
    for section in _NAMED:
        if section in system:
            system[section] = _rename_keys(system[section], new, section)
    for component in system.get("components", {}).values():
        _rename_values(component, new, one=("zone",), many=("holds",))
        _rename_controls(component, new)
    for zone in system.get("zones", {}).values():
        _rename_values(zone, new, one=("parent",))
    for identity in system.get("identities", {}).values():
        _rename_values(identity, new, one=("kept_in",))
    for flow in system.get("flows", []):
        _rename_values(flow, new, one=("id", "from", "to", "identity"), many=("carries", "returns"))
        _rename_controls(flow, new)
    for loss in system.get("losses", []):
        _rename_values(loss, new, one=("of",))
    _rename_controls(system, new)
    return system


def _check(pattern: Pattern, rename: Mapping[str, str]) -> None:
    for old, name in rename.items():
        if old not in pattern.parameters:
            raise InputError(f"`{old}` is no parameter of `{pattern.id}`", help=nearest(old, pattern.parameters))
        try:
            msgspec.convert(name, Id)
        except msgspec.ValidationError:
            raise InputError(
                f"`{name}` can't be an id",
                help="an id has lower-case letters, digits, `-`, `_` and `.`, and starts with a letter or a digit",
            ) from None


def _rename_keys(section: Mapping[str, Any], new: Callable[[str], str], what: str) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, value in section.items():
        if new(name) in out:
            raise InputError(f"two {what} would have the id `{new(name)}`", help="give each its own name")
        out[new(name)] = value
    return out


def _rename_values(
    entry: dict[str, Any], new: Callable[[str], str], *, one: tuple[str, ...], many: tuple[str, ...] = ()
) -> None:
    for key in one:
        if entry.get(key) is not None:
            entry[key] = new(entry[key])
    for key in many:
        if entry.get(key) is not None:
            entry[key] = [new(name) for name in entry[key]]


def _rename_controls(entry: dict[str, Any], new: Callable[[str], str]) -> None:
    """Rename the places of controls; a control's own id is the catalog's and stays."""
    for item in entry.get("controls", []):
        if isinstance(item, dict):
            _rename_values(item, new, one=(), many=("on",))


__all__ = ["apply_pattern"]
