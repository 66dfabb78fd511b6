"""The whole console as `bartizan up` puts it together, with people who sign in."""

from __future__ import annotations

from typing import Any

from bartizan.console import api
from bartizan.console.identity import ConsoleSettings, SigningIn, guarded
from bartizan.console.watch import watched
from bartizan.govern.roles import Role
from bartizan.model.documents import Kind, Organisation, Unit
from bartizan.model.documents.document import Document
from bartizan.store.register.open import SqlRegister
from tests.console.bad_input.ground import NOW, OTHER, UNIT, seed
from tests.console.identity.house import ADDRESS, Browser, House
from tests.console.pool import make_app

__all__ = ["Real"]


class Real(House):
    """A console with pages, API, sign-in, the guard against other sites, and its log. `boss` has all roles."""

    def __init__(
        self, register: SqlRegister, *, address: str = ADDRESS, settings: ConsoleSettings | None = None
    ) -> None:
        units = {UNIT: Unit(title="Claims"), OTHER: Unit(title="Health")}
        organisation = Document(kind=Kind.ORGANISATION, name="organisation", spec=Organisation(title="H", units=units))
        register.documents.put(organisation, expected=0, by="test", why="test", at=NOW.strftime("%Y-%m-%dT%H:%M:%SZ"))
        super().__init__(register, address=address, settings=settings)
        inner: Any = make_app(self.services, SigningIn(self.identity), routes=api.ROUTES)
        self.inner = inner
        self.app: Any = watched(guarded(inner, address), self.identity.settings.trusted_proxies)
        self.person("boss", *Role)

    def keep(self, *kinds: Kind) -> None:
        """Put the documents that the attacks begin with."""
        for kind in kinds or [one for one in Kind if one is not Kind.ORGANISATION]:
            self.register.documents.put(seed(kind), expected=0, by="test", why="test", at=self.services.now())

    def version(self, kind: Kind) -> int:
        """Return the version of the document of a kind, 0 without one."""
        found = self.register.documents.get(kind, seed(kind).name)
        return found.version if found else 0

    def changes(self) -> int:
        """Return how many changes of documents there were."""
        return self.register.documents.trail(units=None, after=0, limit=1).total

    def program(self, token: str) -> Browser:
        """Return a client with a token, and nothing else."""
        made = self.browser()
        for name in ("sec-fetch-site", "origin"):
            del made.headers[name]
        made.headers["authorization"] = f"Bearer {token}"
        return made
