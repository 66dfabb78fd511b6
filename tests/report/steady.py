"""A catalog whose texts stay the same, so that a snapshot of a report changes with the report alone."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

import msgspec

from bartizan import __version__
from bartizan.catalog import Catalog, load_catalog

__all__ = ["steady_catalog", "without_version"]


@cache
def steady_catalog() -> Catalog:
    """Return the real catalog with neutral titles, texts and numbers."""
    real = load_catalog()
    replace = msgspec.structs.replace
    return replace(
        real,
        controls={
            name: replace(
                entry,
                title=f"Control {name}",
                description=f"What {name} does.",
                effectiveness=[0.5, 0.9],
                maps={"nist-800-53": ["AC-3"], "eu-ai-act": ["Art. 15"]},
            )
            for name, entry in real.controls.items()
        },
        threats={name: replace(entry, likelihood=[0.1, 0.4, 0.8]) for name, entry in real.threats.items()},
        positions={name: replace(entry, title=f"Position {name}") for name, entry in real.positions.items()},
        frameworks={
            name: replace(
                entry,
                title=f"Framework {name}",
                version="1",
                publisher="Publisher",
                published=date(2026, 1, 1),
                items={key: replace(item, title=f"Item {key}") for key, item in entry.items.items()},
            )
            for name, entry in real.frameworks.items()
        },
    )


def without_version(text: str) -> str:
    """Replace Bartizan's own version."""
    semantic = re.sub(r"\.dev", "-dev", __version__)
    return text.replace(f'"{__version__}"', '"VERSION"').replace(f'"{semantic}"', '"VERSION"')
