"""What somebody needs to be allowed for a change of a document, by what it changes.

Pages change documents by small steps, each with its own rule. Here a whole document comes in at once, so the rules are
held against the difference: what decides anything takes the right to decide, whatever else changes with it.
"""

from __future__ import annotations

from typing import Any

import msgspec

from bartizan.govern.reason import is_same
from bartizan.govern.roles import Action, Person
from bartizan.model import InputError
from bartizan.model.documents import (
    Document,
    ExceptionSpec,
    Kind,
    PolicySpec,
    PolicyState,
    RegisteredSandbox,
    SandboxState,
    Spec,
    ToolSpec,
)
from bartizan.model.system import System
from bartizan.model.words import Stage, Verdict

__all__ = ["in_own_name", "needed", "needed_to_delete", "sound"]

_DECIDES: dict[type[Spec], tuple[str, ...]] = {
    ToolSpec: (
        "standing", "highest", "forbidden", "conditions", "instead", "decided_by", "decided_on", "good_until", "claims",
    ),
    ExceptionSpec: ("approved_by", "approved_on", "refused_by"),
    PolicySpec: ("state", "approved_by", "approved_on"),
    RegisteredSandbox: (
        "state", "decided_by", "decided_on", "extended", "ended_on", "ended_by", "ended_why", "promoted_to",
    ),
}  # fmt: skip
"""The keys of each kind that say what was decided."""
_NAMED = ("approved_by", "decided_by", "refused_by")
_OPEN = (SandboxState.DRAFT, SandboxState.ASKED)


def needed(old: Document | None, new: Document) -> frozenset[Action]:
    """Return all that somebody must be allowed to do to make a document say something else."""
    if new.kind is Kind.ORGANISATION:
        return frozenset({Action.ADMINISTER})
    if new.kind is Kind.SYSTEM:
        return _of_system(old, new)
    if new.kind is Kind.VENDOR:
        return frozenset({Action.CHANGE})
    if _decides(old, new):
        return frozenset({Action.DECIDE})
    if new.kind is Kind.POLICY:
        return frozenset({Action.CHANGE})
    return frozenset({Action.ASK if old is None or _asked(old) else Action.CHANGE})


def needed_to_delete(old: Document) -> frozenset[Action]:
    """Return what somebody must be allowed to do to take a document out."""
    if old.kind is Kind.ORGANISATION:
        return frozenset({Action.ADMINISTER})
    return frozenset({Action.CHANGE if old.kind in (Kind.SYSTEM, Kind.VENDOR) else Action.DECIDE})


def in_own_name(old: Document | None, new: Document, person: Person) -> None:
    """Hold that nobody decides in somebody else's name. Raises InputError.

    A program may: it brings what people have decided elsewhere, as in the reviews of a repository.
    """
    if person.program:
        return
    for key in _NAMED:
        name = getattr(new.spec, key, "")
        if name and name != _value(old, key) and not is_same(person, name):
            raise InputError(
                f"`{key}` names `{name[:60]}`, and you are `{person.id[:60]}`", help="nobody decides in another's name"
            )


def sound(old: Document | None, new: Document) -> None:
    """Hold that what was approved stays as it was approved, and by another than its owner. Raises InputError."""
    spec = new.spec
    before = old.spec if old is not None else None
    if isinstance(spec, PolicySpec) and isinstance(before, PolicySpec):
        frozen = before.state is not PolicyState.DRAFT and before.edition == spec.edition
        if frozen and before.statements != spec.statements:
            raise InputError(
                f"edition `{spec.edition}` is {before.state.value}, and its statements are changed no more",
                help="write the change as a draft of the next edition",
            )
    owner, by = getattr(spec, "owner", ""), getattr(spec, "approved_by", "")
    if by and by.casefold() == owner.casefold() and by != _value(old, "approved_by"):
        raise InputError(f"`{by[:60]}` owns this and approves it", help="four eyes: another person approves")


def _of_system(old: Document | None, new: Document) -> frozenset[Action]:
    assert isinstance(new.spec, System)
    if old is None and new.spec.stage is Stage.DESIGN and not new.spec.decisions:
        return frozenset({Action.ASK})
    before = old.spec.decisions if old is not None and isinstance(old.spec, System) else []
    changed = [one for one in new.spec.decisions if one not in before]
    changed += [one for one in before if one not in new.spec.decisions]
    out = {Action.CHANGE}
    for decision in changed:
        # To take an acceptance back is no acceptance, but a decision all the same.
        accepts = decision.verdict is Verdict.ACCEPT and decision in new.spec.decisions
        out.add(Action.ACCEPT if accepts else Action.DECIDE)
    return frozenset(out)


def _decides(old: Document | None, new: Document) -> bool:
    """Tell whether a document says that something was decided which was not, or not so."""
    keys = _DECIDES.get(type(new.spec), ())
    if isinstance(new.spec, RegisteredSandbox) and (old is None or _asked(old)) and new.spec.state in _OPEN:
        keys = tuple(key for key in keys if key != "state")
    if any(_value(old, key) != getattr(new.spec, key) and not _none(old, new.spec, key) for key in keys):
        return True
    # Whoever changes what was approved takes the approval with it.
    return old is not None and not _asked(old) and old.spec != new.spec


def _asked(document: Document) -> bool:
    """Tell whether nothing was decided about it so far."""
    spec = document.spec
    if isinstance(spec, RegisteredSandbox):
        return spec.state in _OPEN
    if isinstance(spec, PolicySpec):
        return spec.state is PolicyState.DRAFT
    if isinstance(spec, ExceptionSpec):
        return not (spec.approved_by or spec.refused_by)
    return isinstance(spec, ToolSpec) and not spec.decided_by and _value(document, "standing") == "unreviewed"


def _none(old: Document | None, spec: Any, key: str) -> bool:
    """Tell whether a new document says nothing of its own under a key."""
    if old is not None:
        return False
    field = next(field for field in msgspec.structs.fields(type(spec)) if field.name == key)
    default = field.default if field.default_factory is msgspec.NODEFAULT else field.default_factory()
    return bool(getattr(spec, key) == default)


def _value(document: Document | None, key: str) -> Any:
    return getattr(document.spec, key, None) if document is not None else None
