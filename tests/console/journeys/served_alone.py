"""Serves a console with one account and nothing else, under a name, as passkeys need: a browser's test starts it.

`python -m tests.console.journeys.served_alone FOLDER PORT`.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from bartizan.cli.up_work import clock
from bartizan.console.begin import Started, application
from bartizan.console.identity import ConsoleSettings
from bartizan.console.identity.passwords import Passwords
from bartizan.console.services import Places
from bartizan.console.serving import serve_console
from bartizan.govern.roles import Role
from bartizan.store.register.open import open_register
from bartizan.store.register.people import People
from bartizan.store.register.people_records import Note
from tests.console.journeys.served import PASSWORD, email


def serve(folder: Path, port: str) -> None:
    """Serve until a signal ends it."""
    database = str(folder / "register.db")
    register = open_register(database)
    note = Note(kind="account-made", at=clock().strftime("%Y-%m-%dT%H:%M:%SZ"), person="test")
    hashed = Passwords(memory_kib=64, passes=1).hash(PASSWORD)
    made = People(register).add_local("Ana Krasniqi", email("ana-krasniqi"), note, password=hashed)
    People(register).give(made.id, "", Role.REVIEWER, note)
    register.close()
    settings = ConsoleSettings(address=f"http://localhost:{port}", second_factor="required")
    started = Started(database=database, settings=settings, places=Places(), clock=clock)
    serve_console(partial(application, started), f"127.0.0.1:{port}", 1, lambda: None)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2])
