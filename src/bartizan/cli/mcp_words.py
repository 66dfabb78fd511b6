"""The words of a server's command, as they mean the same wherever they are read."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

__all__ = ["absolute"]


def absolute(words: Sequence[str]) -> list[str]:
    """Return a command with files of this folder by their whole path: in another folder they are others."""
    here = Path.cwd()
    return [str(here / word) if not word.startswith(("/", "-")) and (here / word).is_file() else word for word in words]
