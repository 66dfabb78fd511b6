"""Any XML as records: the text of each element and the attributes that hold words, under the path of the element."""

from __future__ import annotations

import re

from bartizan.scan.readers.parts.records import LongText, Records
from bartizan.scan.readers.parts.rows import label

__all__ = ["XmlText"]

_TECHNICAL = re.compile(r"[\d.,\s%#-]*|true|false|none|auto|\w{1,3}", re.IGNORECASE)
_DRAWING = frozenset({"d", "points", "transform", "style", "viewBox", "class"})
_PATH = 6
_REMEMBERED = 10_000


class XmlText:
    """Records of one document.

    Marked-up words within a sentence stay part of it: an element's text is its own record only where its parent has no
    text before it.
    """

    def __init__(self, records: Records, prefix: str = "", *, attributes: bool = True) -> None:
        self._records = records
        self._prefix = prefix
        self._attributes = attributes
        self._columns: list[str] = [""]
        self._below: dict[tuple[str, str], str] = {}
        self._texts: list[LongText] = [LongText(records)]
        self._line = 1

    def line(self, number: int) -> None:
        """Remember where the parser is."""
        self._line = number

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element, and add its attributes."""
        above = self._columns[-1]
        column = self._below.get((above, name), "") or self._named(above, name)
        self._columns.append(column)
        self._texts.append(LongText(self._records))
        if self._attributes and attributes:
            column = self._column()
            for key, value in attributes.items():
                if key not in _DRAWING and not _TECHNICAL.fullmatch(value):
                    self._records.add(value, self._line, f"{column}@{label(key)}")

    def end(self, name: str) -> None:  # noqa: ARG002
        """End an element: its text is a record, or part of the sentence around it."""
        text = self._texts.pop()
        if self._texts[-1].empty or len(self._texts) == 1:
            text.end(self._line, self._column())
        else:
            self._texts[-1].add(text.text(), self._line, self._column())
        self._columns.pop()

    def text(self, data: str) -> None:
        """Add to the present element's text."""
        self._texts[-1].add(data, self._line, self._column())

    def aside(self, data: str, kind: str) -> None:
        """Add a comment or the like."""
        self._records.add(data, self._line, f"{self._prefix}{kind}")

    def _column(self) -> str:
        return self._prefix + self._columns[-1]

    def _named(self, above: str, name: str) -> str:
        """The path of an element below another, of its last names only."""
        column = f"{above}.{label(name)}" if above else label(name)
        if column.count(".") >= _PATH:
            column = column.partition(".")[2]
        if len(self._below) < _REMEMBERED:
            self._below[above, name] = column
        return column
