"""What a path that stands in a model may reach: a file beside the model, or any file of the machine that loads it."""

from __future__ import annotations

import re

__all__ = ["climbs_out", "leaves_folder"]

_DRIVE = re.compile(r"[A-Za-z]:")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://")


def leaves_folder(path: str) -> bool:
    """Tell whether a path leads out of the folder it is relative to, on any system: absolute, up, a drive, an address.

    Backslashes separate on Windows, so they count; a NUL ends the path for a loader written in C.
    """
    path = path.split("\0", 1)[0].replace("\\", "/")
    if path.startswith(("/", "~")) or _DRIVE.match(path) or _SCHEME.match(path):
        return True
    return climbs_out(path)


def climbs_out(path: str) -> bool:
    """Tell whether a relative path climbs out of where it starts; both kinds of slashes separate."""
    depth = 0
    for part in path.replace("\\", "/").split("/"):
        depth += {"..": -1, ".": 0, "": 0}.get(part, 1)
        if depth < 0:
            return True
    return False
