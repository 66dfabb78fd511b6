"""What waits for a client: bounded, in order, and there again for one that lost its connection."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.gateway.mcp.channels import Channel, event


def taken(channel: Channel) -> list[bytes]:
    out = []
    while (item := channel.take()) is not None:
        channel.keep(item)
        out.append(item.message)
    return out


@given(st.lists(st.integers(0, 30), max_size=6), st.integers(0, 40))
def test_a_stream_can_be_read_on_from_any_event(sizes: list[int], at: int) -> None:
    channel, sent = Channel(1), list[bytes]()
    for size in sizes:
        for _ in range(size):
            message = b"%d" % (len(sent) + 1)
            sent.append(message)
            channel.put(message)
        taken(channel)
    if at <= len(sent):
        kept = channel.rewind(at)
        assert kept == (at >= len(sent) - 100 or at == len(sent))
        if kept:
            assert taken(channel) == sent[at:]
    else:
        assert not channel.rewind(at)


def test_what_nobody_asked_for_is_left_out_where_there_is_no_room() -> None:
    channel = Channel(0, lossy=True)
    for number in range(30):
        channel.put(b"%02d" % number + b"x" * 100_000)
    messages = taken(channel)
    assert messages[-1].startswith(b"29")
    assert sum(map(len, messages)) <= 1_200_000
    assert channel.left_out == 30 - len(messages)


def test_who_has_much_to_say_waits_for_who_reads() -> None:
    async def run() -> None:
        channel = Channel(1)
        channel.put(b"x" * 2_000_000)
        waiting = asyncio.create_task(channel.room())
        await asyncio.sleep(0)
        assert not waiting.done()
        channel.take()
        await asyncio.wait_for(waiting, 1)
        channel.put(b"x" * 2_000_000)
        waiting = asyncio.create_task(channel.room())
        await asyncio.sleep(0)
        channel.detach()
        await asyncio.wait_for(waiting, 1)

    asyncio.run(run())


def test_the_newest_reader_reads() -> None:
    async def run() -> None:
        channel = Channel(1)
        waiting = asyncio.create_task(channel.wait(5))
        await asyncio.sleep(0)
        second = channel.attach()
        await asyncio.wait_for(waiting, 1)
        assert channel.reader == second
        channel.detach(1)
        assert channel.reader == second
        channel.put(b"the end", final=True)
        await channel.wait(5)
        assert channel.over
        assert channel.waits

    asyncio.run(run())


@pytest.mark.parametrize(
    ("message", "written"),
    [
        (b'{"a":1}', b'event: message\nid: 3-1\ndata: {"a":1}\n\n'),
        (b'{\n "a": 1\r\n}', b'event: message\nid: 3-1\ndata: {\ndata:  "a": 1\ndata: }\n\n'),
    ],
)
def test_a_message_is_one_event(message: bytes, written: bytes) -> None:
    assert event(message, "3-1") == written
    assert b"id:" not in event(message)
