"""A CSV or XLSX file that somebody uploads, to rows of text under headings: bounded, and nothing in it is computed.

A workbook is a zip file of XML, so it is looked through before anything reads it: how many parts, how large they
become, no document type, no row or column beyond what is taken. Formulas are told, not believed: the value that was
saved beside one is whatever its writer wanted.
"""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import PurePath
from xml.parsers import expat

import msgspec

from bartizan.model import InputError, Place

__all__ = ["MOST_ROWS", "MOST_TEXT", "Row", "Sheet", "guarded", "read_sheet", "unguarded"]

MOST_TEXT = 32_767
"""Characters that a cell may have, in Excel and so here."""
MOST_ROWS = 5_000
"""Rows that one file may have."""
_WORKBOOKS = (".xlsx", ".xlsm")
_TEXTS = (".csv", ".tsv", ".txt")
_MOST_COLUMNS = 200
_MOST_BYTES = 20 << 20
_MOST_UNPACKED = 200 << 20
_MOST_RATIO = 200  # a sheet of one repeated word packs a hundredfold; a bomb a thousandfold
_MOST_PARTS = 500
_DANGEROUS = re.compile(r"[\s']*[=+\-@\uff1d\uff0b\uff0d\uff20]|\s*[\t\r\n]")
_GUARDED = re.compile(r"'(?:[\s']*[=+\-@\uff1d\uff0b\uff0d\uff20]|\s*[\t\r\n])")
_CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,9})\Z")


class Row(msgspec.Struct, frozen=True):
    """A row as people count them, the first being 1, and its cells. `formula` are the places of cells that compute."""

    number: int
    cells: list[str]
    formula: frozenset[int] = frozenset()


class Sheet(msgspec.Struct, frozen=True):
    """The first row with text, which names the columns, and the rows below it that aren't empty."""

    file: str
    headings: list[str]
    rows: list[Row]


def guarded(text: str) -> str:
    """Return a text as it stands in a CSV: with an apostrophe before what a spreadsheet would compute or split."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def unguarded(text: str) -> str:
    """Take off the apostrophe that `guarded` put before a text."""
    return text[1:] if _GUARDED.match(text) else text


def read_sheet(content: bytes, file: str) -> Sheet:
    """Read the first sheet of a workbook, or a CSV with commas, semicolons or tabs in UTF-8, UTF-16 or Windows-1252.

    Raises InputError for what is too large, is no such file, or hides something.
    """
    if len(content) > _MOST_BYTES:
        raise InputError(f"the file has more than {_MOST_BYTES >> 20} MiB", place=Place(file), help="split it")
    rows = _workbook(content, file) if _is_workbook(content, file) else _delimited(content, file)
    headings: list[str] | None = None
    kept = []
    for row in rows:
        if headings is None:
            headings = [cell.strip() for cell in row.cells] if any(cell.strip() for cell in row.cells) else None
        elif any(cell.strip() for cell in row.cells) or row.formula:
            kept.append(row)
            if len(kept) > MOST_ROWS:
                raise InputError(f"the file has more than {MOST_ROWS:,} rows", place=Place(file), help="split it")
    if headings is None:
        raise InputError("the file is empty", place=Place(file), help="the first row names the columns")
    return Sheet(file, headings, kept)


def _is_workbook(content: bytes, file: str) -> bool:
    """Tell by its content what a file is. Raises InputError where its name says something else."""
    packed, ending = content.startswith(b"PK\x03\x04"), PurePath(file).suffix.lower()
    if ending not in (_WORKBOOKS if packed else _TEXTS):
        called = f"ends in `{ending}`" if ending else "has no ending"
        raise InputError(
            f"the file is {'a workbook' if packed else 'no workbook'}, and its name {called}",
            place=Place(file),
            help=f"a workbook ends in {', '.join(_WORKBOOKS)}, a list of text in {', '.join(_TEXTS)}",
        )
    return packed


def _delimited(content: bytes, file: str) -> Iterator[Row]:
    text = _decoded(content, file)
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=first.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        for number, cells in enumerate(reader, 1):
            if len(cells) > _MOST_COLUMNS:
                raise InputError(f"the row has more than {_MOST_COLUMNS} cells", place=Place(file, reader.line_num))
            yield Row(number, [unguarded(cell)[:MOST_TEXT] for cell in cells])
    except csv.Error as error:
        raise InputError(f"this is no CSV: {error}", place=Place(file)) from None


def _decoded(content: bytes, file: str) -> str:
    if b"\0" in content and not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError("this is neither a CSV nor a workbook", place=Place(file), help="save it as XLSX or CSV")
    encodings = ("utf-16",) if content.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError("the text is in no encoding that is known", place=Place(file), help="save it as CSV in UTF-8")


def _workbook(content: bytes, file: str) -> Iterator[Row]:
    _looked_through(content, file)
    from openpyxl import load_workbook  # type: ignore[import-untyped]

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what it says about styles and extensions that we don't read
            book = load_workbook(io.BytesIO(content), read_only=True, keep_links=False, keep_vba=False)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, OSError, zipfile.BadZipFile) as error:
        raise InputError("the workbook is damaged", place=Place(file), help="save it again as XLSX") from error
    try:
        if not book.worksheets:
            raise InputError("the workbook has no sheet", place=Place(file))
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(), 1):
            computed = frozenset(place for place, cell in enumerate(row) if cell.data_type == "f")
            values = (None if place in computed else cell.value for place, cell in enumerate(row))
            yield Row(number, [_shown(value) for value in values], computed)
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as error:
        raise InputError("the workbook is damaged", place=Place(file), help="save it again as XLSX") from error
    finally:
        book.close()


def _shown(value: object) -> str:
    """A cell's value as a CSV would have it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute or value.second) else value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return _CODED.sub(lambda found: _letter(int(found[1], 16)), str(value))[:MOST_TEXT]


