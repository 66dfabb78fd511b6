"""Lists as CSV and XLSX, written row by row: memory stays flat however many rows there are.

Nothing that somebody wrote can become a formula. In XLSX every text is a text, and one that looks like a formula keeps
being one when it is edited. CSV can't say what a text is, so an apostrophe stands before what a spreadsheet might
compute; `bartizan.govern.sheetfile` takes it off again. Both give the same bytes for the same rows.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Generator, Iterable, Iterator, Sequence
from datetime import date
from typing import IO, TypeAlias

from bartizan.govern.columns import Column
from bartizan.govern.sheetfile import MOST_TEXT, guarded

__all__ = ["Cell", "to_csv", "to_xlsx"]

Cell: TypeAlias = str | int | float | date | bool | None
"""What a cell may hold; None is an empty one."""

_CHUNK = 64 * 1024
_ROWS = 1_048_575  # what a sheet has room for below its header
_EPOCH = date(1899, 12, 30)
_CODED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LIKE_FORMULA = re.compile(r"[\s']*[=+\-@\uff1d\uff0b\uff0d\uff20]")
_NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PLAIN, _HEAD, _DAY, _QUOTED = range(4)
_STYLES = (
    f'{_XML}<styleSheet xmlns="{_NAMESPACE}"><numFmts count="1"><numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '</numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/>'
    '<color rgb="FFFFFFFF"/><name val="Calibri"/></font></fonts><fills count="3"><fill><patternFill '
    'patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill><fill><patternFill '
    'patternType="solid"><fgColor rgb="FF1F3A5F"/></patternFill></fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="4">'
    '<xf applyAlignment="1"><alignment vertical="top"/></xf>'
    '<xf fontId="1" fillId="2" applyFont="1" applyFill="1" applyAlignment="1"><alignment vertical="center"/></xf>'
    '<xf numFmtId="164" applyNumberFormat="1" applyAlignment="1"><alignment vertical="top" horizontal="left"/></xf>'
    '<xf quotePrefix="1" applyAlignment="1"><alignment vertical="top"/></xf></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def to_csv(columns: Sequence[Column], rows: Iterable[Sequence[Cell]], language: str = "en") -> Iterator[bytes]:
    """Give a list as CSV in pieces: UTF-8 with its mark, commas, every text in quotes, days as 2026-11-28."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC, lineterminator="\r\n")
    yield b"\xef\xbb\xbf"
    writer.writerow([guarded(column.title(language)) for column in columns])
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
        if buffer.tell() >= _CHUNK:
            yield buffer.getvalue().encode("utf-8", "replace")
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode("utf-8", "replace")


def _csv_cell(value: Cell) -> str | int | float:
    if isinstance(value, str):
        return guarded(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else value


def to_xlsx(
    title: str, columns: Sequence[Column], rows: Iterable[Sequence[Cell]], language: str = "en"
) -> Iterator[bytes]:
    """Give a list as an Excel workbook in pieces: a fixed header, filters, widths; more sheets where one is full."""
    sink = _Sink()
    iterator, sheets = iter(rows), 0
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=5) as archive:
        more: Sequence[Cell] | None = next(iterator, None)
        while more is not None or not sheets:
            sheets += 1
            with archive.open(_entry(f"xl/worksheets/sheet{sheets}.xml"), "w") as part:
                more = yield from _sheet(part, sink, columns, more, iterator, language)
        for name, text in _parts(title, sheets):
            archive.writestr(_entry(name), text)
    yield sink.take()


class _Sink:
    """Takes what the archive writes until it is handed on; it can't go back."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.held = 0

    def write(self, data: bytes) -> int:
        """Hold a piece."""
        self._pieces.append(bytes(data))
        self.held += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits anywhere else."""

    def close(self) -> None:
        """Nothing is open."""

    def take(self) -> bytes:
        """Hand on what is held."""
        out = b"".join(self._pieces)
        self._pieces.clear()
        self.held = 0
        return out


