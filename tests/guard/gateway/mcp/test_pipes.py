"""Lines in and out of descriptors."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
import uvloop
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.gateway.mcp.pipes import Inlet, Long, Outlet

LOOPS: list[Callable[[], asyncio.AbstractEventLoop]] = [asyncio.new_event_loop, uvloop.new_event_loop]


def run(work: Coroutine[Any, Any, None], loop: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop) -> None:
    async def bounded() -> None:
        await asyncio.wait_for(work, 10)

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(bounded())


class Taken:
    """What an inlet has given."""

    def __init__(self, fd: int, most: int = 1000) -> None:
        self.lines: list[bytes] = []
        self.long: list[Long] = []
        self.over = asyncio.Event()
        self.inlet = Inlet(fd, most, self.lines.append, self.long.append, self.over.set)


@pytest.mark.parametrize("loop", LOOPS)
def test_lines_come_whole_however_they_were_written(loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def work() -> None:
        reading, writing = os.pipe()
        taken = Taken(reading)
        for part in (b"one\ntw", b"o", b"\n\nthree\r", b"\nfour"):
            os.write(writing, part)
            await asyncio.sleep(0.005)
        os.close(writing)
        await taken.over.wait()
        assert taken.lines == [b"one", b"two", b"three\r", b"four"]
        os.close(reading)

    run(work(), loop)


@given(st.lists(st.binary(max_size=30).map(lambda data: data.replace(b"\n", b"")), max_size=12), st.data())
def test_no_cut_changes_lines_and_long_ones_are_counted(lines: list[bytes], data: st.DataObject) -> None:
    stream = b"".join(line + b"\n" for line in lines)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(stream)), max_size=8)))

    async def work() -> None:
        reading, writing = os.pipe()
        taken = Taken(reading, most=20)
        for begun, end in zip([0, *cuts], [*cuts, len(stream)], strict=True):
            if begun < end:
                os.write(writing, stream[begun:end])
                await asyncio.sleep(0)
                await asyncio.sleep(0)
        os.close(writing)
        await taken.over.wait()
        assert taken.lines == [line for line in lines if 0 < len(line) <= 20]
        assert taken.long == [Long(line, line, len(line)) for line in lines if len(line) > 20]
        os.close(reading)

    run(work())


def test_of_a_line_that_is_too_long_only_both_ends_are_kept(tmp_path: Path) -> None:
    file = tmp_path / "lines"
    file.write_bytes(b"<" + b"x" * 3_000_000 + b">\nnext\n")

    async def work() -> None:
        fd = os.open(file, os.O_RDONLY)  # a file, which can't be polled
        taken = Taken(fd, most=1_000_000)
        await taken.over.wait()
        assert taken.lines == [b"next"]
        (long,) = taken.long
        assert (long.size, len(long.head), len(long.tail)) == (3_000_002, 4096, 4096)
        assert (long.head[:1], long.tail[-1:]) == (b"<", b">")
        os.close(fd)

    run(work())


@pytest.mark.parametrize("kind", ["pipe", "file"])
def test_nothing_is_read_while_it_is_paused(kind: str, tmp_path: Path) -> None:
    async def work() -> None:
        reading, writing = os.pipe()
        if kind == "file":
            file = tmp_path / "lines"
            file.write_bytes(b"line\n" * 200_000)
            reading = os.open(file, os.O_RDONLY)
        taken = Taken(reading)
        taken.inlet.pause()
        os.write(writing, b"line\n" * 3)
        os.close(writing)
        await asyncio.sleep(0.05)
        # What a thread had read already is still given; it is one chunk.
        assert len(taken.lines) <= (52_500 if kind == "file" else 0)
        taken.inlet.resume()
        await taken.over.wait()
        assert len(taken.lines) == (200_000 if kind == "file" else 3)

    run(work())


def test_a_closed_inlet_gives_nothing_more() -> None:
    async def work() -> None:
        reading, writing = os.pipe()
        lines: list[bytes] = []

        def line(line: bytes) -> None:
            lines.append(line)
            inlet.close()

        inlet = Inlet(reading, 100, line, print, print)
        os.write(writing, b"one\ntwo\n")
        await asyncio.sleep(0.02)
        inlet.pause()
        inlet.resume()
        assert lines == [b"one"]
        os.close(writing)
        os.close(reading)

    run(work())


@pytest.mark.parametrize("loop", LOOPS)
def test_what_cannot_be_written_yet_is_kept_in_order(loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    async def work() -> None:
        reading, writing = os.pipe()
        eased = asyncio.Event()
        outlet = Outlet(writing, 10_000, print, eased.set)
        sent = [bytes([65 + number % 26]) * 1000 + b"\n" for number in range(300)]
        for data in sent:
            outlet.send(data)
        assert outlet.full
        assert not await outlet.drained(0.01)
        taken = Taken(reading, most=2000)
        await eased.wait()
        assert await outlet.drained(5)
        outlet.release()
        assert os.get_blocking(writing)
        os.close(writing)
        await taken.over.wait()
        assert taken.lines == [data[:-1] for data in sent]
        os.close(reading)

    run(work(), loop)


def test_a_reader_that_goes_away_is_told_once() -> None:
    async def work() -> None:
        reading, writing = os.pipe()
        broken: list[int] = []
        outlet = Outlet(writing, 100, lambda: broken.append(1), print)
        outlet.send(b"x" * 200_000)
        os.close(reading)
        assert await outlet.drained(5)
        outlet.send(b"more")
        assert (broken, outlet.open, outlet.waiting) == ([1], False, 0)
        other, writing_too = os.pipe()
        os.close(other)
        outlet = Outlet(writing_too, 100, lambda: broken.append(2), print)
        outlet.send(b"x")
        assert broken == [1, 2]
        os.close(writing)
        os.close(writing_too)

    run(work())


def test_a_file_takes_everything_at_once(tmp_path: Path) -> None:
    async def work() -> None:
        with (tmp_path / "out").open("wb") as file:
            outlet = Outlet(file.fileno(), 100, print, print)
            outlet.send(b"x" * 1_000_000)
            assert await outlet.drained(0)
            outlet.release()
        assert (tmp_path / "out").stat().st_size == 1_000_000

    run(work())
