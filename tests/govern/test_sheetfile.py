"""Files that people upload: what is read, what is refused, and that nothing takes long or much."""

from __future__ import annotations

import contextlib
import io
import zipfile
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook  # type: ignore[import-untyped]

from bartizan.govern.sheetfile import MOST_ROWS, read_sheet
from bartizan.model import InputError


def _book(*rows: list[object]) -> bytes:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _with(content: bytes, name: str, text: str) -> bytes:
    """Return a workbook with one part put in place of another, or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.namelist():
            if entry != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, text)
    return out.getvalue()


_SHEET = "xl/worksheets/sheet1.xml"
_EMPTY = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'
)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_csv_is_read_as_programs_write_it(delimiter: str, encoding: str) -> None:
    text = "\r\n".join(delimiter.join(row) for row in (["Name", "Titel"], ["a", "Grüße"], ["", ""], ["b", '"x\ny"']))
    sheet = read_sheet(text.encode(encoding), "f.csv")
    assert sheet.headings == ["Name", "Titel"]
    assert [(row.number, row.cells) for row in sheet.rows] == [(2, ["a", "Grüße"]), (4, ["b", "x\ny"])]


def test_cells_of_a_workbook_are_read_as_text() -> None:
    rows = read_sheet(
        _book(["a", "b", "c", "d", "e"], [1, 2.5, True, date(2026, 1, 2), datetime(2026, 1, 2, 3, 4)]), "f.xlsx"
    ).rows
    assert rows[0].cells == ["1", "2.5", "yes", "2026-01-02", "2026-01-02T03:04:00"]


def test_a_formula_is_told_and_its_saved_value_is_not_believed() -> None:
    row = read_sheet(_book(["name", "title"], ["x", "=HYPERLINK(1)"]), "f.xlsx").rows[0]
    assert (row.cells, row.formula) == (["x", ""], frozenset({1}))


@pytest.mark.parametrize("part", [_SHEET, "xl/sharedStrings.xml", "xl/styles.xml", "docProps/custom.xml"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_refused_in_every_part_and_encoding(part: str, encoding: str) -> None:
    bomb = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_book(["a"]))) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.namelist():
            if entry != part:
                new.writestr(entry, old.read(entry))
        new.writestr(part, bomb.encode(encoding))
    with pytest.raises(InputError, match="document type"):
        read_sheet(out.getvalue(), "f.xlsx")


def test_a_workbook_that_grows_too_much_is_refused_before_it_has() -> None:
    with pytest.raises(InputError, match="too large when it is unpacked"):
        read_sheet(_with(_book(["a"]), "xl/media/image1.bin", "0" * (80 << 20)), "f.xlsx")


def test_a_cell_far_out_is_refused_and_not_padded() -> None:
    far = _EMPTY.format('<row r="999999999"><c r="A999999999"><v>1</v></c></row>')
    with pytest.raises(InputError, match="rows"):
        read_sheet(_with(_book(["a"]), _SHEET, far), "f.xlsx")
    wide = _EMPTY.format('<row r="1"><c r="XFD1"><v>1</v></c></row>')
    with pytest.raises(InputError, match="columns"):
        read_sheet(_with(_book(["a"]), _SHEET, wide), "f.xlsx")
    odd = _EMPTY.format('<row r="1"><c r="1A"><v>1</v></c></row>')
    with pytest.raises(InputError, match="columns"):
        read_sheet(_with(_book(["a"]), _SHEET, odd), "f.xlsx")


def test_xml_that_is_nested_too_deep_is_refused() -> None:
    with pytest.raises(InputError, match="too deep"):
        read_sheet(_with(_book(["a"]), _SHEET, "<a>" * 200 + "</a>" * 200), "f.xlsx")


def test_too_many_parts_rows_cells_and_bytes_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number in range(600):
            archive.writestr(f"p{number}", b"")
    with pytest.raises(InputError, match="parts"):
        read_sheet(out.getvalue(), "f.xlsx")
    with pytest.raises(InputError, match="rows"):
        read_sheet(b"a\n" + b"1\n" * (MOST_ROWS + 1), "f.csv")
    with pytest.raises(InputError, match="cells"):
        read_sheet(b"a" + b"," * 300, "f.csv")
    with pytest.raises(InputError, match="MiB"):
        read_sheet(b"a" * (21 << 20), "f.csv")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\n\n , \n", "empty"),
        (b"\x00\x01\x02", "neither"),
        (b"a\n\x81\x8d", "encoding"),
        (b'a,b\n"open', "no CSV"),
        (b"PK\x03\x04 and then nothing", "damaged"),
    ],
)
def test_what_is_no_list_is_refused_with_a_sentence(content: bytes, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_sheet(content, "f.xlsx" if content.startswith(b"PK") else "f.csv")


@pytest.mark.parametrize("name", ["f", "f.csv", "f.pdf", "f.xlsx.exe", ".xlsx"])
def test_a_workbook_that_is_called_something_else_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="is a workbook, and its name"):
        read_sheet(_book(["a"]), name)


@pytest.mark.parametrize("name", ["f", "f.xlsx", "f.html", "f.csv.exe"])
def test_a_list_of_text_that_is_called_something_else_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="is no workbook, and its name"):
        read_sheet(b"a\n1\n", name)


@pytest.mark.parametrize("name", ["f.CSV", "f.tsv", "my list.v2.txt"])
def test_endings_may_be_written_in_capitals_and_there_are_three_for_text(name: str) -> None:
    assert read_sheet(b"a\n1\n", name).headings == ["a"]


def test_a_zip_that_is_no_workbook_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "x")
    with pytest.raises(InputError, match="damaged"):
        read_sheet(out.getvalue(), "f.xlsx")


def test_parts_that_are_not_xml_or_are_wrong_are_refused() -> None:
    with pytest.raises(InputError, match="well-formed"):
        read_sheet(_with(_book(["a"]), _SHEET, "<a><b></a>"), "f.xlsx")
    with pytest.raises(InputError, match="damaged"):
        read_sheet(_with(_book(["a"]), _SHEET, _EMPTY.format('<row><c t="s"><v>99</v></c></row>')), "f.xlsx")


@given(st.binary(max_size=300))
def test_any_bytes_are_a_list_or_refused(content: bytes) -> None:
    for begin in (b"", b"PK\x03\x04"):
        headings = ["refused"]
        with contextlib.suppress(InputError):
            headings = read_sheet(begin + content, "f.xlsx" if begin else "f.csv").headings
        assert any(headings)
