"""XML and SVG: texts, attributes and comments by the path of their element. No entity is expanded or fetched."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.foreign import Bad
from bartizan.scan.readers.parts.lines import line_blocks
from bartizan.scan.readers.parts.records import Records
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.readers.parts.xmlstream import parsed
from bartizan.scan.readers.parts.xmltext import XmlText

__all__ = ["READER"]

_READ = 256 << 10
_START = re.compile(
    rb"(\xef\xbb\xbf)?\s*<(\?xml|!--|!DOCTYPE (?!html)|svg|[A-Za-z_][\w.-]*(:[\w.-]+)?(\s+[\w:.-]+\s*=|\s*/?>))"
)
_SUFFIXES = (
    ".xml",
    ".svg",
    ".xsd",
    ".xsl",
    ".xslt",
    ".rss",
    ".atom",
    ".gpx",
    ".kml",
    ".plist",
    ".fodt",
    ".fods",
    ".wsdl",
)


class XmlReader(Whole):
    """Elements as headings, lines as places."""

    name = "XML"

    def recognises(self, head: bytes, name: str) -> int:
        """By its beginning; HTML is somebody else's."""
        wide = head[:2] in (b"\xff\xfe", b"\xfe\xff")
        text = head.replace(b"\x00", b"")[2:] if wide else head
        if not _START.match(text) or b"<html" in text[:1024].lower():
            return 0
        declared = text.lstrip(b"\xef\xbb\xbf \r\n\t").startswith((b"<?xml", b"<svg"))
        return 2 if declared or name.endswith(_SUFFIXES) else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """One block an element's path and some hundred elements; what isn't well-formed is read as text."""
        records = Records()
        handler = XmlText(records)
        fed = _Fed()
        with source.open() as file:
            try:
                for _ in parsed(fed.chunks(file), handler, lines=True):
                    yield from records.taken_when_full()
                yield from records.take()
            except Bad as bad:
                yield from records.take()
                yield Unread(f"{str(bad).removesuffix('; what follows was not read')}; the rest was read as text")
                file.seek(fed.last)
                yield from line_blocks(iter(lambda: file.read(_READ), b""))


class _Fed:
    """Chunks of a file, and where the last one began."""

    def __init__(self) -> None:
        self.last = 0

    def chunks(self, file: IO[bytes]) -> Iterator[bytes]:
        at = 0
        while chunk := file.read(_READ):
            self.last = at
            at += len(chunk)
            yield chunk


READER = XmlReader()
