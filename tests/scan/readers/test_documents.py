"""PDF, RTF, HTML and XML."""

from __future__ import annotations

import io

import pypdf
import pytest
import typst
from pypdf.annotations import FreeText
from pypdf.generic import DictionaryObject, NameObject, TextStringObject

from bartizan.scan.blocks import Unread
from tests.scan.readers.support import Record, everything, reasons, records, values


def pdf(markup: bytes) -> bytes:
    return bytes(typst.compile(markup))


def written(writer: pypdf.PdfWriter) -> bytes:
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@pytest.fixture(scope="module")
def two_pages() -> bytes:
    return pdf(
        b'#set document(title: "A title", author: "Anna Author")\n= Heading\nmail anna\\@example.com now '
        b'#link("mailto:l@example.com")[link]\n#pagebreak()\nsecond page'
    )


def test_pages_are_records(two_pages: bytes) -> None:
    items = everything("a.pdf", two_pages)
    pages = [record for record in records(items) if record.column == ""]

    assert [record.place for record in pages] == [1, 2]
    assert "mail anna@example.com now" in pages[0].text
    assert pages[1].text.strip() == "second page"


def test_properties_bookmarks_links_annotations_and_attachments(two_pages: bytes) -> None:
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(two_pages))
    writer.add_annotation(0, FreeText(text="in an annotation", rect=(10, 10, 90, 40)))
    writer.add_attachment("list.csv", b"id,name\n1,Anna\n2,Bob\n")
    writer.add_metadata({"/MSIP_Label_1_Name": "Internal"})
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("in a script")}
    )
    writer.root_object[NameObject("/OpenAction")] = script
    items = everything("a.pdf", written(writer))

    assert values(items, "property.Author") == ["Anna Author"]
    assert values(items, "property.MSIP_Label_1_Name") == ["Internal"]
    assert values(items, "bookmark") == ["Heading"]
    assert "in an annotation" in values(items, "annotation")
    assert values(items, "link") == ["mailto:l@example.com"]
    assert values(items, "name", "list.csv") == ["Anna", "Bob"]
    assert values(items, "script") == ["in a script"]


def test_form_fields() -> None:
    writer = pypdf.PdfWriter()
    page = writer.add_blank_page(200, 200)
    field = DictionaryObject(
        {
            NameObject("/FT"): NameObject("/Tx"),
            NameObject("/T"): TextStringObject("iban"),
            NameObject("/V"): TextStringObject("CH93 0076"),
        }
    )
    reference = writer._add_object(field)
    writer.root_object[NameObject("/AcroForm")] = DictionaryObject(
        {NameObject("/Fields"): pypdf.generic.ArrayObject([reference])}
    )
    page[NameObject("/Annots")] = pypdf.generic.ArrayObject([reference])

    assert values(everything("a.pdf", written(writer)), "form.iban") == ["CH93 0076"]


def test_pages_without_text_are_told() -> None:
    writer = pypdf.PdfWriter()
    writer.add_blank_page(100, 100)

    assert ("", "page 1 has no text layer") in reasons(everything("a.pdf", written(writer)))


def test_a_password_is_told_and_an_empty_one_is_no_hindrance(two_pages: bytes) -> None:
    for password, expected in (("secret", [("", "is encrypted and needs a password")]), ("", [])):
        writer = pypdf.PdfWriter(clone_from=io.BytesIO(two_pages))
        writer.encrypt(password, "owner", algorithm="AES-256")
        items = everything("a.pdf", written(writer))
        assert reasons(items) == expected
        if not password:
            assert "second page" in " ".join(values(items, ""))


def test_a_damaged_pdf_is_told(two_pages: bytes) -> None:
    assert everything("a.pdf", two_pages[:60]) == [Unread("is a damaged PDF file")]


def test_rtf_text_notes_fields_and_properties() -> None:
    text = (
        rb"{\rtf1\ansi\ansicpg1252{\fonttbl{\f0 Arial;}}{\info{\author Anna}}"
        rb"\pard Gr\u252?\'dfe an\b na@exam\b0 ple.com\par "
        rb"{\field{\*\fldinst HYPERLINK "
        + b'"mailto:f@example.com"'
        + rb"}{\fldrslt link}}{\footnote in a note}{\*\unknown not this}{\pict\bin4 \}}{}\par \{end\}}"
    )
    items = everything("a.rtf", text)

    assert values(items, "") == ["Grüße anna@example.com", "link", "{end}"]
    assert values(items, "property.author") == ["Anna"]
    assert values(items, "footnote") == ["in a note"]
    assert "f@example.com" in values(items, "field")[0]
    assert reasons(items) == [("", "pictures are not inspected for data")]


