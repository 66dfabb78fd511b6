"""HTML: paragraphs, cells under their headings, attributes that hold words or addresses, comments, scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import IO, Any

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.encodings import SAMPLE, Encoding, converted, encoding_of
from bartizan.scan.readers.parts.foreign import Bad, contained
from bartizan.scan.readers.parts.lines import range_of
from bartizan.scan.readers.parts.records import LongText, Records
from bartizan.scan.readers.parts.whole import Whole

__all__ = ["READER", "page"]

_SUFFIXES = (".html", ".htm", ".xhtml", ".mhtml.html")
_START = re.compile(
    rb"\s*(<!--.*?-->\s*)*(<\?xml[^>]*>\s*)?(<!doctype html|<html|<head|<body|<table|<div|<meta)", re.I | re.S
)
_INLINE = frozenset(
    [
        "a",
        "abbr",
        "acronym",
        "b",
        "bdi",
        "bdo",
        "big",
        "cite",
        "code",
        "data",
        "del",
        "dfn",
        "em",
        "font",
        "i",
        "ins",
        "kbd",
        "mark",
        "q",
        "rp",
        "rt",
        "ruby",
        "s",
        "samp",
        "small",
        "span",
        "strike",
        "strong",
        "sub",
        "sup",
        "time",
        "tt",
        "u",
        "var",
        "wbr",
        "o:p",
    ]
)
_LEFT_OUT = frozenset(
    {"class", "style", "id", "width", "height", "rel", "type", "lang", "dir", "align", "valign", "role"}
)
_LINKS = frozenset(
    {"href", "src", "action", "formaction", "data", "cite", "background", "poster", "srcset", "longdesc"}
)
_APART = {"script": "script", "style": "style", "title": "title", "textarea": "textarea"}
_PICTURE = re.compile(r"\s*data:(image|audio|video|font|application/(octet-stream|x?-?font))", re.IGNORECASE)
_TECHNICAL = re.compile(r"[\d.,\s%#-]*|true|false|none|auto|\w{1,3}", re.IGNORECASE)


class HtmlReader(Whole):
    """Paragraphs by number."""

    name = "HTML"

    def recognises(self, head: bytes, name: str) -> int:
        """By its first element, or by its name and any element."""
        text = head.removeprefix(b"\xef\xbb\xbf")
        if text[:2] in (b"\xff\xfe", b"\xfe\xff"):
            text = text[2:].replace(b"\x00", b"")
        if _START.match(text):
            return 2
        return 2 if name.endswith(_SUFFIXES) and b"<" in text else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """Everything but the marking-up."""
        with source.open() as file:
            yield from page(file)


def page(file: IO[bytes]) -> Iterator[Block | Unread]:
    """Give the records of an HTML file."""
    from lxml import etree  # type: ignore[import-untyped]

    head = file.read(SAMPLE)
    encoding = encoding_of(head) or Encoding()
    target = _Target()
    # A page that is not UTF-8 may say itself what it is.
    known = encoding.codec or encoding.mark or _utf8(head)
    parser: Any = etree.HTMLParser(
        target=target, huge_tree=True, no_network=True, recover=True, encoding="utf-8" if known else None
    )
    try:
        for chunk in converted(range_of(file, Unit(), encoding.mark), encoding):
            with contained("is HTML that can't be read to its end"):
                parser.feed(chunk)
            yield from target.records.taken_when_full()
        with contained("is HTML that can't be read to its end"):
            try:
                parser.close()
            except etree.XMLSyntaxError:
                # Nothing but blanks or comments.
                target.close()
    except (Bad, etree.LxmlError) as bad:
        target.close()
        yield from target.records.take()
        yield Unread(str(bad) if isinstance(bad, Bad) else "is HTML that can't be read to its end")
    yield from target.records.take()
    if target.pictures:
        yield Unread(f"embedded pictures and fonts are not inspected for data: {target.pictures:,}")


def _utf8(head: bytes) -> bool:
    try:
        head[:-4].decode("utf-8")
    except UnicodeDecodeError as error:
        return error.start > len(head) - 12
    return True


class _Target:
    """Takes lxml's events."""

    def __init__(self) -> None:
        self.records = Records()
        self.pictures = 0
        self._text = LongText(self.records)
        self._place = 1
        self._apart = ""
        self._tables: list[dict[int, str]] = []
        self._rows: list[list[int]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        name = name.lower()
        if name not in _INLINE:
            self._flush()
        if name == "table":
            self._tables.append({})
            self._rows.append([0, 0])
        elif self._rows and name == "tr":
            self._rows[-1] = [self._rows[-1][0] + 1, 0]
        elif self._rows and name in ("td", "th"):
            self._rows[-1][1] += 1
        self._apart = _APART.get(name, self._apart)
        for key, value in attributes.items():
            self._attribute(str(key).lower(), value)

    def end(self, name: str) -> None:
        """End an element."""
        name = name.lower()
        if name in ("td", "th") and self._rows and self._rows[-1][0] == 1:
            text = " ".join(self._text.text().split())
            if 0 < len(text) <= 80:
                self._tables[-1].setdefault(self._rows[-1][1], text)
        if name not in _INLINE:
            self._flush()
        if name in _APART:
            self._apart = ""
        if name == "table" and self._tables:
            self._tables.pop()
            self._rows.pop()

    def data(self, text: str) -> None:
        """Add to the present paragraph."""
        self._text.add(text, self._place, self._column())

    def comment(self, text: str) -> None:
        """Add a comment."""
        self.records.add(text, self._place, "comment")

    def pi(self, _target: str, text: str | None = None) -> None:
        """Add an instruction."""
        self.records.add(text or "", self._place, "instruction")

    def close(self) -> None:
        """End."""
        self._flush()

    def _flush(self) -> None:
        if not self._text.empty:
            self._text.end(self._place, self._column())
            self._place += 1

    def _column(self) -> str:
        if self._apart or not self._rows:
            return self._apart
        row, column = self._rows[-1]
        return self._tables[-1].get(column, "") if row > 1 else ""

    def _attribute(self, key: str, value: str) -> None:
        if key in _LEFT_OUT or _TECHNICAL.fullmatch(value[:64]):
            return
        if _PICTURE.match(value):
            self.pictures += 1
            return
        self.records.add(value, self._place, "link" if key in _LINKS else key)


READER = HtmlReader()
