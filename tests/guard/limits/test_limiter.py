"""Blocks, sandboxes and budgets together, as the gateway asks for them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence

import pytest

from bartizan.guard.config import Budget, Limits, Upstream
from bartizan.guard.exchange import ProviderTool, Usage
from bartizan.guard.limits import Amount, Ask, Block, Blocks, Limiter, MemoryStore, Part, StateLost, Taken, Want
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused
from bartizan.guard.sandbox import Opening, Sandboxes, parse_sandbox
from bartizan.model import InputError
from tests.guard.limits.support import ALICE, configured, prepared

NOW = 1_796_000_010.0  # 2026-11-30, ten seconds into a minute
PILOT = b"""
id: pilot
purpose: Try it
owner: jo
data: {highest: internal}
models: [gpt]
tools: [search]
budget: {tokens: 500}
starts: 2026-11-01
ends: 2026-12-31
"""
BOUND = Principal(id="carol", source="key:2", sandbox="pilot")


class Lost:
    """A store whose server is gone."""

    async def take(self, wants: Sequence[Want], ask: Ask, now: float) -> Taken:  # noqa: ARG002 - as Store has it
        raise StateLost("gone")

    async def settle(self, taken: Taken, used: Amount, now: float) -> None:  # noqa: ARG002 - as above
        raise AssertionError("nothing was taken")

    def used(self, wants: Sequence[Want], now: float) -> int:  # noqa: ARG002 - as above
        return 0

    async def add(self, key: str, part: Part, until: float, now: float) -> Mapping[str, int]:  # noqa: ARG002 - as above
        raise StateLost("gone")

    async def close(self) -> None:
        return


def sandboxes(closed: float = 0.0) -> Sandboxes:
    document = parse_sandbox(PILOT, "pilot.yaml", ["public", "internal", "secret"])
    return Sandboxes([document], [Opening(id="pilot", digest=document.digest, opened=1.0, closed=closed)])


def refused(limiter: Limiter, call: object = None, now: float = NOW) -> Refused:
    async def run() -> Refused:
        with pytest.raises(Refused) as caught:
            await limiter.take(call or prepared(most=10), now)  # type: ignore[arg-type]
        return caught.value

    return asyncio.run(run())


def test_a_budget_is_taken_settled_and_told() -> None:
    async def run() -> None:
        limiter = Limiter(
            configured(budgets=[Budget(id="day", of="principal", tokens=1_000, money=1.0)]), MemoryStore()
        )
        assert limiter.context(ALICE, NOW)["budget_used"] == 0
        call = prepared(most=100)
        taken = await limiter.take(call, NOW)
        assert limiter.context(ALICE, NOW)["budget_used"] == 20
        call.usage = Usage(20, 30)
        await limiter.settle(taken, call, NOW)
        await limiter.settle(taken, call, NOW)
        assert limiter.context(ALICE, NOW)["budget_used"] == 5
        assert call.cost == pytest.approx(0.00028)

    asyncio.run(run())


def test_a_budget_that_is_used_up_is_429_with_the_time_it_renews() -> None:
    async def run() -> Limiter:
        limiter = Limiter(configured(budgets=[Budget(id="minute", of="all", per="minute", requests=1)]), MemoryStore())
        await limiter.take(prepared(), NOW)
        return limiter

    found = refused(asyncio.run(run()))
    assert (found.status, found.rule, found.again) == (429, "minute", 60 - NOW % 60)
    assert "renews in" in found.sentence


def test_a_call_larger_than_its_budget_and_one_that_has_to_wait_for_others() -> None:
    async def run() -> Limiter:
        limiter = Limiter(configured(budgets=[Budget(id="day", of="all", tokens=150)]), MemoryStore())
        await limiter.take(prepared(most=50), NOW)
        return limiter

    limiter = asyncio.run(run())
    assert (refused(limiter, prepared(most=51)).again, refused(limiter, prepared(most=50)).again) == (0, 1)


def test_without_budgets_the_cost_is_still_known() -> None:
    async def run() -> None:
        limiter = Limiter(configured(), MemoryStore())
        assert limiter.context(ALICE, NOW)["budget_used"] == 0
        call = prepared()
        taken = await limiter.take(call, NOW)
        call.usage = Usage(1_000_000, 0)
        await limiter.settle(taken, call, NOW)
        assert call.cost == 2.0

    asyncio.run(run())


def test_money_needs_a_price() -> None:
    bare = Upstream(id="eu", door="openai", url="https://provider.example")
    limiter = Limiter(configured(budgets=[Budget(id="day", of="all", money=1.0)]), MemoryStore())
    found = refused(limiter, prepared(upstream=bare))
    assert (found.status, found.rule) == (403, "price-missing")
    asyncio.run(limiter.take(prepared(upstream=bare, action="list-models"), NOW))


def test_a_lost_server_refuses_unless_told_otherwise() -> None:
    budgets = [Budget(id="day", of="all", tokens=1_000)]
    found = refused(Limiter(configured(budgets=budgets), Lost()))
    assert (found.status, found.rule, found.again) == (503, "state-lost", 1)

    async def run() -> None:
        limiter = Limiter(configured(budgets=budgets, state_lost="allow"), Lost())
        call = prepared()
        await limiter.settle(await limiter.take(call, NOW), call, NOW)
        assert call.cost == 0.0

    asyncio.run(run())


def test_a_block_comes_before_everything() -> None:
    limiter = Limiter(configured(), MemoryStore(), sandboxes=sandboxes())
    limiter.blocks = Blocks([Block(id="1a", kind="model", name="gpt", until=1e30, by="jo", why="secret reason")])
    found = refused(limiter)
    assert (found.status, found.rule) == (403, "block-1a")
    assert found.sentence == "this model is blocked until 9999-12-31 23:59 UTC"
    limiter.blocks = Blocks()
    asyncio.run(limiter.take(prepared(), NOW))


def test_a_sandbox_decides_about_those_who_are_bound_to_it() -> None:
    limiter = Limiter(configured(), MemoryStore(), sandboxes=sandboxes())
    asyncio.run(limiter.take(prepared(principal=BOUND, tools=("search",)), NOW))
    for call in (
        prepared(principal=BOUND, tools=("pay",)),
        prepared(principal=BOUND, class_="secret"),
        prepared(principal=BOUND, model="other"),
    ):
        found = refused(limiter, call)
        assert (found.status, found.rule, call.sandbox) == (403, "sandbox-pilot", "pilot")
    provider = prepared(principal=BOUND)
    assert provider.exchange is not None
    provider.exchange.provider_tools = [ProviderTool("web_search")]
    assert "web_search" in refused(limiter, provider).sentence
    asyncio.run(limiter.take(prepared(principal=BOUND, action="list-models"), NOW))
    assert "ended" in refused(limiter, prepared(principal=BOUND), now=NOW + 90 * 86_400).sentence


def test_a_sandbox_that_is_not_there_admits_nobody() -> None:
    limiter = Limiter(configured(), MemoryStore())
    assert refused(limiter, prepared(principal=BOUND)).sentence == "there is no sandbox `pilot`"


def test_a_sandbox_has_a_budget_of_its_own() -> None:
    async def run() -> None:
        limiter = Limiter(configured(), MemoryStore(), sandboxes=sandboxes())
        call = prepared(principal=BOUND, most=200)
        taken = await limiter.take(call, NOW)
        assert isinstance(taken.taken, Taken)
        assert [want.id for want in taken.taken.wants] == ["sandbox-pilot"]
        with pytest.raises(Refused) as caught:
            await limiter.take(prepared(principal=BOUND, most=201), NOW)
        assert (caught.value.status, caught.value.rule) == (429, "sandbox-pilot")

    asyncio.run(run())


def test_a_budget_of_sandboxes_counts_calls_made_in_one() -> None:
    limiter = Limiter(
        configured(budgets=[Budget(id="each", of="sandbox", requests=1)], limits=Limits(answer_tokens=10)),
        MemoryStore(),
        sandboxes=sandboxes(),
    )
    asyncio.run(limiter.take(prepared(principal=BOUND), NOW))
    assert refused(limiter, prepared(principal=BOUND)).rule == "each"
    asyncio.run(limiter.take(prepared(), NOW))


def test_another_configuration_keeps_what_was_used() -> None:
    limiter = Limiter(configured(budgets=[Budget(id="day", of="all", requests=10)]), MemoryStore())
    asyncio.run(limiter.take(prepared(), NOW))
    with pytest.raises(InputError):
        limiter.configure(configured(budgets=[Budget(id="day", of="all")]))
    limiter.configure(configured(budgets=[Budget(id="day", of="all", requests=1)]))
    assert refused(limiter).rule == "day"
