"""ONNX: a graph as a protobuf message, weights inside or in files beside it. Source: onnx.proto, IR version 13.

Weights are stepped over. What can hurt: weights from a file elsewhere on the machine, and operators that bring code.
"""

from __future__ import annotations

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.graphs.weights import claim_weights
from bartizan.scan.wire.blocks import Blocks
from bartizan.scan.wire.paths import leaves_folder
from bartizan.scan.wire.protobuf import BYTES, VARINT, Message, looks_like, surely
from bartizan.scan.wire.schema import cover_field, field_names, walk

__all__ = ["FORMAT"]

_SCHEMA = {
    "Model": field_names("1 2 3 4 5 6 7:Graph 8:Opset 14:Entry 20:Training 25:Function 26"),
    "Graph": field_names("1:Node 2 5:Tensor 10 11 12 13 14 15:Sparse 16:Entry"),
    "Node": field_names("1 2 3 4 5:Attribute 6 7 8 9:Entry 10"),
    "Attribute": field_names("1 2 3 4 5:Tensor 6:Graph 7 8 9 10:Tensor 11:Graph 13 14 15 20 21 22:Sparse 23:Sparse"),
    "Tensor": field_names("1 2 3 4 5 6 7 8 9 10 11 12 13:External 14 16:Entry"),
    "Sparse": field_names("1:Tensor 2:Tensor 3"),
    "Training": field_names("1:Graph 2:Graph 3 4"),
    "Function": field_names("1 4 5 6 7:Node 8 9:Opset 10 11:Attribute 12 13 14:Entry"),
    "Opset": field_names("1 2"),
    "Entry": field_names("1 2"),
    "External": field_names("1 2"),
}
_TOP = {1: VARINT, 2: BYTES, 3: BYTES, 4: BYTES, 5: VARINT, 6: BYTES, 7: BYTES, 8: BYTES, 14: BYTES, 20: BYTES,
        25: BYTES, 26: BYTES}  # fmt: skip
_FIRST = frozenset(bytes([number << 3 | wire]) for number, wire in _TOP.items() if number < 16)
"""Bytes that a model may begin with."""
_GRAPH = dict.fromkeys((1, 2, 5, 10, 11, 12, 13, 14, 15, 16), BYTES)
_NEWEST_IR = 64
"""Beyond any version to come: a larger number is none of ONNX."""
_DOMAINS = frozenset({
    "", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview", "ai.onnx.preview.training", "com.microsoft",
    "com.microsoft.nchwc", "com.microsoft.experimental", "com.microsoft.dml", "com.ms.internal.nhwc",
    "ai.onnx.contrib", "com.microsoft.extensions", "org.pytorch.aten", "com.nvidia", "trt.plugins",
})  # fmt: skip
"""What the runtimes themselves bring, or the extensions of their makers."""
_CODE = frozenset({"PyOp", "PyCustomOp", "PyCustomOpDef", "PythonOp", "PythonOpGrad", "SwitchBackend"})
"""Operators of known domains that run Python."""
_KEYS = frozenset({"location", "offset", "length", "checksum", "basepath"})
_CVES = ("CVE-2022-25882", "CVE-2024-27318", "CVE-2025-51480")


def recognise(look: Look) -> bool:
    """Tell by the fields of the model, and of the graph in it: the format has no magic number."""
    named = look.suffix in (".onnx", ".ort") and look.head[4:8] != b"ORTM"
    if not look.size or (not named and look.head[:1] not in _FIRST):
        return named
    message = Message(Blocks(look.content))
    seen = looks_like(message, _TOP)
    if seen is None or not {7, 8} & seen:
        return named
    return named or ({1, 7, 8} <= seen and surely(lambda: _first(message, 1) <= _NEWEST_IR and _graph(message)))


def _first(message: Message, number: int) -> int:
    return next((field.value for field in message if field.number == number), 0)


def _graph(message: Message) -> bool:
    return any(bool(looks_like(graph, _GRAPH)) for graph in message.inners(7))


def examine(look: Look, desk: Desk) -> None:
    """Walk the model, its functions and nested graphs."""
    message = Message(Blocks(look.content))
    model = _Model(look, desk)
    for field in message:
        if field.number == 25 and field.wire == BYTES:
            function = message.inner(field)
            model.functions.add((function.last_text(10), function.last_text(1)))
        if field.number in _TOP:
            cover_field(field, desk)
    if not any(field.number == 7 for field in message):
        raise Malformed("there is no graph", 0)
    model.facts(message)
    walk(message, "Model", _SCHEMA, model.visit, desk)
    model.close()


class _Model:
    def __init__(self, look: Look, desk: Desk) -> None:
        self.look, self.desk = look, desk
        self.functions: set[tuple[str, str]] = set()
        self.custom: dict[str, int] = {}
        self.files: dict[str, int] = {}
        """How long each file of weights must be."""

    def facts(self, message: Message) -> None:
        for field in message:
            if field.wire == BYTES and field.number == 2:
                version = message.last_text(3)
                self.desk.fact("library", f"{message.text(field)} {version}".strip())
            elif field.wire == BYTES and field.number == 14:
                entry = message.inner(field)
                self.desk.fact(f"metadata:{entry.last_text(1)[:100]}", entry.last_text(2)[:400])
            elif field.wire == BYTES and field.number == 8:
                opset = message.inner(field)
                self.desk.fact("operators", f"{opset.last_text(1) or 'ai.onnx'} {_first(opset, 2)}")

    def visit(self, kind: str, message: Message) -> None:
        if kind == "Node":
            self._node(message)
        elif kind == "Tensor":
            self._external([(one.last_text(1), one.last_text(2)) for one in message.inners(13)], message.start)

    def _node(self, node: Message) -> None:
        names, domains = [""], [""]
        for field in node:
            if field.number == 4 and field.wire == BYTES:
                names.append(node.text(field))
            elif field.number == 7 and field.wire == BYTES:
                domains.append(node.text(field))
        name, domain = names[-1], domains[-1]
        if name in _CODE:
            self.desk.hit("onnx-python", f"`{domain}::{name}`", offset=node.start)
        elif domain not in _DOMAINS and (domain, name) not in self.functions:
            self.custom.setdefault(f"{domain}::{name}", node.start)

    def _external(self, entries: list[tuple[str, str]], offset: int) -> None:
        if not entries:
            return
        for key, value in entries:
            if key not in _KEYS and not key.startswith("prepacked_"):
                self.desk.hit("onnx-external-data", f"`{key}` = `{value}`", offset=offset, cve=["CVE-2026-34445"])
            if key in ("location", "basepath") and leaves_folder(value):
                self.desk.hit("model-reads-outside", f"`{value}`", offset=offset, cve=_CVES)
        said = dict(entries)
        try:
            end = int(said.get("offset") or 0) + int(said.get("length") or 0)
            negative = min(int(said.get("offset") or 0), int(said.get("length") or 0)) < 0
        except ValueError:
            end, negative = 0, True
        location = said.get("location", "")
        if negative or not location:
            self.desk.hit("onnx-external-data", f"{said}", offset=offset)
        elif not leaves_folder(location) and len(self.files) < 10_000 and location != "*/_ORT_MEM_ADDR_/*":
            self.files[location] = max(end, self.files.get(location, 0))

    def close(self) -> None:
        for name, offset in list(self.custom.items())[:50]:
            self.desk.hit("custom-operators", f"`{name}`", offset=offset)
        if self.look.inner:
            return
        for location, length in sorted(self.files.items()):
            claim_weights(self.look, location, length, self.desk)


FORMAT = Format(name="onnx", title="ONNX", group="model", recognise=recognise, examine=examine)
