"""Word, Excel and PowerPoint files (Office Open XML), with macros or without: ECMA-376 and ISO/IEC 29500.

Not read, since nobody wrote anything in them: themes, fonts, styles, the order of calculation, printers' settings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.members import clean_name
from bartizan.scan.readers.parts.package import Package, office_blocks, xml_part
from bartizan.scan.readers.parts.records import LongText, Records
from bartizan.scan.readers.parts.sheets import CellComments, Sheet
from bartizan.scan.readers.parts.slides import Slide
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.readers.parts.word import Word
from bartizan.scan.readers.parts.workbook import Workbook
from bartizan.scan.readers.parts.xmlstream import Handler
from bartizan.scan.readers.parts.xmltext import XmlText
from bartizan.scan.readers.parts.ziplib import Entry

__all__ = ["READER"]

_SUFFIXES = re.compile(r"\.(do[ct][xm]|xl[st][xm]|xlsb|xlam|p[po][ts][xm]|ppsx|potx|ppam)$")
_LEFT_OUT = re.compile(
    r"\[Content_Types\]\.xml|.*/theme/.*|.*/(fontTable|styles|stylesWithEffects|webSettings|tableStyles|calcChain)\.xml"
    r"|.*/(presProps|viewProps)\.xml|.*/printerSettings/.*|.*/slide(Layouts|Masters)/_rels/.*|xl/(sharedStrings|workbook)\.xml"
)
_WORD = re.compile(r"word/(glossary/)?(document|header|footer|footnotes|endnotes|comments)[^/]*\.xml$")
_SLIDE = re.compile(r"ppt/(slides|notesSlides|comments|slideMasters|slideLayouts)/[^/]*?(\d*)\.xml$")
_SLIDE_COLUMNS = {"notesSlides": "notes", "comments": "comments", "slideMasters": "master", "slideLayouts": "layout"}
_COUNT = re.compile(r"\s*(\d{0,4}|true|false)\s*")
_COMMENTS = re.compile(r"xl/(comments|threadedComments|persons)[^/]*(/[^/]*)?\.xml$")


class OfficeReader(Whole):
    """Paragraphs, cells and slides; comments, notes, properties and links; embedded files by their own readers."""

    name = "Office document"

    def recognises(self, head: bytes, name: str) -> int:
        """By magic number and by the list of parts that such a file begins with, or by its name."""
        if not head.startswith(b"PK\x03\x04"):
            return 0
        return 3 if _SUFFIXES.search(name) or b"[Content_Types].xml" in head[:512] else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """Everything that somebody wrote in it."""
        parts = _Parts()
        try:
            yield from office_blocks(source, parts.part)
        finally:
            parts.close()


class _Parts:
    """What to do with each part of one document."""

    def __init__(self) -> None:
        self._book: Workbook | None = None

    def part(self, package: Package, entry: Entry) -> Iterator[Block | Unread] | None:
        """Read a part; None where it is a file of its own."""
        name = entry.name.lstrip("/")
        if name == "xl/workbook.xml":
            return self._workbook(package, name)
        if _LEFT_OUT.fullmatch(name):
            return iter(())
        if name.startswith("xl/") and name.endswith(".bin") and "embeddings" not in name and "vba" not in name:
            return iter(
                [Unread("is a binary part of a workbook, which is not read; save it as .xlsx", clean_name(name)[0])]
            )
        if not name.endswith((".xml", ".rels", ".vml")):
            return None
        records = Records()
        return xml_part(package, entry, self._handler(package, name, records), records)

    def _handler(self, package: Package, name: str, records: Records) -> Handler:
        if found := _WORD.match(name):
            return Word(records, "" if found[2] == "document" else found[2])
        if found := _SLIDE.match(name):
            return Slide(records, int(found[2] or 1), _SLIDE_COLUMNS.get(found[1], ""))
        if name.startswith("xl/worksheets/") and name.endswith(".xml"):
            book = self._opened(package)
            return Sheet(records, book.sheets.get(name, name.rpartition("/")[2].removesuffix(".xml")), book)
        if _COMMENTS.match(name):
            return CellComments(records)
        if name.endswith(".rels"):
            return _Links(records)
        if name.startswith("docProps/"):
            return _Properties(records)
        if name.startswith("word/settings"):
            return _Settings(records)
        told = name.startswith(("customXml/", "xl/")) and not name.startswith("xl/drawings/")
        return XmlText(records, attributes=told)

    def _opened(self, package: Package) -> Workbook:
        if self._book is None:
            self._book = Workbook(package)
        return self._book

    def close(self) -> None:
        """Let go of what is on disk."""
        if self._book is not None:
            self._book.strings.close()

    def _workbook(self, package: Package, name: str) -> Iterator[Block | Unread]:
        book = self._opened(package)
        records = Records()
        for title, text in book.names:
            records.add(title, 1, "defined name")
            records.add(text, 1, "defined name")
        for title in book.sheets.values():
            records.add(title, 1, "sheet")
        yield from records.take()
        if book.problem:
            yield Unread(f"shared strings or styles: {book.problem}", name)


class _Links(XmlText):
    """Targets outside of the document."""

    def __init__(self, records: Records) -> None:
        super().__init__(records)
        self._to = records

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the address of a link."""
        if attributes.get("TargetMode") == "External":
            self._to.add(attributes.get("Target", ""), 1, "link")
        super().start(name, {})


class _Settings(XmlText):
    """Settings of a document, of which only variables and the data source of a serial letter are somebody's words."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the attributes of those two."""
        wanted = name == "docVar" or "mailMerge" in self._columns[-1]
        super().start(name, attributes if wanted else {})


class _Properties(XmlText):
    """Properties by name; those that somebody added have theirs as an attribute."""

    def __init__(self, records: Records) -> None:
        super().__init__(records, attributes=False)
        self._to = records
        self._property = ""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Take the name of a property."""
        if name == "property":
            self._property = attributes.get("name", "")
            self._to.add(self._property, 1, "property")
        super().start(name, {})

    def end(self, name: str) -> None:
        """Add a property, unless it is a count or a switch."""
        if _COUNT.fullmatch(self._texts[-1].text()):
            self._texts[-1] = LongText(self._to)
        super().end(name)

    def _column(self) -> str:
        return f"property.{self._property or self._columns[-1].rpartition('.')[2]}"


READER = OfficeReader()
