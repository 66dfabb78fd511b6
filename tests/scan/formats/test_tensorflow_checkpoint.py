"""Checkpoints beside a SavedModel are known; a name alone makes nothing one."""

from __future__ import annotations

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.samples import MALICIOUS, SOUND, tarred
from tests.scan.artefacts.support import scan

INDEX = bytes(90) + bytes.fromhex("57fb808b247547db")
NUMBERS = bytes(range(256)) * 8
SAVED = {
    "m/saved_model.pb": SOUND["savedmodel"],
    "m/variables/variables.index": INDEX,
    "m/variables/variables.data-00000-of-00001": b"\x01" + NUMBERS,
}


def test_a_saved_model_with_its_variables_is_safe_also_in_an_archive() -> None:
    assert scan(SAVED).verdict is Verdict.SAFE
    assert scan({"m.tar": tarred(SAVED)}).verdict is Verdict.SAFE


def test_without_its_index_and_its_last_bytes_it_is_none() -> None:
    assert scan({"a.data-00000-of-00001": b"\x01" + NUMBERS}).verdict is Verdict.UNKNOWN
    assert scan({"a.index": b"\x01" + NUMBERS}).verdict is Verdict.UNKNOWN


def test_what_is_something_else_is_examined_as_that() -> None:
    found = scan({"a.index": INDEX, "a.data-00000-of-00001": MALICIOUS})
    assert found.verdict is Verdict.DANGEROUS
