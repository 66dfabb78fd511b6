"""FlatBuffers: fields by number, and no offset that leads out of the content."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.wire.flatbuffers import Buffer, Table
from tests.scan.wire.support import flatbuffer

SOUND = flatbuffer(
    b"TEST", {0: (4, 7), 1: "name", 2: [{0: (8, 1 << 40)}, {}], 3: ["a", "bc"], 5: b"1234", 6: [(4, -1)]}
)


def touched(table: Table, depth: int = 0) -> None:
    """Ask for everything in every way."""
    for number in range(8):
        for asked in (
            lambda number=number: table.number(number, 4),
            lambda number=number: table.text(number),
            lambda number=number: list(table.texts(number)),
            lambda number=number: table.vector(number, 4),
        ):
            with contextlib.suppress(Malformed):
                asked()
        if depth < 3:
            with contextlib.suppress(Malformed):
                for inner in table.tables(number):
                    touched(inner, depth + 1)


def test_fields_come_back() -> None:
    root = Buffer(MemoryContent(SOUND)).root()
    assert (root.number(0, 4), root.number(4, 4, 9), root.text(1), root.text(4)) == (7, 9, "name", "")
    assert [one.number(0, 8) for one in root.tables(2)] == [1 << 40, 0]
    assert list(root.texts(3)) == ["a", "bc"]
    assert root.vector(5, 1)[1] == 4
    assert root.table(4) is None


@pytest.mark.parametrize(
    "data", [b"", b"\0\0\0\0TEST", b"\xff\xff\xff\xffTEST" + bytes(40), b"\x08\0\0\0TEST" + b"\xff" * 40]
)
def test_what_breaks_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        Buffer(MemoryContent(data)).root()


@given(st.integers(0, len(SOUND) - 1), st.integers(0, 255))
def test_whatever_a_byte_becomes_only_malformed_comes(place: int, value: int) -> None:
    data = bytearray(SOUND)
    data[place] = value
    buffer = Buffer(MemoryContent(bytes(data)))
    with contextlib.suppress(Malformed):
        touched(buffer.root())
    assert buffer.high <= len(SOUND) or buffer.high == 8
