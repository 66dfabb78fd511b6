"""Office documents: everything that somebody wrote in them, wherever the format keeps it."""

from __future__ import annotations

import datetime
import io
import struct
import zipfile

import pytest
from docx import Document
from docx.oxml import parse_xml
from openpyxl import Workbook  # type: ignore[import-untyped]
from openpyxl.comments import Comment  # type: ignore[import-untyped]
from openpyxl.workbook.defined_name import DefinedName  # type: ignore[import-untyped]

from bartizan.scan.blocks import Unread
from bartizan.scan.readers.parts.rtf_packed import unpacked
from tests.scan.readers.cfb import compound_file
from tests.scan.readers.support import Record, everything, reasons, records, values

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_TYPES = b'<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'


def package(parts: dict[str, str | bytes]) -> bytes:
    """A file of Office Open XML with these parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def saved(document: object) -> bytes:
    buffer = io.BytesIO()
    document.save(buffer)  # type: ignore[attr-defined]
    return buffer.getvalue()


def test_word_paragraphs_are_whole_however_they_are_cut() -> None:
    document = Document()
    paragraph = document.add_paragraph("mail an")
    paragraph.add_run("na@exam").bold = True
    paragraph.add_run("ple.com now")

    assert values(everything("a.docx", saved(document)), "") == ["mail anna@example.com now"]


def test_word_tables_headers_comments_and_properties() -> None:
    document = Document()
    document.core_properties.author = "Anna Author"
    paragraph = document.add_paragraph("body")
    table = document.add_table(2, 2)
    for row, texts in enumerate((("Name", "Number"), ("Anna", "756.1234"))):
        for column, text in enumerate(texts):
            table.cell(row, column).text = text
    document.sections[0].header.paragraphs[0].text = "in the header"
    document.sections[0].footer.paragraphs[0].text = "in the footer"
    document.add_comment(paragraph.runs, "in a comment", "Carl Critic", "CC")
    items = everything("a.docx", saved(document))

    assert values(items, "Number") == ["756.1234"]
    assert values(items, "header") == ["in the header"]
    assert values(items, "footer") == ["in the footer"]
    assert values(items, "comments") == ["in a comment"]
    assert values(items, "author") == ["Carl Critic"]
    assert values(items, "property.creator") == ["Anna Author"]


def test_word_deletions_fields_boxes_and_links() -> None:
    box = "<w:txbxContent><w:p><w:r><w:t>in a box</w:t></w:r></w:p></w:txbxContent>"
    merge = f'<w:settings {_W}><w:mailMerge><w:connectString w:val="Password=abc"/></w:mailMerge></w:settings>'
    body = f"""<w:document {_W} xmlns:mc="mc" xmlns:wp="wp"><w:body><w:p>
    <w:r><w:t>kept </w:t></w:r><w:del w:author="Dora"><w:r><w:delText>struck out</w:delText></w:r></w:del>
    <w:r><w:t>text</w:t></w:r>
    <w:r><w:instrText>HYPERLINK "mailto:f@example.com"</w:instrText></w:r>
    <w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>
    <wp:docPr descr="a picture of Anna"/></w:p></w:body></w:document>"""
    links = '<Relationships><Relationship Id="r1" Target="mailto:l@example.com" TargetMode="External"/></Relationships>'
    note = f"<w:footnotes {_W}><w:footnote><w:p><w:r><w:t>in a note</w:t></w:r></w:p></w:footnote></w:footnotes>"
    parts: dict[str, str | bytes] = {
        "word/document.xml": body,
        "word/_rels/document.xml.rels": links,
        "word/footnotes.xml": note,
        "word/media/image1.png": b"\x89PNG\r\n\x1a\n\0\0",
        "word/embeddings/data.csv": "id,name\n1,Anna\n2,Bob\n",
        "customXml/item1.xml": "<a><mail>x@example.com</mail></a>",
        "word/settings.xml": merge,
    }
    items = everything("a.docx", package(parts))

    assert values(items, "") == ["in a box", "kept text"]
    assert values(items, "deleted") == ["struck out"]
    assert values(items, "field") == ['HYPERLINK "mailto:f@example.com"']
    assert values(items, "descr") == ["a picture of Anna"]
    assert values(items, "link") == ["mailto:l@example.com"]
    assert values(items, "footnotes") == ["in a note"]
    assert values(items, "name", "word/embeddings/data.csv") == ["Anna", "Bob"]
    assert values(items, "a.mail") == ["x@example.com"]
    assert "Password=abc" in {record.text for record in records(items)}
    assert reasons(items) == [("word/media/image1.png", "format PNG image is not inspected for data")]


def test_a_damaged_part_costs_that_part() -> None:
    good = f"<w:hdr {_W}><w:p><w:r><w:t>fine</w:t></w:r></w:p></w:hdr>"
    items = everything("a.docx", package({"word/document.xml": f"<w:document {_W}><w:p>", "word/header1.xml": good}))

    assert values(items, "header") == ["fine"]
    assert [member for member, _ in reasons(items)] == ["word/document.xml"]


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    sheet.title = "People"
    sheet.append(["Name", "Born", "Card"])
    sheet.append(["Anna", datetime.date(1980, 1, 2), 4111111111111111])
    sheet.append(["Bob", datetime.datetime(1990, 3, 4, 5, 6), 12.5])
    sheet["A2"].comment = Comment("in a comment", "Carl")
    hidden = book.create_sheet("Hidden")
    hidden.sheet_state = "hidden"
    hidden["B7"] = "in a hidden sheet"
    hidden["B8"] = '="mailto:" & "f@example.com"'
    book.defined_names["Code"] = DefinedName("Code", attr_text='"in a name"')
    return saved(book)


def test_cells_stand_under_sheet_and_heading() -> None:
    items = everything("a.xlsx", workbook())

    assert [record for record in records(items) if record.column == "People!Name"] == [
        Record("Anna", "People!Name", 2, ""),
        Record("Bob", "People!Name", 3, ""),
    ]
    assert values(items, "People!Born") == ["1980-01-02", "1990-03-04 05:06:00"]
    assert values(items, "People!Card") == ["4111111111111111", "12.5"]
    assert values(items, "Hidden!B") == ["in a hidden sheet"]
    assert "f@example.com" in values(items, "Hidden!in a hidden sheet")[0]
    assert values(items, "comment") == ["in a comment"]
    assert values(items, "defined name") == ["Code", '"in a name"']


def test_values_of_formulas_inline_strings_and_exponents() -> None:
    sheet = """<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>Number</t></is></c></row>
    <row r="2"><c r="A2"><f>B2*1</f><v>4.1111111111111110E+15</v></c></row>
    <row><c t="str"><f>A1</f><v>text of a formula</v></c><c t="s"><v>0</v></c><c t="s"><v>99</v></c></row></sheetData>
    <headerFooter><oddHeader>in the header</oddHeader></headerFooter></worksheet>"""
    shared = "<sst><si><t>sha</t><r><t>red</t></r><rPh><t>not this</t></rPh></si></sst>"
    items = everything("a.xlsx", package({"xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": shared}))

    assert values(items, "sheet1!Number") == ["4111111111111111", "text of a formula"]
    assert values(items, "sheet1!B") == ["shared"]
    assert values(items, "sheet1!oddHeader") == ["in the header"]


def test_a_binary_workbook_is_told() -> None:
    items = everything("a.xlsb", package({"xl/workbook.bin": b"\x83\x01\x00"}))

    assert reasons(items) == [
        ("xl/workbook.bin", "is a binary part of a workbook, which is not read; save it as .xlsx")
    ]


def test_slides_notes_comments_and_tables() -> None:
    a = 'xmlns:a="a" xmlns:p="p"'
    slide = f"""<p:sld {a}><a:p><a:r><a:t>mail anna@</a:t></a:r><a:r><a:t>example.com</a:t></a:r></a:p>
    <a:tbl><a:tr><a:tc><a:txBody><a:p><a:r><a:t>in a cell</a:t></a:r></a:p></a:txBody></a:tc></a:tr></a:tbl></p:sld>"""
    notes = f"<p:notes {a}><a:p><a:r><a:t>in the notes</a:t></a:r></a:p></p:notes>"
    comment = f"<p:cmLst {a}><p:cm><p:text>in a comment</p:text></p:cm></p:cmLst>"
    items = everything(
        "a.pptx",
        package(
            {
                "ppt/slides/slide3.xml": slide,
                "ppt/notesSlides/notesSlide3.xml": notes,
                "ppt/comments/comment3.xml": comment,
            }
        ),
    )

    assert records(items) == [
        Record("mail anna@example.com", "", 3, ""),
        Record("in a cell", "", 3, ""),
        Record("in the notes", "notes", 3, ""),
        Record("in a comment", "comments", 3, ""),
    ]


def opendocument(kind: str, parts: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        for name, text in parts.items():
            archive.writestr(name, text)
    return buffer.getvalue()


_ODF = 'xmlns:text="t" xmlns:table="b" xmlns:office="o" xmlns:dc="d" xmlns:meta="m" xmlns:xlink="x"'


def test_opendocument_text() -> None:
    content = f"""<office:document-content {_ODF}><text:tracked-changes><text:deletion><text:p>struck out</text:p>
    </text:deletion></text:tracked-changes><text:p>mail <text:span>anna@</text:span>example<text:s/>.com</text:p>
    <text:p><text:a xlink:href="mailto:l@example.com">link</text:a></text:p></office:document-content>"""
    case = '<meta:user-defined meta:name="Case">77-123</meta:user-defined>'
    meta = f"<office:meta {_ODF}><dc:creator>Anna</dc:creator>{case}</office:meta>"
    items = everything("a.odt", opendocument("text", {"content.xml": content, "meta.xml": meta}))

    assert values(items, "") == ["mail anna@example .com", "link"]
    assert values(items, "deleted") == ["struck out"]
    assert values(items, "href") == ["mailto:l@example.com"]
    assert values(items, "property.Case") == ["77-123"]


def test_opendocument_sheets() -> None:
    def row(*cells: str) -> str:
        return f"<table:table-row>{''.join(cells)}</table:table-row>"

    def cell(text: str, extra: str = "") -> str:
        return f"<table:table-cell {extra}><text:p>{text}</text:p></table:table-cell>"

    rows = row(cell("Name"), cell("Born")) + row(cell("Anna"), cell("2. Jan 80", 'office:date-value="1980-01-02"'))
    content = (
        f'<office:document-content {_ODF}><table:table table:name="P">{rows}</table:table></office:document-content>'
    )
    items = everything("a.ods", opendocument("spreadsheet", {"content.xml": content}))

    assert values(items, "P!Name") == ["Anna"]
    assert values(items, "P!Born") == ["2. Jan 80", "1980-01-02"]


def test_encrypted_files_are_told() -> None:
    manifest = "<manifest><encryption-data/></manifest>"
    odf = opendocument("text", {"content.xml": "\x01\x02", "META-INF/manifest.xml": manifest})
    office = compound_file({"EncryptionInfo": b"\x04\0\x04\0", "EncryptedPackage": b"x" * 6000})

    assert everything("a.odt", odf) == [Unread("is encrypted")]
    assert everything("a.docx", office) == [Unread("is an encrypted Office file")]


@pytest.mark.parametrize(
    ("stream", "words"),
    [
        ("WordDocument", "a Word file of before 2007"),
        ("Workbook", "an Excel file"),
        ("PowerPoint Document", "PowerPoint"),
    ],
)
def test_old_office_files_are_told(stream: str, words: str) -> None:
    ((member, reason),) = reasons(everything("old.doc", compound_file({stream: b"x" * 5000})))

    assert member == ""
    assert words in reason


def message(extra: dict[str, bytes] | None = None) -> dict[str, bytes]:
    def wide(text: str) -> bytes:
        return text.encode("utf-16-le")

    return {
        "__properties_version1.0": bytes(32),
        "__substg1.0_0037001F": wide("A subject"),
        "__substg1.0_0C1F001F": wide("anna@example.com"),
        "__substg1.0_1000001F": wide("The body. " * 1000),
        "__substg1.0_10130102": b"<p>in <b>html</b></p>",
        "__recip_version1.0_#00000000/__substg1.0_3001001F": wide("Bob"),
        "__attach_version1.0_#00000000/__substg1.0_3707001F": wide("list.csv"),
        "__attach_version1.0_#00000000/__substg1.0_37010102": b"id,name\n1,Anna\n2,Bob\n",
        **(extra or {}),
    }


def test_outlook_messages() -> None:
    items = everything("a.msg", compound_file(message()))

    assert values(items, "Subject") == ["A subject"]
    assert values(items, "From") == ["anna@example.com"]
    assert values(items, "To") == ["Bob"]
    assert values(items, "") == ["The body. " * 999 + "The body."]
    assert values(items, "", "body.html") == ["in html"]
    assert values(items, "name", "list.csv") == ["Anna", "Bob"]


def test_a_message_inside_a_message() -> None:
    inner = "__attach_version1.0_#00000001/__substg1.0_3701000D/__substg1.0_1000001F"
    items = everything("a.msg", compound_file(message({inner: "inner body".encode("utf-16-le")})))

    assert "inner body" in values(items, "")


def test_packed_rtf_of_outlook() -> None:
    # The example of [MS-OXRTFCP], section 3.1.1.
    data = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c090020627705b06c647d0a800fa0"
    )

    assert unpacked(data) == b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"


def test_a_package_in_a_document_is_unpacked() -> None:
    data = b"id,name\n1,Anna\n2,Bob\n"
    head = (
        b"\x02\0list.csv\0C:\\Users\\anna\\list.csv\0"
        + struct.pack("<HHL", 0, 3, 5)
        + b"x.csv"
        + struct.pack("<L", len(data))
    )
    whole = compound_file({"\x01Ole10Native": struct.pack("<L", len(head) + len(data)) + head + data})
    items = everything("oleObject1.bin", whole)

    assert values(items, "name", "list.csv") == ["Anna", "Bob"]
    assert "C:\\Users\\anna\\list.csv" in values(items, "link")


def test_a_damaged_ole_file_is_told() -> None:
    whole = compound_file({"WordDocument": b"x" * 9000})

    for cut in (9, 100, 600, 1500):
        assert reasons(everything("a.doc", whole[:cut]))


def test_tables_inside_paragraphs_keep_their_headings_apart() -> None:
    document = Document()
    outer = document.add_table(2, 1)
    outer.cell(0, 0).text = "Outer"
    inner = outer.cell(1, 0).add_table(2, 1)
    inner.cell(0, 0).text = "Inner"
    inner.cell(1, 0).text = "deep"
    outer.cell(1, 0)._tc.append(parse_xml(f"<w:p {_W}><w:r><w:t>flat</w:t></w:r></w:p>"))
    items = everything("a.docx", saved(document))

    assert values(items, "Inner") == ["deep"]
    assert "flat" in values(items, "Outer")
