"""The format that a scan is asked for, by name or by the file's suffix."""

from __future__ import annotations

from pathlib import Path

from bartizan.model import InputError

__all__ = ["format_of"]

_SUFFIXES = {".json": "json", ".sarif": "sarif", ".html": "html", ".htm": "html", ".txt": "text"}


def format_of(format: str | None, output: Path | None) -> str:
    """Return the format that was asked for, or that the file's name says. Raises InputError when it says none."""
    if format is not None:
        return format
    if output is None:
        return "text"
    found = _SUFFIXES.get(output.suffix.lower())
    if found is None:
        raise InputError(
            f"`{output.name}` does not say which format to write",
            help=f"add --format, or a suffix of: {', '.join(sorted(_SUFFIXES))}",
        )
    return found
