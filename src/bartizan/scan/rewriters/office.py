"""DOCX, PPTX and XLSX: text that goes through several runs, tables with headings, and every other part of the file."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from functools import partial
from typing import IO

from bartizan.inspection.redaction import Edit
from bartizan.model import InputError
from bartizan.scan.rewriters.archives import opened_zip, rewrite_zip, zip_names
from bartizan.scan.rewriters.base import Slot, Work, seekable, spread
from bartizan.scan.rewriters.markup import MOST, Page, Token, decoded, encoded, escape, local, tokens
from bartizan.scan.rewriters.sheets import Book

__all__ = ["REWRITERS"]

_MEDIA = re.compile(
    r"\.(?:bin|png|jpe?g|gif|tiff?|bmp|emf|wmf|wdp|ttf|odttf|fntdata|mp[34]|m4[av]|wav|avi|mov)$", re.IGNORECASE
)
_PARAGRAPHS = frozenset({"p", "text"})
_TEXTS = frozenset({"t", "delText", "instrText"})
_BREAKS = frozenset({"tab", "br", "cr"})
_BESIDE = re.compile(
    r"^(?:docProps|customXml)/|/(?:comments|persons|threadedComments|customXml)|/comments?[0-9]*\.xml|people\.xml$"
)
_ATTRIBUTES = re.compile(
    "author|initials|lastAuthor|descr|title|alt|tooltip|display|location|displayName|userId|providerId|val|v"
    "|connection|command|connectString|query|url",
    re.IGNORECASE,
)
_INSTALLED = frozenset({"[Content_Types].xml"})


class Office:
    """One kind of Office Open XML file, told by the folder that its main part is in."""

    def __init__(self, name: str, folder: str, letter: str) -> None:
        self.name = name
        self.folder = folder
        self.letter = letter

    def recognises(self, head: bytes, name: str) -> int:
        """Go by the suffix and the magic number of zip; `name` is then confirmed when the file is opened."""
        suffix = name.rpartition(".")[2]
        return 3 if head.startswith(b"PK\x03\x04") and re.fullmatch(self.letter, suffix) else 0

    def rewrite(self, source: IO[bytes], target: IO[bytes], work: Work, name: str) -> None:  # noqa: ARG002
        """Rewrite every part that is text. Pictures and other media stay as they are, and are noted."""
        with seekable(source) as file:
            if not any(part.startswith(self.folder) for part in zip_names(file)):
                raise InputError(
                    f"this is no {self.name.upper()} file, or it is encrypted", help="save it without a password"
                )
            book = None
            if self.name == "xlsx":
                with opened_zip(file) as archive:
                    book = Book(archive, work)
                file.seek(0)
            rewrite_zip(file, target, work, partial(_part, work, book))


REWRITERS = (
    Office("docx", "word/", "do[ct][xm]"),
    Office("pptx", "ppt/", "p(?:pt|ot|ps)[xm]"),
    Office("xlsx", "xl/", "xl(?:s|t)[xm]"),
)


def _part(work: Work, book: Book | None, inside: IO[bytes], outside: IO[bytes], name: str) -> bool:
    if book is not None and name in book.made:
        outside.write(book.made.pop(name))
        return True
    if name.lower().endswith((".xml", ".rels", ".vml")):
        data = inside.read(MOST + 1)
        if len(data) > MOST:
            raise InputError(f"the part `{name}` has more than {MOST >> 20} MiB")
        outside.write(data if name in _INSTALLED else _rewrite_part(data, work, name))
        return True
    if _MEDIA.search(name):
        work.skip(name, "pictures, media and macros stay as they are", kept=True)
    else:
        return work.member(inside, outside, name)
    while chunk := inside.read(1 << 20):
        outside.write(chunk)
    return True


def _rewrite_part(data: bytes, work: Work, name: str) -> bytes:
    text, encoding = decoded(data)
    page = _Body(work, loose=_BESIDE.search(name) is not None)
    for token in tokens(text):
        page.take(token)
    return encoded(page.finish(), encoding)


class _Paragraph:
    """Texts of one paragraph: the part that each is in, and the tag before it."""

    def __init__(self) -> None:
        self.places: list[int] = []
        self.tags: list[int] = []
        self.texts: list[str] = []


class _Table:
    """A table that is open: the text of its first row's cells, and where we are."""

    def __init__(self) -> None:
        self.row = -1
        self.cell = -1
        self.headings: dict[int, str] = {}


class _Body(Page):
    """A part of an Office file: paragraphs, and some attributes. With `loose`, text outside of paragraphs too."""

    def __init__(self, work: Work, *, loose: bool) -> None:
        super().__init__(work, web=False)
        self.loose = loose
        self.paragraphs: list[_Paragraph] = []
        self.tables: list[_Table] = []

    def wanted(self, token: Token, attribute: str) -> bool:
        """Leave all that is structure: ids, styles, sizes, and links inside the file."""
        word = local(attribute).lower()
        if word == "target":
            return 'TargetMode="External"' in token.raw
        return _ATTRIBUTES.fullmatch(word) is not None

    def take(self, token: Token) -> None:
        """Take the next token; text in paragraphs is kept apart."""
        name = local(token.name)
        if token.kind == "text" and self.paragraphs and self.open and self.open[-1] in _TEXTS:
            self._text(len(self.parts) - 1, html.unescape(token.raw))
            self.parts.append(token.raw)
            return
        if token.kind == "open" and name in _BREAKS and self.paragraphs and token.raw.endswith("/>"):
            self._text(len(self.parts), "\t" if name == "tab" else "\n")
        super().take(token)
        closed = token.kind == "close" or token.raw.endswith("/>")
        if token.kind == "open":
            self._opened(name)
        if closed and token.kind in ("open", "close"):
            self._closed(name)

    def end_run(self) -> None:
        """Leave text that is no paragraph alone, unless this part has other text."""
        if self.loose:
            super().end_run()
        self.run = []

    def _text(self, tag: int, text: str) -> None:
        paragraph = self.paragraphs[-1]
        paragraph.tags.append(tag)
        paragraph.places.append(len(self.parts))
        paragraph.texts.append(text)

    def _opened(self, name: str) -> None:
        if name in _PARAGRAPHS:
            self.paragraphs.append(_Paragraph())
        elif name == "tbl":
            self.tables.append(_Table())
        elif self.tables and name == "tr":
            self.tables[-1].row, self.tables[-1].cell = self.tables[-1].row + 1, -1
        elif self.tables and name == "tc":
            self.tables[-1].cell += 1

    def _closed(self, name: str) -> None:
        if name == "tbl" and self.tables:
            self.tables.pop()
        elif name in _PARAGRAPHS and self.paragraphs:
            paragraph = self.paragraphs.pop()
            text = "".join(paragraph.texts)
            if text.strip():
                self.slots.append(Slot(self._column(text), text, partial(_put, self.parts, paragraph)))

    def _column(self, text: str) -> str:
        if not self.tables:
            return ""
        table = self.tables[-1]
        if table.row == 0:
            table.headings[table.cell] = f"{table.headings.get(table.cell, '')} {text}".strip()
            return ""
        return table.headings.get(table.cell, "")


def _put(parts: list[str], paragraph: _Paragraph, edits: Sequence[Edit]) -> None:
    made = spread(paragraph.texts, edits)
    for place, tag, old, new in zip(paragraph.places, paragraph.tags, paragraph.texts, made, strict=True):
        if new != old:
            parts[place] = escape(new)
            if new != new.strip() and parts[tag].startswith("<w:t") and "xml:space" not in parts[tag]:
                parts[tag] = parts[tag][:-1] + ' xml:space="preserve">'
