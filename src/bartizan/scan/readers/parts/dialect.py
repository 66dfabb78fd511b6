"""How a file of delimited values is written: delimiter, heading, and where its records may be cut."""

from __future__ import annotations

import csv
import re
from collections import Counter

import msgspec

__all__ = ["Dialect", "dialect_of"]

_DELIMITERS = ",;\t|"
_LINES = 200
_DATA = re.compile(r"@|\d{4}|^\s*[-+]?[\d.,'%€$]+\s*$|^\s*$")
_SEP = re.compile(rb"\A\"?sep=(.)\"?\r?\n", re.IGNORECASE)


class Dialect(msgspec.Struct, frozen=True):
    """The way a file is written. `skip` bytes stand before its first record; `heading` are the names in that record."""

    delimiter: str
    columns: int
    heading: tuple[str, ...] = ()
    skip: int = 0

    @property
    def names(self) -> list[str]:
        """One name a column, each one once."""
        names = [*self.heading, *("" for _ in range(self.columns - len(self.heading)))]
        counts = Counter(names)
        return [
            name if name and counts[name] == 1 else f"{name or 'column'} {place}" for place, name in enumerate(names, 1)
        ]


def dialect_of(head: bytes, name: str = "") -> Dialect | None:
    """Tell how the first bytes of a file (UTF-8) are written; None where they are no table.

    One column makes a table only if the file's name says so.
    """
    skip = 0
    only = _DELIMITERS
    if found := _SEP.match(head):
        skip, only = found.end(), found[1].decode("latin-1")
    text = head[skip:].decode("utf-8", "replace")
    # The last line may be cut off.
    if len(head) >= 4096 and "\n" in text:
        text = text[: text.rfind("\n") + 1]
    named = name.endswith((".csv", ".tsv", ".tab", ".psv"))
    if name.endswith((".tsv", ".tab")) and "\t" in text:
        only = "\t"
    best: tuple[float, int, str, list[list[str]]] | None = None
    for delimiter in only:
        rows = _rows(text, delimiter)
        if not rows:
            continue
        width, times = Counter(map(len, rows)).most_common(1)[0]
        share = times / len(rows)
        if width > 1 and share >= 0.6 and (best is None or (share, width) > best[:2]):
            best = share, width, delimiter, rows
    if best is None:
        rows = _rows(text, "\x1f")
        return Dialect(",", 1, _heading(rows, 1), skip) if named and rows else None
    share, width, delimiter, rows = best
    if not named and (len(rows) < 3 or share < 0.95):
        return None
    return Dialect(delimiter, width, _heading(rows, width), skip)


def _rows(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    try:
        for row in csv.reader(text.splitlines(keepends=True), delimiter=delimiter):
            if row:
                rows.append(row)
            if len(rows) >= _LINES:
                break
    except csv.Error:
        # A field larger than the sample, or a stray NUL.
        pass
    return rows


def _heading(rows: list[list[str]], width: int) -> tuple[str, ...]:
    """The first row, if it looks like names of columns: short, different, and without numbers and addresses."""
    first = [cell.strip() for cell in rows[0]]
    if len(first) != width or len(set(first)) < len(first):
        return ()
    if any(len(cell) > 80 or _DATA.search(cell) for cell in first):
        return ()
    return tuple(first)
