"""CSV and TSV: field by field; separators, quotes and line ends as they were."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Sequence
from typing import IO, NamedTuple

from bartizan.inspection.redaction import apply_edits
from bartizan.scan.rewriters.base import Work, changed

__all__ = ["REWRITERS"]

_LONGEST = 1 << 20  # bytes of a line, and of a record with line ends in quotes
_ROWS = 1000  # rows that are inspected together
_ERRORS = "surrogateescape"
_SEPARATORS = ",;\t|"
_SUFFIXES = (".csv", ".tsv", ".tab", ".psv")
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,' ]*")


class _Dialect(NamedTuple):
    """What separates fields, and how a field that stands in quotes and one that doesn't look."""

    separator: str
    quoted: re.Pattern[str]
    plain: re.Pattern[str]
    needs_quotes: re.Pattern[str]
    after: re.Pattern[str]


class Csv:
    """Tables of text."""

    name = "csv"

    def recognises(self, head: bytes, name: str) -> int:  # noqa: ARG002 - a Rewriter's signature
        """Go by the name alone: much text has commas."""
        return 2 if name.endswith(_SUFFIXES) else 0

    def rewrite(self, source: IO[bytes], target: IO[bytes], work: Work, name: str) -> None:
        """Rewrite rows. The first row is a heading unless it holds a number, an empty field or a value to hide."""
        table: _Table | None = None
        lines = iter(lambda: source.readline(_LONGEST), b"")
        for line in lines:
            text = line.decode("utf-8", _ERRORS)
            if table is None:
                table = _Table(_dialect(text, name), work)
            for done in table.take(text):
                target.write(done.encode("utf-8", _ERRORS))
        if table is not None:
            target.write(table.finish().encode("utf-8", _ERRORS))


REWRITERS = (Csv(),)


def _dialect(first: str, name: str) -> _Dialect:
    bare = re.sub(r'"(?:[^"]|"")*"', "", first)
    separator = "\t" if name.endswith((".tsv", ".tab")) else max(_SEPARATORS, key=bare.count)
    mark = re.escape(separator)
    return _Dialect(
        separator,
        re.compile(rf'"((?:[^"]|"")*)"(?=[{mark}\r\n]|\Z)'),
        re.compile(rf"[^{mark}\r\n]*"),
        re.compile(rf'[{mark}\r\n"]'),
        re.compile(rf"\r\n|[{mark}\r\n]|"),
    )


class _Table:
    """Rows that come line by line; a record may have line ends in quotes."""

    def __init__(self, dialect: _Dialect, work: Work) -> None:
        self.dialect = dialect
        self.work = work
        self.columns: list[str] | None = None
        self.open = ""
        self.parts: list[str] = []
        self.cells: list[tuple[str, str, int]] = []
        self.rows = 0

    def take(self, line: str) -> Iterator[str]:
        """Take a line, and yield what is settled."""
        if self.open and '"' not in line and len(self.open) < _LONGEST:
            self.open += line
            return
        record = self.open + line
        fields = self._fields(record, broken=len(record) > _LONGEST)
        if fields is None:
            self.open = record
            return
        self.open = ""
        self._row(fields)
        if self.rows >= _ROWS:
            yield self._settle()

    def finish(self) -> str:
        """Return the rest. A quote that was never closed is a character like others."""
        if self.open:
            for line in self.open.splitlines(keepends=True):
                self._row(self._fields(line, broken=True) or [])
        return self._settle()

    def _settle(self) -> str:
        for index, edits in changed(self.cells, self.work):
            _, text, place = self.cells[index]
            self.parts[place] = self._written(self.parts[place], apply_edits(text, edits))
        done = "".join(self.parts)
        self.parts, self.cells, self.rows = [], [], 0
        return done

    def _fields(self, record: str, *, broken: bool) -> list[tuple[str, str, str]] | None:
        """Cut a record into fields: as written, as meant, and what follows. None when a quote is still open."""
        if '"' not in record and "\r" not in record[:-2]:
            return _simple(record, self.dialect.separator)
        out: list[tuple[str, str, str]] = []
        at = 0
        while at < len(record):
            match = self.dialect.quoted.match(record, at) if record[at] == '"' else None
            if match is not None:
                text = match[1].replace('""', '"')
            elif record[at] == '"' and not broken and not self._closed(record, at):
                return None
            else:
                match = self.dialect.plain.match(record, at)
                assert match is not None
                text = match[0]
            at = match.end()
            after = self.dialect.after.match(record, at)
            assert after is not None
            out.append((match[0], text, after[0]))
            at = after.end()
        return out

    def _closed(self, record: str, at: int) -> bool:
        """Tell whether a field that begins with a quote has all its quotes: what follows the last is then its text."""
        return record.count('"', at) % 2 == 0

    def _row(self, fields: Sequence[tuple[str, str, str]]) -> None:
        if self.columns is None:
            self.columns = self._heading([text for _, text, _ in fields])
        index = 0
        for raw, text, after in fields:
            if text:
                column = self.columns[index] if index < len(self.columns) else ""
                self.cells.append((column, text, len(self.parts)))
            self.parts += (raw, after)
            index = 0 if after[:1] in ("\r", "\n") else index + 1
        self.rows += 1

    def _heading(self, texts: list[str]) -> list[str]:
        texts = [text.removeprefix(codecs.BOM_UTF8.decode()) for text in texts]
        if any(not text.strip() or _NUMBER.fullmatch(text) for text in texts):
            return []
        return [] if any(self.work.editor.edits_many(texts)) else texts

    def _written(self, raw: str, new: str) -> str:
        if raw[:1] == '"' or self.dialect.needs_quotes.search(new):
            return '"' + new.replace('"', '""') + '"'
        return new


def _simple(record: str, separator: str) -> list[tuple[str, str, str]]:
    """Cut a line without quotes."""
    bare = record.rstrip("\r\n")
    cells = bare.split(separator)
    out = [(cell, cell, separator) for cell in cells]
    out[-1] = (cells[-1], cells[-1], record[len(bare) :])
    return out
