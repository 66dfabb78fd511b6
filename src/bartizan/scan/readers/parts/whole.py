"""Formats that are read from their beginning to their end."""

from __future__ import annotations

from bartizan.scan.blocks import Source, Unit

__all__ = ["Whole"]


class Whole:
    """A reader whose files can't be cut: one unit."""

    def units(self, _source: Source, _target: int, /) -> list[Unit]:
        """Return the one unit."""
        return [Unit()]
