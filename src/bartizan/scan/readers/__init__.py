"""One module a format, found by being there, and which of them reads a file."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from bartizan.scan.blocks import Reader, Source, Unread
from bartizan.scan.readers.parts.encodings import SAMPLE, encoding_of
from bartizan.scan.readers.parts.magic import not_inspected

__all__ = ["HEAD", "readers", "recognise"]

HEAD = 4096
"""Bytes of a file by which its format is told."""


@cache
def readers() -> tuple[Reader, ...]:
    """Return every reader, in the order of their modules' names."""
    found = (entry.name for entry in pkgutil.iter_modules(__path__) if not entry.ispkg)
    return tuple(import_module(f"{__name__}.{name}").READER for name in sorted(found))


def recognise(source: Source) -> Reader | Unread:
    """Tell which reader reads a file, by its content first and its name where that leaves it open. Raises OSError.

    What is no format of ours is Unread, with the format's name where it is known.
    """
    with source.open() as file:
        head = file.read(SAMPLE) or b""
        while len(head) < HEAD and (more := file.read(HEAD - len(head))):
            head += more
    name = source.name.lower()
    best: Reader | None = None
    sure = 0
    for reader in readers():
        score = reader.recognises(head[:HEAD], name)
        # Text reads everything that is text; whoever knows more about it comes first.
        if score > sure or (score == sure > 0 and best is not None and best.name == "text"):
            best, sure = reader, score
    if sure < 3 and head:
        if format := not_inspected(head[:HEAD], name):
            return Unread(f"format {format} is not inspected for data")
        if encoding_of(head) is None and (best is None or sure < 2):
            return Unread("is binary data of an unknown format, which is not inspected for data")
    if best is None:
        return Unread("is binary data of an unknown format, which is not inspected for data")
    return best
