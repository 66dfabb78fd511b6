"""What there is in the register and the catalog, for documents to be held against before they are kept."""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.console.services import Services
from bartizan.console.stated import statements
from bartizan.govern.check import check_document, statements_for
from bartizan.govern.roles import Action, Person
from bartizan.model.documents import Document, Kind

__all__ = ["check"]


def check(document: Document, services: Services, person: Person | None = None) -> None:
    """Hold a document against what types can't say: names, classes, units, ids of the catalog.

    Of other documents it may name those that `person` may see. Raises InputError or InputErrors.
    """

    def known(kind: Kind, name: str) -> bool:
        there = services.register.documents.get(kind, name)
        return there is not None and (person is None or services.may(person, Action.READ, there.document.unit))

    def policies() -> Iterator[Document]:
        return (one.document for one in services.register.documents.all(Kind.POLICY))

    stated = statements_for(document, statements().statements, policies)
    check_document(document, services.organisation(), services.catalog, known, stated)
