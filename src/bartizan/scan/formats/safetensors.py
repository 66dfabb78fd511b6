"""Safetensors: eight bytes of length, a JSON header, tensors. Source: the format's README, version 0.4 and later.

Tensors are never read: their places say whether they fill the file.
"""

from __future__ import annotations

import base64
import json
import math
import re

import msgspec

from bartizan.scan.artefacts.content import MemoryContent, exactly
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.format import Format, Look
from bartizan.scan.texts.jsondata import pairing

__all__ = ["FORMAT"]

_BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
    "U16": 16, "I16": 16, "F16": 16, "BF16": 16, "U32": 32, "I32": 32, "F32": 32, "U64": 64, "I64": 64, "F64": 64,
    "C64": 64, "F8_E4M3FNUZ": 8, "F8_E5M2FNUZ": 8,
}  # fmt: skip
_LONGEST_HEADER = 100_000_000
"""What the reference loader allows."""
_LONGEST_READ = 24 << 20
"""What is read of a header: enough for a hundred thousand tensors."""


_BASE64 = re.compile(r"gA[I-X][A-Za-z0-9+/]{5,}={0,2}\Z")
"""Base64 of what begins with the opcode PROTO and a protocol from 2 to 5."""


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
    if length > _LONGEST_READ:
        raise LimitReached(f"the header has {length} bytes")
    tensors, metadata = _header(exactly(look.content, 8, length), desk)
    desk.cover(0, 8 + length)
    at = numbers = 0
    for name, tensor in sorted(tensors.items(), key=lambda pair: pair[1].data_offsets):
        start, end = tensor.data_offsets
        if start != at:
            kind = "overlaps the one before" if start < at else "leaves a hole before itself"
            desk.hit("tensors-misplaced", f"`{name}` {kind}", offset=8 + length + start)
        bits = _BITS.get(tensor.dtype)
        if bits is None:
            raise Malformed(f"`{name}` has a type that is not known", 8)
        count = math.prod(tensor.shape)
        if start < 0 or min(tensor.shape, default=0) < 0 or count * bits != 8 * (end - start):
            raise Malformed(f"`{name}` has another size than its shape says", 8)
        if end > look.size - 8 - length:
            raise Malformed("the file ends before its tensors do", 8)
        desk.cover(8 + length + start, 8 + length + end)
        at, numbers = max(at, end), numbers + count
    desk.fact("tensors", str(len(tensors)))
    desk.fact("parameters", str(numbers))
    for name, value in list(metadata.items())[:100]:
        desk.fact(f"metadata:{name[:100]}", value)
        pickled = _pickled(value)
        if pickled:
            desk.inside(f"metadata {name[:100]}", MemoryContent(pickled))


def _pickled(value: str) -> bytes:
    """Return the pickle that a text of the metadata is in base64, for whoever wrote it to load; nothing for others."""
    if not _BASE64.match(value):
        return b""
    try:
        data = base64.b64decode(value, validate=True)
    except ValueError:
        return b""
    return data if 2 <= data[1] <= 5 and data.endswith(b".") else b""


def _header(header: bytes, desk: Desk) -> tuple[dict[str, _Tensor], dict[str, str]]:
    """Read the header, and tell of names that stand twice: readers differ in which of the two they take."""

    def twice(name: str) -> None:
        desk.hit("duplicate-names", f"`{name}`", offset=8)

    try:
        held = json.loads(header.decode("utf-8"), object_pairs_hook=pairing(twice))
        metadata = msgspec.convert(held.pop("__metadata__", {}), dict[str, str])
        return msgspec.convert(held, dict[str, _Tensor]), metadata
    except (ValueError, AttributeError, RecursionError, msgspec.MsgspecError) as error:
        raise Malformed("the header is no description of tensors", 8) from error


FORMAT = Format(name="safetensors", title="Safetensors", group="model", recognise=recognise, examine=examine)
