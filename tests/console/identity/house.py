"""A console that one signs in to, over a register of its own, with a clock that tests move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from litestar.testing import TestClient

from bartizan.catalog import Catalog
from bartizan.console.identity import ConsoleSettings, Identity, SigningIn, enrol_link, guarded
from bartizan.console.identity.passwords import Passwords
from bartizan.console.identity.service import Client
from bartizan.console.identity.sessions import person_of
from bartizan.console.services import Services
from bartizan.govern.roles import Person, Role
from bartizan.model.documents import Document, Kind, Organisation, Unit
from bartizan.store.register.open import SqlRegister
from bartizan.store.register.people_records import Note, PersonRecord
from tests.console.pool import make_app
from tests.support import packaged_catalog

__all__ = ["ADDRESS", "HERE", "PASSWORD", "Browser", "House", "enrol_path"]

ADDRESS = "http://127.0.0.1:8300"
PASSWORD = "seven quiet herons wade"
HERE = Client(address="192.0.2.7", agent="a test")
_FAST = Passwords(memory_kib=64, passes=1)


class Browser(TestClient[Any]):
    """A browser: it says where its forms come from, keeps cookies, and stays where it is when it is sent on."""

    def __init__(self, app: Any, address: str = ADDRESS, *, peer: str = "127.0.0.1") -> None:
        async def from_peer(scope: Any, receive: Any, send: Any) -> None:
            await app({**scope, "client": (peer, 50_000)} if scope["type"] == "http" else scope, receive, send)

        super().__init__(from_peer, base_url=address, raise_server_exceptions=True, timeout=60)
        self.follow_redirects = False
        self.headers.update({"sec-fetch-site": "same-origin", "origin": address})


class House:
    """The console. `people` are made by `person`, `browser` opens one that nobody has signed in with."""

    def __init__(
        self, register: SqlRegister, *, address: str = ADDRESS, settings: ConsoleSettings | None = None
    ) -> None:
        self.now = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
        self.register = register
        catalog: Catalog = packaged_catalog()
        self.services = Services(register=register, catalog=catalog, clock=lambda: self.now, address=address)
        units = {"retail": Unit(title="Retail"), "shops": Unit(title="Shops", parent="retail"), "it": Unit(title="IT")}
        organisation = Organisation(title="Helvion", units=units)
        document = Document(kind=Kind.ORGANISATION, name="organisation", spec=organisation)
        if register.documents.get(Kind.ORGANISATION, "organisation") is None:
            register.documents.put(document, expected=0, by="test", why="test", at=self.services.now())
        self.identity = Identity(self.services, settings or ConsoleSettings(address=address), passwords=_FAST)
        self.app = guarded(make_app(self.services, SigningIn(self.identity)), address)

    def later(self, **by: float) -> None:
        """Let time pass."""
        self.now += timedelta(**by)

    def note(self, kind: str = "test") -> Note:
        return Note(kind=kind, at=self.services.now(), person="test")

    def person(self, name: str, *roles: Role, unit: str = "") -> PersonRecord:
        """Make somebody with the password of tests."""
        email = f"{name}@example.com"
        made = self.identity.people.add_local(name.title(), email, self.note(), password=_FAST.hash(PASSWORD))
        for role in roles:
            self.identity.people.give(made.id, unit, role, self.note())
        found = self.identity.people.get(made.id)
        assert found is not None
        return found

    def acting(self, name: str) -> Person:
        """Return who acts when somebody has signed in."""
        found = self.identity.people.get(name)
        assert found is not None
        return person_of(found)

    def browser(self) -> Browser:
        return Browser(self.app, self.services.address)

    def signed_in(self, name: str) -> Browser:
        """Return a browser with which somebody has signed in."""
        browser = self.browser()
        answer = browser.post("/signin", data={"email": f"{name}@example.com", "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return browser

    def kinds(self) -> list[str]:
        """Return what the access log says, the latest first."""
        return [one.kind for one in self.identity.events.list().items]


def enrol_path(house: House) -> str:
    """Return the path of the link for the first administrator."""
    return enrol_link(house.services).removeprefix(house.services.address)
