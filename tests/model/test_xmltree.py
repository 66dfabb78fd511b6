"""XML of strangers: read in the encodings it comes in, refused where it could hide or multiply something."""

from __future__ import annotations

import pytest

from bartizan.model import InputError, xmltree
from bartizan.model.xmltree import local, parse_xml

DOCUMENT = '<?xml version="1.0" encoding="utf-16"?><a xmlns="urn:x" xmlns:y="urn:y" k="1" y:k="2">é<b/>t</a>'


@pytest.mark.parametrize(
    "content",
    [
        DOCUMENT.encode("utf-16"),
        DOCUMENT.encode("utf-16-le"),
        DOCUMENT.encode("utf-16-be"),
        DOCUMENT.encode(),
        DOCUMENT.encode("utf-8-sig"),
        DOCUMENT.replace("utf-16", "UTF-8").encode(),
        DOCUMENT.replace("utf-16", "ISO-8859-1").encode("iso-8859-1"),
        DOCUMENT.replace("utf-16", "windows-1252").encode("windows-1252"),
        DOCUMENT.partition("?>")[2].encode(),
    ],
)
def test_the_usual_encodings_are_read(content: bytes) -> None:
    root = parse_xml(content, "x.xml")
    assert (root.tag, root.attrib, root.text) == ("{urn:x}a", {"k": "1", "{urn:y}k": "2"}, "é")
    assert [local(child.tag) for child in root] == ["b"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<a>", "not well-formed XML: no element found"),
        (b"", "not well-formed XML"),
        (b"<a>&x;</a>", "not well-formed XML: undefined entity"),
        (b"<a>\xff</a>", "not UTF-8"),
        (b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "declares a document type"),
        (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', "declares a document type"),
        (b"<a>" * 300, "nested too deep"),
    ],
)
def test_the_rest_is_refused(content: bytes, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse_xml(content, "x.xml")


def test_size_and_number_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xmltree, "MAX_XML_BYTES", 3)
    with pytest.raises(InputError, match="more than 3"):
        parse_xml(b"<ab/>", "x.xml")
