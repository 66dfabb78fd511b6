"""Core ML: a model as a protobuf message, alone or in a package. Source: the protobuf files of coremltools 9.

Layers and models of the application's own classes, and models and weights in other files, are what matters.
"""

from __future__ import annotations

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.wire.blocks import Blocks
from bartizan.scan.wire.paths import leaves_folder
from bartizan.scan.wire.protobuf import BYTES, VARINT, Field, Message, looks_like, surely
from bartizan.scan.wire.schema import cover_field

__all__ = ["FORMAT"]

_TYPES = {
    200: "Classifier", 201: "Classifier", 202: "Pipeline", 403: "Network", 303: "Network", 500: "Network",
    502: "Program", 555: "Custom", 556: "Linked",
}  # fmt: skip
_NUMBERS = frozenset({
    200, 201, 202, 300, 301, 302, 303, 400, 401, 402, 403, 404, 500, 501, 502, 555, 556, 560, 600, 601, 602, 603, 604,
    605, 606, 607, 609, 610, 900, *range(2000, 2010), 3000,
})  # fmt: skip
_TOP = {1: VARINT, 2: BYTES, 10: VARINT, **dict.fromkeys(_NUMBERS, BYTES)}
_PROGRAM = {
    "Program": {2: "Functions"}, "Functions": {2: "Function"}, "Function": {3: "Blocks", 4: "Attributes"},
    "Blocks": {2: "Block"}, "Block": {3: "Operation", 4: "Attributes"},
    "Operation": {2: "Inputs", 4: "Block", 5: "Attributes"}, "Inputs": {2: "Argument"}, "Argument": {1: "Binding"},
    "Binding": {2: "Value"}, "Attributes": {2: "Value"}, "Value": {5: "File"}, "File": {},
}  # fmt: skip


def recognise(look: Look) -> bool:
    """Tell by the fields: a version, a description, and one kind of model."""
    if look.head[:1] != b"\x08":
        return look.suffix == ".mlmodel"
    message = Message(Blocks(look.content))

    def fits() -> bool:
        seen = looks_like(message, _TOP, 5)
        return bool(seen) and seen is not None and {1, 2} <= seen and bool(seen & _NUMBERS)

    return look.suffix == ".mlmodel" or surely(fits)


def examine(look: Look, desk: Desk) -> None:
    """Walk the model, and those inside it."""
    if not look.size:
        raise Malformed("the file is empty", 0)
    message = Message(Blocks(look.content))
    for field in message:
        if field.number in _TOP:
            cover_field(field, desk)
    _model(message, desk)


def _model(message: Message, desk: Desk) -> None:
    for field in message:
        desk.check_time()
        if field.number == 1 and field.wire == VARINT:
            desk.fact("version", str(field.value))
        elif field.number == 2 and field.wire == BYTES:
            _description(message.inner(field), desk)
        kind = _TYPES.get(field.number)
        if kind and field.wire == BYTES:
            _part(kind, message.inner(field), field, desk)


def _part(kind: str, part: Message, field: Field, desk: Desk) -> None:
    if kind == "Classifier":
        for pipeline in part.inners(1):
            _part("Pipeline", pipeline, field, desk)
    elif kind == "Pipeline":
        for model in part.inners(1):
            _model(model, desk)
    elif kind == "Network":
        for layer in part.inners(1):
            for custom in layer.inners(500):
                desk.hit("custom-operators", f"layer of class `{custom.last_text(10)}`", offset=custom.start)
    elif kind == "Custom":
        desk.hit("custom-operators", f"model of class `{part.last_text(10)}`", offset=field.start)
    elif kind == "Linked":
        _linked(part, desk)
    else:
        _program(part, "Program", desk)


def _linked(part: Message, desk: Desk) -> None:
    for file in part.inners(1):
        names = [value.last_text(1) for number in (1, 2) for value in file.inners(number)]
        outside = [one for one in names if leaves_folder(one)]
        rule = "model-reads-outside" if outside else "coreml-linked"
        desk.hit(rule, f"`{(outside or names or [''])[0]}`", offset=file.start)


def _program(part: Message, kind: str, desk: Desk) -> None:
    known = _PROGRAM[kind]
    if kind == "Operation" and part.last_text(1).startswith("custom"):
        desk.hit("custom-operators", f"operation `{part.last_text(1)}`", offset=part.start)
    if kind == "File":
        path = part.last_text(1)
        if leaves_folder(path.removeprefix("@model_path/")):
            desk.hit("model-reads-outside", f"`{path}`", offset=part.start)
        return
    desk.check_time()
    for field in part:
        if field.number in known and field.wire == BYTES:
            _program(part.inner(field), known[field.number], desk)


def _description(message: Message, desk: Desk) -> None:
    for metadata in message.inners(100):
        for number, name in ((2, "version"), (3, "author"), (4, "licence")):
            if text := metadata.last_text(number):
                desk.fact(name, text)


FORMAT = Format(name="coreml", title="Core ML", group="model", recognise=recognise, examine=examine)
