"""OpenVINO: layers of its own sets are safe, those of libraries are told; weights lie beside."""

from __future__ import annotations

from bartizan.scan.artefacts.result import Artefact, Verdict
from tests.scan.artefacts.support import examined, fired, scan

CONST = '<layer id="1" name="c" type="Const" version="opset1"><data element_type="f32" offset="4" size="8"/></layer>'


def net(layers: str) -> str:
    return f'<?xml version="1.0"?>\n<net name="m" version="11"><layers>{layers}</layers><edges/></net>'


def layer(kind: str, version: str, more: str = "") -> str:
    return f'<layer id="0" name="x" type="{kind}" version="{version}">{more}</layer>'


def with_weights(text: str, size: int) -> Artefact:
    found = scan({"a/m.xml": text, "a/m.bin": bytes(size)}).artefacts
    return next(one for one in found if one.path == "a/m.xml")


def test_a_sound_model_is_safe() -> None:
    found = with_weights(net(layer("Parameter", "opset1") + layer("MatMul", "opset16") + CONST), 12)
    assert (found.formats, found.verdict, found.findings) == (["openvino"], Verdict.SAFE, [])


def test_weights_are_there() -> None:
    assert fired(with_weights(net(CONST), 11)) == {"weights-missing"}
    assert fired(examined(net(CONST), "m.xml")) == {"weights-missing"}
    assert fired(examined(net(CONST.replace('"4"', '"-4"')), "m.xml")) == {"openvino-odd-weights"}


def test_layers_of_libraries_are_told_also_inside_others() -> None:
    inner = f"<body><layers>{layer('Mine', 'extension')}</layers></body>"
    assert fired(examined(net(layer("Loop", "opset5", inner)), "m.xml")) == {"custom-operators"}


def test_paths_and_declarations_are_told() -> None:
    assert "model-reads-outside" in fired(examined(net(layer("X", "opset1", '<data library="/tmp/a.so"/>')), "m.xml"))
    declared = net("").replace("<net", '<!DOCTYPE net [<!ENTITY a SYSTEM "file:///a">]><net')
    for data in (declared.encode(), declared.encode("utf-16")):
        assert "xml-outside" in fired(examined(data, "m.xml"))


def test_what_breaks_is_unknown() -> None:
    assert "malformed-file" in fired(examined(net("")[:-3], "m.xml"))
