"""A console over a register in a file, with people of all roles: what tests of pages talk to."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any

from httpx import Response
from litestar.testing import TestClient

from bartizan.catalog import Catalog
from bartizan.console.access import AnyRequest
from bartizan.console.services import Places, Services
from bartizan.govern.roles import Person, Role
from bartizan.model.documents import Document, Kind, Organisation, Spec, Stored, Unit
from bartizan.store.register import Register
from tests.console.pool import make_app

TODAY = date(2026, 11, 28)
NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
ORGANISATION = Organisation(
    title="Helvion",
    units={"claims": Unit(title="Claims"), "motor": Unit(title="Motor", parent="claims"), "life": Unit(title="Life")},
)
PEOPLE = {
    "ana": Person(id="ana", email="ana@helvion.example", roles={"claims": frozenset({Role.BUSINESS})}),
    "eng": Person(id="eng", roles={"claims": frozenset({Role.ENGINEER})}),
    "own": Person(id="own", roles={"claims": frozenset({Role.OWNER})}),
    "rea": Person(id="rea", name="Rea", roles={"": frozenset({Role.REVIEWER})}),
    "rob": Person(id="rob", roles={"": frozenset({Role.REVIEWER})}),
    "lif": Person(id="lif", roles={"life": frozenset({Role.REVIEWER})}),
    "aud": Person(id="aud", roles={"": frozenset({Role.AUDITOR})}),
    "adm": Person(id="adm", roles={"": frozenset({Role.ADMINISTRATOR})}),
}


class ByHeader:
    """Tells people by a header: for tests."""

    def person(self, request: AnyRequest) -> Person | None:
        """Return who the header names."""
        return PEOPLE.get(request.headers.get("x-test-person", ""))


class Site:
    """The console, as a browser sees it. `now` can be moved."""

    def __init__(self, register: Register, catalog: Catalog, folder: Path) -> None:
        self.now, self.register, self.catalog, self.folder = NOW, register, catalog, folder
        places = Places(
            events=folder / "events", approvals=folder / "approvals", sandboxes=folder / "state" / "sandboxes"
        )
        self._begin(places)
        self.put("organisation", Kind.ORGANISATION, ORGANISATION)

    def without_gateway(self) -> None:
        """Serve the same register with no gateway beside it."""
        self._begin(Places())

    def hold(self, active: frozenset[str]) -> None:
        """Serve the same register beside a gateway that holds something."""
        self._begin(self.services.places, lambda: active)

    def _begin(self, places: Places, active: Callable[[], frozenset[str]] | None = None) -> None:
        self.services = Services(self.register, self.catalog, lambda: self.now, places, active=active)
        self.client = TestClient(make_app(self.services, ByHeader()), raise_server_exceptions=False)

    def get(self, path: str, by: str = "rea", **headers: str) -> Response:
        """Ask for a page; redirects aren't followed."""
        return self.client.get(path, headers={"x-test-person": by, **headers}, follow_redirects=False)

    def post(self, path: str, data: Mapping[str, Any] | None = None, by: str = "rea", **more: Any) -> Response:
        """Send a form; redirects aren't followed."""
        return self.client.post(path, data=data or {}, headers={"x-test-person": by}, follow_redirects=False, **more)

    def put(self, name: str, kind: Kind, spec: Spec, unit: str = "", by: str = "seed") -> Stored:
        """Put a document into the register."""
        known = self.register.documents.get(kind, name)
        return self.register.documents.put(
            Document(kind=kind, name=name, unit=unit, spec=spec),
            expected=known.version if known else 0, by=by, why="test", at=self.services.now(),
        )  # fmt: skip

    def stored(self, kind: Kind, name: str) -> Stored:
        """Return a document that has to be there."""
        found = self.register.documents.get(kind, name)
        assert found is not None
        return found

    def spec(self, kind: Kind, name: str) -> Any:
        """Return what a document says."""
        return self.stored(kind, name).document.spec


def text(response: Response) -> str:
    """Return what somebody reads on a page, on one line."""
    body = re.sub(r"(?s)<(script|style|title)\b.*?</\1>", " ", response.text)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())
