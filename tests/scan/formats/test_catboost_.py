"""CatBoost: trees, then only the parts that they name."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired
from tests.scan.wire.support import Flat, flatbuffer, holds


def cbm(*parts: str) -> bytes:
    named: list[Flat] = [*parts]
    body = flatbuffer(b"\0\0\0\0", {0: "FlabuffersModel_v1", 2: [{0: "model_guid", 1: "1-2"}], 3: named})
    return b"CBM1" + struct.pack("<I", len(body)) + body


SOUND = cbm()


def test_a_sound_model_is_safe() -> None:
    found = examined(SOUND)
    assert (found.formats, found.verdict, found.facts["model-guid"]) == (["catboost"], Verdict.SAFE, ["1-2"])
    assert examined(cbm("static_provider_v1") + b"table").verdict is Verdict.SAFE


def test_what_is_not_of_the_model_is_told() -> None:
    assert fired(examined(SOUND + b"hidden")) == {"bytes-unaccounted"}
    assert fired(examined(cbm("theirs") + b"table")) == {"custom-operators"}
    assert "malformed-file" in fired(examined(SOUND[:-20]))


@given(st.integers(0, len(SOUND)), st.binary(min_size=1, max_size=4))
def test_whatever_the_bytes_the_scanner_bears_it(place: int, value: bytes) -> None:
    assert holds(SOUND, "a.cbm", place, value)
