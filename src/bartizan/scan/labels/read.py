"""Which reader takes a file, and its metadata."""

from __future__ import annotations

from bartizan.scan.blocks import Source
from bartizan.scan.labels.compound import MAGIC
from bartizan.scan.labels.found import Metadata
from bartizan.scan.labels.mail import looks_like_mail, read_mail
from bartizan.scan.labels.ole import read_compound
from bartizan.scan.labels.package import read_package
from bartizan.scan.labels.pdf import read_pdf

__all__ = ["read_metadata"]

_HEAD = 8192


def read_metadata(source: Source) -> Metadata | None:
    """Return what a file's metadata state about its secrecy; None for a format that has no place for it.

    Damaged and encrypted files give what can be read, and a problem. Raises OSError.
    """
    with source.open() as file:
        head = file.read(_HEAD)
        file.seek(0)
        if head.startswith(b"PK"):
            return read_package(file)
        if head.startswith(MAGIC):
            return read_compound(file)
        if b"%PDF-" in head[:1024]:
            return read_pdf(file)
        if looks_like_mail(head, source.name.lower()):
            return read_mail(file)
    return None
