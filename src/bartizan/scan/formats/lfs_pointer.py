"""Git LFS pointers: a few lines of text in the place of a large file that was not fetched. Source: Git LFS, spec 1."""

from __future__ import annotations

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look

_START = b"version https://git-lfs.github.com/spec/v1\n"
_LARGEST = 1024


def recognise(look: Look) -> bool:
    """Tell by the first line, whatever the name."""
    return look.size < _LARGEST and look.head.startswith(_START)


def examine(look: Look, desk: Desk) -> None:
    """Tell that the file itself is missing, and which one it would be."""
    desk.cover_all(look.content)
    lines = dict(line.partition(" ")[::2] for line in look.head.decode("utf-8", "replace").splitlines())
    desk.hit("git-lfs-pointer", f"{lines.get('size', '?')} bytes are elsewhere")


FORMAT = Format(name="git-lfs", title="Git LFS pointer", group="any", recognise=recognise, examine=examine)
