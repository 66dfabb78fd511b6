"""A console over a register with a system of the examples, which is assessed once and copied for each test."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bartizan.catalog import Catalog, load_catalog
from bartizan.console.assessing import Assessor
from bartizan.model.documents import Kind
from bartizan.store.register.open import open_register
from bartizan.store.systems import load_system
from tests.console.pages.site import Site
from tests.support import REPOSITORY


@pytest.fixture(scope="session")
def whole_catalog() -> Catalog:
    return load_catalog()


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory, whole_catalog: Catalog) -> Path:
    folder = tmp_path_factory.mktemp("seeded")
    register = open_register(folder / "register.db")
    made = Site(register, whole_catalog, folder)
    system = load_system(REPOSITORY / "examples" / "fraud-model" / "system.yaml")
    made.put("fraud-model", Kind.SYSTEM, system, unit="claims")
    assert Assessor(made.services).run(1) == 1
    register.close()
    return folder / "register.db"


@pytest.fixture
def site(tmp_path: Path, seeded: Path, whole_catalog: Catalog) -> Iterator[Site]:
    shutil.copyfile(seeded, tmp_path / "register.db")
    register = open_register(tmp_path / "register.db")
    made = Site(register, whole_catalog, tmp_path)
    with made.client:
        yield made
    register.close()
