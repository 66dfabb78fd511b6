"""Git LFS pointers: a few lines of text in the place of a large file that was not fetched. Source: Git LFS, spec 1."""

from __future__ import annotations

import re

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look

_LARGEST = 1024
"""Bytes of a pointer, by the specification."""
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\r?\n"
    rb"(?:ext-\d-[\w.-]+ \w+:[0-9a-f]{16,128}\r?\n)*"
    rb"oid \w+:[0-9a-f]{16,128}\r?\nsize (\d{1,19})\s*"
)


def recognise(look: Look) -> bool:
    """Tell by all of the lines, whatever the name."""
    return look.size < _LARGEST and _POINTER.fullmatch(look.head) is not None


def examine(look: Look, desk: Desk) -> None:
    """Tell that the file itself is missing, and which one it would be."""
    desk.cover_all(look.content)
    found = _POINTER.fullmatch(look.head)
    assert found is not None
    desk.hit("git-lfs-pointer", f"{int(found[1])} bytes are elsewhere")


FORMAT = Format(name="git-lfs", title="Git LFS pointer", group="any", recognise=recognise, examine=examine, sole=True)
