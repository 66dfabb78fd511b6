"""Labels in compound files: encrypted from the outside, older Office files, Outlook messages."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.labels import Metadata, read_metadata
from bartizan.scan.labels.properties import read_properties
from tests.scan.labels.compound_files import compound_file, property_set
from tests.scan.labels.files import LABEL, SITE, Bytes, label_info, properties

INFO = label_info(f'id="{{{LABEL}}}" enabled="1" method="Standard" siteId="{{{SITE}}}" removed="0"').encode()
SPACES = "\x06DataSpaces"
SUMMARY = "\x05DocumentSummaryInformation"


def _read(streams: dict[str, bytes]) -> Metadata:
    found = read_metadata(Bytes(compound_file(streams)))
    assert found is not None
    return found


@pytest.mark.parametrize("filler", [10, 5000, 200_000])
def test_the_label_of_an_encrypted_file_stands_outside_of_it(filler: int) -> None:
    streams = {
        "EncryptedPackage": bytes(filler),
        f"{SPACES}/DataSpaceMap": b"x",
        f"{SPACES}/TransformInfo/DRMEncryptedTransform/\x06Primary": b"x" * 100,
        f"{SPACES}/TransformInfo/LabelInfo": INFO + b" " * filler,
    }
    found = _read(streams)
    assert [(label.id, label.site, label.first) for label in found.labels] == [(LABEL, SITE, True)]
    assert (found.format, found.protected, found.problems) == ("encrypted-office", True, [])
    assert "rights management" in found.notes[0]


def test_a_password_leaves_no_label_outside() -> None:
    found = _read({"EncryptedPackage": b"x", "EncryptionInfo": b"x", f"{SPACES}/DataSpaceMap": b"x"})
    assert found.problems == ["the content is encrypted, and no label stands outside of it"]
    assert "password" in found.notes[0]


@pytest.mark.parametrize("page", [1252, 1200])
@pytest.mark.parametrize(("stream", "format"), [("WordDocument", "doc"), ("Workbook", "xls"), ("Other", "ole")])
def test_older_files_keep_labels_in_their_properties(page: int, stream: str, format: str) -> None:
    own = properties() | {"Vermerk": "Vertraulich", "Counted": 3, "Flag": True}
    content = property_set({2: "TLP:AMBER"}, own, page)  # type: ignore[arg-type]
    found = _read({stream: b"x" * 20, SUMMARY: content})
    assert (found.format, [label.id for label in found.labels]) == (format, [LABEL])
    assert [(words.source, words.text) for words in found.words] == [
        ("the property `category`", "TLP:AMBER"),
        ("the property `Vermerk`", "Vertraulich"),
        ("the property `Counted`", "3"),
        ("the property `Flag`", "true"),
    ]


def test_an_older_file_under_rights_management_is_protected() -> None:
    assert _read({"WordDocument": b"x", f"{SPACES}/DataSpaceMap": b"x"}).protected


def test_a_damaged_property_set_is_a_problem() -> None:
    found = _read({"WordDocument": b"x", SUMMARY: b"\xfe\xff" + bytes(60), "\x05SummaryInformation": b"x" * 40})
    assert found.problems == ["SummaryInformation is damaged"]
    with pytest.raises(ValueError, match="damaged"):
        read_properties(property_set({}, {"a": "b"})[:60])


HEADERS = "Subject: [TLP:RED] x\r\nmsip_labels: " + ";\r\n ".join(f"{k}={v}" for k, v in properties().items())


def test_a_message_has_the_headers_it_came_with() -> None:
    head = {"__properties_version1.0": b"x" * 32}
    found = _read(head | {"__substg1.0_007D001F": HEADERS.encode("utf-16-le"), "__substg1.0_0037001F": b"x\0"})
    assert (found.format, found.labels[0].id, found.words[0].text) == ("msg", LABEL, "[TLP:RED] x")
    narrow = _read(head | {"__substg1.0_007D001E": HEADERS.encode()})
    assert narrow.labels == found.labels


def test_a_message_that_was_never_sent_has_a_named_property() -> None:
    value = ";".join(f"{key}={text}" for key, text in properties().items())
    names = b"".join(struct.pack("<I", len(one) * 2) + one.encode("utf-16-le") for one in ("other!", "msip_labels"))
    entries = struct.pack("<IHH", 77, 2, 0) + struct.pack("<IHH", 0, 1, 1) + struct.pack("<IHH", 16, 1, 2)
    streams = {
        "__properties_version1.0": b"x" * 32,
        "__substg1.0_0037001F": "INTERN".encode("utf-16-le"),
        "__nameid_version1.0/__substg1.0_00030102": entries,
        "__nameid_version1.0/__substg1.0_00040102": names,
        "__substg1.0_8002001F": value.encode("utf-16-le"),
    }
    found = _read(streams)
    assert [label.id for label in found.labels] == [LABEL]
    assert [(words.source, words.text) for words in found.words] == [("the subject", "INTERN")]
    del streams["__nameid_version1.0/__substg1.0_00040102"]
    assert _read(streams).labels == []


def test_damaged_files_are_problems() -> None:
    whole = compound_file({"EncryptedPackage": bytes(9000), f"{SPACES}/TransformInfo/LabelInfo": INFO})
    for content in (whole[:400], whole[:30] + bytes(500), whole[:600]):
        found = read_metadata(Bytes(content))
        assert found is not None
        assert found.problems == ["the file is damaged and can't be read"]


@given(st.data())
def test_no_damage_is_more_than_a_problem(data: st.DataObject) -> None:
    streams = {"WordDocument": b"x", SUMMARY: property_set({2: "TLP:AMBER"}, properties()), "Big": bytes(5000)}
    content = bytearray(compound_file(streams))
    for _ in range(data.draw(st.integers(1, 12))):
        content[data.draw(st.integers(8, len(content) - 1))] = data.draw(st.sampled_from([0, 1, 2, 127, 254, 255]))
    assert read_metadata(Bytes(bytes(content[: data.draw(st.integers(8, len(content)))]))) is not None
