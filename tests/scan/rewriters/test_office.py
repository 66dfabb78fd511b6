"""DOCX, PPTX and XLSX: values go, also through several runs; the rest stays."""

from __future__ import annotations

import io
from datetime import date

import docx
import openpyxl  # type: ignore[import-untyped]
import pytest

from bartizan.inspection.redaction import Mode
from bartizan.model import InputError
from tests.scan.rewriters.support import (
    MAIL,
    NUMBER,
    SSN,
    VALUES,
    hide,
    parts,
    reveal,
    run,
    work_for,
    zipped,
)


def test_docx() -> None:
    document = docx.Document()
    paragraph = document.add_paragraph("His number 078-")
    paragraph.add_run("05-").bold = True
    paragraph.add_run("1121 is")
    paragraph.add_run().add_tab()
    paragraph.add_run(f"known to {MAIL}")
    cells = document.add_table(2, 2).rows
    cells[0].cells[0].text, cells[0].cells[1].text = "ssn", "order"
    cells[1].cells[0].text, cells[1].cells[1].text = str(NUMBER), str(NUMBER)
    document.sections[0].header.paragraphs[0].text = MAIL
    document.core_properties.author = MAIL
    document.core_properties.title = "Plain"
    file = io.BytesIO()
    document.save(file)
    made = hide(file.getvalue(), "a.docx")
    assert not any(value.encode() in part for part in parts(made).values() for value in VALUES)
    again = docx.Document(io.BytesIO(made))
    assert again.paragraphs[0].text == "His number <us-ssn> is\tknown to <email-address>"
    assert [run.bold for run in again.paragraphs[0].runs][:2] == [None, True]
    assert [cell.text for cell in again.tables[0].rows[1].cells] == ["<number>", str(NUMBER)]
    assert again.sections[0].header.paragraphs[0].text == "<email-address>"
    assert (again.core_properties.author, again.core_properties.title) == ("<email-address>", "Plain")
    back = docx.Document(io.BytesIO(reveal(hide(file.getvalue(), "a.docx", Mode.PSEUDONYM), "a.docx")))
    assert back.paragraphs[0].text == f"His number {SSN} is\tknown to {MAIL}"


def test_spaces_that_come_to_the_edge_of_a_run_stay() -> None:
    document = docx.Document()
    document.add_paragraph().add_run(f"{MAIL} x")
    document.paragraphs[0].add_run(f"y {MAIL}")
    file = io.BytesIO()
    document.save(file)
    again = docx.Document(io.BytesIO(hide(file.getvalue(), "a.docx", Mode.DROP)))
    assert again.paragraphs[0].text == " xy "


PPTX = {
    "[Content_Types].xml": "<Types/>",
    "ppt/slides/slide1.xml": f'<p:sld xmlns:a="a" xmlns:p="p"><p:cNvPr id="2" descr="{MAIL}"/>'
    "<a:p><a:r><a:t>078-05</a:t></a:r><a:br/><a:r><a:t>-1121</a:t></a:r></a:p>"
    "<a:p><a:r><a:t>078-05</a:t></a:r><a:r><a:t>-1121</a:t></a:r></a:p></p:sld>",
    "ppt/slides/_rels/slide1.xml.rels": "<Relationships>"
    f'<Relationship Id="r1" TargetMode="External" Target="mailto:{MAIL}"/>'
    '<Relationship Id="r2" Target="../media/image1.png"/></Relationships>',
    "ppt/media/image1.png": "\x89PNG",
    "ppt/embeddings/sheet.csv": f"mail\n{MAIL}\n",
    "docProps/core.xml": f"<cp:coreProperties><dc:creator>{MAIL}</dc:creator></cp:coreProperties>",
}


def test_pptx() -> None:
    work = work_for()
    made = parts(run(zipped(PPTX), "a.pptx", work))
    assert list(made) == list(PPTX)
    slide = made["ppt/slides/slide1.xml"].decode()
    assert 'descr="&lt;email-address&gt;"' in slide
    assert "<a:t>078-05</a:t></a:r><a:br/><a:r><a:t>-1121" in slide
    assert "<a:t>&lt;us-ssn&gt;</a:t></a:r><a:r><a:t></a:t>" in slide
    rels = made["ppt/slides/_rels/slide1.xml.rels"].decode()
    assert "mailto:&lt;email-address&gt;" in rels
    assert "../media/image1.png" in rels
    assert made["ppt/embeddings/sheet.csv"] == b"mail\n<email-address>\n"
    assert b"<dc:creator>&lt;email-address&gt;<" in made["docProps/core.xml"]
    assert [(part.member, part.kept) for part in work.unread] == [("ppt/media/image1.png", True)]


