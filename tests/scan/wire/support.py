"""Builds protobuf messages and FlatBuffers from plain values, for tests."""

from __future__ import annotations

import struct
from typing import TypeAlias

from tests.scan.artefacts.support import fired, scan

Flat: TypeAlias = tuple[int, int] | str | bytes | list["Flat"] | dict[int, "Flat"]
"""A number of some bytes `(width, value)`, a text, a vector of bytes, a vector of texts or tables, or a table."""


def varint(number: int) -> bytes:
    """A number of variable length."""
    out = bytearray()
    number &= (1 << 64) - 1
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def field(number: int, value: int | str | bytes) -> bytes:
    """A field: a number, or text or bytes with their length."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    body = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(body)) + body


def message(*fields: tuple[int, int | str | bytes]) -> bytes:
    """Fields one after the other."""
    return b"".join(field(number, value) for number, value in fields)


def flatbuffer(identifier: bytes, root: dict[int, Flat]) -> bytes:
    """A buffer with its identifier and root table; parts follow what refers to them."""
    out = bytearray(4) + identifier
    out[:4] = struct.pack("<I", _put(out, root))
    return bytes(out)


def _put(out: bytearray, value: Flat) -> int:
    """Append a value and return where it stands."""
    out += bytes(-len(out) % 8)
    if isinstance(value, dict):
        return _table(out, value)
    at = len(out)
    if isinstance(value, str | bytes):
        body = value.encode() if isinstance(value, str) else value
        out += struct.pack("<I", len(body)) + body + b"\0"
        return at
    assert isinstance(value, list)
    out += struct.pack("<I", len(value)) + bytes(4 * len(value))
    for number, one in enumerate(value):
        place = at + 4 + 4 * number
        if isinstance(one, tuple):
            out[place : place + 4] = struct.pack("<i", one[1])
        else:
            out[place : place + 4] = struct.pack("<I", _put(out, one) - place)
    return at


def _table(out: bytearray, value: dict[int, Flat]) -> int:
    slots = max(value, default=-1) + 1
    start = len(out)
    size = 8 + 8 * slots
    out += struct.pack("<HH", 4 + 2 * slots, size) + bytes(2 * slots)
    out += bytes(-len(out) % 8)
    at = len(out)
    out += struct.pack("<i", at - start) + bytes(size - 4)
    for slot, one in value.items():
        place = at + 8 + 8 * slot
        out[start + 4 + 2 * slot : start + 6 + 2 * slot] = struct.pack("<H", place - at)
        if isinstance(one, tuple):
            width, number = one
            out[place : place + width] = number.to_bytes(width, "little", signed=number < 0)
        else:
            out[place : place + 4] = struct.pack("<I", _put(out, one) - place)
    return at


def holds(data: bytes, name: str, place: int, value: bytes) -> bool:
    """Change bytes of a file and tell whether the scanners bear it: findings, but no error of their own."""
    changed = bytearray(data)
    at = place % max(len(data), 1)
    changed[at : at + len(value)] = value
    return all("scanner-failed" not in fired(one) for one in scan({name: bytes(changed)}).artefacts)


def unreadable(name: str) -> bool:
    """Tell whether files of a name that hold nothing, zeros or words are never called safe."""
    found = [scan({name: data}).artefacts for data in (b"", bytes(100), b"words " * 30)]
    return all(fired(artefacts[0]) == {"malformed-file"} for artefacts in found)
