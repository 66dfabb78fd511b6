"""Serves a register's console on loopback, everybody being one person: started as a process by the browser's tests."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from litestar.types import ASGIApp

from bartizan.catalog import load_catalog
from bartizan.console.access import Fixed
from bartizan.console.app import make_app
from bartizan.console.services import Services
from bartizan.console.serving import serve_console
from bartizan.govern.roles import Person, Role
from bartizan.store.register.open import open_register

EVERYTHING = frozenset({Role.OWNER, Role.REVIEWER, Role.AUDITOR, Role.ADMINISTRATOR})


def make(database: str, address: str) -> ASGIApp:
    """Return the application."""
    services = Services(
        open_register(Path(database)),
        load_catalog(),
        clock=lambda: datetime(2026, 11, 28, 12, 0, tzinfo=UTC),
        address=f"http://{address}",
    )
    return make_app(services, Fixed(Person(id="ana", name="Ana Krasniqi", roles={"": EVERYTHING})))


if __name__ == "__main__":
    serve_console(partial(make, sys.argv[1], sys.argv[2]), sys.argv[2], 1, lambda: None)
