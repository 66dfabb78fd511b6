"""Labels in PDF files, whole, encrypted and damaged."""

from __future__ import annotations

import io
import zlib

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.labels import Metadata, read_metadata
from tests.scan.labels.files import LABEL, SITE, Bytes, pdf, pdf_with_xmp, properties

XMP = f"""<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:pdfx="http://ns.adobe.com/pdfx/1.3/" xmlns:dc="http://purl.org/dc/elements/1.1/"
  pdfx:MSIP_Label_{LABEL}_Enabled="true"><pdfx:MSIP_Label_{LABEL}_SiteId>{SITE}</pdfx:MSIP_Label_{LABEL}_SiteId>
<dc:subject><rdf:Bag><rdf:li>TLP:GREEN</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="w"?>"""


def _read(content: bytes) -> Metadata:
    found = read_metadata(Bytes(content))
    assert found is not None
    assert found.format == "pdf"
    return found


def test_labels_and_keywords_stand_in_the_document_information() -> None:
    found = _read(pdf(properties(Name="Vertraulich (ü)") | {"Keywords": "TLP:RED, x", "Author": "GEHEIM", "Own": "y"}))
    assert (found.labels[0].id, found.labels[0].name, found.labels[0].site) == (LABEL, "Vertraulich (ü)", SITE)
    assert [(words.source, words.text) for words in found.words] == [
        ("the document's keywords", "TLP:RED, x"),
        ("the property `Own`", "y"),
    ]
    assert found.problems == []


def test_labels_stand_in_xmp_too() -> None:
    found = _read(pdf_with_xmp(XMP))
    assert [(label.source, label.id, label.site, label.enabled) for label in found.labels] == [
        ("XMP", LABEL, SITE, True)
    ]
    assert ("XMP's subject", "TLP:GREEN") in [(words.source, words.text) for words in found.words]


def test_an_encrypted_file_says_what_can_not_be_read() -> None:
    found = _read(pdf(properties(), password="secret"))
    assert (found.labels, found.protected) == ([], True)
    assert found.problems == ["the file is encrypted, so its document information can't be read"]


def _incremental() -> bytes:
    first = pdf(properties(Name="Old"))
    writer = pypdf.PdfWriter(io.BytesIO(first), incremental=True)
    writer.add_metadata({f"/{name}": value for name, value in properties(Name="New").items()})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_of_several_revisions_the_last_counts() -> None:
    assert [label.name for label in _read(_incremental()).labels] == ["New"]


def _compressed(index: int = 0, predictor: bool = True) -> bytes:
    """A file of the newer kind: objects in a stream, cross-reference in another."""
    info = "<< " + "".join(f"/{key} ({value}) " for key, value in properties().items()) + "/Keywords <FEFF0041> >>"
    inside = f"2 0 3 {len('<< /Pages 9 0 R >> ')} ".encode()
    packed = zlib.compress(inside + b"<< /Pages 9 0 R >> " + info.encode())
    out = b"%PDF-1.5\n"
    at = len(out)
    entries = f"/Type /ObjStm /N 2 /First {len(inside)} /Filter /FlateDecode /Length {len(packed)}"
    out += f"1 0 obj << {entries} >>\nstream\n".encode() + packed + b"\nendstream endobj\n"
    rows = [(1, at, 0), (2, 1, index), (2, 1, 1)]
    table, above = b"", bytes(4)
    for kind, one, two in rows:
        row = bytes([kind]) + one.to_bytes(2, "big") + bytes([two])
        table += (b"\x02" + bytes((a - b) & 255 for a, b in zip(row, above, strict=True))) if predictor else row
        above = row
    raw, start = zlib.compress(table), len(out)
    parms = "/DecodeParms << /Predictor 12 /Columns 4 >>" if predictor else ""
    out += f"4 0 obj << /Type /XRef /Size 4 /Index [1 3] /W [1 2 1] /Root 2 0 R /Info 3 0 R {parms} ".encode()
    out += f"/Filter /FlateDecode /Length {len(raw)} >>\nstream\n".encode() + raw + b"\nendstream endobj\n"
    return out + f"startxref\n{start}\n%%EOF".encode()


@pytest.mark.parametrize("predictor", [True, False])
def test_objects_in_streams_are_found(predictor: bool) -> None:
    found = _read(_compressed(predictor=predictor))
    assert [label.id for label in found.labels] == [LABEL]
    assert found.words[0].text == "A"


def test_a_damaged_cross_reference_is_no_obstacle() -> None:
    for content in (pdf(properties()), _compressed()):
        broken = content.replace(b"startxref", b"startxxxx")
        assert [label.id for label in _read(broken).labels] == [LABEL]
        moved = b"junk before\n" + content
        assert [label.id for label in _read(moved).labels] == [LABEL]


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\n",
        b"%PDF-1.7\nstartxref\n99999\n%%EOF",
        b"%PDF-1.7\ntrailer << /Root",
        b"%PDF-1.7\n1 0 obj " + b"[" * 5000,
        b"%PDF-1.7\n" + pdf(properties())[9:300],
    ],
)
def test_a_file_that_is_none_is_a_problem(content: bytes) -> None:
    assert _read(content).problems == ["the file is damaged; its metadata can't be found"]


def test_damaged_metadata_are_problems() -> None:
    found = _read(pdf_with_xmp("<x:xmpmeta>", properties()))
    assert found.problems == ["the XMP metadata can't be read: this is not well-formed XML: unbound prefix"]
    assert [label.id for label in found.labels] == [LABEL]


@pytest.mark.parametrize("sort", ["rights", "clear"])
def test_encrypted_files_may_keep_metadata_in_the_clear(sort: str) -> None:
    by = "/MicrosoftIRMServices" if sort == "rights" else "/Standard"
    packet = XMP.encode()
    crypt = "/Filter [/Crypt] /DecodeParms [<< /Name /Identity >>]" if sort == "rights" else ""
    told = "" if sort == "rights" else "/EncryptMetadata false"
    out = b"%PDF-1.7\n1 0 obj << /Metadata 2 0 R >> endobj\n"
    out += f"2 0 obj << /Type /Metadata {crypt} /Length {len(packet)} >>\nstream\n".encode() + packet
    out += f"\nendstream endobj\ntrailer << /Root 1 0 R /Encrypt << /Filter {by} {told} >> >>".encode()
    found = _read(out)
    assert [label.id for label in found.labels] == [LABEL]
    assert found.protected
    assert bool(found.notes) == (sort == "rights")


@given(st.data())
def test_no_damage_is_more_than_a_problem(data: st.DataObject) -> None:
    content = bytearray(data.draw(st.sampled_from([pdf(properties()), _compressed(), pdf_with_xmp(XMP)])))
    for _ in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(9, len(content) - 1))] = data.draw(st.integers(0, 255))
    _read(bytes(content[: data.draw(st.integers(9, len(content)))]))
