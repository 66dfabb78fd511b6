"""Safetensors: tensors are never read, names stand once, and headers have bounds."""

from __future__ import annotations

import base64
import json
import struct
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired
from tests.scan.wire.support import holds


def made(header: dict[str, Any] | str, data: bytes = b"") -> bytes:
    text = header if isinstance(header, str) else json.dumps(header)
    return struct.pack("<Q", len(text.encode())) + text.encode() + data


def tensor(start: int, end: int, kind: str = "U8", shape: list[int] | None = None) -> dict[str, Any]:
    return {"dtype": kind, "shape": [end - start] if shape is None else shape, "data_offsets": [start, end]}


SOUND = made({"__metadata__": {"format": "pt"}, "a": tensor(0, 8), "b": tensor(8, 12, "F32", [])}, bytes(12))


def test_a_sound_file_is_safe() -> None:
    found = examined(SOUND)
    assert found.verdict is Verdict.SAFE
    assert found.facts == {"tensors": ["2"], "parameters": ["9"], "metadata:format": ["pt"]}


@pytest.mark.parametrize(
    "data",
    [
        made({"a": tensor(0, 8, "U9")}, bytes(8)),
        made({"a": tensor(0, 8, "U8", [9])}, bytes(8)),
        made({"a": tensor(0, 8, "U8", [-8])}, bytes(8)),
        made({"a": tensor(0, 8)}, bytes(7)),
        made('{"a": ' + "[" * 100_000),
        made('{"a": 1}'),
        made('{"__metadata__": {"a": 1}}'),
        made("{}")[:9] + b"\xff",
        struct.pack("<Q", 1 << 62) + b"{}",
    ],
)
def test_what_breaks_is_unknown(data: bytes) -> None:
    assert "malformed-file" in fired(examined(data, "m.safetensors"))


def test_names_that_stand_twice_are_told_at_every_depth() -> None:
    text = '{"__metadata__": {"a": "1", "a": "2"}}'
    assert fired(examined(made(text))) == {"duplicate-names"}


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_a_pickle_in_the_metadata_is_examined(protocol: int) -> None:
    held = bytes([0x80, protocol]) + b"cos\nsystem\nU\x02id\x85R."
    header = {"__metadata__": {"state": base64.b64encode(held).decode()}, "a": tensor(0, 8)}
    assert "pickle-executes" in fired(examined(made(header, bytes(8))))


@pytest.mark.parametrize("text", ["gAM", "gAMAAAAA", "gAMAAAA=A", "gAMAAAAA.", "A" * 40, "YWJj" * 9])
def test_other_base64_in_the_metadata_is_data(text: str) -> None:
    assert examined(made({"__metadata__": {"state": text}, "a": tensor(0, 8)}, bytes(8))).verdict is Verdict.SAFE


def test_many_facts_are_cut() -> None:
    found = examined(made({"__metadata__": {f"k{number}": "v" * 10_000 for number in range(1000)}}))
    assert len(found.facts) < 200
    assert all(len(value) <= 400 for values in found.facts.values() for value in values)


def test_a_header_that_is_too_large_is_not_read() -> None:
    data = struct.pack("<Q", 30 << 20) + b"{" + b" " * (30 << 20)
    found = examined(data)
    assert fired(found) == {"limit-reached"}
    assert found.bytes_read < 1 << 20


@given(st.integers(0, len(SOUND)), st.binary(min_size=1, max_size=6))
def test_whatever_the_bytes_the_scanner_bears_it(place: int, value: bytes) -> None:
    assert holds(SOUND, "m.safetensors", place, value)
