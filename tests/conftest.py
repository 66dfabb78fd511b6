"""What every test shares: Hypothesis profiles, the mark that `make fuzz` selects by, and a cache of its own."""

import os
import shutil
import signal
import tempfile
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


_CACHE = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Give the run a cache of its own, which its workers and all processes they start share, instead of the user's."""
    if not hasattr(config, "workerinput"):
        config.stash[_CACHE] = os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="bartizan-tests-")
    # A shell ignores interrupts in what it starts in the background, and so would processes that tests interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the cache, when all workers have ended."""
    if folder := config.stash.get(_CACHE, ""):
        shutil.rmtree(folder, ignore_errors=True)


def pytest_collection_modifyitems(items: Iterable[pytest.Item]) -> None:
    """Mark every Hypothesis test as `property`, so that nobody has to remember to."""
    for item in items:
        if isinstance(item, pytest.Function) and is_hypothesis_test(item.obj):
            item.add_marker(pytest.mark.property)
