"""Statements of policies and standards, one a file in `statements`; the documents that they stand in; measures."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import msgspec

from bartizan.catalog.folder import cached, packaged, read_file, read_folder
from bartizan.catalog.load import Catalog
from bartizan.model import InputError, Place
from bartizan.model.base import Id
from bartizan.model.decode import nearest
from bartizan.model.documents import Enforcement
from bartizan.model.words import Level

__all__ = [
    "PARAMETERS",
    "CatalogStatement",
    "Measure",
    "PolicyDocument",
    "PolicySection",
    "Statements",
    "When",
    "arranged",
    "check_references",
    "load_statements",
]

PARAMETERS = frozenset({
    "organisation", "lowest_class", "highest_class", "classes", "appetite", "review_days", "strictest_review_days",
    "evidence_days",
})  # fmt: skip
"""What may stand in braces in a text: it is filled in from the organisation."""
_IN_BRACES = re.compile(r"\{([^{}]*)\}")


class When(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """For which organisations a statement is: all that is given has to hold, and of a list one entry.

    `sectors` and `regions` also fit what lies within them, as banking does in `finance` and Germany in `eu`.
    `appetite_at_most`: the appetite is a level, and this one or a lower. `classes_at_least`: so many classes of data.
    `units`: there are business units.
    """

    develops: bool | None = None
    builds_agents: bool | None = None
    trains: bool | None = None
    personal_data: bool | None = None
    critical_processes: bool | None = None
    units: bool | None = None
    regions: list[str] = []
    sectors: list[str] = []
    frameworks: list[str] = []
    appetite_at_most: Level | None = None
    classes_at_least: int = 0


class CatalogStatement(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A statement as the catalog has it, in each language that it is written in; English is always among them.

    `order` is where it stands in its section, lowest first. `controls` are what carries it out, from which its
    references to frameworks follow; `maps` are further ones. `enforced` is what can hold it by machine.
    """

    id: Id
    document: Id
    section: Id
    order: int
    level: Literal["must", "should", "may"]
    text: dict[str, str]
    when: When = When()
    controls: list[Id] = []
    maps: dict[Id, list[str]] = {}
    enforced: list[Enforcement] = []


class PolicySection(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A section of a document, in the order in which they stand there."""

    id: Id
    title: dict[str, str]


class PolicyDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A policy or standard that statements stand in. `order` is its place in the set."""

    id: Id
    order: int
    title: dict[str, str]
    purpose: dict[str, str]
    scope: dict[str, str]
    sections: list[PolicySection]


class Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Something that the gateway holds: where `gateway.yaml` says it, and the rule that events name, if it has one."""

    id: Id
    title: dict[str, str]
    key: str
    rule: str = ""


class Statements(msgspec.Struct, frozen=True, kw_only=True):
    """All documents in their order, the statements of each in theirs, and the gateway's measures by id."""

    documents: dict[str, PolicyDocument]
    statements: dict[str, CatalogStatement]
    measures: dict[str, Measure]

    def of(self, document: str) -> list[CatalogStatement]:
        """Return the statements of a document in its order. Raises InputError for a document that there isn't."""
        if document not in self.documents:
            help = nearest(document, self.documents)
            raise InputError(f"there is no policy document `{document[:80]}`", help=help)
        return [one for one in self.statements.values() if one.document == document]

    def languages(self, document: str) -> list[str]:
        """Return the languages in which the whole document is written, English first."""
        parts = [one.text for one in self.of(document)]
        whole = self.documents[document]
        parts += [whole.title, whole.purpose, whole.scope, *(section.title for section in whole.sections)]
        return sorted(set(parts[0]).intersection(*parts[1:]), key=lambda name: (name != "en", name))


def load_statements(cache: Path | None = None) -> Statements:
    """Return all statements. Raises InputError for a file that breaks its type or names what there isn't."""
    folders = [packaged(name) for name in ("", "statements", "policy-documents")]
    return cached(cache, "statements", folders, Statements, _read)


def _read() -> Statements:
    return arranged(
        read_folder(packaged("policy-documents"), PolicyDocument).values(),
        read_folder(packaged("statements"), CatalogStatement).values(),
        read_file(packaged("gateway-measures.yaml"), list[Measure]),
    )


def arranged(
    documents: Iterable[PolicyDocument], statements: Iterable[CatalogStatement], measures: Iterable[Measure]
) -> Statements:
    """Check statements and put them in order. Raises InputError naming the file of the first that is wrong."""
    found = {one.id: one for one in sorted(documents, key=lambda one: one.order)}
    held = {one.id: one for one in measures}
    places = {
        (document.id, section.id): (document.order, number)
        for document in found.values()
        for number, section in enumerate(document.sections)
    }
    entries = list(statements)
    for document in found.values():
        _check_texts(document.id, (document.title, document.purpose, document.scope))
    for one in entries:
        if (one.document, one.section) not in places:
            raise InputError(f"`{one.document}` has no section `{one.section}`", place=Place(f"{one.id}.yaml"))
        _check_texts(one.id, (one.text,))
        for what in one.enforced:
            if what.by == "gateway" and what.what not in held:
                help = nearest(what.what, held)
                raise InputError(f"`{what.what}` is no measure", place=Place(f"{one.id}.yaml"), help=help)
    entries.sort(key=lambda one: (places[one.document, one.section], one.order, one.id))
    return Statements(documents=found, statements={one.id: one for one in entries}, measures=held)


def _check_texts(id: str, texts: Iterable[Mapping[str, str]]) -> None:
    for text in texts:
        if "en" not in text:
            raise InputError("a text lacks its English", place=Place(f"{id}.yaml"))
        for name in (name for said in text.values() for name in _IN_BRACES.findall(said)):
            if name not in PARAMETERS:
                help = nearest(name, PARAMETERS)
                raise InputError(f"`{{{name}}}` can't be filled in", place=Place(f"{id}.yaml"), help=help)


def check_references(statements: Statements, catalog: Catalog) -> list[str]:
    """Return what statements refer to and the catalog doesn't have, each as a sentence; nothing when all is there."""
    return [f"`{one.id}` names {wrong}" for one in statements.statements.values() for wrong in _missing(one, catalog)]


def _missing(one: CatalogStatement, catalog: Catalog) -> Iterator[str]:
    for control in one.controls:
        if control not in catalog.controls:
            yield f"control `{control}`"
    for framework in (*one.maps, *one.when.frameworks):
        if framework not in catalog.frameworks:
            yield f"framework `{framework}`"
    for framework, items in one.maps.items():
        known = catalog.frameworks[framework].items if framework in catalog.frameworks else {}
        for item in items:
            if item not in known:
                yield f"`{item}` of `{framework}`"