def _sheet(
    part: IO[bytes],
    sink: _Sink,
    columns: Sequence[Column],
    first: Sequence[Cell] | None,
    rows: Iterator[Sequence[Cell]],
    language: str,
) -> Generator[bytes, None, Sequence[Cell] | None]:
    """Write one sheet, and return the row that has no room on it any more."""
    names = [_letters(index) for index in range(len(columns))]
    text = [_opening(columns)]
    text.append(_row(1, names, [column.title(language) for column in columns], _HEAD))
    number, size, row = 1, 0, first
    while row is not None and number <= _ROWS:
        number += 1
        line = _row(number, names, row, _PLAIN)
        text.append(line)
        size += len(line)
        if size >= _CHUNK:
            part.write("".join(text).encode("utf-8", "replace"))
            text, size = [], 0
            if sink.held >= _CHUNK:
                yield sink.take()
        row = next(rows, None)
    text.append(f'</sheetData><autoFilter ref="A1:{names[-1]}{number}"/></worksheet>')
    part.write("".join(text).encode("utf-8", "replace"))
    return row


def _opening(columns: Sequence[Column]) -> str:
    widths = "".join(
        f'<col min="{place}" max="{place}" width="{column.width}" customWidth="1"/>'
        for place, column in enumerate(columns, 1)
    )
    pane = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    return (
        f'{_XML}<worksheet xmlns="{_NAMESPACE}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView>'
        f"</sheetViews><cols>{widths}</cols><sheetData>"
    )


def _row(number: int, names: Sequence[str], values: Sequence[Cell], style: int) -> str:
    cells = [_cell(f"{name}{number}", value, style) for name, value in zip(names, values, strict=True)]
    height = ' ht="20" customHeight="1"' if style == _HEAD else ""
    return f'<row r="{number}"{height}>{"".join(cells)}</row>'


def _cell(place: str, value: Cell, style: int) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        chosen = _QUOTED if style == _PLAIN and _LIKE_FORMULA.match(value) else style
        return f'<c r="{place}" s="{chosen}" t="inlineStr"><is><t xml:space="preserve">{_text(value)}</t></is></c>'
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, date):
        return f'<c r="{place}" s="{_DAY}"><v>{(value - _EPOCH).days}</v></c>'
    return f'<c r="{place}"><v>{value!r}</v></c>'


def _text(value: str) -> str:
    if len(value) > MOST_TEXT:
        value = value[: MOST_TEXT - 1] + "…"
    value = _FORBIDDEN.sub("\ufffd", _CODED.sub("_x005F_", value))
    value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return value.replace("\r", "&#13;")


def _letters(index: int) -> str:
    return (chr(64 + index // 26) if index >= 26 else "") + chr(65 + index % 26)


def _entry(name: str) -> zipfile.ZipInfo:
    """A part whose time is always the same, so that the same rows are the same bytes."""
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _parts(title: str, sheets: int) -> Iterator[tuple[str, str]]:
    """The parts around the sheets; they come last, when it is known how many there are."""
    named = re.sub(r"[\[\]:*?/\\']", " ", title)[:28].strip() or "List"
    listed = "".join(
        f'<sheet name="{_text(named if place == 1 else f"{named} {place}")}" sheetId="{place}" r:id="rId{place}"/>'
        for place in range(1, sheets + 1)
    )
    yield (
        "xl/workbook.xml",
        f'{_XML}<workbook xmlns="{_NAMESPACE}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>',
    )
    yield "xl/styles.xml", _STYLES
    related = "".join(
        f'<Relationship Id="rId{place}" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet{place}.xml"/>'
        for place in range(1, sheets + 1)
    )
    styles = f'<Relationship Id="rId{sheets + 1}" Type="{_RELATIONS}/styles" Target="styles.xml"/>'
    head = f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
    yield "xl/_rels/workbook.xml.rels", f"{head}{related}{styles}</Relationships>"
    book = f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
    yield "_rels/.rels", f"{head}{book}</Relationships>"
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{place}.xml" ContentType="{_TYPE}.worksheet+xml"/>'
        for place in range(1, sheets + 1)
    )
    yield (
        "[Content_Types].xml",
        f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="rels" '
        'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_TYPE}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_TYPE}.styles+xml"/>{overrides}</Types>',
    )
