"""Core ML: classes of the application, linked models ("coreml-linked") and paths out are told, wherever models nest."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired
from tests.scan.wire.support import holds, message, unreadable


def model(kind: int, body: bytes) -> bytes:
    return message((1, 4), (2, message((100, message((3, "anna"), (4, "mit"))))), (kind, body))


def network(layer: bytes) -> bytes:
    return model(500, message((1, layer)))


def program(value: bytes) -> bytes:
    binding = message((2, value))
    operation = message((1, "const"), (2, message((1, "x"), (2, message((1, binding))))))
    block = message((1, "b"), (2, message((3, operation))))
    return model(502, message((1, 1), (2, message((1, "main"), (2, message((3, block)))))))


def stored(path: str) -> bytes:
    return program(message((5, message((1, path)))))


CUSTOM = network(message((1, "l"), (500, message((10, "Theirs")))))
SOUND = network(message((1, "l"), (130, b"")))


def test_a_sound_model_is_safe() -> None:
    found = examined(SOUND, "weights")
    assert (found.verdict, found.facts["licence"], found.facts["author"]) == (Verdict.SAFE, ["mit"], ["anna"])
    assert "coreml" in found.formats
    assert examined(stored("@model_path/weights/weight.bin"), "m.mlmodel").verdict is Verdict.SAFE


def test_classes_of_the_application_are_told_also_inside_pipelines() -> None:
    pipeline = model(200, message((1, message((1, CUSTOM), (1, SOUND)))))
    for data in (CUSTOM, pipeline, model(555, message((10, "Theirs")))):
        assert fired(examined(data, "m.mlmodel")) == {"custom-operators"}


def test_other_files_are_told() -> None:
    linked = model(556, message((1, message((1, message((1, "other")))))))
    assert fired(examined(linked, "m.mlmodel")) == {"coreml-linked"}
    outside = model(556, message((1, message((1, message((1, "other"))), (2, message((1, "../..")))))))
    assert fired(examined(outside, "m.mlmodel")) == {"model-reads-outside"}
    assert fired(examined(stored("@model_path/../../a"), "m.mlmodel")) == {"model-reads-outside"}


def test_hidden_bytes_are_told() -> None:
    assert "bytes-unaccounted" in fired(examined(SOUND + message((4000, "x" * 40)), "m.mlmodel"))
    assert "malformed-file" in fired(examined(SOUND[:-1], "m.mlmodel"))


@given(st.integers(0, len(CUSTOM)), st.binary(min_size=1, max_size=4))
def test_whatever_the_bytes_the_scanner_bears_it(place: int, value: bytes) -> None:
    assert holds(CUSTOM, "a.mlmodel", place, value)


def test_a_name_alone_makes_nothing_safe() -> None:
    assert unreadable("a.mlmodel")
