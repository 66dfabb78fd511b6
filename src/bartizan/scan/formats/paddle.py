"""PaddlePaddle's programs (`.pdmodel`, `__model__`): blocks of operators. Source: framework.proto of Paddle 2.6."""

from __future__ import annotations

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.wire.blocks import Blocks
from bartizan.scan.wire.paths import leaves_folder
from bartizan.scan.wire.protobuf import BYTES, VARINT, Message, looks_like, surely
from bartizan.scan.wire.schema import cover_field, field_names, walk

__all__ = ["FORMAT"]

_SCHEMA = {
    "Program": field_names("1:Block 2 3 4 5"),
    "Block": field_names("1 2 3:Variable 4:Operator 5"),
    "Variable": field_names("1 2 3 4 5 6 7 8"),
    "Operator": field_names("1 2 3 4 5"),
}
_BLOCK = {1: VARINT, 2: VARINT, 3: BYTES, 4: BYTES, 5: VARINT}
_TOP = {1: BYTES, 3: BYTES, 4: BYTES, 5: BYTES}
_PYTHON = frozenset({"py_func", "py_layer", "pylayer", "run_program"})
_FILES = frozenset({"save", "save_combine", "save_dygraph", "load", "load_combine", "read_file"})
_NETWORK = frozenset({
    "send", "recv", "recv_save", "listen_and_serv", "heter_listen_and_serv", "send_and_recv", "fetch_barrier",
    "send_barrier", "checkpoint_notify", "gen_nccl_id", "c_gen_nccl_id", "prefetch", "distributed_lookup_table",
})  # fmt: skip


def recognise(look: Look) -> bool:
    """Tell by blocks that have an index, a parent and variables."""
    if look.head[:1] != b"\x0a":
        return look.suffix == ".pdmodel"
    message = Message(Blocks(look.content))

    def fits() -> bool:
        block = next(message.inners(1), None)
        seen = None if block is None else looks_like(block, _BLOCK, 8)
        return bool(looks_like(message, _TOP, 8)) and seen is not None and {1, 2} <= seen and bool(seen & {3, 4})

    return look.suffix == ".pdmodel" or surely(fits)


def examine(look: Look, desk: Desk) -> None:
    """Judge every operator."""
    if not look.size:
        raise Malformed("the file is empty", 0)
    message = Message(Blocks(look.content))
    for field in message:
        if field.number in _TOP or field.number == 2:
            cover_field(field, desk)

    def visit(kind: str, inner: Message) -> None:
        if kind == "Operator":
            _operator(inner, desk)

    walk(message, "Program", _SCHEMA, visit, desk)


def _operator(operator: Message, desk: Desk) -> None:
    name = operator.last_text(3)
    if name in _PYTHON:
        desk.hit("paddle-runs-python", f"`{name}`", offset=operator.start)
    elif name in _NETWORK:
        desk.hit("paddle-touches-files", f"`{name}`", offset=operator.start)
    elif name in _FILES:
        paths = [one.last_text(5) for one in operator.inners(4) if one.last_text(1) in ("file_path", "filename")]
        outside = any(leaves_folder(path) for path in paths)
        rule = "model-reads-outside" if outside else "paddle-touches-files"
        desk.hit(rule, f"`{name}`: {paths}", offset=operator.start)


FORMAT = Format(name="paddle", title="PaddlePaddle program", group="model", recognise=recognise, examine=examine)
