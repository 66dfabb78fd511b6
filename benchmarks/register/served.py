"""A console in processes of its own, with people who are signed in, and how much processor time it takes."""

from __future__ import annotations

import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from os import sysconf
from pathlib import Path

from bartizan.console.begin import Started, application
from bartizan.console.identity import ConsoleSettings
from bartizan.console.services import Places
from bartizan.console.serving import serve_console
from bartizan.govern.roles import Role
from bartizan.store.register import open_register
from bartizan.store.register.people import People
from bartizan.store.register.people_access import Sessions
from bartizan.store.register.people_records import Note, SessionRecord
from benchmarks.measure import REPOSITORY

__all__ = ["free_port", "postgres", "processor_of", "server", "sign_in"]


def now() -> datetime:
    """Return the present time."""
    return datetime.now(UTC)  # noqa: TID251 - a program


def sign_in(database: str, people: int) -> list[str]:
    """Make people with every right who are signed in, and return the cookies of their browsers."""
    register = open_register(database)
    accounts, sessions = People(register), Sessions(register)
    at, ends = (f"{moment:%Y-%m-%dT%H:%M:%SZ}" for moment in (now(), now() + timedelta(hours=8)))
    note, cookies = Note(kind="bench", at=at), []
    for number in range(people):
        person = accounts.add_local(f"Person {number}", f"p{number}@bench.example", note)
        for role in Role:
            accounts.give(person.id, "", role, note)
        secret = secrets.token_urlsafe(32)
        sessions.begin(
            SessionRecord(
                id=sha256(secret.encode()).hexdigest(), person=person.id, created=at, seen=at, ends=ends,
                method="password", address="127.0.0.1", agent="bench",
            ),
            note,
        )  # fmt: skip
        cookies.append(f"bartizan={secret}")
    register.close()
    return cookies


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@contextmanager
def server(database: str, workers: int, per_second: int = 0) -> Iterator[tuple[int, int]]:
    """Give the port of a console over a database and its process; `per_second` bounds each account, 0 none."""
    port = free_port()
    given = [database, str(port), str(workers), str(per_second)]
    command = [sys.executable, "-m", "benchmarks.register.served", *given]
    process = subprocess.Popen(command, cwd=REPOSITORY)
    try:
        for _ in range(300):
            with socket.socket() as tried:
                if not tried.connect_ex(("127.0.0.1", port)):
                    break
            if process.poll() is not None:
                raise SystemExit("the console did not start")
            time.sleep(0.1)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)


def processor_of(roots: Sequence[int]) -> float:
    """Return the processor seconds of processes and all below them so far (Linux)."""
    parents: dict[int, list[int]] = {}
    spent: dict[int, float] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            rest = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        own = int(path.parent.name)
        parents.setdefault(int(rest[1]), []).append(own)
        spent[own] = sum(int(ticks) for ticks in rest[11:15]) / sysconf("SC_CLK_TCK")
    found, total = list(roots), 0.0
    while found:
        one = found.pop()
        total += spent.get(one, 0.0)
        found += parents.get(one, [])
    return total


@contextmanager
def postgres() -> Iterator[tuple[str, Callable[[], int]]]:
    """Give the address of an empty database in a cluster of its own, and how to find its first process."""
    from tempfile import TemporaryDirectory

    from tests.store.register.postgres import Cluster

    with TemporaryDirectory(prefix="bartizan-pg-", dir="/tmp") as name:
        folder = Path(name)
        cluster = Cluster(folder)
        cluster.start()
        try:
            yield cluster.database(), lambda: int((folder / "data" / "postmaster.pid").read_text().split("\n")[0])
        finally:
            cluster.stop()


def _main(database: str, port: str, workers: str, per_second: str) -> None:
    settings = ConsoleSettings(address=f"http://127.0.0.1:{port}", requests_per_second=int(per_second))
    started = Started(database=database, settings=settings, places=Places(), clock=now)
    serve_console(partial(application, started), f"127.0.0.1:{port}", int(workers), lambda: None)


if __name__ == "__main__":
    _main(*sys.argv[1:])
