"""A PostgreSQL of the tests' own: a cluster in a temporary folder, behind a Unix socket.

from tests.store.register.postgres import cluster, postgres_url  # in a conftest.py; noqa: F401
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import NullPool, create_engine, make_url, text

__all__ = ["Cluster", "cluster", "postgres_url"]

_SETTINGS = {
    "listen_addresses": "''",
    "fsync": "off",
    "full_page_writes": "off",
    "max_connections": "100",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}


def _binary(name: str) -> str | None:
    """Return a program of PostgreSQL; Debian keeps them off the path."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    return shutil.which(name) or (str(kept[0]) if kept else None)


class Cluster:
    """A server that can be stopped and started again; data and socket stay where they are."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made = 0
        self._user = _server_user()
        if self._user:
            shutil.chown(folder, self._user)
        # An order that isn't that of bytes, as servers in companies have it; without ICU, the plain one.
        icu = ("--locale-provider=icu", "--icu-locale=en-US")
        if self._run("initdb", *icu, *_INIT, str(self.folder / "data")):
            shutil.rmtree(self.folder / "data", ignore_errors=True)
            assert not self._run("initdb", *_INIT, str(self.folder / "data")), "initdb fails"

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        settings = " ".join(f"-c {key}={value}" for key, value in _SETTINGS.items())
        options = f"{settings} -c unix_socket_directories={self.folder}"
        status = self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-o", options, "-l", self._log, "start")
        assert not status, Path(self._log).read_text()

    def stop(self) -> None:
        """Stop the server at once, whoever is connected."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", "immediate", "stop")

    def database(self) -> str:
        """Make a new, empty database and return its address."""
        self._made += 1
        self._say(f"CREATE DATABASE t{self._made}")
        return self.url(f"t{self._made}").replace("postgresql+psycopg://", "postgresql://")

    def drop(self, url: str) -> None:
        """Take a database out again, whoever is connected: hundreds of them would keep the disk busy."""
        self._say(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        engine = create_engine(self.url("postgres"), isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(statement))

    def url(self, database: str) -> str:
        """Return the address of a database for SQLAlchemy."""
        return f"postgresql+psycopg://postgres@/{database}?host={quote(str(self.folder))}"

    @property
    def _log(self) -> str:
        return str(self.folder / "log")

    def _run(self, name: str, *arguments: str) -> int:
        program = _binary(name)
        assert program
        return subprocess.run(
            [program, *arguments],
            user=self._user,
            group=pwd.getpwnam(self._user).pw_gid if self._user else None,
            extra_groups=[] if self._user else None,
            cwd=self.folder,
            env={"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=120,
        ).returncode


_INIT = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync", "-D")


def _server_user() -> str | None:
    """Return whom to run the server as; it refuses to be root."""
    if os.geteuid():
        return None
    users = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in users else "nobody"


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """Give a running PostgreSQL; the test is skipped where the machine has none."""
    if not _binary("initdb") or not _binary("pg_ctl"):
        pytest.skip("PostgreSQL is not installed here")
    pytest.importorskip("psycopg", reason="psycopg is not installed here")
    # A short path: the address of a socket has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="bartizan-pg-", dir="/tmp"))
    server = Cluster(folder)
    try:
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(cluster: Cluster) -> Iterator[str]:
    """Give the address of a new, empty database."""
    url = cluster.database()
    yield url
    cluster.drop(url)
