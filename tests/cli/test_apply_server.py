"""`bartizan apply`, `get` and `export` through a console's API."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bartizan.catalog import load_catalog
from bartizan.catalog.places import cache_folder
from bartizan.cli.registers_http import HttpShelf
from bartizan.console.access import AnyRequest
from bartizan.console.api import ROUTES
from bartizan.console.app import make_app
from bartizan.console.services import Services
from bartizan.govern.roles import Person, Role
from bartizan.model import BartizanError
from bartizan.model.documents import Kind, parse_document
from bartizan.store.register import Conflict, Unavailable
from bartizan.store.register.open import SqlRegister, open_register
from tests.cli.conftest import SYSTEM, Run
from tests.console.api.live import serving

pytestmark = pytest.mark.enable_socket

VENDOR = "kind: Vendor\nname: notes-inc\nspec: {title: Notes Inc.}\n"
TOOL = "kind: Tool\nname: notes\nspec: {title: Notes, vendor: notes-inc, about: 'Ünïcode'}\n"
PEOPLE = {
    "Bearer good": Person(id="anna", roles={"": frozenset({Role.REVIEWER, Role.ADMINISTRATOR})}, program=True),
    "Bearer reads": Person(id="ben", roles={"": frozenset({Role.AUDITOR})}, program=True),
}


class ByToken:
    """Knows some tokens."""

    def person(self, request: AnyRequest) -> Person | None:
        """Return whose it is."""
        return PEOPLE.get(request.headers.get("authorization") or "")


@pytest.fixture
def register(tmp_path: Path) -> Iterator[SqlRegister]:
    """Give the server's register."""
    made = open_register(tmp_path / "server.db")
    yield made
    made.close()


@pytest.fixture
def server(register: SqlRegister) -> Iterator[str]:
    """Give the address of a console."""
    clock = lambda: datetime(2026, 11, 28, 12, tzinfo=UTC)  # noqa: E731
    services = Services(register=register, catalog=load_catalog(cache_folder()), clock=clock)
    app: Any = make_app(services, ByToken(), routes=ROUTES)
    with serving(app) as address:
        yield address


@pytest.fixture
def token(tmp_path: Path) -> Path:
    """Give the file of a token."""
    path = tmp_path / "token"
    path.write_text("good\n")
    return path


