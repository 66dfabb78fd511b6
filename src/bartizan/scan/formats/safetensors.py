"""Safetensors: eight bytes of length, a JSON header, tensors. Source: the format's README, version 0.4 and later."""

from __future__ import annotations

import math

import msgspec

from bartizan.scan.artefacts.content import exactly
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look

_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    "U16": 16, "I16": 16, "F16": 16, "BF16": 16, "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64,
    "C64": 64,
}  # fmt: skip
_LONGEST_HEADER = 100_000_000
"""What the reference loader allows."""


class _Tensor(msgspec.Struct):
    dtype: str
    shape: list[int]
    data_offsets: tuple[int, int]


def recognise(look: Look) -> bool:
    """Tell by the length and the brace after it."""
    if look.size < 10 or look.head[8:9] != b"{":
        return look.suffix == ".safetensors"
    return look.suffix == ".safetensors" or 2 <= int.from_bytes(look.head[:8], "little") <= look.size - 8


def examine(look: Look, desk: Desk) -> None:
    """Check the header, and that tensors fill the rest without hole or overlap."""
    length = int.from_bytes(exactly(look.content, 0, 8), "little")
    if length > min(_LONGEST_HEADER, look.size - 8):
        raise Malformed(f"the header is announced with {length} bytes", 0)
    header = exactly(look.content, 8, length)
    try:
        pairs = msgspec.json.decode(header, type=dict[str, msgspec.Raw])
        tensors = {
            name: msgspec.json.decode(raw, type=_Tensor) for name, raw in pairs.items() if name != "__metadata__"
        }
        metadata = msgspec.json.decode(pairs.get("__metadata__", b"{}"), type=dict[str, str])
    except msgspec.MsgspecError as error:
        raise Malformed("the header is no description of tensors", 8) from error
    desk.cover(0, 8 + length)
    _names(header, desk)
    at = 0
    for name, tensor in sorted(tensors.items(), key=lambda pair: pair[1].data_offsets):
        start, end = tensor.data_offsets
        if start != at:
            kind = "overlaps the one before" if start < at else "leaves a hole before itself"
            desk.hit("tensors-misplaced", f"`{name}` {kind}", offset=8 + length + start)
        bits = _BITS.get(tensor.dtype)
        if bits is None:
            raise Malformed(f"`{name}` has a type that is not known", 8)
        if min(tensor.shape, default=0) < 0 or math.prod(tensor.shape) * bits != 8 * (end - start):
            raise Malformed(f"`{name}` has another size than its shape says", 8)
        if end > look.size - 8 - length:
            raise Malformed("the file ends before its tensors do", 8)
        desk.cover(8 + length + start, 8 + length + end)
        at = max(at, end)
    desk.fact("tensors", str(len(tensors)))
    for name, value in metadata.items():
        desk.fact(f"metadata:{name}", value)


def _names(header: bytes, desk: Desk) -> None:
    """Tell of names that stand twice: readers differ in which of the two they take."""
    import json

    def pairs(items: list[tuple[str, object]]) -> dict[str, object]:
        names = [name for name, _ in items]
        if len(set(names)) != len(names):
            twice = next(name for name in names if names.count(name) > 1)
            desk.hit("duplicate-names", f"`{twice}`", offset=8)
        return dict(items)

    json.loads(header, object_pairs_hook=pairs)


FORMAT = Format(name="safetensors", title="Safetensors", group="model", recognise=recognise, examine=examine)
