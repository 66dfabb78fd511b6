"""Answers what is asked for of the organisation, and lets more risk stand: by a second person."""

from __future__ import annotations

import msgspec
from litestar.exceptions import PermissionDeniedException

from bartizan.console.access import must
from bartizan.console.services import Services
from bartizan.govern.loosening import against, confirmed
from bartizan.govern.roles import Action, Person
from bartizan.model import InputError
from bartizan.model.documents import Document, Kind, Organisation, Proposed, Stored
from bartizan.store.register import Conflict

__all__ = ["as_confirmed", "askers_of", "confirm", "drop", "waiting"]

_NAME = "organisation"


def waiting(services: Services) -> Stored | None:
    """Return the organisation where something is asked for."""
    stored = services.register.documents.get(Kind.ORGANISATION, _NAME)
    if stored is None or not isinstance(stored.document.spec, Organisation) or stored.document.spec.proposed is None:
        return None
    return stored


def askers_of(stored: Stored | None, services: Services) -> frozenset[str]:
    """Return who has put there what is asked for, by id: the name that they gave may be another one by now."""
    asked = _proposed(stored)
    found = set[str]()
    while stored is not None and asked is not None:
        before = services.register.documents.version(Kind.ORGANISATION, _NAME, stored.version - 1)
        if _proposed(before) != asked:
            found.add(stored.by)
            break
        stored = before
    return frozenset(found)


def as_confirmed(stored: Stored) -> Document:
    """Return the organisation's document as it is once what is asked for is confirmed."""
    spec = stored.document.spec
    assert isinstance(spec, Organisation)
    return msgspec.structs.replace(stored.document, spec=confirmed(spec))


def confirm(services: Services, person: Person, version: int) -> Stored:
    """Confirm what somebody has read at a version. Raises PermissionDeniedException, and Conflict when it changed."""
    stored, spec = _asked(services, version)
    must(services, person, Action.ACCEPT, "")
    if reason := against(spec, person, askers_of(stored, services)):
        raise PermissionDeniedException(reason.text)
    return _keep(services, person, stored, as_confirmed(stored), "confirmed as the second person")


def drop(services: Services, person: Person, version: int, why: str = "") -> Stored:
    """Refuse it, with a reason; who asked takes it back without one.

    Raises PermissionDeniedException, InputError without a reason, and Conflict when it changed.
    """
    stored, spec = _asked(services, version)
    # By id: anybody can take the name of the one who asked.
    if person.id not in askers_of(stored, services):
        must(services, person, Action.ACCEPT, "")
        if not why.strip():
            raise InputError("refusing needs a reason", help="say it for the one who asked")
    document = msgspec.structs.replace(stored.document, spec=msgspec.structs.replace(spec, proposed=None))
    return _keep(services, person, stored, document, why.strip() or "question withdrawn")


def _asked(services: Services, version: int) -> tuple[Stored, Organisation]:
    stored = waiting(services)
    if stored is None or stored.version != version:
        raise Conflict("somebody has answered or changed it since you have read it", 0)
    assert isinstance(stored.document.spec, Organisation)
    return stored, stored.document.spec


def _proposed(stored: Stored | None) -> Proposed | None:
    spec = stored.document.spec if stored is not None else None
    return spec.proposed if isinstance(spec, Organisation) else None


def _keep(services: Services, person: Person, stored: Stored, document: Document, why: str) -> Stored:
    documents = services.register.documents
    return documents.put(document, expected=stored.version, by=person.id, why=why[:300], at=services.now())