@pytest.fixture
def at(server: str, token: Path) -> list[str]:
    """Give the options that name the server."""
    return ["--server", server, "--token-file", str(token)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Give a folder of documents."""
    place = tmp_path / "documents"
    place.mkdir()
    (place / "all.yaml").write_text(f"{TOOL}---\n{VENDOR}", encoding="utf-8")
    (place / "helpdesk.yaml").write_text(SYSTEM, encoding="utf-8")
    return place


def test_documents_go_to_the_server_and_come_back(
    run: Run, at: list[str], folder: Path, register: SqlRegister, tmp_path: Path
) -> None:
    done = run("apply", "-f", folder, *at, "--why", "from git: ü")
    assert done.code == 0, done.err
    assert done.out == "vendor/notes-inc created\ntool/notes created\nsystem/helpdesk created\n"
    change = register.documents.history(Kind.TOOL, "notes")[0]
    assert (change.by, change.why) == ("anna", "from git: ü")
    assert {line.split()[1] for line in run("apply", "-f", folder, *at).out.splitlines()} == {"unchanged"}
    assert "Notes Inc." in run("get", "vendors", *at).out
    assert run("get", "tool", "notes", "-o", "yaml", *at).out.startswith("kind: Tool\nname: notes\n")
    out = tmp_path / "out"
    assert "3 documents" in run("export", out, *at).out
    assert {line.split()[1] for line in run("apply", "-f", out, *at).out.splitlines()} == {"unchanged"}


def test_a_change_is_told_and_a_dry_run_changes_nothing(
    run: Run, at: list[str], folder: Path, register: SqlRegister
) -> None:
    run("apply", "-f", folder, *at)
    (folder / "all.yaml").write_text(VENDOR.replace("Inc.", "AG"), encoding="utf-8")
    assert run("apply", "-f", folder / "all.yaml", "--dry-run", *at).out == "vendor/notes-inc configured (dry run)\n"
    stored = register.documents.get(Kind.VENDOR, "notes-inc")
    assert stored is not None
    assert stored.version == 1
    assert run("apply", "-f", folder / "all.yaml", *at).out == "vendor/notes-inc configured\n"


def test_what_the_server_refuses_is_told_with_the_file(run: Run, at: list[str], folder: Path, token: Path) -> None:
    (folder / "wrong.yaml").write_text("kind: Tool\nname: x\nspec: {title: X, vendor: nobody, instead: [none]}\n")
    done = run("apply", "-f", folder, *at)
    assert done.code == 2
    assert "wrong.yaml" in done.err
    assert "nobody" in done.err
    assert len(done.out.splitlines()) == 3
    token.write_text("reads")
    (folder / "wrong.yaml").write_text("kind: Vendor\nname: other\nspec: {title: Other}\n")
    refused = run("apply", "-f", folder / "wrong.yaml", *at)
    assert refused.code == 1
    assert "your roles don't include `change`" in refused.err
    token.write_text("bad")
    assert "doesn't accept the token" in run("get", "tools", *at).err
    assert "doesn't accept the token" in run("apply", "-f", folder, *at).err


def test_a_server_that_is_away_or_is_none_is_told(run: Run, token: Path) -> None:
    away = run("get", "tools", "--server", "http://127.0.0.1:9", "--token-file", token)
    assert (away.code, "can't be reached" in away.err) == (1, True)

    async def other(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 - ASGI's signature
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b"hello"})

    with serving(other) as address:
        done = run("get", "tools", "--server", address, "--token-file", token)
    assert (done.code, "doesn't answer as a Bartizan does" in done.err) == (1, True)


def test_two_who_change_one_document_are_told(server: str) -> None:
    shelf = HttpShelf(server, "good")
    document = parse_document(VENDOR.encode(), "x")
    assert shelf.put(document, None, "first", dry_run=False) == "created"
    with pytest.raises(Conflict):
        shelf.put(document, None, "second", dry_run=False)
    held = shelf.get(Kind.VENDOR, "notes-inc")
    changed = parse_document(VENDOR.replace("Inc.", "AG").encode(), "x")
    assert shelf.put(changed, held, "third", dry_run=False) == "configured"
    other = parse_document(VENDOR.replace("Inc.", "SA").encode(), "x")
    with pytest.raises(Conflict):
        shelf.put(other, held, "fourth", dry_run=False)
    shelf.close()


def test_long_lists_are_read_to_their_end(server: str, register: SqlRegister) -> None:
    for number in range(205):
        document = parse_document(f"kind: Vendor\nname: v-{number:03}\nspec: {{title: V}}\n".encode(), "x")
        register.documents.put(document, expected=0, by="x", why="x", at="2026-11-28T12:00:00Z")
    shelf = HttpShelf(server, "good")
    assert [entry.name for entry in shelf.entries(Kind.VENDOR)] == [f"v-{number:03}" for number in range(205)]
    assert len(list(shelf.all(Kind.VENDOR))) == 205
    shelf.close()


def test_an_export_as_oscal_goes_through_the_server(run: Run, at: list[str], folder: Path, tmp_path: Path) -> None:
    run("apply", "-f", folder, *at)
    out = tmp_path / "out"
    assert "6 of them new" in run("export", out, "--format", "oscal", *at).out
    assert len(list((out / "oscal").iterdir())) == 6


def test_a_server_that_is_asked_too_often_is_asked_again_when_it_says() -> None:
    answers = [429, 200]

    async def busy(scope: Any, receive: Any, send: Any) -> None:  # noqa: ARG001 - ASGI's signature
        headers = [(b"retry-after", b"1"), (b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": answers.pop(0), "headers": headers})
        await send({"type": "http.response.body", "body": b'{"items": [], "next": "", "total": 0}'})

    with serving(busy) as address:
        shelf = HttpShelf(address, "good")
        assert list(shelf.entries(Kind.TOOL)) == []
        shelf.close()
    assert answers == []


def test_a_register_that_is_away_behind_the_server_ends_the_work(server: str, register: SqlRegister) -> None:
    shelf = HttpShelf(server, "good")
    register.documents = Away()  # type: ignore[assignment]
    with pytest.raises(Unavailable, match="can't be reached"):
        shelf.get(Kind.TOOL, "x")
    shelf.close()
    with pytest.raises(BartizanError):
        HttpShelf("https://", "good")


class Away:
    """Stands for a database that doesn't answer."""

    def __getattr__(self, name: str) -> Any:
        raise Unavailable("the database is away")


REPORT = """<testsuite timestamp="2026-11-27T10:00:00"><testcase name="quota"><properties>
<property name="bartizan.control" value="rate-limit"/></properties></testcase><testcase name="x"/></testsuite>"""


def test_results_of_tests_go_to_the_server(run: Run, server: str, token: Path, tmp_path: Path) -> None:
    there = ("--server", server, "--token-file", token)
    (tmp_path / "helpdesk.yaml").write_text(SYSTEM, encoding="utf-8")
    assert run("apply", "-f", tmp_path / "helpdesk.yaml", *there).code == 0
    report, rules = tmp_path / "r.xml", tmp_path / "rules.yaml"
    report.write_text(REPORT, encoding="utf-8")
    rules.write_text("tests: [{match: x, controls: [log-redaction], place: agent}]", encoding="utf-8")
    sent = run("evidence", "tests", report, "--system", "helpdesk", *there)
    assert (sent.code, sent.out) == (0, "rate-limit pass: 1 test passed\n")
    assert "1 new pieces" in sent.err
    ruled = run("evidence", "tests", report, "--system", "helpdesk", "--map", rules, "--dry-run", *there)
    assert ruled.out.splitlines()[0] == "log-redaction at agent pass: 1 test passed"
    assert "nothing is kept" in ruled.err
    (tmp_path / "lines").write_text('{"control": "nothing", "outcome": "pass", "observed_at": "2026-11-27"}\n')
    wrong = run("evidence", "tests", tmp_path / "lines", "--system", "helpdesk", *there)
    assert (wrong.code, wrong.out) == (2, "")
    assert "is no control of the catalog" in wrong.err
    assert run("evidence", "tests", report, "--system", "nothing", *there).code == 2