def workbook() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["ssn", "mail", "order", "born_ssn", "sum"])
    sheet.append([NUMBER, MAIL, NUMBER, date(1990, 5, 1), f'="{MAIL}"&A2'])
    sheet.append(["780511210", "x", "780511210", None, "=1+1"])
    sheet["B2"].comment = openpyxl.comments.Comment(f"ask {SSN}", MAIL)
    other = book.create_sheet("Other")
    other.append(["mail"])
    other.append([MAIL])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_xlsx() -> None:
    made = hide(workbook(), "a.xlsx")
    assert not any(value.encode() in part for part in parts(made).values() for value in VALUES)
    again = openpyxl.load_workbook(io.BytesIO(made))
    rows = [[cell.value for cell in row] for row in again["Sheet"].rows]
    assert rows[1][:3] == ["<number>", "<email-address>", NUMBER]
    assert rows[1][4] == '="<email-address>"&A2'
    assert rows[2][:3] == ["<number>", "x", "780511210"]
    assert rows[2][4] == "=1+1"
    assert again["Other"]["A2"].value == "<email-address>"
    assert "<us-ssn>" in again["Sheet"]["B2"].comment.text
    kept = openpyxl.load_workbook(io.BytesIO(hide(workbook(), "a.xlsx", number=Mode.FORMAT)))["Sheet"]["A2"].value
    assert isinstance(kept, int)
    assert kept != NUMBER
    dropped = openpyxl.load_workbook(io.BytesIO(hide(workbook(), "a.xlsx", Mode.DROP)))["Sheet"]
    assert dropped["A2"].value is None
    back = openpyxl.load_workbook(io.BytesIO(reveal(hide(workbook(), "a.xlsx", Mode.PSEUDONYM), "a.xlsx")))["Sheet"]
    assert [back["A2"].value, back["B2"].value] == [str(NUMBER), MAIL]


def test_shared_texts_without_a_cell_and_results_of_formulas() -> None:
    book = {
        "xl/sharedStrings.xml": f"<sst><si><t>{MAIL}</t></si>"
        "<si><r><t>078-05-</t></r><r><t>1121</t></r><rPh><t>x</t></rPh></si><si/></sst>",
        "xl/worksheets/sheet1.xml": '<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>1</v></c>'
        f'<c r="B1" t="s"><v>9</v></c><c r="C1" t="str"><f t="shared" ref="C1" si="0">A1</f><v>{SSN}</v></c>'
        '<c r="D1" t="b"><v>1</v></c><c r="E1"/></row>'
        f"</sheetData><headerFooter><oddHeader>{MAIL}</oddHeader></headerFooter></worksheet>",
    }
    made = parts(run(zipped(book), "a.xlsx", work_for()))
    assert made["xl/sharedStrings.xml"].count(b"<si>") == 2
    assert MAIL.encode() not in made["xl/sharedStrings.xml"]
    assert b"1121" not in made["xl/sharedStrings.xml"]
    sheet = made["xl/worksheets/sheet1.xml"].decode()
    assert '<c r="A1" t="inlineStr"><is><t xml:space="preserve">&lt;us-ssn&gt;</t></is></c>' in sheet
    assert '<c r="C1" t="str"><f t="shared" ref="C1" si="0">A1</f><v>&lt;us-ssn&gt;</v></c>' in sheet
    assert "<oddHeader>&lt;email-address&gt;</oddHeader>" in sheet


def test_dates_are_read_as_dates() -> None:
    from bartizan.scan.rewriters.dates import DateStyles

    styles = DateStyles(
        '<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/>'
        '<numFmt numFmtId="165" formatCode="[Red]&quot;d&quot;0"/></numFmts><cellXfs><xf numFmtId="0"/>'
        '<xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>'
    )
    shown = [styles.day(style, "32994") for style in range(5)]
    assert shown == ["", "1990-05-01", "1990-05-01", "", ""]
    assert [styles.day(1, value) for value in ("32994.5", "0", "x", "9999999")] == ["1990-05-01", "", "", ""]


def test_what_is_no_office_file_is_refused() -> None:
    with pytest.raises(InputError, match="no DOCX file"):
        run(zipped({"a": "b"}), "a.docx", work_for())
    with pytest.raises(InputError, match="old Office file"):
        run(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.docx", work_for())