def _letter(number: int) -> str:
    """Return the letter of a code, or a sign for one that is no letter: half a pair, or what controls a terminal."""
    return "\ufffd" if 0xD800 <= number <= 0xDFFF or (number < 32 and number not in (9, 10, 13)) else chr(number)


def _looked_through(content: bytes, file: str) -> None:
    """Refuse a workbook that grows too much, or whose XML hides something. Raises InputError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > _MOST_PARTS:
                raise InputError(f"the workbook has more than {_MOST_PARTS} parts", place=Place(file))
            left = min(_MOST_UNPACKED, max(len(content) * _MOST_RATIO, 1 << 20))
            for part in parts:
                xml = part.filename.lower().endswith((".xml", ".rels", ".vml"))
                left = _through(archive, part, file, left, _Watch(file) if xml else None)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise InputError(
            "the workbook is damaged or encrypted", place=Place(file), help="save it again as XLSX, without a password"
        ) from error


def _through(archive: zipfile.ZipFile, part: zipfile.ZipInfo, file: str, left: int, watch: _Watch | None) -> int:
    """Unpack a part, as far as there is room, and return the room that is left."""
    with archive.open(part) as stream:
        while chunk := stream.read(256 * 1024):
            left -= len(chunk)
            if left < 0:
                raise InputError("the workbook becomes too large when it is unpacked", place=Place(file))
            if watch is not None:
                watch.take(chunk, final=False)
    if watch is not None:
        watch.take(b"", final=True)
    return left


class _Watch:
    """Follows the XML of a part: no document type, and no cell further out than what is taken."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._depth = 0
        self._parser = expat.ParserCreate()
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end

    def take(self, chunk: bytes, *, final: bool) -> None:
        """Follow a piece. Raises InputError."""
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            what = expat.ErrorString(error.code) or "damaged"
            raise InputError(
                f"a part of the workbook is not well-formed XML: {what}", place=Place(self._file)
            ) from None

    def _doctype(self, *_: object) -> None:
        raise InputError("the workbook declares a document type, which can hide what it says", place=Place(self._file))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > 100:
            raise InputError("the workbook is nested too deep", place=Place(self._file))
        local = name.rpartition(":")[2]
        if local == "row" and "r" in attributes:
            self._within(attributes["r"], MOST_ROWS + 1000)
        elif local == "c" and "r" in attributes:
            found = _REFERENCE.match(attributes["r"])
            if found is None or _column(found[1]) > _MOST_COLUMNS:
                message = f"a sheet of the workbook has more than {_MOST_COLUMNS} columns"
                raise InputError(message, place=Place(self._file))
            self._within(found[2], MOST_ROWS + 1000)

    def _end(self, _: str) -> None:
        self._depth -= 1

    def _within(self, number: str, most: int) -> None:
        if not number.isdecimal() or len(number) > 9 or int(number) > most:
            raise InputError(f"a sheet of the workbook has more than {MOST_ROWS:,} rows", place=Place(self._file))


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
