"""Places that tests read from."""

from pathlib import Path

import pytest

__all__ = ["REPOSITORY", "SHARED", "shared"]

REPOSITORY = Path(__file__).resolve().parents[1]
SHARED = REPOSITORY.parent / "shared"


def shared(relative: str) -> Path:
    """Path below the data folder that lies beside the repository; skips the test where it is absent."""
    path = SHARED / relative
    if not path.exists():
        pytest.skip(f"../shared/{relative} is not on this machine")
    return path
