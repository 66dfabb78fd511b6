"""The statements of the catalog, for pages and the API: read once in a process."""

from __future__ import annotations

from functools import lru_cache

from bartizan.catalog.places import cache_folder
from bartizan.catalog.statements import Statements, load_statements

__all__ = ["statements"]


@lru_cache(maxsize=1)
def statements() -> Statements:
    """Return the statements of the catalog, the documents that they stand in, and the gateway's measures."""
    return load_statements(cache_folder())
