"""ONNX: graphs of the standard are safe wherever they lie; paths out, odd keys and foreign operators are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Artefact, Verdict
from tests.scan.artefacts.support import examined, fired, scan, zipped
from tests.scan.wire.support import holds, message, unreadable

OPSET = message((2, 17))


def node(operator: str, domain: str = "", *attributes: bytes) -> bytes:
    return message((1, "x"), (2, "y"), (4, operator), *((5, one) for one in attributes), (7, domain))


def graph(*nodes: bytes, tensors: tuple[bytes, ...] = ()) -> bytes:
    return message(*((1, one) for one in nodes), (2, "g"), *((5, one) for one in tensors))


def model(one: bytes, *more: tuple[int, int | str | bytes]) -> bytes:
    return message((1, 8), (2, "maker"), (7, one), (8, OPSET), *more)


def external(**entries: str) -> bytes:
    pairs = (message((1, name), (2, value)) for name, value in entries.items())
    return message((1, 4), (2, 1), (8, "W"), *((13, one) for one in pairs), (14, 1))


def with_weights(**entries: str) -> bytes:
    return model(graph(node("Add"), tensors=(external(**entries),)))


SOUND = model(graph(node("MatMul"), node("Gelu", "com.microsoft"), tensors=(message((1, 2), (2, 1), (9, bytes(8))),)))


def beside(model: bytes, size: int = 64, folder: str = "") -> Artefact:
    found = scan({f"{folder}a.onnx": model, f"{folder}w.bin": bytes(size)}).artefacts
    return next(one for one in found if one.path.endswith("a.onnx"))


def test_a_sound_model_is_safe_under_any_name() -> None:
    found = examined(SOUND, "weights.bin")
    assert "onnx" in found.formats
    assert (found.verdict, found.facts["library"]) == (Verdict.SAFE, ["maker"])


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../w.bin", "a/../../w.bin", "..\\w.bin", "C:\\w.bin", "file:///w.bin"]
)
def test_weights_from_elsewhere_are_dangerous(path: str) -> None:
    found = examined(with_weights(location=path), "a.onnx")
    assert found.verdict is Verdict.DANGEROUS
    assert [one.rule for one in found.findings] == ["model-reads-outside"]
    assert "CVE-2022-25882" in found.findings[0].cve


def test_weights_are_found_wherever_tensors_stand() -> None:
    bad = external(location="/etc/passwd")
    inner = graph(tensors=(bad,))
    places = [
        model(graph(node("If", "", message((1, "then_branch"), (6, inner), (20, 5))))),
        model(graph(node("Constant", "", message((1, "value"), (5, bad))))),
        model(graph(node("Add"), tensors=()), (25, message((1, "f"), (7, node("C", "", message((5, bad))))))),
        model(graph(node("Add")), (20, message((1, inner)))),
        model(message((1, node("Add")), (15, message((1, bad))))),
    ]
    for one in places:
        assert "model-reads-outside" in fired(examined(one, "a.onnx"))


def test_weights_beside_are_measured() -> None:
    assert beside(with_weights(location="w.bin", offset="0", length="64")).verdict is Verdict.SAFE
    assert beside(with_weights(location="w.bin"), folder="x/y/").verdict is Verdict.SAFE
    assert fired(beside(with_weights(location="w.bin", offset="4", length="64"))) == {"weights-missing"}
    assert fired(beside(with_weights(location="v.bin"))) == {"weights-missing"}


@pytest.mark.parametrize(
    "entries",
    [
        {"location": "w.bin", "offset": "-1"},
        {"location": "w.bin", "length": "many"},
        {"offset": "0"},
        {"location": "w.bin", "__class__": "x"},
    ],
)
def test_odd_descriptions_of_weights_are_told(entries: dict[str, str]) -> None:
    assert "onnx-external-data" in fired(beside(with_weights(**entries)))


def test_operators_from_elsewhere_are_told() -> None:
    assert fired(examined(model(graph(node("Mine", "their.domain"))))) == {"custom-operators"}
    assert fired(examined(model(graph(node("PyOp", "ai.onnx.contrib"))))) == {"onnx-python"}


def test_functions_of_the_model_are_its_own() -> None:
    function = (25, message((1, "Mine"), (7, node("Add")), (10, "their.domain")))
    assert examined(model(graph(node("Mine", "their.domain")), function)).verdict is Verdict.SAFE


def test_bytes_that_nothing_refers_to_are_told() -> None:
    assert "bytes-unaccounted" in fired(examined(SOUND + message((99, "x" * 50)), "a.onnx"))
    assert "malformed-file" in fired(examined(SOUND + b"\xff\xff", "a.onnx"))
    assert "malformed-file" in fired(examined(SOUND[:-9], "a.onnx"))


def test_a_model_in_an_archive_is_read_without_its_neighbours() -> None:
    found = scan({"a.zip": zipped({"a.onnx": with_weights(location="../w.bin")})}).artefacts[0]
    assert "model-reads-outside" in fired(found)


@given(st.integers(0, len(SOUND)), st.binary(min_size=1, max_size=6))
def test_whatever_the_bytes_the_scanner_bears_it(place: int, value: bytes) -> None:
    assert holds(SOUND, "a.onnx", place, value)


def test_a_name_alone_makes_nothing_safe() -> None:
    assert unreadable("a.onnx")
