"""What tests of all parts read: places, and the packaged catalog."""

from functools import cache
from pathlib import Path

import pytest

from bartizan.catalog import Catalog, load_catalog
from bartizan.catalog.data_types import DataType, load_data_types

__all__ = ["REPOSITORY", "SHARED", "packaged_catalog", "packaged_types", "shared"]

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"


def shared(relative: str) -> Path:
    """Path below the data folder that lies beside the repository; skips the test where it is absent."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"../shared/{relative} is not on this machine")
    return path


@cache
def packaged_catalog() -> Catalog:
    """The packaged catalog, read once by each process of the suite: reading it takes a second under coverage."""
    return load_catalog()


@cache
def packaged_types() -> dict[str, DataType]:
    """The packaged data types, read once by each process of the suite."""
    return load_data_types()
