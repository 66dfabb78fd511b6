"""OpenDocument files of LibreOffice and others: texts, sheets, presentations, drawings."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.odf import OpenDocument
from bartizan.scan.readers.parts.package import Package, office_blocks, xml_part
from bartizan.scan.readers.parts.records import Records
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.readers.parts.ziplib import Entry

__all__ = ["READER"]

_SUFFIXES = re.compile(r"\.(od[tspgfcb]|ot[tspg])$")
_MAGIC = b"mimetypeapplication/vnd.oasis.opendocument"
_READ = re.compile(r"(.*/)?(content|styles|meta|documents|settings)\.xml$|Basic/.*\.xml$")
_LEFT_OUT = re.compile(r"mimetype|Configurations2/.*|layout-cache|META-INF/.*|(.*/)?manifest\.rdf|(.*/)?settings\.xml")


class OpenDocumentReader(Whole):
    """Paragraphs, cells and pages; pictures and embedded files by their own readers."""

    name = "OpenDocument"

    def recognises(self, head: bytes, name: str) -> int:
        """By the type that such a file begins with, or by its name."""
        if not head.startswith(b"PK\x03\x04"):
            return 0
        return 3 if _MAGIC in head[:128] or _SUFFIXES.search(name) else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """Everything that somebody wrote in it."""
        yield from office_blocks(source, _part)


def _part(package: Package, entry: Entry) -> Iterator[Block | Unread] | None:
    if b"encryption-data" in package.small("META-INF/manifest.xml", 1 << 20):
        # All parts are; it is said once.
        first = next(iter(package.parts.values())) is entry
        return iter([Unread("is encrypted")] if first else ())
    if _LEFT_OUT.fullmatch(entry.name):
        return iter(())
    if not _READ.match(entry.name):
        return None
    records = Records()
    column = "header or footer" if entry.name.endswith("styles.xml") else ""
    return xml_part(package, entry, OpenDocument(records, column), records)


READER = OpenDocumentReader()
