"""Frames as CPython's C loader reads them: from memory in a line, from a file with what straddles them read anew."""

from __future__ import annotations

import io
import pickle
import struct

import pytest

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.pickles import examine_pickle
from tests.scan.artefacts.support import assembled
from tests.scan.pickles.support import desk, machine, told


def framed(*bodies: bytes) -> bytes:
    return b"\x80\x04" + b"".join(b"\x95" + struct.pack("<Q", len(body)) + body for body in bodies)


def hidden() -> bytes:
    """A text that reaches over the end of its frame: what is text in a line are opcodes behind the frame."""
    program = assembled(["POP", "GLOBAL os system", "UNICODE id", "TUPLE1", "REDUCE", "STOP"])
    return framed(b"\x8c" + bytes([len(program) + 10]) + b"abcd") + b"x" * (len(program) + 10) + program


def test_what_python_does() -> None:
    """The difference is Python's own: from a file, the rest of the frame is lost."""
    data = framed(b"\x8c\x04ab") + b"wxyz." + b"."
    assert pickle.load(io.BytesIO(data)) == "wxyz"  # noqa: S301 - plain text of this test
    data = framed(b"\x8c\x04ab") + b"wx.yz."
    assert pickle.loads(data) == "abwx"  # noqa: S301


def test_both_readings_are_examined() -> None:
    at = desk()
    with pytest.raises(Malformed):
        examine_pickle(MemoryContent(hidden()), at)
    assert {rule for rule, _ in told(at)} == {"pickle-frame-boundary", "pickle-executes"}


def test_the_framed_reading_takes_what_is_behind() -> None:
    data = framed(b"\x8c\x04ab") + b"wxyz."
    ran = machine(data, framed=True)
    ran.run()
    assert ran.stream.offset == len(data)


def test_bytes_are_read_across_by_every_loader() -> None:
    at = desk()
    assert examine_pickle(MemoryContent(framed(b"C\x04ab") + b"cd."), at) == 18
    assert told(at) == []


def test_lines_straddle_too() -> None:
    at = desk()
    end = examine_pickle(MemoryContent(framed(b"Vab") + b"cd\n."), at)
    assert end == 18
    assert {rule for rule, _ in told(at)} == {"pickle-frame-boundary"}


def test_frames_of_the_library_are_fine() -> None:
    at = desk()
    data = pickle.dumps([str(number) * 3 for number in range(60_000)], 4)
    assert examine_pickle(MemoryContent(data), at) == len(data)
    assert told(at) == []
