"""UBJSON: texts come with their paths, numbers are stepped over, and nothing loops or grows."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.content import MemoryContent
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.wire.blocks import Blocks
from bartizan.scan.wire.ubjson import read


def texts(data: bytes) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    end = read(Blocks(MemoryContent(data)), found.__setitem__, lambda: None)
    return found, end


def test_texts_come_with_their_paths() -> None:
    data = b"{i\x01a{i\x01bSi\x02hi}i\x01c[$d#i\x02\0\0\0\0\0\0\0\0i\x01d[TFNZi\x05Si\x01x]}"
    assert texts(data) == ({"a.b": "hi", "d": "x"}, len(data))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[$d#L\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"[#L\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"[#i\xff",
        b"SSi\x01a",
        b"?",
        b"[$d]",
    ],
)
def test_what_breaks_is_malformed(data: bytes) -> None:
    with pytest.raises(Malformed):
        texts(data)


def test_depth_is_limited() -> None:
    with pytest.raises(LimitReached):
        texts(b"[" * 1000)


@given(
    st.lists(
        st.sampled_from([b"[", b"]", b"{", b"}", b"$", b"#", b"i", b"U", b"S", b"d", b"N", b"\x01", b"\x02", b"\0"])
    )
)
def test_whatever_the_marks_only_malformed_comes(marks: list[bytes]) -> None:
    data = b"".join(marks)
    with contextlib.suppress(Malformed, LimitReached):
        assert texts(data)[1] <= len(data)
