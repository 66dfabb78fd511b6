"""What all tests of the console share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.console.pool import give_back


@pytest.fixture(autouse=True)
def _applications() -> Iterator[None]:
    yield
    give_back()
