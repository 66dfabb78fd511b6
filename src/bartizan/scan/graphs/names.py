"""Names that frameworks themselves bring, kept in the catalog as facts with their source."""

from __future__ import annotations

from functools import cache

import msgspec

from bartizan.catalog.folder import packaged, read_file

__all__ = ["names_of"]


class _Names(msgspec.Struct, forbid_unknown_fields=True):
    id: str
    title: str
    source: str
    names: str


@cache
def names_of(framework: str) -> frozenset[str]:
    """Return the names of a framework's own operators or classes."""
    return frozenset(read_file(packaged("operators") / f"{framework}.yaml", _Names).names.split())
