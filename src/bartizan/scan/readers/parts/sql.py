"""Names in SQL."""

from __future__ import annotations

__all__ = ["quoted"]


def quoted(name: str) -> str:
    """Return a name as SQL takes it for a name, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'
