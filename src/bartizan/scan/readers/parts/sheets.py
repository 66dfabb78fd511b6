"""Sheets of a workbook: cells under `Sheet!Heading`, by row; formulas as text, and the values they had when saved."""

from __future__ import annotations

import re

from bartizan.scan.readers.parts.records import Records
from bartizan.scan.readers.parts.rows import label
from bartizan.scan.readers.parts.word import WORDS_IN_ATTRIBUTES
from bartizan.scan.readers.parts.workbook import Workbook

__all__ = ["CellComments", "Sheet"]

_REFERENCE = re.compile(r"\$?([A-Z]{1,3})\$?(\d+)")
_ATTRIBUTES = WORDS_IN_ATTRIBUTES | {"display", "prompt", "promptTitle", "error", "errorTitle", "location"}
_PARTS_OF_PAGE = frozenset({"oddHeader", "evenHeader", "firstHeader", "oddFooter", "evenFooter", "firstFooter"})
_LITERAL = re.compile(r'"|://|@')
_MOST = 4 << 20


class Sheet:
    """Records of one sheet. Its first row with text names the columns below, where it looks like names."""

    def __init__(self, records: Records, name: str, book: Workbook) -> None:
        self._records = records
        self._name = name
        self._book = book
        self._row = 0
        self._letters = ""
        self._kind = ""
        self._style = -1
        self._in = ""
        self._value: list[str] = []
        self._formula: list[str] = []
        self._size = 0
        self._headings: dict[str, str] | None = None
        self._first: dict[str, str] = {}

    def line(self, number: int) -> None:
        """Lines of the XML mean nothing to people."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if name == "c":
            self._begin_cell(attributes)
        elif name == "row":
            number = attributes.get("r", "")
            self._row = int(number) if number.isdecimal() else self._row + 1
            self._letters = ""
        elif name in ("v", "t", "f") or name in _PARTS_OF_PAGE:
            self._in = name
        else:
            for key, value in attributes.items():
                if key in _ATTRIBUTES:
                    self._records.add(value, max(1, self._row), f"{self._name}!{key}")

    def end(self, name: str) -> None:
        """End an element."""
        if name == "c":
            self._end_cell()
        elif name == "row" and self._headings is None and self._first:
            self._headings = _headings(self._first)
        elif name in ("v", "t", "f"):
            self._in = ""
        elif name in _PARTS_OF_PAGE:
            self._records.add("".join(self._value), max(1, self._row), f"{self._name}!{name}")
            self._in, self._value, self._size = "", [], 0

    def text(self, data: str) -> None:
        """Add to the present cell."""
        if self._in and self._size < _MOST:
            self._size += len(data)
            (self._formula if self._in == "f" else self._value).append(data)

    def aside(self, data: str, kind: str) -> None:
        """Add a comment of the XML."""
        self._records.add(data, max(1, self._row), f"{self._name}!{kind}")

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        found = _REFERENCE.match(attributes.get("r", ""))
        self._letters = found[1] if found else _next(self._letters)
        if found:
            self._row = int(found[2])
        self._kind = attributes.get("t", "n")
        style = attributes.get("s", "")
        self._style = int(style) if style.isdecimal() else -1
        self._value, self._formula, self._size = [], [], 0

    def _end_cell(self) -> None:
        text: str | bytes = "".join(self._value)
        if self._kind == "s" and isinstance(text, str):
            text = self._book.strings[int(text)] if text.strip().isdecimal() else b""
        elif self._kind == "n" and isinstance(text, str):
            text = _number(self._book.date(self._style, text))
        elif self._kind == "b":
            text = ""
        column = (self._headings or {}).get(self._letters, self._letters)
        if text and self._headings is None:
            shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
            self._first[self._letters] = shown
        self._records.add(text, max(1, self._row), f"{self._name}!{column}")
        formula = "".join(self._formula)
        if formula and _LITERAL.search(formula):
            self._records.add(formula, max(1, self._row), f"{self._name}!{column}")
        self._value, self._formula, self._size = [], [], 0


def _number(text: str) -> str:
    """A number as people write it: `4.1111111111111E+15` is a card's."""
    if "E" not in text and "e" not in text and not text.endswith(".0"):
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    return str(int(value)) if value.is_integer() and abs(value) < 2**53 else text


def _next(letters: str) -> str:
    """The column after another, for cells without a reference."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    number += 1
    out = ""
    while number:
        number, rest = divmod(number - 1, 26)
        out = chr(65 + rest) + out
    return out


def _headings(first: dict[str, str]) -> dict[str, str]:
    """Names of columns from the first row, none where it holds data."""
    names = {letters: " ".join(text.split()) for letters, text in first.items()}
    if any(label(name.replace(" ", "")) == "*" or name.replace(".", "").isdigit() for name in names.values()):
        return {}
    return names


class CellComments:
    """Comments on cells, old and threaded ones; places are rows."""

    def __init__(self, records: Records) -> None:
        self._records = records
        self._row = 1
        self._parts: list[str] = []
        self._size = 0

    def line(self, number: int) -> None:
        """Lines of the XML mean nothing to people."""

    def start(self, name: str, attributes: dict[str, str]) -> None:  # noqa: ARG002
        """Begin an element."""
        if found := _REFERENCE.match(attributes.get("ref", "")):
            self._row = int(found[2])
        for key in ("displayName", "userId"):
            self._records.add(attributes.get(key, ""), 1, "author")

    def end(self, name: str) -> None:
        """End an element."""
        if name in ("comment", "threadedComment", "author"):
            self._records.add("".join(self._parts), self._row, "author" if name == "author" else "comment")
            self._parts, self._size = [], 0

    def text(self, data: str) -> None:
        """Add to the present comment."""
        if self._size < _MOST:
            self._parts.append(data)
            self._size += len(data)

    def aside(self, data: str, kind: str) -> None:
        """Add a comment of the XML."""
        self._records.add(data, self._row, kind)