def test_a_truncated_rtf_file_is_told() -> None:
    assert reasons(everything("a.rtf", rb"{\rtf1{\b text")) == [("", "breaks off: the RTF file is truncated")]


def test_html_paragraphs_cells_attributes_comments_and_scripts() -> None:
    page = b"""<!DOCTYPE html><html><head><title>A title</title><script>var key = "abc";</script></head><body>
    <p>mail <b>anna@</b>example.com<br>next line</p><!-- a comment -->
    <a href="mailto:l@example.com">link</a><img src="data:image/png;base64,iVBORw0K" alt="a picture of Anna">
    <input type="hidden" name="token" value="secret value"><table><tr><th>Name</th><th>Number</th></tr>
    <tr><td>Anna</td><td>756.1234</td></tr></table></body></html>"""
    items = everything("a.html", page)

    assert "mail anna@example.com" in values(items, "")
    assert values(items, "Number") == ["756.1234"]
    assert values(items, "title") == ["A title"]
    assert values(items, "script") == ['var key = "abc";']
    assert values(items, "comment") == [" a comment "]
    assert values(items, "link") == ["mailto:l@example.com"]
    assert values(items, "alt") == ["a picture of Anna"]
    assert values(items, "value") == ["secret value"]
    assert reasons(items) == [("", "embedded pictures and fonts are not inspected for data: 1")]


@pytest.mark.parametrize(
    "data", [b"<html>", b"<p>open <b>never closed", b"<table><td>x</table></div></p>", b"<html>\0\xff<p>x"]
)
def test_html_of_any_kind_is_read(data: bytes) -> None:
    records(everything("a.html", data))


def test_html_says_its_encoding() -> None:
    page = '<html><head><meta charset="koi8-r"></head><body><p>Привет</p></body></html>'.encode("koi8-r")

    assert values(everything("a.html", page), "") == ["Привет"]


def test_xml_texts_stand_under_their_path() -> None:
    data = b"""<?xml version="1.0"?>
<people><person id="p-1234"><name>Anna</name><mail>a@example.com</mail></person>
<!-- a comment --><note>mail <b>anna@</b>example.com</note></people>"""
    items = everything("a.xml", data)

    assert [record for record in records(items) if record.column == "people.person.mail"] == [
        Record("a@example.com", "people.person.mail", 2, "")
    ]
    assert values(items, "people.person@id") == ["p-1234"]
    assert values(items, "people.note") == ["mail anna@example.com"]
    assert values(items, "comment") == [" a comment "]


def test_entities_are_neither_expanded_nor_fetched() -> None:
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9))
    data = f"""<?xml version="1.0"?><!DOCTYPE r [<!ENTITY l0 "ha ha"><!ENTITY f SYSTEM "file:///etc/passwd">{laughs}]>
    <r><a>text &l8; &f;</a></r>"""
    items = everything("a.xml", data.encode())

    assert values(items, "r.a") == ["text"]
    assert "ha ha" in values(items, "entity")
    assert sum(len(record.text) for record in records(items)) < 2000


def test_xml_that_breaks_off_is_read_on_as_text() -> None:
    items = everything("a.xml", b"<?xml version='1.0'?><a><b>one</b><c>two & three</c></a>")

    assert values(items, "a.b") == ["one"]
    assert "two & three" in " ".join(values(items, ""))
    assert reasons(items) == [("", "is not well-formed XML at line 1; the rest was read as text")]


def test_svg_gives_its_words() -> None:
    items = everything(
        "a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"><title>Anna</title><path d="M0 0L12345 9"/></svg>'
    )

    assert [record.text for record in records(items)] == ["Anna"]


def test_elements_in_each_other_without_end_are_told() -> None:
    items = everything("a.xml", b"<?xml version='1.0'?>" + b"<a>" * 50_000)

    assert "too many elements" in reasons(items)[0][1]
