"""Slides: paragraphs by slide, with notes, comments, tables and alternative texts."""

from __future__ import annotations

from bartizan.scan.readers.parts.records import LongText, Records
from bartizan.scan.readers.parts.word import WORDS_IN_ATTRIBUTES

__all__ = ["Slide"]


class Slide:
    """Records of one part; `place` is the number of the slide."""

    def __init__(self, records: Records, place: int, column: str = "") -> None:
        self._records = records
        self._place = place
        self._column = column
        self._text = LongText(records)
        self._inside = False

    def line(self, number: int) -> None:
        """Lines of the XML mean nothing to people."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if name in ("t", "text"):
            self._inside = True
        elif name == "br":
            self._text.add("\n", self._place, self._column)
        for key, value in attributes.items():
            if key in WORDS_IN_ATTRIBUTES or (key == "name" and name in ("cmAuthor", "author")):
                self._records.add(value, self._place, key)

    def end(self, name: str) -> None:
        """End an element."""
        if name in ("t", "text"):
            self._inside = False
        if name in ("p", "text", "tc"):
            self._text.end(self._place, self._column)

    def text(self, data: str) -> None:
        """Add to the present paragraph."""
        if self._inside:
            self._text.add(data, self._place, self._column)

    def aside(self, data: str, kind: str) -> None:
        """Add a comment of the XML."""
        self._records.add(data, self._place, kind)
