"""What somebody needs to be allowed for a change of a document, by what it changes.

Pages change documents by small steps, each with its own rule. Here a whole document comes in at once, so the rules are
held against the difference: what decides anything takes the right to decide, whatever else changes with it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from bartizan.govern.acceptance import RIGHT
from bartizan.govern.loosening import confirmed
from bartizan.govern.roles import Action
from bartizan.model.documents import (
    Document,
    ExceptionSpec,
    Kind,
    Organisation,
    RegisteredSandbox,
    SandboxState,
    Spec,
    ToolSpec,
)
from bartizan.model.system import System
from bartizan.model.words import Stage

__all__ = ["needed", "needed_to_delete", "open_for_change"]

_DECIDES: dict[type[Spec], tuple[str, ...]] = {
    ToolSpec: (
        "standing", "highest", "forbidden", "conditions", "instead", "decided_by", "decided_on", "good_until", "claims",
    ),
    ExceptionSpec: ("approved_by", "approved_on", "refused_by"),
    RegisteredSandbox: (
        "state", "decided_by", "decided_on", "extended", "ended_on", "ended_by", "ended_why", "promoted_to",
    ),
}  # fmt: skip
"""The keys of each kind that say what was decided. Policies have rules of their own in `govern.policies.life`."""
_FIELDS = {kind: {field.name: field for field in msgspec.structs.fields(kind)} for kind in _DECIDES}
_OPEN = (SandboxState.DRAFT, SandboxState.ASKED)
_CHANGES = (Kind.VENDOR, Kind.POLICY)


def needed(old: Document | None, new: Document) -> frozenset[Action]:
    """Return all that somebody must be allowed to do to make a document say something else."""
    if old == new:
        return frozenset({Action.READ})
    if new.kind is Kind.ORGANISATION:
        # What one has asked for is confirmed by another who may accept risk.
        return frozenset({Action.ACCEPT if _confirms(old, new) else Action.ADMINISTER})
    if new.kind is Kind.SYSTEM:
        return _of_system(old, new)
    if new.kind in _CHANGES:
        return frozenset({Action.CHANGE})
    return frozenset({Action.DECIDE if _decides(old, new) else Action.ASK})


def needed_to_delete(old: Document) -> frozenset[Action]:
    """Return what somebody must be allowed to do to take a document out."""
    if old.kind is Kind.ORGANISATION:
        return frozenset({Action.ADMINISTER})
    return frozenset({Action.CHANGE if old.kind in (Kind.SYSTEM, Kind.VENDOR) else Action.DECIDE})


def open_for_change(document: Document) -> bool:
    """Tell whether nothing was decided about a document so far."""
    spec = document.spec
    if isinstance(spec, RegisteredSandbox):
        return spec.state in _OPEN
    if isinstance(spec, ExceptionSpec):
        return not (spec.approved_by or spec.refused_by)
    return isinstance(spec, ToolSpec) and all(getattr(spec, key) == _default(spec, key) for key in _DECIDES[ToolSpec])


def _confirms(old: Document | None, new: Document) -> bool:
    before = old.spec if old is not None else None
    return isinstance(before, Organisation) and before.proposed is not None and new.spec == confirmed(before)


def _of_system(old: Document | None, new: Document) -> frozenset[Action]:
    assert isinstance(new.spec, System)
    if old is None and new.spec.stage is Stage.DESIGN and not new.spec.decisions:
        return frozenset({Action.ASK})
    before = old.spec.decisions if old is not None and isinstance(old.spec, System) else []
    changed = [one for one in new.spec.decisions if one not in before]
    changed += [one for one in before if one not in new.spec.decisions]
    return frozenset({Action.CHANGE, *(RIGHT[one.verdict] for one in changed)})


def _decides(old: Document | None, new: Document) -> bool:
    """Tell whether a change decides something, or changes what was decided about."""
    if old is not None and not open_for_change(old):
        return True
    keys = _DECIDES[type(new.spec)]
    if isinstance(new.spec, RegisteredSandbox) and new.spec.state in _OPEN:
        keys = tuple(key for key in keys if key != "state")
    return any(getattr(new.spec, key) != _default(new.spec, key) for key in keys)


def _default(spec: Any, key: str) -> Any:
    field = _FIELDS[type(spec)][key]
    return field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
