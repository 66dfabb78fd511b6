"""Where this platform keeps what can be made again."""

from __future__ import annotations

import os
import sys
from pathlib import Path

__all__ = ["cache_folder"]


def cache_folder() -> Path | None:
    """Return the user's cache folder for Bartizan, not made yet; None when this user has no home."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if given and Path(given).is_absolute():
        return Path(given) / "bartizan"
    try:
        home = Path.home()
    except RuntimeError:
        return None
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "bartizan" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "bartizan"
    return home / ".cache" / "bartizan"
