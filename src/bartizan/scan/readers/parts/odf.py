"""OpenDocument content: paragraphs, cells under `Table!Heading`, pages, notes and deleted text (ISO/IEC 26300)."""

from __future__ import annotations

from bartizan.scan.readers.parts.records import LongText, Records
from bartizan.scan.readers.parts.rows import label

__all__ = ["OpenDocument"]

_WORDS = frozenset(
    {"title", "desc", "creator", "initial-creator", "user-defined", "keyword", "subject", "description", "script"}
)
_ATTRIBUTES = frozenset({"href", "formula", "string-value", "author"})
_VALUES = ("date-value", "value", "string-value")
_MOST_REPEATED = 1000


class OpenDocument:
    """Records of one part. Places are paragraphs, rows of a table, or pages of a presentation."""

    def __init__(self, records: Records, column: str = "") -> None:
        self._records = records
        self._column = column
        self._texts: list[LongText] = []
        self._paragraph = 0
        self._page = 0
        self._table = ""
        self._row = 0
        self._letter = 0
        self._heading: dict[int, str] = {}
        self._deleted = 0
        self._word = ""
        self._cell_value = ""
        self._cell_text = False
        self._repeated = 1
        self._columns = 1

    def line(self, number: int) -> None:
        """Lines of the XML mean nothing to people."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if name in ("p", "h"):
            self._paragraph += 1
            self._texts.append(LongText(self._records))
        elif name in _WORDS:
            self._word = f"property.{attributes.get('name', name)}"
            self._texts.append(LongText(self._records))
        elif name in ("tab", "s", "line-break") and self._texts:
            self._texts[-1].add("\n" if name == "line-break" else " ", self._place(), self._where())
        elif name == "table":
            self._table, self._row, self._heading = attributes.get("name", "table"), 0, {}
        elif name == "table-row":
            self._row += 1
            self._letter = 0
            self._repeated = _count(attributes.get("number-rows-repeated", ""))
        elif name in ("table-cell", "covered-table-cell"):
            self._letter += 1
            self._cell_value = next((attributes[key] for key in _VALUES if attributes.get(key)), "")
            self._cell_text = False
            self._columns = _count(attributes.get("number-columns-repeated", ""))
        elif name == "page":
            self._page += 1
        elif name == "deletion":
            self._deleted += 1
        for key in _ATTRIBUTES & attributes.keys():
            if key != "string-value":
                self._records.add(attributes[key], self._place(), key)

    def end(self, name: str) -> None:
        """End an element."""
        if name in ("p", "h") and self._texts:
            self._end_paragraph()
        elif name in _WORDS and self._texts:
            self._texts.pop().end(self._place(), self._word)
            self._word = ""
        elif name in ("table-cell", "covered-table-cell"):
            self._end_cell()
        elif name == "table-row":
            self._row += self._repeated - 1
        elif name == "table":
            self._table = ""
        elif name == "deletion":
            self._deleted -= 1

    def text(self, data: str) -> None:
        """Add to the present paragraph."""
        if self._texts:
            self._texts[-1].add(data, self._place(), self._where())

    def aside(self, data: str, kind: str) -> None:
        """Add a comment of the XML."""
        self._records.add(data, self._place(), kind)

    def _end_paragraph(self) -> None:
        text = self._texts.pop()
        if self._table:
            self._cell_text = self._cell_text or not text.empty
            if self._row == 1 and self._letter <= _MOST_REPEATED:
                shown = " ".join(text.text().split())
                if 0 < len(shown) <= 80 and label(shown.replace(" ", "")) != "*":
                    self._heading.setdefault(self._letter, shown)
        text.end(self._place(), self._where())

    def _end_cell(self) -> None:
        # A date is shown in the words of some country; its value is the same everywhere.
        if self._cell_value:
            self._records.add(self._cell_value, self._place(), self._where())
        self._cell_value = ""
        self._letter += self._columns - 1

    def _place(self) -> int:
        return max(1, self._row if self._table else self._page or self._paragraph)

    def _where(self) -> str:
        if self._deleted:
            return "deleted"
        if self._table:
            heading = self._heading.get(self._letter, "") if self._row > 1 else ""
            return f"{self._table}!{heading or self._letter}"
        return self._column


def _count(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 8 else 1
