"""The console as a program: killed while it writes, talked to slowly, flooded, its database gone for a while."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bartizan.console.identity.api_tokens import make_token
from bartizan.govern.roles import Action, Role
from bartizan.model.documents import Kind, digest_of
from bartizan.store.register.open import open_register
from tests.cli.serving import Console, console, until
from tests.console.bad_input.real import Real
from tests.console.identity.house import HERE
from tests.store.register.postgres import Cluster, cluster, postgres_url  # noqa: F401 - fixtures

pytestmark = [
    pytest.mark.enable_socket,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="processes are looked up in /proc"),
]
_DOCUMENT = '{{"kind": "Vendor", "name": "{0}", "spec": {{"title": "{0}"}}}}'


def _token(database: str) -> str:
    """Make the first account of a register, and a token of it."""
    register = open_register(database)
    real = Real(register)
    real.now = datetime.now(UTC)  # noqa: TID251 - the program that is started has the same clock
    today = real.now.date().replace(year=real.now.year + 1, day=1)
    all_of_it = frozenset(Action)
    _, text = make_token(
        real.identity, real.acting("boss"), HERE, name="ci", actions=all_of_it, units=None, until=today
    )
    real.person("ana", *Role)
    register.close()
    return text


def _asked(running: Console, token: str, method: str, path: str, body: str = "") -> tuple[int, str]:
    """Send a request with a token; 0 where nobody answers."""
    parts = urlsplit(running.address)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=60)
    headers = {"authorization": f"Bearer {token}", "bartizan-why": "a test"}
    if method == "PUT":
        headers |= {"if-none-match": "*", "content-type": "application/json"}
    try:
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except (OSError, http.client.HTTPException):
        return 0, ""
    finally:
        connection.close()


def _put(running: Console, token: str, name: str) -> int:
    return _asked(running, token, "PUT", f"/api/v1/vendors/{name}", _DOCUMENT.format(name))[0]


def test_a_kill_during_writes_loses_nothing_that_was_confirmed(tmp_path: Path) -> None:
    database = str(tmp_path / "x.db")
    token = _token(database)
    kept: list[str] = []
    ended = threading.Event()

    def write(worker: int, running: Console) -> None:
        number = 0
        while not ended.is_set():
            name = f"v-{len(kept)}-{worker}-{number}"
            if _put(running, token, name) == 201:
                kept.append(name)
            number += 1

    for _ in range(2):
        ended.clear()
        with console(tmp_path, "--database", database) as running:
            running.ready()
            threads = [threading.Thread(target=write, args=(worker, running)) for worker in range(4)]
            for thread in threads:
                thread.start()
            before = len(kept)
            until(lambda before=before: len(kept) >= before + 25, "writes")  # type: ignore[misc]
            for id in running.processes:
                os.kill(id, signal.SIGKILL)
            ended.set()
            for thread in threads:
                thread.join(90)
            running.gone()
    register = open_register(database)
    names = {one.document.name for one in register.documents.all(Kind.VENDOR, None)}
    assert set(kept) <= names
    for one in register.documents.all(Kind.VENDOR, None):
        assert one.digest == digest_of(one.document)
        assert [change.version for change in register.documents.history(Kind.VENDOR, one.document.name)] == [1]
    register.close()
    with console(tmp_path, "--database", database) as again:
        again.ready()
        assert _put(again, token, "after-all") == 201


@pytest.mark.thorough
def test_slow_talkers_keep_nobody_else_waiting_and_are_cut_off(tmp_path: Path) -> None:
    database = str(tmp_path / "x.db")
    token = _token(database)
    with console(tmp_path, "--database", database) as running:
        running.ready()
        parts = urlsplit(running.address)
        place = (parts.hostname or "", parts.port or 0)
        begun = [socket.create_connection(place, timeout=30) for _ in range(60)]
        head = f"PUT /api/v1/vendors/x HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n"
        for number, one in enumerate(begun):
            one.sendall(f"{head}Content-Length: 1000\r\n\r\n{{".encode() if number % 2 else b"GET / HTTP/1.1\r\nX-A: ")
        started = time.monotonic()
        assert _asked(running, token, "GET", "/api/v1/me")[0] == 200
        assert time.monotonic() - started < 5
        slow = begun[0]
        slow.settimeout(30)
        assert slow.recv(1000)[:12] in (b"", b"HTTP/1.1 408", b"HTTP/1.1 400")
        for one in begun:
            one.close()


def test_a_flood_of_bytes_is_refused_and_not_kept_in_memory(tmp_path: Path) -> None:
    database = str(tmp_path / "x.db")
    token = _token(database)
    with console(tmp_path, "--database", database) as running:
        running.ready()
        parts = urlsplit(running.address)
        before = max(_peak(id) for id in running.processes)
        with socket.create_connection((parts.hostname or "", parts.port or 0), timeout=60) as one:
            head = f"PUT /api/v1/vendors/x HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n"
            one.sendall(f"{head}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
            chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
            sent = 0
            try:
                while sent < 300:
                    one.sendall(chunk)
                    sent += 1
            except OSError:
                pass  # it was told that it is too much
        assert sent < 300
        assert max(_peak(id) for id in running.processes) - before < 150_000
        assert _asked(running, token, "GET", "/api/v1/me")[0] == 200


def _peak(id: int) -> int:
    """Return the most memory that a process has had, in kB."""
    text = Path(f"/proc/{id}/status").read_text()
    return next((int(line.split()[1]) for line in text.splitlines() if line.startswith("VmHWM")), 0)


def test_a_database_that_goes_away_is_told_and_its_return_needs_nobody(
    tmp_path: Path,
    cluster: Cluster,  # noqa: F811 - the fixture
    postgres_url: str,  # noqa: F811 - the fixture
) -> None:
    token = _token(postgres_url)
    with console(tmp_path, "--database", postgres_url) as running:
        running.ready()
        assert _put(running, token, "before") == 201
        cluster.stop()
        try:
            for _ in range(3):
                status, page = running.get("/signin")
                assert status == 503
                assert "The register can&#39;t be reached" in page
                assert "postgres" not in page.lower()
            status, problem = _asked(running, token, "GET", "/api/v1/vendors")
            assert status == 503
            assert "psycopg" not in problem
            assert "socket" not in problem
        finally:
            cluster.start()
        until(lambda: running.get("/signin")[0] == 200, "the database")
        assert _put(running, token, "later") == 201
        assert _asked(running, token, "GET", "/api/v1/vendors/before")[0] == 200
        assert running.process.poll() is None
        assert "the register can't be reached" in running.said
        assert "Traceback" not in running.said
