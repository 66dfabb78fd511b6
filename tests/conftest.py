"""What every test shares: Hypothesis profiles, and the mark that `make fuzz` selects by."""

import os
from collections.abc import Iterable

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

# Same examples on every machine, no clock: a test that passes once passes again.
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True, max_examples=60)
# `make fuzz`: new examples on every run, many of them.
settings.register_profile(
    "fuzz", deadline=None, max_examples=2000, print_blob=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Mark every Hypothesis test as `property`, so that nobody has to remember to."""
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker(pytest.mark.property)
