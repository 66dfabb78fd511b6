"""Numbers that several processes count together: each call once, whatever becomes of the store."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.limits import Limiter, MemoryStore, Part, StateLost
from bartizan.guard.limits.counting import Counting
from bartizan.guard.sandbox import Opening, Sandbox, Sandboxes, Tally
from bartizan.model import Count, Event, Usage
from tests.guard.limits.support import configured, prepared
from tests.guard.sandbox.documents import DOCUMENT, read

NOW = 1_796_000_000.0
BOX = read(DOCUMENT.replace("forbidden: [iban]", "forbidden: []"))


class Flaky(MemoryStore):
    """A store whose answers get lost: before it has counted, or after."""

    def __init__(self, *lost: str) -> None:
        super().__init__()
        self.lost = list(lost)

    async def add(self, key: str, part: Part, until: float, now: float) -> Mapping[str, int]:
        when = self.lost.pop(0) if self.lost else ""
        if when == "before":
            raise StateLost
        out = await super().add(key, part, until, now)
        if when == "after":
            raise StateLost
        return out


def boxes(one: Sandbox = BOX, closed: float = 0.0) -> Sandboxes:
    return Sandboxes([one], [Opening(id=one.id, digest=one.digest, opened=1.0, closed=closed)])


def event(ibans: int = 1, **more: Any) -> Event:
    return Event(kind="call", time="x", principal="alice", findings=[Count("iban", ibans)],
                 more={"sandbox": "claims-pilot"}, **more)  # fmt: skip


def test_what_two_have_counted_meets_a_criterion_in_both() -> None:
    store = MemoryStore()
    first, second, there, here = Counting(store), Counting(store), boxes(), boxes()
    first.saw(event(2), there)
    second.saw(event(1), here)
    assert not there.killed
    asyncio.run(first.share(there, NOW))
    asyncio.run(second.share(here, NOW))
    assert (dict(there.killed), list(here.killed)) == ({}, ["claims-pilot"])
    asyncio.run(first.share(there, NOW))
    assert list(there.killed) == ["claims-pilot"]
    assert there.tallies["claims-pilot"].calls == 2


def test_each_call_is_counted_once_whenever_the_store_is_lost() -> None:
    for lost in (["before", "after", "after"], ["after", "before"], ["after"]):
        store = Flaky(*lost)
        counting, mine = Counting(store), boxes()
        for _ in range(len(lost) + 2):
            counting.saw(event(0), mine)
            asyncio.run(counting.share(mine, NOW))
        counting.saw(event(0), mine)
        asyncio.run(counting.share(mine, NOW))
        other = boxes()
        asyncio.run(Counting(store).share(other, NOW))
        assert other.tallies["claims-pilot"].calls == len(lost) + 3 == mine.tallies["claims-pilot"].calls


def test_what_comes_while_the_store_is_asked_is_not_lost() -> None:
    mine = boxes()

    class Slow(MemoryStore):
        async def add(self, key: str, part: Part, until: float, now: float) -> Mapping[str, int]:
            out = await super().add(key, part, until, now)
            counting.saw(event(0), mine)
            return out

    counting = Counting(Slow())
    counting.saw(event(0), mine)
    asyncio.run(counting.share(mine, NOW))
    assert mine.tallies["claims-pilot"].calls == 2


def test_only_open_sandboxes_with_kill_criteria_are_shared() -> None:
    store = MemoryStore()
    quiet = read(DOCUMENT.partition("kill:")[0])
    for there in (boxes(closed=2.0), boxes(quiet), Sandboxes([BOX])):
        counting = Counting(store)
        counting.saw(event(), there)
        asyncio.run(counting.share(there, NOW))
    assert store._numbers == {}
    assert Sandboxes().told("none", Tally()) == ""


def test_a_limiter_counts_and_ends() -> None:
    limiter = Limiter(configured(), MemoryStore(), sandboxes=boxes())
    limiter.saw(event(3))
    assert limiter.sandboxes.killed
    limiter.sandboxes = Sandboxes()
    assert limiter.stopped(prepared(), NOW) is None
    limiter.ending = NOW
    refused = limiter.stopped(prepared(), NOW)
    assert refused is not None
    assert (refused.status, refused.rule, refused.again) == (503, "gateway-ends", 1)


names = st.text(max_size=5)
events = st.builds(
    lambda kind, who, found, rule, signal, tokens: Event(
        kind=kind, time="x", principal=who, resource=rule, rule=rule, findings=[Count(found, 2)],
        tokens=Usage(tokens, 1), cost=tokens / 1000, more={"injection": signal, "sandbox": "claims-pilot"},
    ),
    st.sampled_from(["call", "refusal"]), names, names, names, st.integers(0, 100), st.integers(0, 1000),
)  # fmt: skip


@given(st.lists(events, max_size=20))
def test_numbers_come_back_as_they_were(seen: list[Event]) -> None:
    tally = Tally()
    for one in seen:
        tally.add(one)
    again = Tally.of(tally.numbers())
    assert again.numbers() == tally.numbers()
    for name in ("calls", "input", "output", "people", "models", "findings", "refusals", "injection"):
        assert getattr(again, name) == getattr(tally, name)
