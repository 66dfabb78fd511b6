"""Parts of a system that an option names, as `SYSTEM.yaml:ID`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from bartizan.model import InputError, System

__all__ = ["part_of_system"]


def part_of_system(text: str, what: str, among: Callable[[System], Iterable[str]]) -> tuple[Path, str]:
    """Return the system's file and the id. Raises InputError where the system can't be read or has no such part."""
    file, _, name = text.rpartition(":")
    if not file or not name:
        raise InputError(f"`{text}` names no {what}", help="write it as SYSTEM.yaml:ID")
    from bartizan.store import load_system

    known = list(among(load_system(Path(file))))
    if name not in known:
        raise InputError(f"`{file}` has no {what} `{name}`", help=f"one of: {', '.join(known) or 'none'}")
    return Path(file), name
