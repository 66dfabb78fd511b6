"""Budgets in a real server: the contract, several processes, one that is killed, a server that is lost."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from bartizan.guard.gateway.valkey import ValkeyStore
from bartizan.guard.limits import Amount, Exhausted, StateLost, Store, Want
from bartizan.model import InputError
from tests.guard.gateway.valkey_server import Server
from tests.guard.limits.contract import HOLD, NOW, SCENARIOS, asks, want
from tests.support import REPOSITORY

clock = time.time  # noqa: TID251 - reservations of another process expire by the clock of this machine
pytestmark = pytest.mark.enable_socket

WORKER = """
import asyncio, random, sys, time
from bartizan.guard.gateway.valkey import ValkeyStore
from bartizan.guard.limits import Amount, Ask, Exhausted, Want

async def main(url, seed, limit, hold):
    store = ValkeyStore(url, hold)
    luck = random.Random(seed)
    wants = [Want("b", "b", Amount(0, limit, 0), 0, 10**10)]
    used = 0
    print("ready", flush=True)
    sys.stdin.readline()
    async def caller():
        nonlocal used
        misses = 0
        while misses < 3:
            size = luck.randrange(1, 100)
            try:
                taken = await store.take(wants, Ask(Amount(1, size), Amount(1, size)), time.time())
            except Exhausted:
                misses += 1
                await asyncio.sleep(0.002)
                continue
            await asyncio.sleep(luck.random() / 200)
            real = luck.randrange(size + 1)
            await store.settle(taken, Amount(1, real), time.time())
            used += real
    await asyncio.gather(*(caller() for _ in range(10)))
    await store.close()
    print(used, flush=True)

asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), float(sys.argv[4])))
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    made = Server(tmp_path_factory.mktemp("server"))
    yield made
    made.stop()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path)
    yield made
    made.stop()


def run(url: str, scenario: Callable[[ValkeyStore], Awaitable[None]], hold: float = HOLD) -> None:
    async def whole() -> None:
        store = ValkeyStore(url, hold)
        try:
            await scenario(store)
        finally:
            await store.close()

    asyncio.run(whole())


async def emptied(store: ValkeyStore) -> None:
    await store._ask("FLUSHALL")


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_the_contract(scenario: Callable[[Store], Awaitable[None]], server: Server) -> None:
    async def whole(store: ValkeyStore) -> None:
        await emptied(store)
        await scenario(store)

    run(server.url, whole)


