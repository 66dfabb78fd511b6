"""A change of a document: rights, preconditions, checks and the register, in this order, for PUT and PATCH alike."""

from __future__ import annotations

import msgspec
from litestar import Response

from bartizan.console.access import AnyRequest, must
from bartizan.console.api.asked import Changing
from bartizan.console.api.conditions import etag, expected, why_of
from bartizan.console.api.giving import document_answer
from bartizan.console.api.problems import Refused
from bartizan.console.checking import check
from bartizan.console.eyes import hold
from bartizan.console.rights import needed
from bartizan.console.services import Services
from bartizan.govern.roles import Action, Person
from bartizan.model import InputError
from bartizan.model.documents import Document, Kind, Stored, digest_of
from bartizan.store.register import Conflict

__all__ = ["RESULT", "Saving"]

RESULT = "Bartizan-Result"
"""The header that says what a change did: `created`, `configured` or `unchanged`."""


class Saving:
    """One request that changes a document. `stored` is the version that the caller may see, None for none."""

    def __init__(
        self, request: AnyRequest, services: Services, person: Person, kind: Kind, name: str, asked: Changing
    ) -> None:
        self._request, self._services, self._person = request, services, person
        self._kind, self._name, self._asked = kind, name, asked
        there = services.register.documents.get(kind, name)
        self._hidden = there is not None and not services.may(person, Action.READ, there.document.unit)
        self.stored: Stored | None = None if self._hidden else there

    def save(self, document: Document) -> Response[bytes]:
        """Keep a document, and answer with it. Raises Refused, NoSecond, InputError, Conflict."""
        self._fits(document)
        old = self.stored.document if self.stored else None
        for action in needed(old, document):
            for unit in {document.unit, old.unit if old else document.unit}:
                must(self._services, self._person, action, unit)
        version = expected(self._request, self.stored)
        if self._hidden:
            raise Refused(409, "taken", f"the name `{self._name}` can't be used", help="choose another name")
        why = why_of(self._request, self._asked.why)
        hold(old, document, self._person, self._services)
        if old != document:
            check(document, self._services, self._person)
        result = "created" if old is None else "unchanged" if old == document else "configured"
        if self._asked.dry_run:
            return document_answer(self._request, self._as_if(document, why), Bartizan_Result=result)
        stored = self._kept(document, version, why)
        if result == "created":
            place = f"/api/v1/{self._kind.plural}/{self._name}"
            return document_answer(self._request, stored, 201, Bartizan_Result=result, Location=place)
        return document_answer(self._request, stored, Bartizan_Result=result)

    def _fits(self, document: Document) -> None:
        """Hold that a document is what its address says. Raises InputError."""
        if document.kind is not self._kind or document.name != self._name:
            raise InputError(
                f"this is {document.kind} `{document.name}`, and the address says {self._kind} `{self._name}`",
                help=f"send it to /api/v1/{document.kind.plural}/{document.name}",
            )

    def _kept(self, document: Document, version: int, why: str) -> Stored:
        documents = self._services.register.documents
        try:
            return documents.put(document, expected=version, by=self._person.id, why=why, at=self._services.now())
        except Conflict as error:
            now = documents.get(self._kind, self._name)
            if now is not None and self._services.may(self._person, Action.READ, now.document.unit):
                help = error.help
                raise Refused(412, "changed", error.message, help=help, headers={"ETag": etag(now)}) from None
            raise Refused(409, "taken", f"the name `{self._name}` can't be used", help="choose another name") from None

    def _as_if(self, document: Document, why: str) -> Stored:
        at, by = self._services.now(), self._person.id
        if self.stored is not None:
            version = self.stored.version + (self.stored.document != document)
            return msgspec.structs.replace(self.stored, document=document, version=version, digest=digest_of(document))
        return Stored(document=document, version=1, digest=digest_of(document), at=at, by=by, why=why)
