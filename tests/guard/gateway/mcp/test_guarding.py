"""The record of a session: in its order, once, and waited for by whoever rests on it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from bartizan.guard.gateway.mcp.guarding import Guarding, Telling
from bartizan.guard.limits.blocks import Blocks
from bartizan.model import BartizanError, Event
from tests.guard.mcp.gates import Driven, driven


def guarding(one: Driven, sink: Callable[[Event], Awaitable[None]]) -> Guarding:
    return Guarding(one.gate, Telling(lambda: 0.0, sink, Blocks, lambda *_: {}, pytest.fail), None)


def refusals(one: Driven, *names: str) -> None:
    for name in names:
        one.call(name)


def test_what_could_not_be_written_comes_first_the_next_time() -> None:
    one, written, fails = driven(), list[str](), [False, True]

    async def sink(event: Event) -> None:
        if fails and fails.pop():
            raise BartizanError("the disk is full")
        written.append(event.kind)

    async def run() -> None:
        held = guarding(one, sink)
        refusals(one, "unknown")
        with pytest.raises(BartizanError):
            await held.written()
        assert written == []
        one.reads("hello")
        await held.written()
        assert written == ["tool-list", "tool-refusal", "tool-call"]
        await held.written()
        assert len(written) == 3

    asyncio.run(run())


def test_an_answer_waits_for_what_others_have_begun_to_write() -> None:
    one = driven()

    async def run() -> None:
        busy, free = asyncio.Event(), asyncio.Event()
        fails: list[bool] = [True]

        async def sink(event: Event) -> None:
            del event
            busy.set()
            await free.wait()
            if fails:
                fails.pop()
                raise BartizanError("the disk is full")

        held = guarding(one, sink)
        first = asyncio.ensure_future(held.written())
        await busy.wait()
        second = asyncio.ensure_future(held.written())
        await asyncio.sleep(0)
        assert not second.done()
        free.set()
        with pytest.raises(BartizanError):
            await first
        await second
        assert fails == []

    asyncio.run(run())


def test_what_nobody_waits_for_any_more_is_not_written_twice() -> None:
    one = driven()
    refusals(one, "unknown")

    async def run() -> None:
        written: list[str] = []
        busy = asyncio.Event()

        async def sink(event: Event) -> None:
            written.append(event.kind)
            if not busy.is_set():
                busy.set()
                await asyncio.sleep(60)

        held = guarding(one, sink)
        first = asyncio.ensure_future(held.written())
        await busy.wait()
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        await held.written()
        assert written == ["tool-list", "tool-refusal"]

    asyncio.run(run())


def test_what_is_put_off_is_done_by_settling() -> None:
    one, written = driven(put_off=True), list[str]()

    async def sink(event: Event) -> None:
        written.append(event.kind)

    async def run() -> None:
        held = guarding(one, sink)
        one.reads("hello")
        await held.written()
        assert written == ["tool-list", "tool-start"]
        held.settle()
        await held.end()
        assert written == ["tool-list", "tool-start", "tool-call"]

    asyncio.run(run())