def start_worker(url: str, seed: int, limit: int, hold: float = 30.0) -> subprocess.Popen[str]:
    """Start a process that is ready, and begins once it is told to."""
    made = subprocess.Popen(
        [sys.executable, "-c", WORKER, url, str(seed), str(limit), str(hold)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=REPOSITORY,
    )
    assert made.stdout is not None
    assert made.stdout.readline() == "ready\n"
    return made


def begin(worker: subprocess.Popen[str]) -> None:
    assert worker.stdin is not None
    worker.stdin.write("begin\n")
    worker.stdin.flush()


@pytest.mark.slow
def test_several_processes_share_one_budget_to_the_last_token(own_server: Server) -> None:
    workers = [start_worker(own_server.url, seed, 20_000) for seed in range(3)]
    for worker in workers:  # none of them may have used it up before the others are there
        begin(worker)
    used = [int(worker.communicate(timeout=60)[0].split()[-1]) for worker in workers]
    assert all(used)
    assert sum(used) <= 20_000

    async def check(store: ValkeyStore) -> None:
        wants = [Want("b", "b", Amount(0, 20_000, 0), 0, 10**10)]
        room = 20_000 - sum(used)
        if room:
            await store.take(wants, asks(room), NOW)
        with pytest.raises(Exhausted):
            await store.take(wants, asks(1), NOW)

    run(own_server.url, check)


@pytest.mark.slow
def test_what_a_killed_process_had_reserved_comes_back(own_server: Server) -> None:
    victim = start_worker(own_server.url, 1, 10**9, hold=1.5)
    begin(victim)

    async def numbers(store: ValkeyStore) -> tuple[int, int]:
        booked = await store._ask("HGET", "bartizan:{budgets}:count:b", "t")
        held = await store._ask("HGET", "bartizan:{budgets}:count:b", "ht")
        return int(booked or 0), int(held or 0)

    async def check(store: ValkeyStore) -> None:
        held = 0
        for _ in range(100):
            await asyncio.sleep(0.05)
            if (await numbers(store))[1]:
                break
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
        booked, held = await numbers(store)
        assert held > 0
        await asyncio.sleep(1.6)
        wants = [Want("b", "b", Amount(0, 10**9, 0), 0, 10**10)]
        taken = await store.take(wants, asks(1), clock())
        assert await numbers(store) == (booked - held + 1, 1)
        await store.settle(taken, Amount(1, 1), clock())
        assert await numbers(store) == (booked - held + 1, 0)

    run(own_server.url, check)


def test_a_lost_server_is_told_and_found_again(own_server: Server) -> None:
    async def check(store: ValkeyStore) -> None:
        wants = [want(tokens=100)]
        assert await store.ready()
        taken = await store.take(wants, asks(60), NOW)
        own_server.stop()
        assert not await store.ready()
        with pytest.raises(StateLost):
            await store.take(wants, asks(1), NOW + 1)
        with pytest.raises(StateLost, match="a moment ago"):
            await store.take(wants, asks(1), NOW + 1.1)
        await store.settle(taken, Amount(1, 60), NOW + 1.2)
        own_server.start()
        again = await store.take(wants, asks(60), NOW + 5)  # the server came back with nothing
        await store.settle(again, Amount(1, 10), NOW + 5)
        assert store.used(wants, NOW) == 10

    run(own_server.url, check)


def test_a_server_that_does_not_answer_is_waited_for_a_second_at_most(own_server: Server) -> None:
    async def check(_: ValkeyStore) -> None:
        store = ValkeyStore(own_server.url, HOLD, seconds=0.1)
        wants = [want(tokens=100)]
        taken = await store.take(wants, asks(50), NOW)
        process = own_server._process
        assert process is not None
        process.send_signal(signal.SIGSTOP)
        started = time.monotonic()
        with pytest.raises(StateLost):
            await store.take(wants, asks(1), NOW)
        await store.settle(taken, Amount(1, 20), NOW)
        assert time.monotonic() - started < 2
        process.send_signal(signal.SIGCONT)
        await asyncio.sleep(0.1)
        # What was sent while it slept was done when it woke, and is not done twice.
        await store.take(wants, asks(1), NOW + 1)
        assert store.used(wants, NOW) in (21, 22)
        await store.close()

    run(own_server.url, check)


def test_what_is_owed_is_booked_when_the_server_is_back(own_server: Server) -> None:
    async def check(store: ValkeyStore) -> None:
        wants = [want(tokens=100)]
        taken = await store.take(wants, asks(60), NOW)
        store._owed.append((taken, Amount(1, 20)))
        store._owed.append((taken, Amount(1, 20)))  # booked already by a command whose answer was lost
        await store.take(wants, asks(1), NOW)
        assert store.used(wants, NOW) == 21
        own_server.stop()
        store._owed.append((taken, Amount(1, 20)))
        with pytest.raises(StateLost):
            await store.take(wants, asks(1), NOW + 9)
        assert len(store._owed) == 1

    run(own_server.url, check)


def test_a_call_nobody_waits_for_leaves_no_answer_to_others(server: Server) -> None:
    async def check(store: ValkeyStore) -> None:
        await emptied(store)
        wants = [want(tokens=10_000)]
        for number in range(60):
            task = asyncio.ensure_future(store.take(wants, asks(5), NOW))
            for _ in range(number % 6):
                await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            taken = await store.take(wants, asks(7), NOW)
            assert taken.got == [Amount(1, 7, 0)]
            await store.settle(taken, Amount(1, 0), NOW)

    run(server.url, check)


def test_scripts_are_sent_again_to_a_server_that_forgot_them(server: Server) -> None:
    async def check(store: ValkeyStore) -> None:
        await emptied(store)
        await store.take([want(requests=9)], asks(), NOW)
        await store._ask("SCRIPT", "FLUSH")
        await store.take([want(requests=9)], asks(), NOW)
        assert store.used([want(requests=9)], NOW) == 22

    run(server.url, check)


def test_keys_are_gone_when_their_window_is_over(server: Server) -> None:
    async def check(store: ValkeyStore) -> None:
        await emptied(store)
        await store.take([want(tokens=9)], asks(1), NOW)
        count = int(await store._ask("PTTL", f"bartizan:{{budgets}}:count:{want().key}"))
        held = int(await store._ask("PTTL", f"bartizan:{{budgets}}:held:{want().key}"))
        for lasts in (count, held):
            assert 0 < lasts <= (20 + HOLD) * 1000

    run(server.url, check)


def test_a_password_is_used_and_not_told(tmp_path: Path) -> None:
    own = Server(tmp_path, "--requirepass", "correct-horse")
    try:
        right = own.url.replace("//", "//:correct-horse@")

        async def ask(store: ValkeyStore) -> None:
            await store.take([want(requests=1)], asks(), NOW)

        run(right, ask)
        with pytest.raises(StateLost) as caught:
            run(own.url.replace("//", "//:wrong-horse@"), ask)
        assert "horse" not in str(caught.value)
    finally:
        own.stop()


@pytest.mark.parametrize("url", ["memory", "http://host:1", "valkey://:secret@host:port/0"])
def test_an_address_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(InputError, match="not the address of a server") as caught:
        ValkeyStore(url)
    assert "secret" not in caught.value.diagnostics()
