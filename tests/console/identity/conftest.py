from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bartizan.store.register.open import open_register
from tests.console.identity.house import House


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    register = open_register(tmp_path / "register.db")
    yield House(register)
    register.close()
