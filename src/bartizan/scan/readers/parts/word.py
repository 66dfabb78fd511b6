"""Word documents: paragraphs, cells under their headings, notes, comments, deleted text, alternative texts."""

from __future__ import annotations

from bartizan.scan.readers.parts.records import LongText, Records

__all__ = ["WORDS_IN_ATTRIBUTES", "Word"]

WORDS_IN_ATTRIBUTES = frozenset(
    {"descr", "title", "author", "instr", "alias", "tooltip", "connectString", "query", "initials"}
)
_TEXT = frozenset({"t", "delText"})
_SPACE = {"tab": "\t", "ptab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_MOST_COLUMNS = 200


class _Table:
    """A table on its way: the texts of its first row are the headings of what stands below."""

    def __init__(self) -> None:
        self.row = 0
        self.column = 0
        self.heading: dict[int, str] = {}

    def name(self) -> str:
        return self.heading.get(self.column, "") if self.row > 1 else ""


class Word:
    """Records of one part; places are paragraphs."""

    def __init__(self, records: Records, column: str = "") -> None:
        self._records = records
        self._column = column
        self._paragraphs: list[LongText] = []
        self._deleted = LongText(records)
        self._field = LongText(records)
        self._tables: list[_Table] = []
        self._in = ""
        self._fallback = 0
        self._place = 0
        self._authors: set[str] = set()

    def line(self, number: int) -> None:
        """Lines of the XML mean nothing to people."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if name == "Fallback" or self._fallback:
            # The same content once more, for programs that don't know the first form.
            self._fallback += 1
            return
        if name in _TEXT or name == "instrText":
            self._in = name
        elif name == "p":
            self._place += 1
            self._paragraphs.append(LongText(self._records))
        elif name in _SPACE and self._paragraphs:
            self._paragraphs[-1].add(_SPACE[name], self._place, self._heading())
        elif name == "tbl":
            self._tables.append(_Table())
        elif self._tables:
            if name == "tr":
                self._tables[-1].row += 1
                self._tables[-1].column = 0
            elif name == "tc":
                self._tables[-1].column += 1
        for key, value in attributes.items():
            if key in WORDS_IN_ATTRIBUTES:
                self._attribute(key, value)

    def end(self, name: str) -> None:
        """End an element."""
        if self._fallback:
            self._fallback -= 1
        elif name in _TEXT or name == "instrText":
            self._in = ""
        elif name == "p" and self._paragraphs:
            self._end_paragraph()
        elif name == "tbl" and self._tables:
            self._tables.pop()

    def text(self, data: str) -> None:
        """Add to the present paragraph."""
        if not self._in or self._fallback:
            return
        if self._in == "delText":
            self._deleted.add(data, self._place, "deleted")
        elif self._in == "instrText":
            self._field.add(data, self._place, "field")
        elif self._paragraphs:
            self._paragraphs[-1].add(data, self._place, self._heading())

    def aside(self, data: str, kind: str) -> None:
        """Add a comment of the XML."""
        self._records.add(data, max(1, self._place), kind)

    def _end_paragraph(self) -> None:
        paragraph = self._paragraphs.pop()
        table = self._tables[-1] if self._tables else None
        if table and table.row == 1 and table.column <= _MOST_COLUMNS:
            text = " ".join(paragraph.text().split())
            if 0 < len(text) <= 80:
                table.heading.setdefault(table.column, text)
        paragraph.end(self._place, self._heading())
        self._deleted.end(self._place, "deleted")
        self._field.end(self._place, "field")

    def _heading(self) -> str:
        return (self._tables[-1].name() if self._tables else "") or self._column

    def _attribute(self, key: str, value: str) -> None:
        if key in ("author", "initials"):
            if value in self._authors:
                return
            self._authors.add(value)
        self._records.add(value, max(1, self._place), key)
