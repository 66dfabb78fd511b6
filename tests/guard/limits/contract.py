"""What every store of budgets has to keep, as scenarios that any of them is put through."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

import pytest

from bartizan.guard.limits import Amount, Ask, Exhausted, Part, Store, Want

__all__ = ["HOLD", "NOW", "SCENARIOS", "asks", "want"]

NOW = 1_000_000.0
HOLD = 100.0


def want(
    name: str = "b", *, requests: int = 0, tokens: int = 0, money: int = 0, start: int = 999_960, length: int = 60
) -> Want:
    return Want(name, f"{name}\x1f{start}", Amount(requests, tokens, money), start, length)


def asks(tokens: int = 0, money: int = 0, *, least: int | None = None) -> Ask:
    """A call that may use so much; `least` is enough where it doesn't say so itself."""
    most = Amount(1, tokens, money)
    return Ask(most if least is None else Amount(1, least, min(money, 1)), most)


async def refused(store: Store, wants: list[Want], ask: Ask, now: float = NOW) -> Exhausted:
    with pytest.raises(Exhausted) as caught:
        await store.take(wants, ask, now)
    return caught.value


async def requests_are_counted_to_the_last(store: Store) -> None:
    wants = [want(requests=3)]
    for _ in range(3):
        await store.take(wants, asks(), NOW)
    short = await refused(store, wants, asks())
    assert (short.id, short.seconds) == ("b", 20)
    assert store.used(wants, NOW) == 100


async def numbers_are_added_once_and_told_to_all(store: Store) -> None:
    until = NOW + 50
    assert await store.add("k", Part("w1", "1", {"calls": 2, "people:änna\x1f": 1}), until, NOW) == {
        "calls": 2,
        "people:änna\x1f": 1,
    }
    assert (await store.add("k", Part("w1", "1", {"calls": 2}), until, NOW))["calls"] == 2
    assert (await store.add("k", Part("w2", "1", {"calls": 3}), until, NOW))["calls"] == 5
    assert (await store.add("k", Part("w1", "2", {"#w1": 1}), until, NOW))["#w1"] == 1
    assert await store.add("other", Part("w1", "3", {}), until, NOW) == {}


async def all_or_nothing(store: Store) -> None:
    wide, narrow = want("wide", requests=10), want("narrow", tokens=5)
    assert (await refused(store, [wide, narrow], asks(6))).seconds == 0
    for _ in range(10):
        await store.take([wide], asks(6), NOW)
    await refused(store, [wide], asks(6))


async def what_was_reserved_too_much_comes_back(store: Store) -> None:
    wants = [want(tokens=100, money=1_000)]
    taken = await store.take(wants, asks(80, 800), NOW)
    assert store.used(wants, NOW) == 80
    assert (await refused(store, wants, asks(50, 500))).seconds == 1
    await store.settle(taken, Amount(1, 10, 100), NOW)
    assert store.used(wants, NOW) == 10
    await store.take(wants, asks(90, 900), NOW)
    assert (await refused(store, wants, asks(1, 1))).seconds == 1


async def what_was_used_beyond_is_booked(store: Store) -> None:
    wants = [want(tokens=100)]
    taken = await store.take(wants, asks(80), NOW)
    await store.settle(taken, Amount(1, 150), NOW)
    assert store.used(wants, NOW) == 100
    assert (await refused(store, wants, asks(1))).seconds == 20
    await store.take(wants, asks(0), NOW)  # what needs no tokens goes on


async def money_is_held_like_tokens(store: Store) -> None:
    wants = [want(money=1_000)]
    await store.take(wants, asks(5, 600), NOW)
    assert (await refused(store, wants, asks(5, 600))).seconds == 1
    assert (await refused(store, wants, asks(5, 1_001))).seconds == 0
    taken = await store.take(wants, asks(5, 600, least=1), NOW)
    assert taken.got[0].money == 400
    await store.settle(taken, Amount(1, 5, 400), NOW)
    assert store.used(wants, NOW) == 100


async def an_unbounded_call_takes_what_is_there(store: Store) -> None:
    wants = [want(tokens=100), want("other", tokens=1_000)]
    taken = await store.take(wants, asks(4_000, least=20), NOW)
    assert [one.tokens for one in taken.got] == [100, 1_000]
    assert (await refused(store, wants, asks(4_000, least=20))).seconds == 1
    await store.settle(taken, Amount(1, 90), NOW)
    assert (await refused(store, wants, asks(4_000, least=20))).seconds == 20
    assert (await store.take(wants, asks(4_000, least=10), NOW)).got[0].tokens == 10


