"""A catalog whose texts stay the same, so that a snapshot of a report changes with the report alone."""

from __future__ import annotations

import re
from datetime import date
from functools import cache

import msgspec

from bartizan import __version__
from bartizan.catalog import Catalog
from tests.report.sample import sample_review
from tests.support import packaged_catalog

__all__ = ["steady_catalog", "without_version"]


@cache
def steady_catalog() -> Catalog:
    """Return a catalog with the threats and controls that the sample names, in neutral titles, texts and numbers."""
    real, review = packaged_catalog(), sample_review()
    replace = msgspec.structs.replace
    threat, control = next(iter(real.threats.values())), next(iter(real.controls.values()))
    threats = [*review.threats, *review.appendix]
    rules = {entry.rule for entry in threats}
    names = {change.control for entry in threats for change in entry.removed_by if change.control}
    names |= {place.control for place in (*review.controls.in_place, *review.controls.minimum)}
    return replace(
        real,
        threats={name: replace(threat, id=name, title=name, likelihood=[0.1, 0.4, 0.8]) for name in sorted(rules)},
        controls={
            name: replace(
                control,
                id=name,
                title=f"Control {name}",
                description=f"What {name} does.",
                effectiveness=[0.5, 0.9],
                maps={"nist-800-53": ["AC-3"], "eu-ai-act": ["Art. 15"]},
            )
            for name in sorted(names)
        },
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
