"""Workbooks: every cell under the heading of its column, whether its text is shared, in line, a number or a result."""

from __future__ import annotations

import html
import re
import zipfile
from collections import Counter
from collections.abc import Sequence

from bartizan.inspection.redaction import Edit, apply_edits
from bartizan.model import InputError
from bartizan.scan.rewriters.base import Slot, Work, resolve
from bartizan.scan.rewriters.dates import DateStyles
from bartizan.scan.rewriters.markup import MOST, Token, decoded, encoded, escape, local, tokens

__all__ = ["Book"]

_SHEET = re.compile(r"xl/(?:worksheets|macrosheets|dialogsheets)/[^/]+\.xml")
_SHARED = "xl/sharedStrings.xml"
_STYLES = "xl/styles.xml"
_TYPE = re.compile(r'\st="([^"]*)"')
_REFERENCE = re.compile(r'\sr="([A-Z]+)[0-9]+"')
_STYLE = re.compile(r'\ss="([0-9]+)"')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_LEAST_DIGITS = 6  # no type is told by fewer


class Book:
    """The sheets of a workbook and the texts that they share, rewritten; `made` has them by their parts' names."""

    def __init__(self, archive: zipfile.ZipFile, work: Work) -> None:
        self.work = work
        self.archive = archive
        names = archive.namelist()
        self.shared = _shared_texts(self._read(_SHARED)[0]) if _SHARED in names else []
        self.dates = DateStyles(self._read(_STYLES)[0] if _STYLES in names else "")
        self.kept: Counter[int] = Counter()
        self.gone: set[int] = set()
        self.made: dict[str, bytes] = {}
        for name in filter(_SHEET.fullmatch, names):
            text, encoding = self._read(name)
            self.made[name] = encoded(_Sheet(self, text).text(), encoding)
        if self.shared:
            text, encoding = self._read(_SHARED)
            self.made[_SHARED] = encoded(self._share(text), encoding)

    def _read(self, name: str) -> tuple[str, str]:
        info = self.archive.getinfo(name)
        if info.file_size > MOST:
            raise InputError(f"the part `{name}` has more than {MOST >> 20} MiB", help="save the sheet as CSV")
        self.work.unpack(info.file_size)
        try:
            return decoded(self.archive.read(info))
        except RuntimeError:
            raise InputError("the workbook is encrypted", help="save it without a password") from None

    def _share(self, text: str) -> str:
        """Empty the shared texts that no cell has any more; those that no cell ever had get the work done."""
        parts: list[str] = []
        index, item = -1, 0
        for token in tokens(text):
            name = local(token.name)
            if token.kind == "open" and name == "si":
                index, item = index + 1, len(parts)
            parts.append(token.raw)
            if token.kind == "close" and name == "si" and not self.kept[index]:
                new = "" if index in self.gone else self.work.text(self.shared[index])
                if new != self.shared[index]:
                    parts[item:] = [f'<si><t xml:space="preserve">{escape(new)}</t></si>']
        return "".join(parts)


def _shared_texts(text: str) -> list[str]:
    out: list[str] = []
    inside, phonetic, reading = False, False, False
    for token in tokens(text):
        name = local(token.name)
        if name == "si" and token.kind == "open":
            out.append("")
            inside = not token.raw.endswith("/>")
        elif name == "rPh":
            phonetic = token.kind == "open"
        elif name == "t":
            reading = token.kind == "open" and not token.raw.endswith("/>")
        elif token.kind == "text" and inside and reading and not phonetic:
            out[-1] += html.unescape(token.raw)
    return out


class _Cell:
    """A cell that is being read: where its parts stand, and what they hold."""

    def __init__(self, tag: str, at: int) -> None:
        self.tag = tag
        self.at = at
        kind = _TYPE.search(tag)
        self.kind = kind[1] if kind else "n"
        reference = _REFERENCE.search(tag)
        self.column = reference[1] if reference else ""
        style = _STYLE.search(tag)
        self.style = int(style[1]) if style else 0
        self.value = ""
        self.inline: list[str] = []
        self.formula: list[int] = []