async def the_longest_wait_is_told(store: Store) -> None:
    minute, day = want("minute", requests=1), want("day", requests=1, start=950_400, length=86_400)
    await store.take([minute, day], asks(), NOW)
    assert (await refused(store, [minute, day], asks())).id == "day"
    small = want("small", tokens=1)
    assert (await refused(store, [day, small], asks(2))).id == "small"


async def the_next_window_begins_anew(store: Store) -> None:
    first, following = want(tokens=100), want(tokens=100, start=1_000_020)
    taken = await store.take([first], asks(100), NOW)
    later = await store.take([following], asks(60), NOW + 30)
    await store.settle(taken, Amount(1, 100), NOW + 31)  # is booked where it began
    assert (await refused(store, [following], asks(41), NOW + 31)).seconds == 1
    await store.settle(later, Amount(1, 60), NOW + 31)
    await store.take([following], asks(40), NOW + 32)


async def a_reservation_of_the_dead_expires(store: Store) -> None:
    wants = [want(requests=3, tokens=100, money=100, length=10_000)]
    lost = await store.take(wants, asks(100, 100), NOW)
    assert (await refused(store, wants, asks(1, 1), NOW + HOLD - 1)).seconds == 1
    taken = await store.take(wants, asks(100, 100), NOW + HOLD + 1)
    await store.settle(taken, Amount(1, 10, 10), NOW + HOLD + 2)
    assert store.used(wants, NOW) == 66  # requests stay counted
    await store.settle(lost, Amount(1, 80, 80), NOW + HOLD + 3)  # it wasn't dead after all
    assert store.used(wants, NOW) == 90
    await refused(store, wants, asks(11, 11), NOW + HOLD + 4)
    await store.take(wants, asks(10, 10), NOW + HOLD + 4)
    assert store.used(wants, NOW) == 100


async def what_is_long_over_is_forgotten(store: Store) -> None:
    old, new = want(tokens=100), want(tokens=100, start=2_000_000)
    taken = await store.take([old], asks(100), NOW)
    await store.take([new], asks(10), 2_000_001.0)
    await store.settle(taken, Amount(1, 100), 2_000_002.0)
    await store.take([new], asks(90), 2_000_003.0)


async def nothing_wanted_is_nothing_counted(store: Store) -> None:
    assert store.used([want(tokens=1)], NOW) == 0


async def many_at_once_never_exceed(store: Store) -> None:
    """Fifty callers with calls of all sizes: at no time more than the limit is booked and reserved."""
    luck = random.Random(7)  # noqa: S311 - no secret
    wants = [want(tokens=10_000, requests=300), want("money", money=5_000)]
    held, booked, most = Amount(), Amount(), Amount()

    async def caller() -> None:
        nonlocal held, booked, most
        for _ in range(8):
            size = luck.randrange(1, 400)
            try:
                taken = await store.take(wants, asks(size, size // 3), NOW)
            except Exhausted:
                continue
            held = Amount(held.requests + 1, held.tokens + size, held.money + size // 3)
            together = Amount(booked.requests + held.requests, booked.tokens + held.tokens, booked.money + held.money)
            most = Amount(*map(max, most, together))
            await asyncio.sleep(0)
            used = luck.randrange(size + 1)
            held = Amount(held.requests - 1, held.tokens - size, held.money - size // 3)
            booked = Amount(booked.requests + 1, booked.tokens + used, booked.money + used // 3)
            await store.settle(taken, Amount(1, used, used // 3), NOW)

    await asyncio.gather(*(caller() for _ in range(50)))
    assert most.requests <= 300
    assert most.tokens <= 10_000
    assert most.money <= 5_000
    assert max(most.requests / 300, most.tokens / 10_000, most.money / 5_000) > 0.9
    room = 10_000 - booked.tokens
    assert (await refused(store, [want(tokens=10_000)], asks(room + 1))).id == "b"
    await store.take([want(tokens=10_000)], asks(room), NOW)


SCENARIOS: list[Callable[[Store], Awaitable[None]]] = [
    requests_are_counted_to_the_last,
    numbers_are_added_once_and_told_to_all,
    all_or_nothing,
    what_was_reserved_too_much_comes_back,
    what_was_used_beyond_is_booked,
    money_is_held_like_tokens,
    an_unbounded_call_takes_what_is_there,
    the_longest_wait_is_told,
    the_next_window_begins_anew,
    a_reservation_of_the_dead_expires,
    what_is_long_over_is_forgotten,
    nothing_wanted_is_nothing_counted,
    many_at_once_never_exceed,
]
