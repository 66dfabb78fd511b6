"""The systems in `examples/`, read and reviewed once for all tests, on one day."""

from datetime import date
from functools import cache
from pathlib import Path

from bartizan.analysis import review
from bartizan.analysis.result import Review
from bartizan.catalog import Catalog
from bartizan.model import System
from bartizan.store import load_system
from tests.support import REPOSITORY, packaged_catalog

__all__ = ["AS_OF", "EXAMPLES", "catalog", "folder", "reviewed", "system"]

AS_OF = date(2026, 11, 23)
EXAMPLES = sorted(path.parent.name for path in (REPOSITORY / "examples").glob("*/system.yaml"))


def folder(name: str) -> Path:
    """Where an example lies."""
    return REPOSITORY / "examples" / name


@cache
def catalog() -> Catalog:
    """The packaged catalog."""
    return packaged_catalog()


@cache
def system(name: str) -> System:
    """An example, with what it includes and the decisions beside it."""
    return load_system(folder(name) / "system.yaml")


@cache
def reviewed(name: str) -> Review:
    """The review of an example on `AS_OF`."""
    return review(system(name), catalog(), as_of=AS_OF)
