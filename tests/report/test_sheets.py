"""Lists as CSV and XLSX: what is written comes back, nothing becomes a formula, and memory stays flat."""

from __future__ import annotations

import csv
import io
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook  # type: ignore[import-untyped]

from bartizan.govern.columns import EVIDENCE, LISTS, TOOLS, joined, several
from bartizan.govern.sheetfile import guarded, read_sheet, unguarded
from bartizan.report.sheets import Cell, to_csv, to_xlsx

FORMULAS = ("=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "'=1", "''=1", "＝1")


def _rows(*texts: str) -> list[list[Cell]]:
    width = len(TOOLS.columns)
    return [[text, *([""] * (width - 1))] for text in texts]


def test_what_a_spreadsheet_would_compute_has_an_apostrophe_before_it_in_csv() -> None:
    content = b"".join(to_csv(TOOLS.columns, _rows(*FORMULAS))).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(content, newline="")))
    assert [row[0] for row in rows[1:]] == [f"'{text}" for text in FORMULAS]


def test_no_cell_of_a_workbook_is_a_formula_and_each_stays_a_text_when_it_is_edited() -> None:
    book = load_workbook(io.BytesIO(b"".join(to_xlsx("Tools", TOOLS.columns, _rows(*FORMULAS)))))
    cells = [row[0] for row in book.active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == list(FORMULAS)
    assert all(cell.quotePrefix for cell in cells)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_guarded_text_comes_back_as_it_was(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(st.lists(st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=12), max_size=5))
def test_several_texts_in_one_cell_come_back_as_they_were(texts: list[str]) -> None:
    assert several(joined(texts)) == texts


@pytest.mark.parametrize("suffix", ["csv", "xlsx"])
def test_texts_of_all_sorts_come_back_from_both_formats(suffix: str) -> None:
    texts = [
        "plain",
        "ümläut · 漢字 🙂",
        'a "quoted", text; with signs',
        "two\nlines",
        "<b>&amp;</b>",
        "_x000D_",
        *FORMULAS[:4],
    ]
    made = to_csv(TOOLS.columns, _rows(*texts)) if suffix == "csv" else to_xlsx("T", TOOLS.columns, _rows(*texts))
    sheet = read_sheet(b"".join(made), f"tools.{suffix}")
    assert [row.cells[0] for row in sheet.rows] == texts
    assert sheet.headings == [column.title("en") for column in TOOLS.columns]


def test_days_and_numbers_are_days_and_numbers_in_a_workbook() -> None:
    row: list[Cell] = [None] * len(EVIDENCE.columns)
    row[0], row[1], row[5] = 12.5, True, date(2026, 2, 28)
    content = b"".join(to_xlsx("Evidence", EVIDENCE.columns, [row]))
    cells = next(load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2))
    assert (cells[0].value, cells[1].value, cells[5].value.date(), cells[5].is_date) == (
        12.5,
        True,
        date(2026, 2, 28),
        True,
    )
    assert b"2026-02-28" in b"".join(to_csv(EVIDENCE.columns, [row]))


def test_a_workbook_has_a_fixed_header_filters_and_widths() -> None:
    sheet = load_workbook(io.BytesIO(b"".join(to_xlsx("Tools", TOOLS.columns, _rows("a", "b"), "de")))).active
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:R3")
    assert sheet["A1"].font.b
    assert sheet.column_dimensions["C"].width == TOOLS.columns[2].width
    assert [cell.value for cell in sheet[1]] == [column.title("de") for column in TOOLS.columns]
    assert sheet.title == "Tools"


def test_the_same_rows_are_the_same_bytes() -> None:
    first, second = (b"".join(to_xlsx("T", TOOLS.columns, _rows("a", "=b"))) for _ in range(2))
    assert first == second


def test_an_empty_list_is_a_file_with_its_header() -> None:
    assert read_sheet(b"".join(to_csv(TOOLS.columns, [])), "t.csv").rows == []
    assert read_sheet(b"".join(to_xlsx("T", TOOLS.columns, [])), "t.xlsx").rows == []


def test_what_no_cell_can_hold_is_cut_or_replaced_and_the_workbook_opens() -> None:
    content = b"".join(to_xlsx("[a]:*?/\\" * 9, TOOLS.columns, _rows("x" * 40_000, "null\0byte\ud800")))
    sheet = load_workbook(io.BytesIO(content)).active
    assert (len(sheet["A2"].value), sheet["A2"].value[-1]) == (32_767, "…")
    assert sheet["A3"].value == "null\ufffdbyte\ufffd"


def test_more_rows_than_a_sheet_holds_go_on_on_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bartizan.report.sheets._ROWS", 10)
    book = load_workbook(io.BytesIO(b"".join(to_xlsx("T", TOOLS.columns, _rows(*(str(n) for n in range(25)))))))
    assert book.sheetnames == ["T", "T 2", "T 3"]
    assert [sheet.max_row for sheet in book] == [11, 11, 6]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_many_rows_take_no_more_memory_than_few(form: str) -> None:
    def rows() -> Iterator[list[Cell]]:
        rest: list[Cell] = ["place", "scan", "pass", date(2026, 1, 1), None, "by", "detail", "0" * 64, "", ""]
        return ([f"system-{number}", f"control-{number}", *rest] for number in range(20_000))

    made = to_csv(EVIDENCE.columns, rows()) if form == "csv" else to_xlsx("E", EVIDENCE.columns, rows())
    tracemalloc.start()
    written = sum(len(piece) for piece in made)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert written > 300_000
    assert peak < 3_000_000


def test_every_list_has_titles_in_english_and_german_and_keys_once() -> None:
    for listed in LISTS.values():
        keys = [column.key for column in listed.columns]
        assert len(set(keys)) == len(keys)
        assert set(listed.needed) <= set(keys)
        assert all({"en", "de"} <= column.titles.keys() for column in listed.columns)
        assert listed.title("de") != listed.title("xx") or listed.titles["de"] == listed.titles["en"]


def test_a_workbook_is_a_zip_with_the_parts_that_excel_wants() -> None:
    with zipfile.ZipFile(io.BytesIO(b"".join(to_xlsx("T", TOOLS.columns, _rows("a"))))) as archive:
        assert set(archive.namelist()) == {
            "[Content_Types].xml", "_rels/.rels", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/workbook.xml",
            "xl/worksheets/sheet1.xml",
        }  # fmt: skip
        assert archive.testzip() is None