class _Sheet:
    def __init__(self, book: Book, text: str) -> None:
        self.book = book
        self.parts: list[str] = []
        self.slots: list[Slot] = []
        self.headings: dict[str, str] | None = None
        self.row: dict[str, str] = {}
        self.cell: _Cell | None = None
        self.reading = ""
        for token in tokens(text):
            self._take(token)

    def text(self) -> str:
        resolve(self.slots, self.book.work)
        return "".join(self.parts)

    def _take(self, token: Token) -> None:
        name = local(token.name)
        self.parts.append(token.raw)
        if self.cell is not None and (name == "f" or self.reading == "f"):
            self.cell.formula.append(len(self.parts) - 1)
        if token.kind == "open":
            self.reading = "" if token.raw.endswith("/>") else name
            if name == "c" and self.reading:
                self.cell = _Cell(token.raw, len(self.parts) - 1)
        elif token.kind == "close":
            self.reading = ""
            if name == "c" and self.cell is not None:
                self._end(self.cell)
                self.cell = None
            elif name == "row":
                if self.headings is None and self.row:
                    self.headings = self.row
                self.row = {}
        elif token.kind == "text":
            self._content(token.raw)

    def _content(self, raw: str) -> None:
        cell = self.cell
        if cell is None:
            if self.reading in ("oddHeader", "oddFooter", "evenHeader", "evenFooter", "firstHeader", "firstFooter"):
                self._plain(len(self.parts) - 1)
        elif self.reading == "v":
            cell.value += html.unescape(raw)
        elif self.reading == "t":
            cell.inline.append(html.unescape(raw))
        elif self.reading == "f":
            self._plain(len(self.parts) - 1)

    def _plain(self, place: int) -> None:
        parts = self.parts
        text = html.unescape(parts[place])

        def put(edits: Sequence[Edit]) -> None:
            parts[place] = escape(apply_edits(text, edits))

        self.slots.append(Slot("", text, put))

    def _end(self, cell: _Cell) -> None:
        text = self._shown(cell)
        if not text:
            return
        self.row[cell.column] = text
        column = (self.headings or {}).get(cell.column, "")
        shared = int(cell.value) if cell.kind == "s" else -1
        if shared >= 0:
            self.book.kept[shared] += 1
        begin, end = cell.at, len(self.parts)
        parts, book = self.parts, self.book

        def put(edits: Sequence[Edit]) -> None:
            if shared >= 0:
                book.kept[shared] -= 1
                book.gone.add(shared)
            head, tail = _written(cell, apply_edits(text, edits))
            for place in set(range(begin, end)).difference(cell.formula):
                parts[place] = ""
            parts[begin], parts[end - 1] = head, tail

        self.slots.append(Slot(column, text, put))

    def _shown(self, cell: _Cell) -> str:
        """Return a cell's text as a reader sees it; nothing for what can't hold a value to hide."""
        if cell.kind == "s":
            known = cell.value.isdigit() and int(cell.value) < len(self.book.shared)
            return self.book.shared[int(cell.value)] if known else ""
        if cell.kind == "inlineStr":
            return "".join(cell.inline)
        if cell.kind in ("str", "d"):
            return cell.value
        if cell.kind != "n":
            return ""
        if day := self.book.dates.day(cell.style, cell.value):
            return day
        return cell.value if sum(map(str.isdigit, cell.value)) >= _LEAST_DIGITS else ""


def _written(cell: _Cell, new: str) -> tuple[str, str]:
    """Return what stands before and after a cell's formula: a number where the value is one still, else text."""
    bare = _TYPE.sub("", cell.tag)[:-1]
    if cell.kind == "n" and _NUMBER.fullmatch(new):
        return f"{bare}>", f"<v>{new}</v></c>"
    if cell.formula:
        return f'{bare} t="str">', f"<v>{escape(new)}</v></c>"
    return (
        (f'{bare} t="inlineStr">', f'<is><t xml:space="preserve">{escape(new)}</t></is></c>')
        if new
        else (f"{bare}>", "</c>")
    )
