"""A console full of documents, and every address that it has: what the attacks are aimed at."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from bartizan.catalog import Catalog
from bartizan.console import api
from bartizan.console.access import AnyRequest
from bartizan.console.importing import Importer
from bartizan.console.services import Places, Services
from bartizan.govern.roles import Person, Role
from bartizan.guard.asking import as_json
from bartizan.guard.gateway.asking import FolderStore
from bartizan.model import Event, Usage
from bartizan.model.assurance import Proof, ProofSource
from bartizan.model.documents import Document, Kind, Stored, parse_documents
from bartizan.soc import EventLog
from bartizan.store.register.imports import ImportLog
from bartizan.store.register.open import SqlRegister
from tests.console.pool import make_app
from tests.guard.asking.making import approval, verdict

__all__ = ["NOW", "PEOPLE", "SEEDS", "UNIT", "Ground", "Route", "routes_of", "seed"]

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
UNIT, OTHER = "claims", "health"
_ALL = frozenset(Role)
PEOPLE = {
    "all": Person(id="all", email="all@helvion.example", roles={"": _ALL}),
    "near": Person(id="near", roles={UNIT: _ALL}),
    "far": Person(id="far", roles={OTHER: _ALL}),
    "none": Person(id="none", roles={}),
}
_DOCUMENTS = Path(__file__).parents[3] / "examples" / "organisation" / "documents"
SEEDS = {
    Kind.ORGANISATION: "organisation.yaml",
    Kind.SYSTEM: "systems/applicant-ranking.yaml",
    Kind.TOOL: "tools/kestrel-minutes.yaml",
    Kind.VENDOR: "vendors/kestrel-works.yaml",
    Kind.SANDBOX: "sandboxes/claims-letter-drafts.yaml",
    Kind.EXCEPTION: "exceptions/pilot-agencies-mcp.yaml",
    Kind.POLICY: "policies/agent-and-mcp-standard.yaml",
}
"""One document of each kind, rich in texts."""


@cache
def seed(kind: Kind) -> Document:
    """Return the document of a kind that the attacks begin with, in the unit of the attacked."""
    path = _DOCUMENTS / SEEDS[kind]
    found = next(one for one in parse_documents(path.read_bytes(), path.name) if one.kind is kind)
    unit = "" if kind is Kind.ORGANISATION else UNIT
    return msgspec.structs.replace(found, unit=unit)


class Route(NamedTuple):
    """An address of the console: how it is written down, with what takes the place of its variables, and a method."""

    template: str
    path: str
    method: str


class _ByHeader:
    def person(self, request: AnyRequest) -> Person | None:
        return PEOPLE.get(request.headers.get("x-test-person", ""))


class Ground:
    """A console with the API, in which the documents are known by their kind."""

    def __init__(self, register: SqlRegister, catalog: Catalog, folder: Path) -> None:
        self.register, self.folder = register, folder
        places = Places(events=folder / "events", approvals=folder / "approvals", sandboxes=folder / "sandboxes")
        self.services = Services(register, catalog, lambda: NOW, places)
        self.app: Any = make_app(self.services, _ByHeader(), routes=api.ROUTES)
        self.client = TestClient(self.app, raise_server_exceptions=False)
        self.client.follow_redirects = False
        self.names = {kind: seed(kind).name for kind in Kind} | {Kind.ORGANISATION: "organisation"}
        self.scan = 0

    def put(self, document: Document) -> Stored:
        """Put a document into the register, on top of what is there."""
        documents = self.register.documents
        there = documents.get(document.kind, document.name)
        return documents.put(
            document, expected=there.version if there else 0, by="seed", why="test", at=self.services.now()
        )

    def settle(self, word: str) -> None:
        """Put what isn't a document beside the documents: evidence, a scan, an event, a question; texts are `word`."""
        system = self.names[Kind.SYSTEM]
        proof = Proof(
            system=system, control="logging", source=ProofSource.TEST, observed_at=date(2026, 11, 1), by=word,
            detail=word, digest=word,
        )  # fmt: skip
        self.register.evidence.add([proof], at=self.services.now())
        self.scan = self._scan(word)
        imports = ImportLog(self.register)
        imports.begin(f"name\n{word}\n".encode(), person="all", what="vendors", file=word, at=NOW)
        Importer(self.services, imports, PEOPLE.get).run()
        log = EventLog(self.folder / "events", fsync="never")
        log.append(
            Event(kind="call", time="2026-11-28T11:00:00.000Z", principal=word, action=word, resource=word,
                  decision="allow", rule=word, labels=[word], tokens=Usage(1, 1))
        )  # fmt: skip
        log.close()
        made = approval(verdict({"to": word, "text": word}))
        now = NOW.timestamp()
        by = msgspec.structs.replace(made.by, principal="all@helvion.example")
        FolderStore(self.folder / "approvals").put(
            as_json(msgspec.structs.replace(made, by=by, asked=now, until=now + 300))
        )

    def _scan(self, word: str) -> int:
        finding = dict.fromkeys(("id", "rule", "title", "path", "evidence", "remedy"), word) | {"severity": "high"}
        result = {
            "schema": "bartizan/scan/1", "verdict": "dangerous",
            "artefacts": [{"path": word, "format": word, "verdict": word}], "findings": [finding],
            "not_inspected": [{"path": word, "reason": word}],
        }  # fmt: skip
        sent = {"system": self.names[Kind.SYSTEM], "component": "ranking", "observed_at": "2026-11-27"}
        file = {"file": (f"{word}.json", msgspec.json.encode(result), "application/json")}
        answer = self.client.post("/scans/new", data=sent, files=file, headers={"x-test-person": "all"})
        assert answer.status_code == 303, answer.text
        return int(answer.headers["location"].rpartition("/")[2])

    def ask(self, method: str, path: str, by: str = "all", **more: Any) -> Response:
        """Send a request in somebody's name; redirects aren't followed."""
        self.client.cookies.clear()
        headers = {"x-test-person": by, **more.pop("headers", {})}
        return self.client.request(method, path, headers=headers, **more)

    def routes(self, names: Mapping[str, str] | None = None) -> list[Route]:
        """Give every address of pages and API for each of its methods; `names` take the places of variables."""
        return routes_of(self.app, self.scan, names)


