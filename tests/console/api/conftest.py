"""A console over a register of its own, and clients who are somebody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from litestar.testing import TestClient

from bartizan.catalog import Catalog, load_catalog
from bartizan.catalog.places import cache_folder
from bartizan.console.access import Fixed
from bartizan.console.api import ROUTES
from bartizan.console.api.examples import EXAMPLES
from bartizan.console.services import Services
from bartizan.govern.roles import Person, Role
from bartizan.model.documents import Document, Kind, Stored, parse_document
from bartizan.store.register.open import SqlRegister, open_register
from tests.console.pool import make_app

__all__ = ["NOW", "Client", "Clients", "alone", "example", "keep", "person"]

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
Client = TestClient[Any]
Clients = Callable[..., Client]


def person(*roles: Role, unit: str = "", id: str = "anna", program: bool = False, only: Any = None) -> Person:
    """Make somebody with roles in a unit."""
    return Person(id=id, name=id.title(), email=f"{id}@example.com", roles={unit: frozenset(roles)}, program=program,
                  only=only)  # fmt: skip


def alone(kind: Kind) -> dict[str, Any]:
    """Return the example of a kind as plain values, without what it says of other documents."""
    made: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(EXAMPLES[kind]))
    for key in ("vendor", "systems"):
        made["spec"].pop(key, None)
    return made


def example(kind: Kind, **changes: Any) -> Document:
    """Return the example of a kind, with other keys in its spec; `name` and `unit` are those of the document."""
    made = alone(kind)
    for key in ("name", "unit"):
        if key in changes:
            made[key] = changes.pop(key)
    if kind in (Kind.SYSTEM, Kind.SANDBOX):
        made["spec"]["id"] = made["name"]
    made["spec"].update(changes)
    return parse_document(msgspec.json.encode(made), "example")


def keep(services: Services, document: Document, by: str = "somebody") -> Stored:
    """Put a document into the register, on top of whatever is there."""
    documents = services.register.documents
    there = documents.get(document.kind, document.name)
    return documents.put(document, expected=there.version if there else 0, by=by, why="a test", at=services.now())


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    """Give the packaged catalog."""
    return load_catalog(cache_folder())


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SqlRegister]:
    """Give an empty register in a file."""
    made = open_register(tmp_path / "register.db")
    yield made
    made.close()


@pytest.fixture
def services(register: SqlRegister, catalog: Catalog) -> Services:
    """Give the services of a console, with an organisation of two units."""
    made = Services(register=register, catalog=catalog, clock=lambda: NOW)
    keep(made, example(Kind.ORGANISATION))
    return made


@pytest.fixture
def clients(services: Services) -> Clients:
    """Give a function that makes the client of somebody; without roles of nobody."""

    def make(who: Person | None) -> Client:
        app: Any = make_app(services, Fixed(who), routes=ROUTES)
        return TestClient(app, base_url="http://127.0.0.1:8300", raise_server_exceptions=False)

    return make


@pytest.fixture
def reviewer(clients: Clients) -> Client:
    """Give a reviewer of the whole organisation."""
    return clients(person(Role.REVIEWER, Role.OWNER))


@pytest.fixture
def administrator(clients: Clients) -> Client:
    """Give an administrator."""
    return clients(person(Role.ADMINISTRATOR))
