"""Patterns put to use: a pattern's fragment with the ids of a system, ready to be included in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bartizan.catalog import Pattern
from bartizan.model import InputError, System
from bartizan.model.decode import nearest

__all__ = ["fragment", "renamed"]

_SECTIONS = ("zones", "data", "identities", "components")
_PARTS = (*_SECTIONS, "flows", "controls", "losses", "attempts", "assumptions", "duties")
_REFERENCES = ("zone", "parent", "from", "to", "carries", "returns", "holds", "identity", "kept_in", "of", "on")


def renamed(pattern: Pattern, names: Mapping[str, str]) -> dict[str, Any]:
    """Return a pattern's system with ids renamed. Raises InputError for an id that is no parameter of the pattern."""
    for name in names:
        if name not in pattern.parameters:
            raise InputError(
                f"`{name}` is not a parameter of the pattern `{pattern.id}`", help=nearest(name, pattern.parameters)
            )
    document = _with_names(pattern.system, names, "")
    assert isinstance(document, dict)
    for section in _SECTIONS:
        if section in document:
            old = document[section]
            document[section] = {names.get(key, key): entry for key, entry in old.items()}
            if len(document[section]) < len(old):
                raise InputError(
                    f"two ids under `{section}` of the pattern would become one", help="choose other names"
                )
    return document


def _with_names(value: Any, names: Mapping[str, str], key: str) -> Any:
    if isinstance(value, dict):
        return {inner: _with_names(entry, names, inner) for inner, entry in value.items()}
    if isinstance(value, list):
        return [_with_names(entry, names, key) for entry in value]
    if isinstance(value, str) and key in _REFERENCES:
        return "->".join(names.get(part, part) for part in value.split("->"))
    return value


def fragment(pattern: Pattern, names: Mapping[str, str], system: System) -> tuple[dict[str, Any], list[str]]:
    """Return what a pattern adds to a system, and notes on what the system has already.

    What exists under the same id stays as the system describes it; the pattern's controls at those places come as
    top-level `controls`. Raises InputError as `renamed` does.
    """
    document = {key: value for key, value in renamed(pattern, names).items() if key in _PARTS}
    notes, controls = [], []
    for section in _SECTIONS:
        known = getattr(system, section)
        for name in [name for name in document.get(section, {}) if name in known]:
            entry = document[section].pop(name)
            controls += _moved(entry.get("controls", []), name)
            notes.append(f"`{name}` under `{section}` stays as the system describes it")
    flows, kept = {flow.key for flow in system.flows}, []
    for flow in document.get("flows", []):
        key = flow.get("id") or f"{flow['from']}->{flow['to']}"
        if key in flows:
            controls += _moved(flow.get("controls", []), key)
            notes.append(f"the flow `{key}` stays as the system describes it")
        else:
            kept.append(flow)
    document["flows"] = kept
    document["controls"] = [*document.get("controls", []), *controls]
    return {key: value for key, value in document.items() if value}, notes


def _moved(controls: Iterable[Any], place: str) -> list[dict[str, Any]]:
    """Return controls that stood at a place as entries of the top-level list."""
    return [
        {"control": entry, "on": [place]} if isinstance(entry, str) else {**entry, "on": [place]} for entry in controls
    ]
