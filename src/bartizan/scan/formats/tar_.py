"""Tar archives."""

from __future__ import annotations

from bartizan.scan.archives.tarread import is_tar
from bartizan.scan.archives.tarwalk import examine_tar
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look

__all__ = ["FORMAT"]


def recognise(look: Look) -> bool:
    """Tell by the first header's checksum."""
    return is_tar(look.head)


def examine(look: Look, desk: Desk) -> None:
    """Check the structure, and examine what is inside."""
    examine_tar(look.content, desk)


FORMAT = Format(name="tar", title="Tar archive", group="archive", recognise=recognise, examine=examine)
