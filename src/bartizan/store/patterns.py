"""Patterns put to use: a pattern's fragment with the ids of a system, ready to be included in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from bartizan.catalog import Pattern
from bartizan.catalog.apply import apply_pattern
from bartizan.model import System

__all__ = ["fragment"]

_SECTIONS = ("zones", "data", "identities", "components")
_PARTS = (*_SECTIONS, "flows", "controls", "losses", "attempts", "assumptions", "duties")


def fragment(pattern: Pattern, names: Mapping[str, str], system: System) -> tuple[dict[str, Any], list[str]]:
    """Return what a pattern adds to a system, and notes on what the system has already.

    What exists under the same id stays as the system describes it; the pattern's controls at those places come as
    top-level `controls`. Raises InputError as `apply_pattern` does.
    """
    document = {key: value for key, value in apply_pattern(pattern, names).items() if key in _PARTS}
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
