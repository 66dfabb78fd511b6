"""A console over a register with systems of the examples."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bartizan.catalog import Catalog, load_catalog
from bartizan.model.documents import Kind
from bartizan.store.register.open import open_register
from bartizan.store.systems import load_system
from tests.console.pages.site import Site
from tests.support import REPOSITORY


@pytest.fixture(scope="session")
def whole_catalog() -> Catalog:
    return load_catalog()


@pytest.fixture
def site(tmp_path: Path, whole_catalog: Catalog) -> Iterator[Site]:
    register = open_register(tmp_path / "register.db")
    made = Site(register, whole_catalog, tmp_path)
    system = load_system(REPOSITORY / "examples" / "fraud-model" / "system.yaml")
    made.put("fraud-model", Kind.SYSTEM, system, unit="claims")
    with made.client:
        yield made
    register.close()
