"""Protobuf without a schema: fields as they are encoded, nothing read that is skipped, and no bytes that break it."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.scan.artefacts.content import Content, Counted, MemoryContent
from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.wire.blocks import Blocks
from bartizan.scan.wire.protobuf import BYTES, VARINT, Message, looks_like, surely
from tests.scan.wire.support import field, message


class Huge:
    """A field of many zeros behind a head: content that nobody has in memory."""

    def __init__(self, head: bytes, size: int) -> None:
        self.head, self.size = head, size

    def read(self, offset: int, size: int) -> bytes:
        """Give the head, then zeros."""
        size = max(min(size, self.size - offset), 0)
        return self.head[offset : offset + size].ljust(size, b"\0")


def of(data: bytes) -> Message:
    return Message(Blocks(MemoryContent(data)))


def everything(one: Message) -> int:
    """Read all that may be a message, however deep."""
    count = 0
    for held in one:
        count += 1
        if held.wire == BYTES and one.depth < 20:
            with contextlib.suppress(Malformed):
                count += everything(one.inner(held))
    return count


@given(st.lists(st.tuples(st.integers(1, 1 << 20), st.integers(0, (1 << 64) - 1) | st.binary(max_size=40))))
def test_fields_come_back(pairs: list[tuple[int, int | bytes]]) -> None:
    data = message(*pairs)
    read = [(one.number, one.value if one.wire == VARINT else data[one.start : one.end]) for one in of(data)]
    assert read == pairs


def deepest(one: Message) -> Message:
    inner = next(one.inners(1), None)
    return one if inner is None else deepest(inner)


@given(st.binary(max_size=300))
def test_whatever_the_bytes_only_malformed_comes(data: bytes) -> None:
    with contextlib.suppress(Malformed, LimitReached):
        assert everything(of(data)) <= len(data) * 21


@pytest.mark.parametrize(
    "broken", ["0a", "0aff", "0a05 00", "08", "08 ffffffffffffffffffff", "0e", "0b 0801", "00 01", "0c"]
)
def test_what_breaks_is_malformed(broken: str) -> None:
    with pytest.raises(Malformed):
        list(of(bytes.fromhex(broken)))


def test_groups_are_passed_over() -> None:
    assert [one.number for one in of(bytes.fromhex("0b 1001 1b 1c 0c 2005"))] == [4]


def test_large_fields_are_not_read() -> None:
    head = message((1, 8)) + b"\x4a" + b"\x80\x80\x80\x80\x04"
    content: Content = Huge(head, len(head) + (1 << 30))
    counted = Counted(content)
    assert [one.number for one in Message(Blocks(counted))] == [1, 9]
    assert counted.bytes_read < 20_000


def test_messages_do_not_lie_too_deep() -> None:
    data = b""
    for _ in range(120):
        data = field(1, data)
    with pytest.raises(LimitReached):
        deepest(of(data))


def test_looks_like_tells_what_is_there() -> None:
    assert looks_like(of(message((1, 3), (2, "x"))), {1: VARINT, 2: BYTES}) == {1, 2}
    assert looks_like(of(message((1, "x"))), {1: VARINT}) is None
    assert looks_like(of(message((1, 1), (1, 1), (1, 1)) + b"\x0a"), {1: VARINT}) == {1}
    assert looks_like(of(b"\x0a"), {1: BYTES}) is None


def test_the_last_text_wins() -> None:
    assert of(message((1, "a"), (1, "b"), (2, 7))).last_text(1) == "b"
    assert of(b"").last_text(1) == ""
    assert surely(lambda: bool(of(b"\x0a").texts(1))) is False
