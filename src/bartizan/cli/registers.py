"""A register as the commands see it: one interface, in front of a database here or of a server's API."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from bartizan.model import InputError
from bartizan.model.decode import nearest
from bartizan.model.documents import Document, Kind, Organisation

if TYPE_CHECKING:
    from bartizan.store.register import Entry, Register

__all__ = ["Held", "Result", "Shelf", "kind_of", "open_shelf"]

_PAGE = 200


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """A document as the register has it; `tag` tells its version from others."""

    document: Document
    tag: str


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a document: `created`, `configured` or `unchanged`."""

    document: Document
    word: str


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
        self._planned: set[tuple[Kind, str]] = set()

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
            self._planned.add((document.kind, document.name))
        else:
            now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            expected = int(held.tag) if held else 0
            self._register.documents.put(document, expected=expected, by=self._by, why=why, at=now)
        return "configured" if held else "created"

    def _check(self, document: Document) -> None:
        from bartizan.cli.work import catalog
        from bartizan.govern.check import check_document

        organisation = self._register.documents.get(Kind.ORGANISATION, "organisation")
        spec = organisation.document.spec if organisation else None
        check_document(
            document,
            spec if isinstance(spec, Organisation) else Organisation(title=""),
            catalog(),
            lambda kind, name: (kind, name) in self._planned or self._register.documents.get(kind, name) is not None,
        )

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
