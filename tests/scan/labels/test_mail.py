"""Labels in the headers of mail."""

from __future__ import annotations

import pytest

from bartizan.scan.labels import Metadata, read_metadata
from tests.scan.labels.files import LABEL, OTHER, SITE, Bytes, properties

FOLDED = "msip_labels: " + ";\r\n ".join(f"{key}={value}" for key, value in properties(Name="AMD\r\n General").items())


def _read(text: str, name: str = "a.eml") -> Metadata:
    found = read_metadata(Bytes(text.encode(), name))
    assert found is not None
    return found


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_the_header_msip_labels_is_read_as_servers_fold_it(end: str) -> None:
    text = f"From: a@example.com\r\nDate: x\r\n{FOLDED}\r\n\r\nSubject: TLP:RED\r\n".replace("\r\n", end)
    found = _read(text)
    assert [(label.id, label.site, label.name, label.enabled) for label in found.labels] == [
        (LABEL, SITE, "AMD General", True)
    ]
    assert (found.format, found.words) == ("eml", [])


def test_one_header_may_hold_labels_of_several_sites() -> None:
    pairs = properties() | properties(OTHER, OTHER, Enabled="false")
    found = _read("Subject: x\nmsip_labels: " + ";".join(f"{key}={value}" for key, value in pairs.items()))
    assert [(label.id, label.enabled) for label in found.labels] == [(LABEL, True), (OTHER, False)]


def test_subject_keywords_and_sensitivity_may_hold_markings() -> None:
    text = (
        "Subject: =?utf-8?q?TLP=3AAMBER?= Bericht\nKeywords: INTERN\nSensitivity: Company-Confidential\n"
        "X-Other: GEHEIM\nSensitivity: Private\n\n"
    )
    assert [(words.source, words.text) for words in _read(text).words] == [
        ("the subject", "TLP:AMBER Bericht"),
        ("the header `Keywords`", "INTERN"),
        ("the header `Sensitivity`", "company confidential"),
    ]


def test_a_header_in_an_unknown_encoding_is_taken_as_it_is() -> None:
    assert _read("Subject: =?nope?q?TLP=3ARED?= x\n").words[0].text == "=?nope?q?TLP=3ARED?= x"


def test_a_message_is_told_by_its_headers_where_its_name_says_nothing() -> None:
    assert read_metadata(Bytes(b"Received: x\r\nFrom: y\r\nSubject: z\r\n\r\n", "blob")) is not None
    assert read_metadata(Bytes(b"Note: this is text\nand no mail\n", "notes.txt")) is None
    assert read_metadata(Bytes(b"Subject: only this\n", "notes.txt")) is None
