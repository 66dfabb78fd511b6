"""TensorFlow Lite: operators of the runtime are safe, others are told; no index leads out of its list."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired, zipped
from tests.scan.wire.support import Flat, flatbuffer, holds, unreadable


def tflite(*codes: dict[int, Flat], tensor: int = 1, operator: int = 0, uses: int = 0) -> bytes:
    graph: dict[int, Flat] = {
        0: [{0: [(4, 1)], 2: (4, tensor), 3: "x"}],
        1: [(4, 0)],
        3: [{0: (4, operator), 1: [(4, uses)], 2: [(4, 0)]}],
    }
    return flatbuffer(b"TFL3", {0: (4, 3), 1: list(codes), 2: [graph], 3: "made", 4: [{}, {0: b"1234"}]})


def custom(name: str) -> dict[int, Flat]:
    return {0: (1, 32), 1: name, 3: (4, 32)}


SOUND = tflite({0: (1, 9), 3: (4, 9)}, custom("TFLite_Detection_PostProcess"), custom("FlexMatMul"))


def test_a_sound_model_is_safe() -> None:
    found = examined(SOUND, "weights")
    assert (found.formats, found.verdict) == (["tflite"], Verdict.SAFE)
    assert found.facts["description"] == ["made"]


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("Theirs", "custom-operators"),
        ("FlexTheirs", "custom-operators"),
        ("FlexWriteFile", "tensorflow-writes-files"),
        ("FlexReadFile", "tensorflow-reads-files"),
        ("FlexPyFunc", "tensorflow-runs-python"),
        ("FlexRpcClient", "tensorflow-calls-out"),
    ],
)
def test_operators_from_elsewhere_are_told(name: str, rule: str) -> None:
    assert fired(examined(tflite(custom(name)))) == {rule}


@pytest.mark.parametrize(
    "data", [tflite({}, tensor=2), tflite({}, operator=1), tflite({}, uses=1), SOUND[:40], b"TFL3" * 10]
)
def test_what_breaks_is_unknown(data: bytes) -> None:
    assert "malformed-file" in fired(examined(data, "a.tflite"))


def test_bytes_behind_are_told() -> None:
    assert "bytes-unaccounted" in fired(examined(SOUND + b"x" * 400))


def test_an_archive_of_metadata_may_follow() -> None:
    found = examined(SOUND + zipped({"labels.txt": b"cat"}), "a.tflite")
    assert {"tflite", "zip"} <= set(found.formats)
    assert "malformed-file" not in fired(found)


@given(st.integers(0, len(SOUND)), st.binary(min_size=1, max_size=4))
def test_whatever_the_bytes_the_scanner_bears_it(place: int, value: bytes) -> None:
    assert holds(SOUND, "a.tflite", place, value)


def test_a_name_alone_makes_nothing_safe() -> None:
    assert unreadable("a.tflite")
