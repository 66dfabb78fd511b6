"""ExecuTorch programs (`.pte`): a FlatBuffer with plans, kernels by name, and pieces for accelerators.

Source: schema/program.fbs and the extended header of ExecuTorch 1.0. What a backend makes of its piece is its own.
"""

from __future__ import annotations

import re

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.wire.flatbuffers import Buffer, Table

__all__ = ["FORMAT"]

_IDENTIFIER = re.compile(rb"ET\d\d")
_BACKENDS = frozenset({
    "XnnpackBackend", "CoreMLBackend", "MPSBackend", "QnnBackend", "VulkanBackend", "EthosUBackend", "VgfBackend",
    "ArmBackend", "NeuropilotBackend", "OpenvinoBackend", "EnnBackend", "NXPBackend", "NeutronBackend",
    "CadenceBackend", "BackendWithCompilerDemo", "ExecutorBackend",
})  # fmt: skip
_NAMESPACES = frozenset({
    "aten", "prim", "executorch_prim", "quantized_decomposed", "dim_order_ops", "llama", "et_vk", "cadence",
    "cortex_m", "executorch", "torchao", "sdpa", "kv_cache", "higher_order",
})  # fmt: skip

_UNVISITED = 1 << 16


def recognise(look: Look) -> bool:
    """Tell by the identifier."""
    return bool(_IDENTIFIER.match(look.head[4:8])) or look.suffix == ".pte"


def examine(look: Look, desk: Desk) -> None:
    """Check the structure, and name kernels and backends."""
    buffer = Buffer(look.content)
    if not _IDENTIFIER.match(buffer.identifier):
        raise Malformed("the identifier of the format is missing", 4)
    base = end = look.size
    if look.head[8:12] == b"eh00":
        program, base = buffer.source.number(16, 8), buffer.source.number(24, 8)
        if program > look.size or base > look.size or (base and base < program):
            raise Malformed("the program is announced longer than the file", 16)
        end = program
    root = buffer.root()
    for plan in root.tables(1):
        _plan(plan, desk)
    for number in (2, 3):
        for held in root.tables(number):
            held.vector(0, 1)
    if base == end == look.size:
        # No header says how long the program is; what was not visited are lists of small numbers.
        end = buffer.end(_UNVISITED)
    desk.cover(0, max(end, buffer.high))
    for segment in root.tables(4):
        start, size = base + segment.number(0, 8), segment.number(1, 8)
        if start + size > look.size:
            raise Malformed("a segment lies beyond the end of the file", segment.at)
        desk.cover(start, start + size)


def _plan(plan: Table, desk: Desk) -> None:
    desk.fact("method", plan.text(0))
    for value in plan.tables(2):
        value.table(1)
    for chain in plan.tables(5):
        for instruction in chain.tables(2):
            instruction.table(1)
    for operator in plan.tables(6):
        _kernel(operator, desk)
    for delegate in plan.tables(7):
        name = delegate.text(0, 1024)
        desk.fact("backend", name)
        if name not in _BACKENDS:
            desk.hit("custom-operators", f"backend `{name}`", offset=delegate.at)


def _kernel(operator: Table, desk: Desk) -> None:
    name = operator.text(0, 1024)
    space = name.partition("::")[0]
    if space not in _NAMESPACES:
        desk.hit("custom-operators", f"`{name}`", offset=operator.at)


FORMAT = Format(name="executorch", title="ExecuTorch", group="model", recognise=recognise, examine=examine)
