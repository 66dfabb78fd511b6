"""Registers for tests: each test that asks for `place` or `register` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bartizan.store.register.open import SqlRegister, open_register
from tests.store.register.postgres import cluster, postgres_url

__all__ = ["cluster", "place", "postgres_url", "register"]


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Give the place of a database with nothing in it."""
    if request.param == "sqlite":
        return str(tmp_path / "register.db")
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def register(place: str) -> Iterator[SqlRegister]:
    """Give an empty register."""
    opened = open_register(place)
    yield opened
    opened.close()
