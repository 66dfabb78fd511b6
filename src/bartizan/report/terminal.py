"""Text in columns for a terminal: widths as terminals count them, wrapping, and a few colours."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

import msgspec

__all__ = ["Column", "Pen", "clean", "shorten", "text_width", "wrap"]

# Control characters move the cursor and start escape sequences; the others turn the order of reading around unseen.
_UNSAFE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
_CODES = {
    "bold": "1",
    "dim": "2",
    "critical": "1;31",
    "high": "31",
    "medium": "33",
    "low": "36",
    "good": "32",
    "bad": "1;31",
}


class Pen(msgspec.Struct, frozen=True):
    """Paints text when the terminal takes colours; `width` is how many columns a line may have."""

    width: int = 110
    colour: bool = False

    def __call__(self, text: str, style: str) -> str:
        """Return `text` in a style by name; a name that isn't one paints nothing."""
        return f"\x1b[{_CODES[style]}m{text}\x1b[0m" if self.colour and text and style in _CODES else text

    def heading(self, title: str, aside: str = "") -> str:
        """Return a section's heading, with a remark after it."""
        return "\n" + self(title.upper(), "bold") + (f"  {clean(aside)}" if aside else "")

    def table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]], indent: int = 2) -> list[str]:
        """Return rows in columns; the one column without a width takes what is left and wraps, others are cut."""
        body = [[clean(cell) for cell in row] for row in rows]
        widths = [
            min(column.most, max((text_width(row[index]) for row in body), default=0)) if column.most else 0
            for index, column in enumerate(columns)
        ]
        free = self.width - indent - sum(widths) - 2 * (len(columns) - 1)
        widths = [width if column.most else max(free, 20) for width, column in zip(widths, columns, strict=True)]
        return [line for row in body for line in self._row(columns, widths, row, indent)]

    def _row(self, columns: Sequence[Column], widths: Sequence[int], row: Sequence[str], indent: int) -> list[str]:
        cells = [
            [shorten(cell, width)] if column.most else wrap(cell, width)
            for cell, width, column in zip(row, widths, columns, strict=True)
        ]
        lines = []
        for number in range(max(len(cell) for cell in cells)):
            parts = []
            for cell, width, column in zip(cells, widths, columns, strict=True):
                text = cell[number] if number < len(cell) else ""
                space = " " * (width - text_width(text))
                painted = self(text, text if column.style == "severity" else column.style)
                parts.append(space + painted if column.right else painted + space)
            lines.append((" " * indent + "  ".join(parts)).rstrip())
        return lines

    def paragraph(self, text: str, indent: int = 2, style: str = "") -> list[str]:
        """Return wrapped text."""
        return [" " * indent + self(line, style) for line in wrap(clean(text), self.width - indent)]


class Column(msgspec.Struct, frozen=True):
    """How a column looks: `most` columns wide at most, 0 for the one that takes the rest."""

    most: int = 0
    right: bool = False
    style: str = ""


def clean(text: str) -> str:
    """Return text that can't steer a terminal: control and direction characters as U+FFFD, line ends kept."""
    return _UNSAFE.sub("\ufffd", text)


def text_width(text: str) -> int:
    """Return how many columns a terminal gives a text."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(letter) else 2 if unicodedata.east_asian_width(letter) in "WF" else 1
        for letter in text
    )


def shorten(text: str, width: int) -> str:
    """Cut a text to a width, with an ellipsis."""
    text = " ".join(text.split())
    if text_width(text) <= width:
        return text
    while text and text_width(text) >= width:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap(text: str, width: int) -> list[str]:
    """Break a text into lines at its spaces; a word longer than a line is broken."""
    lines = [""]
    for word in (piece for whole in text.split() for piece in _pieces(whole, width)):
        if lines[-1] and text_width(lines[-1]) + 1 + text_width(word) > width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}" if lines[-1] else word
    return lines


def _pieces(word: str, width: int) -> Iterable[str]:
    while text_width(word) > width and len(word) > 1:
        size = next((size for size in range(len(word) - 1, 0, -1) if text_width(word[:size]) <= width), 1)
        yield word[:size]
        word = word[size:]
    yield word
