"""From a file to its review, as every command that looks at one needs it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import msgspec

from bartizan.analysis import Options, review
from bartizan.analysis.result import Review
from bartizan.catalog import Catalog, load_catalog
from bartizan.catalog.places import cache_folder
from bartizan.cli.progress import Patience
from bartizan.model import System
from bartizan.store import Source

__all__ = ["Work", "catalog", "look_at"]


class Work(msgspec.Struct, kw_only=True):
    """A reviewed system: the file it came from, the knowledge it was held against, and what follows."""

    source: Source
    system: System
    catalog: Catalog
    review: Review


def catalog() -> Catalog:
    """Return the packaged catalog, parsed at most once per machine and version."""
    return load_catalog(cache_folder())


def look_at(file: Path, as_of: date | None, options: Options | None = None) -> Work:
    """Load and review a system. Raises InputError when the file is wrong."""
    source = Source.find(file)
    system = source.system()
    knowledge = catalog()
    with Patience(f"reviewing {file}"):
        result = review(system, knowledge, as_of=as_of or date.today(), options=options or Options())
    return Work(source=source, system=system, catalog=knowledge, review=result)
