"""Four eyes: what takes two people on a page takes two people of a whole document, however it comes in.

A document is no way around a second person. What is approved by two can be read and exported, and put back as it is;
it can't be brought in by one, and not by a program, which acts in the name of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from litestar.exceptions import PermissionDeniedException

from bartizan.console.accepting import check_document
from bartizan.console.loosened import askers_of
from bartizan.console.services import Services
from bartizan.govern import exceptions, loosening, sandboxes
from bartizan.govern.policies.life import check_change
from bartizan.govern.reason import Reason, is_same
from bartizan.govern.roles import Person
from bartizan.govern.tiers import tier_of
from bartizan.model import BartizanError, InputError
from bartizan.model.documents import (
    Document,
    ExceptionSpec,
    Kind,
    Organisation,
    PolicySpec,
    RegisteredSandbox,
    SandboxState,
    TierRule,
    ToolSpec,
)
from bartizan.model.system import System

__all__ = ["NoSecond", "hold", "hold_removal"]

_OPEN = (SandboxState.DRAFT, SandboxState.ASKED)
_AFTER = (SandboxState.ENDED, SandboxState.KILLED, SandboxState.PROMOTED)
_OF_THE_END = ("state", "ended_on", "ended_by", "ended_why", "promoted_to")


class NoSecond(BartizanError):
    """Somebody who can't be the second person, whatever their roles are: a program."""


def hold(old: Document | None, new: Document, person: Person, services: Services) -> None:
    """Hold what a change decides against who decides it. Raises InputError, NoSecond or PermissionDeniedException."""
    if old == new:
        return
    spec, before = new.spec, old.spec if old is not None else None
    if isinstance(spec, System):
        check_document(services, person, new, old)
    elif isinstance(spec, PolicySpec):
        below = services.organisation().below
        known = before if isinstance(before, PolicySpec) else None
        check_change(known, spec, person, unit=new.unit, below=below, editors=_editors(new, services))
    elif isinstance(spec, ExceptionSpec):
        _exception(before, spec, new, person, services)
    elif isinstance(spec, RegisteredSandbox):
        _sandbox(before, spec, new, person, services)
    elif isinstance(spec, ToolSpec):
        _tool(before, spec, person)
    elif isinstance(spec, Organisation):
        askers = askers_of(services.register.documents.get(Kind.ORGANISATION, new.name), services)
        loosening.check_change(_ever(before, new, services), spec, person, askers)


def hold_removal(old: Document) -> None:
    """Hold that taking a document out is no way around a second person. Raises InputError."""
    if isinstance(old.spec, Organisation):
        loosening.check_removal(old.spec)


def _ever(before: Any, new: Document, services: Services) -> Organisation | None:
    """Return what holds of the organisation: the defaults, where its description was taken out."""
    if isinstance(before, Organisation):
        return before
    return Organisation(title="") if _editors(new, services) else None


def _exception(before: Any, spec: ExceptionSpec, document: Document, person: Person, services: Services) -> None:
    if isinstance(before, ExceptionSpec) and before.approved_by:
        same = msgspec.structs.replace(before, starts=spec.starts, ends=spec.ends, refused_by=spec.refused_by)
        if spec != same or spec.ends > before.ends or spec.starts < before.starts:
            raise InputError(
                "what was approved is changed no more, but for an earlier end", help="ask for a new exception"
            )
        return
    if spec.approved_by:
        asked = before if isinstance(before, ExceptionSpec) else spec
        if not isinstance(before, ExceptionSpec) or _but(spec, "approved_by", "approved_on") != _but(
            before, "approved_by", "approved_on"
        ):
            raise InputError(
                "an exception begins as a request", help="send it without `approved_by`; another person approves it"
            )
        tiers = _tiers(spec, document, services)
        asked_by = _editors(document, services)
        reasons = exceptions.against(asked, person, asked_by, tiers, services.today())
        _second(reasons, person, spec.approved_by)
    if spec.refused_by and not is_same(person, spec.refused_by):
        raise InputError("`refused_by` is in the name of the person who refuses it")


def _sandbox(before: Any, spec: RegisteredSandbox, document: Document, person: Person, services: Services) -> None:
    old = before if isinstance(before, RegisteredSandbox) else None
    if spec.state in _OPEN and (old is None or old.state in _OPEN):
        return
    if old is None or old.state not in (SandboxState.ASKED, SandboxState.GRANTED):
        raise InputError("a sandbox begins as a draft or a request", help="send it with `state: asked`")
    if old.state is SandboxState.GRANTED:
        if spec.state not in _AFTER or _but(spec, *_OF_THE_END) != _but(old, *_OF_THE_END):
            raise InputError("what was granted is changed no more, but ended", help="ask for a new sandbox")
        return
    if spec.state not in (SandboxState.GRANTED, SandboxState.REFUSED):
        raise InputError(f"a sandbox that is {old.state.value} can't become {spec.state.value}")
    if _but(spec, "state", "decided_by", "decided_on") != _but(old, "state", "decided_by", "decided_on"):
        raise InputError("a decision changes nothing else of a sandbox")
    _second(sandboxes.against(old, person, _editors(document, services)), person, spec.decided_by)


def _tool(before: Any, spec: ToolSpec, person: Person) -> None:
    """Hold that people decide about tools in their own name. A program brings what was decided elsewhere."""
    known = before.decided_by if isinstance(before, ToolSpec) else ""
    if spec.decided_by and spec.decided_by != known and not person.program and not is_same(person, spec.decided_by):
        raise InputError("`decided_by` is in the name of the person who decides", help=f"decided_by: {person.id[:60]}")


def _second(reasons: Sequence[Reason], person: Person, named: str) -> None:
    if person.program:
        raise NoSecond("a program is no second person", help="decide about it in the console")
    if reasons:
        raise PermissionDeniedException(reasons[0].text)
    if not is_same(person, named):
        raise InputError("a decision is in the name of the person who gives it")


def _editors(document: Document, services: Services) -> list[str]:
    """Return who has written what a document says."""
    return sorted({change.by for change in services.register.documents.history(document.kind, document.name)})


def _tiers(spec: ExceptionSpec, document: Document, services: Services) -> list[TierRule]:
    """Return the tiers of the systems that an exception is for: all of its unit where it names none."""
    organisation = services.organisation()
    documents = services.register.documents
    if spec.systems:
        found = [documents.get(Kind.SYSTEM, name) for name in spec.systems]
    else:
        found = list(documents.all(Kind.SYSTEM, organisation.below(document.unit)))
    systems = [one.document.spec for one in found if one is not None]
    return [tier_of(one, organisation) for one in systems if isinstance(one, System)]


def _but(spec: Any, *keys: str) -> Any:
    """Return a spec without what some keys say, to hold the rest against another."""
    return [getattr(spec, name) for name in spec.__struct_fields__ if name not in keys]
