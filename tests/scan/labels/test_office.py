"""Labels in Office Open XML and OpenDocument files."""

from __future__ import annotations

import io
import zipfile

import pytest

from bartizan.scan.labels import Metadata, read_metadata
from bartizan.scan.labels import package as package_module
from bartizan.scan.labels.markings import find_markings
from tests.scan.labels.files import LABEL, OTHER, SITE, Bytes, custom, label_info, office, properties

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


def _read(content: bytes, name: str = "file.docx") -> Metadata:
    found = read_metadata(Bytes(content, name))
    assert found is not None
    return found


def _markings(metadata: Metadata) -> list[tuple[str, str]]:
    return [(marking.source, marking.text) for words in metadata.words for marking in find_markings(words, {})]


@pytest.mark.parametrize("related", [True, False])
def test_label_info_and_properties_are_read(related: bool) -> None:
    attributes = (
        f'id="{{{LABEL.upper()}}}" enabled="1" method="Privileged" siteId="{{{SITE}}}" contentBits="3" removed="0"'
    )
    parts = {
        "docMetadata/LabelInfo.xml": label_info(attributes),
        "docProps/custom.xml": custom(properties(site=OTHER, SetDate="2026-01-02T03:04:05Z", ContentBits="8")),
    }
    found = _read(office(parts, related=related))
    first, second = found.labels
    assert (first.id, first.site, first.enabled, first.content_bits, first.first) == (LABEL, SITE, True, 3, True)
    assert (second.source, second.site, second.name) == ("docProps/custom.xml", OTHER, "Confidential")
    assert (second.set_date, second.content_bits, second.method) == ("2026-01-02T03:04:05Z", 8, "Privileged")
    assert (found.format, found.problems) == ("docx", [])


def test_values_are_read_leniently_and_unknown_attributes_are_left_alone() -> None:
    pairs = properties(Enabled="True", ContentBits="x", SiteId=f"{{{SITE.upper()}}}", ActionId="y", Owner="z")
    (label,) = _read(office({"docProps/custom.xml": custom(pairs | {"MSIP_Label_7_Enabled": "true"})})).labels
    assert (label.enabled, label.site, label.content_bits) == (True, SITE, None)


def test_a_property_without_a_labels_id_is_a_problem() -> None:
    found = _read(office({"docProps/custom.xml": custom({"MSIP_Label_7_Enabled": "true"})}))
    assert found.problems == ["a property in docProps/custom.xml has the prefix of a label and no label's id"]


@pytest.mark.parametrize(
    ("app", "format"),
    [("word/document.xml", "docx"), ("xl/workbook.xml", "xlsx"), ("ppt/p.xml", "pptx"), ("x", "ooxml")],
)
def test_the_format_is_told_by_its_parts(app: str, format: str) -> None:
    assert _read(office({}, app=app)).format == format


def test_properties_headers_and_footers_may_hold_markings() -> None:
    core = "<c xmlns:d='urn:d'><d:keywords>q3; TLP:AMBER</d:keywords><d:category/><d:creator>INTERN</d:creator></c>"
    header = f"<w:hdr {W}><w:p><w:r><w:t>Ver</w:t></w:r><w:r><w:t>traulich</w:t></w:r></w:p></w:hdr>"
    pairs = {"Classification": "Geheim", "Empty": ""}
    parts = {"docProps/core.xml": core, "docProps/custom.xml": custom(pairs), "word/header1.xml": header}
    assert _markings(_read(office(parts))) == [
        ("the property `Classification`", "GEHEIM"),
        ("the document's keywords", "TLP:AMBER"),
        ("word/header1.xml", "VERTRAULICH"),
    ]


def test_slides_and_sheets_have_headers_too() -> None:
    a = 'xmlns:a="urn:a" xmlns:p="urn:p"'
    shape = '<p:sp><p:nvPr><p:ph type="{}"/></p:nvPr><a:p><a:r><a:t>{}</a:t></a:r></a:p></p:sp>'
    slide = f"<p:sld {a}>{shape.format('ftr', 'NATO SECRET')}{shape.format('title', 'SECRET')}</p:sld>"
    assert _markings(_read(office({"ppt/slides/slide1.xml": slide}, app="ppt/p.xml"))) == [
        ("ppt/slides/slide1.xml", "NATO SECRET")
    ]
    text = "&amp;L&amp;&quot;Arial,Bold&quot;&amp;8&amp;K000000Nur für internen Gebrauch&amp;R&amp;P"
    sheet = f"<worksheet>{'<c/>' * 300_000}<headerFooter><oddHeader>{text}</oddHeader></headerFooter></worksheet>"
    found = _read(office({"xl/worksheets/sheet1.xml": sheet}, app="xl/workbook.xml"))
    assert _markings(found) == [("xl/worksheets/sheet1.xml", "NUR FÜR INTERNEN GEBRAUCH")]


def test_large_parts_are_not_read_and_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_module, "_MOST_PART", 100)
    monkeypatch.setattr(package_module, "_MOST_SHEETS", 10)
    parts = {"docProps/custom.xml": custom(properties()), "xl/worksheets/sheet1.xml": "<worksheet/>"}
    found = _read(office(parts, related=False, app="xl/workbook.xml"))
    assert found.problems == ["docProps/custom.xml has more than 100 bytes and was not read"]
    assert found.notes == ["the sheets are too large to find all their headers and footers"]


def test_parts_that_hide_something_are_problems() -> None:
    bad = {"docMetadata/LabelInfo.xml": '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "docProps/core.xml": "<a"}
    assert _read(office(bad)).problems == [
        "docMetadata/LabelInfo.xml can't be read: this XML declares a document type, which can hide what it says",
        "docProps/core.xml can't be read: this is not well-formed XML: unclosed token",
    ]
    assert _read(office({"docMetadata/LabelInfo.xml": "<a/>"})).problems == [
        "docMetadata/LabelInfo.xml holds no list of labels"
    ]


def test_a_damaged_archive_is_said() -> None:
    content = office({"docProps/custom.xml": custom(properties())})
    assert _read(content[:100]).problems == ["the archive is damaged and can't be read"]
    at = content.index(b"docProps/custom.xml") + 30
    broken = content[:at] + bytes(20) + content[at + 20 :]
    assert _read(broken).problems == ["docProps/custom.xml is damaged or encrypted"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_part_that_stands_twice_is_said() -> None:
    content = io.BytesIO(office({"docProps/custom.xml": custom(properties())}))
    with zipfile.ZipFile(content, "a") as archive:
        archive.writestr("docProps/custom.xml", custom({}))
    assert "stand in it twice" in _read(content.getvalue()).problems[0]


def test_open_document_files_keep_labels_in_their_meta_data() -> None:
    content = io.BytesIO()
    rows = "".join(f'<m:user-defined m:name="{key}">{value}</m:user-defined>' for key, value in properties().items())
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("meta.xml", f"<m:meta xmlns:m='urn:m'><m:keyword>TLP:RED</m:keyword>{rows}</m:meta>")
    found = _read(content.getvalue())
    assert (found.format, found.labels[0].id, _markings(found)[0][1]) == ("odf", LABEL, "TLP:RED")


def test_other_archives_have_no_place_for_labels() -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("a.txt", "TLP:RED")
    assert read_metadata(Bytes(content.getvalue())) is None
    assert read_metadata(Bytes(b"plain text")) is None
    assert read_metadata(Bytes(b"")) is None
