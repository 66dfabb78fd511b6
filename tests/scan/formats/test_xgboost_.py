"""XGBoost: each of its forms is read to its end; what breaks is unknown."""

from __future__ import annotations

import json
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired
from tests.scan.wire.support import holds
from tests.scan.wire.xgboost_files import model, tree, trees

LEARNER = {
    "learner": {"attributes": {}, "objective": {"name": "binary:logistic"}, "feature_names": ["a"]},
    "version": [3, 2, 0],
}
TEXT = json.dumps(LEARNER, separators=(",", ":"))


def key(name: str) -> bytes:
    return b"L" + struct.pack(">q", len(name)) + name.encode()


UBJSON = b"{%s{%s{%sS%s}%s[$d#L%s%s}%s[#L%sii}" % (
    key("learner"), key("objective"), key("name"), key("reg:linear"), key("weights"), struct.pack(">q", 2), bytes(8),
    key("version"), struct.pack(">q", 1),
)  # fmt: skip

BINARY = model(trees(tree(), tree()), attributes={"objective": "{}"})
OLD = model(trees(tree()), version=(0, 0))


@pytest.mark.parametrize("data", [TEXT.encode(), UBJSON, BINARY, OLD, b"binf" + OLD])
def test_a_sound_model_is_safe(data: bytes) -> None:
    found = examined(data, "model.bin")
    assert "xgboost" in found.formats
    assert (found.verdict, found.findings) == (Verdict.SAFE, [])


def test_facts_are_taken() -> None:
    assert examined(TEXT).facts["library"] == ["XGBoost 3.2.0"]
    assert examined(UBJSON).facts["objective"] == ["reg:linear"]


@pytest.mark.parametrize(
    "data", [TEXT[:-1].encode(), UBJSON[:-1], UBJSON.replace(b"$d", b"$?"), BINARY[:-1], b"binf" + bytes(300)]
)
def test_what_breaks_is_unknown(data: bytes) -> None:
    assert "malformed-file" in fired(examined(data, "model.bin"))


def test_bytes_behind_are_told() -> None:
    assert "bytes-unaccounted" in fired(examined(UBJSON + b"hidden"))


@given(st.integers(0, len(UBJSON)), st.binary(min_size=1, max_size=4))
def test_whatever_the_bytes_the_scanner_bears_it(place: int, value: bytes) -> None:
    assert holds(UBJSON, "a.ubj", place, value)
