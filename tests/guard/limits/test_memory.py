"""Budgets in memory: the contract, any order of calls, and a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.limits import Amount, Ask, Exhausted, MemoryStore, Store, Taken
from bartizan.model import InputError
from tests.guard.limits.contract import HOLD, NOW, SCENARIOS, asks, want


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_the_contract(scenario: Callable[[Store], Awaitable[None]]) -> None:
    async def run() -> None:
        store = MemoryStore(HOLD)
        await scenario(store)
        await store.close()

    asyncio.run(run())


AMOUNTS = st.integers(0, 40)


@given(
    limit=st.tuples(st.integers(1, 12), st.integers(1, 100), st.integers(1, 100)),
    steps=st.lists(
        st.one_of(
            st.tuples(st.just("take"), AMOUNTS, AMOUNTS, st.booleans()),
            st.tuples(st.just("settle"), st.integers(0, 20), st.integers(0, 100), st.booleans()),
            st.tuples(st.just("wait"), st.integers(0, 70), st.just(0), st.booleans()),
        ),
        max_size=60,
    ),
)
def test_never_more_than_the_limit_in_any_order(
    limit: tuple[int, int, int], steps: list[tuple[str, int, int, bool]]
) -> None:
    """A plain account beside it says the same after every step, reservations that expire among them."""

    async def run() -> None:
        store, now = MemoryStore(HOLD), NOW
        wants = [want(requests=limit[0], tokens=limit[1], money=limit[2], length=10_000)]
        booked = [0, 0, 0]
        open_: list[tuple[Taken, Amount]] = []
        for what, first, second, flag in steps:
            if what == "wait":
                now += first
                open_ = [one for one in open_ if one[0].until > now]
            elif what == "take":
                most = Amount(1, first, second)
                least = Amount(1, min(first, 1), min(second, 1)) if flag else most
                total = [n + sum(one[1][d] for one in open_) for d, n in enumerate(booked)]
                fits = all(not least[d] or total[d] + least[d] <= limit[d] for d in range(3))
                try:
                    taken = await store.take(wants, Ask(least, most), now)
                except Exhausted:
                    assert not fits
                    continue
                assert fits
                booked[0] += 1
                got = taken.got[0]
                open_.append((taken, Amount(0, got.tokens, got.money)))
                assert all(n + sum(one[1][d] for one in open_) <= limit[d] for d, n in enumerate(booked) if most[d])
            elif open_:
                taken, got = open_.pop(first % len(open_))
                used = Amount(1, got.tokens * second // 100, got.money * second // 100)
                booked[1] += used.tokens
                booked[2] += used.money
                await store.settle(taken, used, now)

    asyncio.run(run())


def test_a_restart_forgets_nothing_that_was_used() -> None:
    async def run() -> None:
        wants = [want(requests=10, tokens=100, money=100)]
        store = MemoryStore(HOLD)
        await store.settle(await store.take(wants, asks(50, 50), NOW), Amount(1, 40, 30), NOW)
        await store.take(wants, asks(50, 50), NOW)  # its process dies
        anew = MemoryStore(HOLD)
        anew.load(store.dump())
        assert anew.used(wants, NOW) == 40
        await anew.take(wants, asks(60, 70), NOW)
        with pytest.raises(Exhausted):
            await anew.take(wants, asks(1, 1), NOW)

    asyncio.run(run())


@pytest.mark.parametrize("saved", [b"", b"[]", b'{"a": 1}', b"\xff", b"[" * 100_000])
def test_what_was_not_saved_is_not_loaded(saved: bytes) -> None:
    with pytest.raises(InputError, match="no saved budgets"):
        MemoryStore().load(saved)


def test_windows_that_are_over_take_no_memory() -> None:
    async def run() -> None:
        store = MemoryStore(HOLD)
        for number in range(300):
            now = NOW + number * 61
            wants = [want(str(number), tokens=10, start=int(now))]
            await store.settle(await store.take(wants, asks(1), now), Amount(1, 1), now)
        assert len(store.dump()) < 2_000

    asyncio.run(run())


def test_a_reservation_in_a_window_that_is_forgotten_expires_quietly() -> None:
    async def run() -> None:
        store = MemoryStore(HOLD)
        await store.take([want(tokens=10, start=0)], asks(1), NOW)
        await store.take([want("other", tokens=10)], asks(1), NOW + 61)
        await store.take([want("other", tokens=10)], asks(9), NOW + HOLD + 62)

    asyncio.run(run())
