"""ExecuTorch: kernels and backends that come with it are safe, others are told."""

from __future__ import annotations

import struct

from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.result import Verdict
from tests.scan.artefacts.support import examined, fired
from tests.scan.wire.support import Flat, flatbuffer, holds, unreadable


def program(kernel: str = "aten::add", backend: str = "XnnpackBackend") -> bytes:
    plan: dict[int, Flat] = {0: "forward", 6: [{0: kernel, 1: "out"}], 7: [{0: backend}]}
    return flatbuffer(b"ET12", {0: (4, 0), 1: [plan]})


SOUND = program()


def test_a_sound_program_is_safe() -> None:
    found = examined(SOUND)
    assert (found.formats, found.verdict, found.facts["method"]) == (["executorch"], Verdict.SAFE, ["forward"])


def test_kernels_and_backends_from_elsewhere_are_told() -> None:
    assert fired(examined(program("theirs::op"))) == {"custom-operators"}
    assert fired(examined(program(backend="TheirBackend"))) == {"custom-operators"}


def test_segments_lie_in_the_file() -> None:
    header = b"eh00" + struct.pack("<IQQ", 24, 600, 640)
    inside = flatbuffer(b"ET12" + header, {4: [{0: (8, 0), 1: (8, 32)}]}).ljust(640, b"\0") + b"x" * 32
    assert examined(inside).verdict is Verdict.SAFE
    assert "malformed-file" in fired(examined(inside[:-1]))
    assert "bytes-unaccounted" in fired(examined(inside + b"hidden"))


@given(st.integers(0, len(SOUND)), st.binary(min_size=1, max_size=4))
def test_whatever_the_bytes_the_scanner_bears_it(place: int, value: bytes) -> None:
    assert holds(SOUND, "a.pte", place, value)


def test_a_name_alone_makes_nothing_safe() -> None:
    assert unreadable("a.pte")
