"""What pages about documents share: names, units, who wrote what, and keeping a change."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from typing import TypeVar

import msgspec

from bartizan.console.access import AnyRequest, must, visible
from bartizan.console.reading import Form
from bartizan.console.services import Services
from bartizan.console.words import message
from bartizan.govern.roles import Action, Person
from bartizan.model.documents import Document, Kind, Spec, Stored
from bartizan.store.register import Entry, Page, Query

__all__ = [
    "add",
    "keep",
    "listed",
    "new_name",
    "read_unit",
    "revise",
    "spec_of",
    "theirs",
    "units_for",
    "units_where",
    "writers",
]

S = TypeVar("S", bound=Spec)
_RESERVED = frozenset({"new", "answer"})
"""Names that addresses of pages use."""


def new_name(services: Services, kind: Kind, title: str) -> str:
    """Return a name that is free for a document, made from its title."""
    flat = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    base = re.sub(r"[^a-z0-9]+", "-", flat).strip("-")[:60].strip("-") or kind.value.lower()
    name, number = base, 1
    while name in _RESERVED or services.register.documents.get(kind, name) is not None:
        number += 1
        name = f"{base}-{number}"
    return name


def units_for(services: Services, person: Person, action: Action) -> list[tuple[str, str]]:
    """Return the business units in which somebody may do something, with their titles; the empty one is the whole."""
    organisation = services.organisation()
    allowed = person.units(action, organisation.below)
    found = [(id, unit.title) for id, unit in organisation.units.items() if allowed is None or id in allowed]
    whole = [("", organisation.title)] if allowed is None else []
    return whole + sorted(found, key=lambda one: one[1])


def units_where(services: Services, person: Person, action: Action) -> list[tuple[str, str]]:
    """Return what `units_for` does. Raises PermissionDeniedException for somebody who may do it nowhere."""
    units = units_for(services, person, action)
    if not units:
        must(services, person, action, "")
    return units


def theirs(services: Services, person: Person, kind: Kind, name: str, action: Action) -> Stored:
    """Return a document with which somebody may do something.

    Raises NotFoundException where they may not even see it, PermissionDeniedException.
    """
    stored = visible(services, person, kind, name)
    must(services, person, action, stored.document.unit)
    return stored


def read_unit(form: Form, options: Collection[tuple[str, str]]) -> str:
    """Return the unit that a form names, which must be one of those that are possible."""
    known = [id for id, _ in options]
    if len(known) == 1:
        return known[0]
    unit = form.choice("unit", known, required=False)
    if unit not in known:
        form.fail("unit", message("Choose one of those that are there."))
    return unit


def writers(services: Services, kind: Kind, name: str) -> list[str]:
    """Return everybody who has written what a document says, each once."""
    return list({change.by: None for change in services.register.documents.history(kind, name)})


def titles(services: Services, wanted: Collection[tuple[Kind, str]]) -> dict[tuple[Kind, str], str]:
    """Return what documents are called, without those that there aren't any more: for lists of a page's length."""
    found = {}
    for kind in {kind for kind, _ in wanted}:
        names = [name for one, name in wanted if one is kind]
        for name, stored in services.register.documents.several(kind, names).items():
            found[kind, name] = stored.document.title
    return found


def keep(services: Services, person: Person, document: Document, *, expected: int, why: str) -> Stored:
    """Keep a version of a document. Raises Conflict when it is not on top of the present one."""
    return services.register.documents.put(document, expected=expected, by=person.id, why=why, at=services.now())


def add(services: Services, person: Person, kind: Kind, unit: str, spec: Spec, *, title: str, why: str) -> str:
    """Keep a new document under a name made from a title, which is returned."""
    name = new_name(services, kind, title)
    keep(services, person, Document(kind=kind, name=name, unit=unit, spec=spec), expected=0, why=why)
    return name


def revise(services: Services, person: Person, stored: Stored, spec: Spec, *, expected: int, why: str) -> None:
    """Keep what a document says now. Raises Conflict as `keep` does."""
    document = msgspec.structs.replace(stored.document, spec=spec)
    keep(services, person, document, expected=expected, why=why)


def spec_of(stored: Stored, kind: type[S]) -> S:
    """Return what a document says, as the type that its kind has."""
    spec = stored.document.spec
    assert isinstance(spec, kind)
    return spec


def listed(
    request: AnyRequest,
    services: Services,
    person: Person,
    kind: Kind,
    *,
    orders: Collection[str] = ("name", "title", "owner", "changed", "ends"),
    standard: str = "title",
    states: Mapping[str, str] | Collection[str] = (),
) -> Page[Entry]:
    """Return the page of a list that a request asks for by `text`, `state`, `unit`, `order` and `after`.

    What is no order or no state of the kind is passed over; a cursor that is none raises InputError.
    """
    query = request.query_params
    order = str(query.get("order", standard))
    state = str(query.get("state", ""))
    unit = str(query.get("unit", ""))
    allowed = services.units(person)
    if unit:
        below = services.organisation().below(unit)
        allowed = below if allowed is None else allowed & below
    return services.register.documents.list(
        Query(
            kind=kind,
            units=allowed,
            text=str(query.get("text", ""))[:200],
            states=frozenset({state}) if state in states else frozenset(),
            order=order if order.removeprefix("-") in orders else standard,
            after=str(query.get("after", "")),
        )
    )
