"""Spreadsheets as weapons, through the page that takes them: entities, bombs, formulas, names, forged plans."""

from __future__ import annotations

import io
import zipfile
import zlib
from base64 import urlsafe_b64encode

import msgspec
import pytest
from httpx import Response

from bartizan.model.documents import Kind, ToolSpec
from bartizan.model.documents.document import Document
from bartizan.report.sheets import to_xlsx
from tests.console.bad_input.ground import Ground

_FORMULAS = [
    "=cmd|'/C calc'!A0",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\uff1d1+1",
    "'=1",
    '=HYPERLINK("http://e.example")',
]
_ENTITY = '<!DOCTYPE x [<!ENTITY w1 SYSTEM "file:///etc/passwd">]>'


def _sent(ground: Ground, content: bytes, name: str = "tools.xlsx") -> Response:
    file = {"file": (name, content, "application/octet-stream")}
    return ground.ask("POST", "/exchange/preview", data={"what": "tools"}, files=file)


def _workbook(**parts: bytes) -> bytes:
    """Return a workbook with other parts in the place of its own; `sheet` and `strings` name two of them."""
    from bartizan.govern.columns import LISTS

    names = {"sheet": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml", "types": "[Content_Types].xml"}
    source = zipfile.ZipFile(io.BytesIO(b"".join(to_xlsx("Tools", LISTS["tools"].columns, []))))
    kept = {one: source.read(one) for one in source.namelist()} | {names[key]: part for key, part in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in kept.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("part", ["sheet", "strings", "types"])
def test_a_workbook_can_not_bring_in_what_lies_on_the_server(ground: Ground, part: str) -> None:
    answer = _sent(ground, _workbook(**{part: f"{_ENTITY}<a>&w1;</a>".encode()}))
    assert answer.status_code == 422
    assert "root:" not in answer.text
    assert "document type" in answer.text


def test_a_workbook_can_not_grow_without_end(ground: Ground) -> None:
    answer = _sent(ground, _workbook(sheet=b"<a>" + b" " * (220 << 20) + b"</a>"))
    assert answer.status_code == 422
    assert "too large" in answer.text
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(2_000):
            archive.writestr(f"xl/{number}.xml", "<a/>")
    assert _sent(ground, many.getvalue()).status_code == 422


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"\0" * 500, b"\0" * 100, b"\xff\xfe\0\xd8", b"",
                                     b'"' * 1001, b"name\n" + b"x" * 200_000])  # fmt: skip
def test_what_is_no_spreadsheet_is_told_and_breaks_nothing(ground: Ground, content: bytes) -> None:
    for name in ("tools.csv", "tools.xlsx"):
        assert _sent(ground, content, name).status_code in (200, 303, 422)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "../../etc/passwd.csv",
        "a\0b.csv",
        "<img src=x onerror=w1()>.csv",
        "x" * 5_000 + ".csv",
        "C:\\x.csv",
    ],
)
def test_the_name_of_a_file_is_a_text_and_no_place(ground: Ground, name: str) -> None:
    before = sorted(one for one in ground.folder.rglob("*") if "register" not in one.name)
    answer = _sent(ground, b"name,title\nn,T\n", name)
    assert answer.status_code in (200, 400, 422)
    assert "<img src=x" not in answer.text
    assert sorted(one for one in ground.folder.rglob("*") if "register" not in one.name) == before


@pytest.mark.parametrize("formula", _FORMULAS)
def test_no_text_of_the_register_becomes_a_formula(ground: Ground, formula: str) -> None:
    ground.put(Document(kind=Kind.TOOL, name="evil", spec=ToolSpec(title=formula, owner=formula, about=formula)))
    text = ground.ask("GET", "/exchange/export/tools.csv").text
    line = next(one for one in text.splitlines() if '"evil"' in one)
    cells = [cell.strip('"') for cell in line.split('","')]
    assert not [cell for cell in cells if cell[:1] in "=+-@\t\uff1d" and cell]
    book = zipfile.ZipFile(io.BytesIO(ground.ask("GET", "/exchange/export/tools.xlsx").content))
    for name in book.namelist():
        assert b"<f>" not in book.read(name)


def test_formulas_that_come_in_are_not_taken_for_their_value(ground: Ground) -> None:
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        b'<row r="1"><c r="A1" t="inlineStr"><is><t>name</t></is></c><c r="B1" t="inlineStr"><is><t>title</t></is></c>'
        b'</row><row r="2"><c r="A2" t="inlineStr"><is><t>calm</t></is></c><c r="B2" t="str"><f>1+1</f><v>Calm</v></c>'
        b"</row></sheetData></worksheet>"
    )
    answer = _sent(ground, _workbook(sheet=sheet))
    assert answer.status_code == 200
    assert "formula" in answer.text
    assert ground.register.documents.get(Kind.TOOL, "calm") is None


def _packed(value: object) -> str:
    return urlsafe_b64encode(zlib.compress(msgspec.json.encode(value))).decode()


_ROW = {"number": -1, "cells": [[]]}
_FORGED = ["", "%%%", _packed({"file": 1}), _packed("x" * (70 << 20)), urlsafe_b64encode(b"x").decode(),
           _packed({"file": "f", "headings": ["name"], "rows": [_ROW]}),
           _packed({"file": "f", "headings": ["name"], "rows": [{"number": 1, "cells": ["x"]}] * 401})]  # fmt: skip


@pytest.mark.parametrize("sheet", _FORGED, ids=range(len(_FORGED)))
def test_a_forged_import_is_refused(ground: Ground, sheet: str) -> None:
    sent = {"what": "tools", "why": "because", "sheet": sheet, "word": "w"}
    answer = ground.ask("POST", "/exchange/apply", data=sent, files={"none": ("", b"")})
    assert (answer.status_code, "no import that was begun here" in answer.text) == (400, True)
    assert ground.register.documents.get(Kind.TOOL, "x") is None


@pytest.mark.parametrize("cell", ["_x0000_", "_xD800_", "_x000D__x000A_", "\u202e", "a" * 40_000])
def test_coded_letters_of_workbooks_break_nothing(ground: Ground, cell: str) -> None:
    texts = (("A1", "name"), ("B1", "title"), ("A2", "calm"), ("B2", cell))
    cells = [f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>' for place, text in texts]
    rows = f'<row r="1">{cells[0]}{cells[1]}</row><row r="2">{cells[2]}{cells[3]}</row>'
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData></worksheet>'
    answer = _sent(ground, _workbook(sheet=sheet.encode()))
    assert answer.status_code in (200, 422)
