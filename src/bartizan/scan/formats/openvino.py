"""OpenVINO's intermediate representation: layers in XML, weights in a `.bin` file beside it.

Source: the IR format versions 10 and 11, opset1 to opset16. Layers of `extension` come from a library.
"""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from bartizan.model.xmltree import local
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.graphs.weights import claim_weights
from bartizan.scan.wire.paths import leaves_folder
from bartizan.scan.wire.xml import elements, is_xml, parsed, text_of

__all__ = ["FORMAT"]

_START = re.compile(r"<net\b[^>]{0,2000}\bversion\s*=")
_SETS = re.compile(r"\A(?:opset\d{1,2}|experimental|ie_internal_opset|type_relaxed_opset|internal|util|gpu_opset|)\Z")
_PATHS = frozenset({"path", "file", "filename", "library", "lib", "kernel", "source", "script", "extension"})


def recognise(look: Look) -> bool:
    """Tell by the root element and its layers."""
    if not is_xml(look.head):
        return False
    text = text_of(look.head)
    return bool(_START.search(text)) and "<layers" in text


def examine(look: Look, desk: Desk) -> None:
    """Judge every layer, also those of bodies inside."""
    root = parsed(look, desk)
    if root is None:
        return
    desk.fact("name", root.get("name", ""))
    custom: set[str] = set()
    end = 0
    for element in elements(root, desk):
        if local(element.tag) == "layer":
            kind, version = element.get("type", ""), element.get("version", "")
            if not _SETS.match(version):
                custom.add(f"{version}::{kind}")
            if kind == "Const":
                end = max(end, _const_end(element, desk))
        _paths(element, desk)
        if local(element.tag) == "framework" or local(element.tag) == "MO_version":
            desk.fact("library", element.get("name", "") or element.get("value", ""))
    for name in sorted(custom)[:50]:
        desk.hit("custom-operators", f"`{name}`")
    if end and not look.inner:
        claim_weights(look, look.name.rpartition(".")[0] + ".bin", end, desk)


def _const_end(layer: Element, desk: Desk) -> int:
    for data in layer:
        if local(data.tag) == "data":
            try:
                start, size = int(data.get("offset") or 0), int(data.get("size") or 0)
            except ValueError:
                start = size = -1
            if start < 0 or size < 0:
                desk.hit("openvino-odd-weights", f"`{layer.get('name')}` at {data.get('offset')}")
                return 0
            return start + size
    return 0


def _paths(element: Element, desk: Desk) -> None:
    for name, value in element.attrib.items():
        if local(name).lower() in _PATHS and leaves_folder(value):
            desk.hit("model-reads-outside", f"`{local(element.tag)} {local(name)}={value}`")


FORMAT = Format(name="openvino", title="OpenVINO", group="model", recognise=recognise, examine=examine)
