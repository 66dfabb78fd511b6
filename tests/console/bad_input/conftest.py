from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bartizan.model.documents import Kind
from bartizan.store.register.open import open_register
from tests.console.bad_input.ground import Ground, seed
from tests.console.bad_input.real import Real
from tests.support import packaged_catalog


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Ground]:
    """Give a console over an empty register."""
    register = open_register(tmp_path / "register.db")
    ground = Ground(register, packaged_catalog(), tmp_path)
    with ground.client:
        yield ground
    register.close()


@pytest.fixture
def ground(empty: Ground) -> Ground:
    """Give a console with one document of each kind, and what stands beside documents."""
    for kind in Kind:
        empty.put(seed(kind))
    empty.settle("something")
    return empty


@pytest.fixture
def real(tmp_path: Path) -> Iterator[Real]:
    """Give the whole console, to which people sign in."""
    register = open_register(tmp_path / "register.db")
    yield Real(register)
    register.close()