def routes_of(app: Any, scan: int = 0, names: Mapping[str, str] | None = None) -> list[Route]:
    """Return every address of an application, each leading to a document that the attacks begin with."""
    listed = [(template, method) for template, methods in _routes(app) for method in methods]
    return [Route(template, _path(template, scan, names or {}), method) for template, method in listed]


def _path(template: str, scan: int, names: Mapping[str, str]) -> str:
    """Return an address that leads to something; AssertionError for a variable that nobody knows."""
    parts = template.removeprefix("/api/v1").strip("/").split("/")
    plurals = {kind.plural: seed(kind).name for kind in Kind}
    plural = "tools" if parts[:2] == ["documents", "{plural:str}"] else parts[0]
    statement = seed(Kind.POLICY).spec.statements[0].id  # type: ignore[union-attr]
    known = {
            "plural": plural, "name": plurals.get(plural, "none"), "version": "1", "secret": "none",
            "provider": "none", "factor": "none", "session": "none", "token": "none", "digest": "none",
                        "form": "markdown" if parts[0] == "sandboxes" else "html", "format": "html", "part": "controls",
            "number": "1", "file": _FILES.get(parts[-2] if parts[1:] else "", ""),
            "id": {"policies": statement, "scans": str(scan), "catalog": "logging", "people": "all",
                   "acceptances": "1", "approvals": "none", "webhooks": "none"}.get(parts[0], "none"),
        } | dict(names)  # fmt: skip
    out = []
    for part in template.split("/"):
        name = part.strip("{}").partition(":")[0]
        if part.startswith("{"):
            assert name in known, f"no test knows what `{part}` is in {template}"
        out.append(known[name] if part.startswith("{") else part)
    return "/".join(out)


_FILES = {"export": "systems.csv", "interchange": "agent-and-mcp-standard.oscal-catalog.json"}


def _routes(app: Any) -> list[tuple[str, list[str]]]:
    inner = next(cell.cell_contents for cell in app.__closure__ if isinstance(cell.cell_contents, Litestar))
    listed = [(route.path, sorted(set(getattr(route, "methods", ())) - {"OPTIONS"})) for route in inner.routes]
    return sorted(listed)
