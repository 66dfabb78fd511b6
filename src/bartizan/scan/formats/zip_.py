"""Zip archives, whatever they hold: numpy's .npz, wheels, Keras and skops files, and plain archives of models."""

from __future__ import annotations

from bartizan.scan.archives.torchzip import is_torchs
from bartizan.scan.archives.zipwalk import examine_zip, members_of, zip_recognised
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.artefacts.words import MODEL_SUFFIXES

__all__ = ["FORMAT"]


def examine(look: Look, desk: Desk) -> None:
    """Check the structure, and examine what is inside."""
    members = members_of(look)
    if not members and look.suffix in MODEL_SUFFIXES:
        desk.hit("not-what-it-says", "it is an empty archive")
    classes = sum(member.name.endswith(".class") for member in members)
    if classes:
        desk.hit("archive-executable", f"a program of Java with {classes} classes")
    examine_zip(look, desk, lambda member: is_torchs(look, member))


FORMAT = Format(name="zip", title="Zip archive", group="archive", recognise=zip_recognised, examine=examine)
