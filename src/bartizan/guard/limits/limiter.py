"""Holds calls to blocks, sandboxes and budgets, in this order."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from bartizan.guard.config import Config, Price
from bartizan.guard.engine import Prepared
from bartizan.guard.limits.blocks import Blocks
from bartizan.guard.limits.counting import Counting
from bartizan.guard.limits.interface import Amount, Exhausted, StateLost, Store, Taken, Want
from bartizan.guard.limits.spend import Estimate, ask_of, estimate, price_of, used_by
from bartizan.guard.limits.wanted import MILLION, Budgets, limit_of
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused
from bartizan.guard.sandbox.opened import Sandboxes
from bartizan.model import Event

__all__ = ["Limiter", "Reserved"]


class Reserved:
    """What `take` gives and `settle` takes back, once. `taken` is None where nothing limits the call."""

    __slots__ = ("estimated", "price", "settled", "taken")

    def __init__(self, taken: Taken | None, estimated: Estimate, price: Price | None) -> None:
        self.taken, self.estimated, self.price = taken, estimated, price
        self.settled = False


class Limiter:
    """Decides what a call may use. Safe to share between tasks.

    `blocks` and `sandboxes` may be replaced at any time, as a whole. `ending` is from when on nothing goes on, because
    the gateway has to end; 0 while it needn't. Raises InputError for budgets that make no sense.
    """

    def __init__(
        self, config: Config, store: Store, blocks: Blocks | None = None, sandboxes: Sandboxes | None = None
    ) -> None:
        self.blocks = blocks or Blocks()
        self.sandboxes = sandboxes or Sandboxes()
        self.store = store
        self.counting = Counting(store)
        self.ending = 0.0
        self.configure(config)

    def configure(self, config: Config) -> None:
        """Take another configuration; what was used stays booked. Raises InputError, and then nothing has changed."""
        self._budgets = Budgets(config.budgets)
        self._answer = config.limits.answer_tokens
        self._goes_on = config.state_lost == "allow"

    def context(self, principal: Principal, now: float) -> dict[str, Any]:
        """Return what policies may ask about besides the call itself.

        That is `budget_used`, whole percents of the tightest budget, and `hour` and `weekday` (Monday is 1) in UTC.
        """
        wants = self._budgets.wants(principal, principal.sandbox, now)
        days, seconds = divmod(int(now), 86_400)
        return {
            "budget_used": self.store.used(wants, now) if wants else 0,
            "hour": seconds // 3600,
            "weekday": (days + 3) % 7 + 1,  # 1970 began on a Thursday
        }

    def stopped(self, prepared: Prepared, now: float) -> Refused | None:
        """Return why a call may not go on; cheap enough to be asked while its answer is streamed."""
        if self.ending and now >= self.ending:
            return Refused(503, "gateway-ends", "the gateway is being stopped", again=1)
        who, upstream = prepared.principal, prepared.upstream
        block = self.blocks.find(who.id, who.application, prepared.model, prepared.sent, upstream.id, now)
        if block is not None:
            until = f"{datetime.fromtimestamp(min(block.until, _LATEST), UTC):%Y-%m-%d %H:%M} UTC"
            return Refused(403, f"block-{block.id}", f"this {block.kind} is blocked until {until}")
        sandboxes = self.sandboxes
        if not who.sandbox and not sandboxes.documents:
            return None
        exchange = prepared.exchange
        tools = exchange.tools if exchange is not None else []
        if exchange is not None and exchange.provider_tools:
            tools = [*tools, *(tool.type for tool in exchange.provider_tools)]
        governed = sandboxes.of(
            who, prepared.model, upstream.id, upstream.region, prepared.found.left, prepared.found.types, tools, now
        )
        prepared.sandbox = governed.id
        if governed.reason:
            return Refused(403, f"sandbox-{governed.id}", governed.reason)
        return None

    async def take(self, prepared: Prepared, now: float) -> Reserved:
        """Reserve what the call may use at most. Raises Refused."""
        refused = self.stopped(prepared, now)
        if refused is not None:
            raise refused
        estimated = estimate(prepared, self._answer)
        price = price_of(prepared.upstream, prepared.model, prepared.sent)
        wants = self._wants(prepared, now)
        if not wants:
            return Reserved(None, estimated, price)
        if price is None and estimated.input and any(want.limit.money for want in wants):
            raise Refused(403, "price-missing", "what this model costs is not known, and a budget of money applies")
        try:
            return Reserved(await self.store.take(wants, ask_of(estimated, price), now), estimated, price)
        except Exhausted as short:
            raise Refused(429, short.id, _sentence(short), again=short.seconds) from None
        except StateLost:
            if self._goes_on:
                return Reserved(None, estimated, price)
            raise Refused(503, "state-lost", "budgets can't be looked up at the moment", again=1) from None

    async def settle(self, taken: object, prepared: Prepared, now: float) -> None:
        """Book what the call has used, and note its cost. A second time does nothing."""
        assert isinstance(taken, Reserved)
        if taken.settled:
            return
        taken.settled = True
        used = used_by(prepared, taken.estimated, taken.price)
        prepared.cost = used.money / MILLION
        if taken.taken is not None:
            await self.store.settle(taken.taken, used, now)

    def saw(self, event: Event) -> None:
        """Count an event of a call for the sandbox that it was made in."""
        self.counting.saw(event, self.sandboxes)

    def _wants(self, prepared: Prepared, now: float) -> tuple[Want, ...]:
        """Return what a call falls under, its sandbox's own budget among it."""
        wants = self._budgets.wants(prepared.principal, prepared.sandbox, now)
        sandbox = self.sandboxes.documents.get(prepared.sandbox) if prepared.sandbox else None
        if sandbox is None or not (sandbox.budget.tokens or sandbox.budget.money):
            return wants
        limit: Amount = limit_of(0, sandbox.budget.tokens, sandbox.budget.money)
        start = int(sandbox.begin)
        opened = self.sandboxes.openings[sandbox.id].opened
        key = f"sandbox\x1f{sandbox.id}\x1f{opened}"
        return (*wants, Want(f"sandbox-{sandbox.id}", key, limit, start, max(int(sandbox.end) - start, 1)))


_LATEST = 253_402_300_799.0
"""The end of the year 9999, the last moment that has a date."""


def _sentence(short: Exhausted) -> str:
    if not short.seconds:
        return f"this call asks for more than budget `{short.id}` has in all"
    if short.seconds == 1:
        return f"budget `{short.id}` has nothing free at the moment"
    return f"budget `{short.id}` is used up, and renews in {short.seconds} seconds"
