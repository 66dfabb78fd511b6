"""Every threat fires on the systems it names and stays silent on the near misses it names."""

from __future__ import annotations

import pytest

from bartizan.analysis import fires
from tests.support import packaged_catalog

CATALOG = packaged_catalog()


@pytest.mark.parametrize("threat", list(CATALOG.threats))
def test_fires_on_its_examples(threat: str) -> None:
    examples = CATALOG.threats[threat].examples.fires_on
    assert examples
    for number, example in enumerate(examples):
        assert threat in fires(CATALOG, example), f"example {number}"


@pytest.mark.parametrize("threat", list(CATALOG.threats))
def test_stays_silent_on_near_misses(threat: str) -> None:
    examples = CATALOG.threats[threat].examples.silent_on
    assert examples
    for number, example in enumerate(examples):
        assert threat not in fires(CATALOG, example), f"example {number}"
