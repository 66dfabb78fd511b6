"""The whole review as JSON, in the schema `bartizan/review/1`."""

from __future__ import annotations

import msgspec

from bartizan.analysis.result import Review
from bartizan.catalog import Catalog
from bartizan.model import System

__all__ = ["render"]


def render(review: Review, system: System, catalog: Catalog) -> bytes:  # noqa: ARG001 - every format takes the three
    """Return the review with its keys in the order of the types, indented, and one newline at the end."""
    return msgspec.json.format(msgspec.json.encode(review), indent=2) + b"\n"
