"""A register as the commands see it: one interface, in front of a database here or of a server's API."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from bartizan.govern.junit import AboutTests
from bartizan.model import InputError, System
from bartizan.model.assurance import Proof
from bartizan.model.decode import nearest
from bartizan.model.documents import Document, Kind, Organisation, Stored

if TYPE_CHECKING:
    from bartizan.store.register import Entry, Register

__all__ = ["Held", "Report", "Result", "Shelf", "Taken", "kind_of", "open_shelf"]

_PAGE = 200


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A document as the register has it; `tag` tells its version from others."""

    document: Document
    tag: str


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a document: `created`, `configured` or `unchanged`."""

    document: Document
    word: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Results of tests, as a file has them, and what tells which of its tests are about which controls.

    `observed_at` is the day of the tests where the file doesn't say it.
    """

    content: bytes
    file: str
    rules: list[AboutTests] = []
    observed_at: date | None = None


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What became of results of tests: see `bartizan.govern.junit.Ran`. Of the evidence, `added` pieces are new."""

    added: int
    passed: int
    failed: int
    skipped: int
    without: int
    unnamed: list[str]
    evidence: list[Proof]


class Shelf(Protocol):
    """A register. All methods raise Unavailable or BartizanError when it can't be reached or doesn't let them."""

    def get(self, kind: Kind, name: str) -> Held | None:
        """Return a document, None without one."""
        ...

    def put(self, document: Document, held: Held | None, why: str, *, dry_run: bool) -> str:
        """Put a document on top of what `get` has returned, and say what became of it. Raises Conflict."""
        ...

    def entries(self, kind: Kind) -> Iterator[Entry]:
        """Return a line for each document of a kind, by name."""
        ...

    def all(self, kind: Kind) -> Iterator[Document]:
        """Return all documents of a kind, by name."""
        ...

    def take(self, system: str, report: Report, *, dry_run: bool) -> Taken:
        """Keep the evidence in results of tests about a system, all of it or nothing. Raises InputError."""
        ...

    def interchange(self, file: str) -> bytes:
        """Return a policy or a system in a format of other programs, by the name of its file. Raises Missing."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...


def kind_of(word: str) -> Kind:
    """Return the kind that a word means: in the singular or plural, in small letters or not. Raises InputError."""
    words = {form: kind for kind in Kind for form in (kind.value.lower(), kind.plural)}
    if word.lower() not in words:
        raise InputError(f"`{word}` is no kind of documents", help=nearest(word.lower(), words))
    return words[word.lower()]


class DirectShelf:
    """A register in a database: with the rights of whoever can open that, and the checks that hold everywhere."""

    def __init__(self, register: Register, by: str) -> None:
        self._register, self._by = register, by
        self._planned: dict[tuple[Kind, str], Document] = {}

    def get(self, kind: Kind, name: str) -> Held | None:
        """Return a document, None without one."""
        stored = self._register.documents.get(kind, name)
        return Held(document=stored.document, tag=str(stored.version)) if stored else None

    def put(self, document: Document, held: Held | None, why: str, *, dry_run: bool) -> str:
        """Put a document on top of what `get` has returned, and say what became of it. Raises Conflict."""
        if held is not None and held.document == document:
            return "unchanged"
        self._check(document)
        if dry_run:
            self._planned[document.kind, document.name] = document
        else:
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            expected = int(held.tag) if held else 0
            self._register.documents.put(document, expected=expected, by=self._by, why=why, at=now)
        return "configured" if held else "created"

    def _check(self, document: Document) -> None:
        from bartizan.cli.work import catalog
        from bartizan.console.stated import statements
        from bartizan.govern.check import check_document, statements_for

        organisation = self._register.documents.get(Kind.ORGANISATION, "organisation")
        spec = organisation.document.spec if organisation else None
        check_document(
            document,
            spec if isinstance(spec, Organisation) else Organisation(title=""),
            catalog(),
            lambda kind, name: (kind, name) in self._planned or self._register.documents.get(kind, name) is not None,
            statements_for(document, statements().statements, self._policies),
        )

    def _policies(self) -> Iterator[Document]:
        """Return the policies that are there, and those that would be."""
        yield from self.all(Kind.POLICY)
        yield from (document for (kind, _), document in self._planned.items() if kind is Kind.POLICY)

    def entries(self, kind: Kind) -> Iterator[Entry]:
        """Return a line for each document of a kind, by name."""
        from bartizan.store.register import Query

        after = ""
        while True:
            page = self._register.documents.list(Query(kind=kind, after=after, limit=_PAGE))
            yield from page.items
            after = page.next
            if not after:
                return

    def all(self, kind: Kind) -> Iterator[Document]:
        """Return all documents of a kind, by name."""
        for stored in self._register.documents.all(kind):
            yield stored.document

    def take(self, system: str, report: Report, *, dry_run: bool) -> Taken:
        """Keep the evidence in results of tests about a system, all of it or nothing. Raises InputError."""
        from bartizan.cli.work import catalog
        from bartizan.govern.junit import from_results, looks_like_xml

        held = self.get(Kind.SYSTEM, system)
        if held is None:
            names = [entry.name for entry in self.entries(Kind.SYSTEM)]
            raise InputError(f"there is no system `{system}`", help=nearest(system, names))
        spec = held.document.spec
        assert isinstance(spec, System)
        now = datetime.now(UTC)
        ran = from_results(
            report.content, report.file, spec, catalog(), today=now.date(), xml=looks_like_xml(report.content),
            observed_at=report.observed_at, rules=report.rules, by=self._by,
        )  # fmt: skip
        at = now.strftime("%Y-%m-%dT%H:%M:%SZ")
        added = 0 if dry_run else self._register.evidence.add(ran.proofs, at=at, by=self._by)
        return Taken(
            added=added, passed=ran.passed, failed=ran.failed, skipped=ran.skipped, without=ran.without,
            unnamed=ran.unnamed, evidence=ran.proofs,
        )  # fmt: skip

    def interchange(self, file: str) -> bytes:
        """Return a policy or a system in a format of other programs, by the name of its file. Raises Missing."""
        from bartizan.cli.work import catalog
        from bartizan.console.interchange import give
        from bartizan.console.services import Services

        services = Services(register=self._register, catalog=catalog(), clock=lambda: datetime.now(UTC))
        return give(file, services, self._stored).content

    def _stored(self, kind: Kind, name: str) -> Stored:
        stored = self._register.documents.get(kind, name)
        if stored is None:
            from bartizan.store.register import Missing

            raise Missing(f"there is no {kind.value.lower()} `{name}`")
        return stored

    def close(self) -> None:
        """Let go of the database."""
        self._register.close()


def open_shelf(place: str | Path, *, create: bool, by: str) -> Shelf:
    """Open a register in a database. Raises InputError, BartizanError or Unavailable."""
    from bartizan.cli.standing import who
    from bartizan.store.register.open import open_register

    if create and isinstance(place, Path):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    return DirectShelf(open_register(os.fspath(place), create=create), who(by))
