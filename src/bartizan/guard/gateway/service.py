"""What a worker serves with: the engine in force, and everything around it that has a clock or a socket."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

from bartizan.guard.config import Config
from bartizan.guard.engine import Engine, Prepared
from bartizan.guard.gateway.upstreams import Upstreams
from bartizan.guard.identity import Identifier
from bartizan.guard.limits import Limiter
from bartizan.guard.passing import TRACE
from bartizan.guard.principal import Principal
from bartizan.guard.record import Record, Sink
from bartizan.guard.refused import Refused
from bartizan.guard.routes import Route
from bartizan.model import BartizanError, Event, stamp

if TYPE_CHECKING:
    from bartizan.guard.gateway.mcp.doors import Doors

__all__ = ["Service"]


class Service:
    """One configuration in force. `clock` is seconds since 1970; `complain` tells of what went wrong here."""

    def __init__(
        self,
        config: Config,
        engine: Engine,
        identifier: Identifier,
        limiter: Limiter,
        upstreams: Upstreams,
        sink: Sink,
        clock: Callable[[], float],
        metrics: Callable[[], str],
        complain: Callable[[Exception], None],
    ) -> None:
        self.config, self.engine, self.upstreams = config, engine, upstreams
        self._identifier, self._limiter, self._sink, self._clock = identifier, limiter, sink, clock
        self.metrics, self._complain = metrics, complain
        self.ready = True
        self.closing: list[Callable[[], Awaitable[None]]] = []
        """What else ends with the service."""
        self.checks: list[Callable[[], Awaitable[tuple[bool, str]]]] = []
        """What readiness asks: whether calls can be answered, and a line for what is wrong, if anything is."""
        self.mcp: Doors | None = None
        """The doors to MCP servers, if there are any."""
        self._audiences = _audiences(config)

    def renew(self, config: Config, engine: Engine, identifier: Identifier, upstreams: Upstreams) -> None:
        """Serve with another configuration from the next call on. Who gives it closes what served before."""
        self.config, self.engine, self._identifier, self.upstreams = config, engine, identifier, upstreams
        self._audiences = _audiences(config)

    async def readiness(self) -> tuple[bool, str]:
        """Return whether calls can be answered, and what is wrong, a line each."""
        said = [await check() for check in self.checks]
        return self.ready and all(good for good, _ in said), "".join(line for _, line in said)

    def record(self, scope: Any, found: Route | None) -> Record:
        """Begin the record of a request. The trace id is the caller's when it sends one (W3C Trace Context)."""
        said = scope.headers.get("traceparent")
        if said and TRACE.match(said):
            _, trace, parent, _ = said.split("-")
            return Record(self._sink, self._clock, found, trace, parent)
        return Record(self._sink, self._clock, found, secrets.token_hex(16))

    async def identify(self, headers: Any) -> Principal:
        """Return who calls a model. Raises Refused."""
        who = await self.known(headers)
        if self.mcp is not None and who.audiences and who.audiences.isdisjoint(self._audiences):
            raise Refused(401, "token-not-valid", "the token is for another audience")
        return who

    async def known(self, headers: Any) -> Principal:
        """Return who calls, whatever a token was issued for. Raises Refused."""
        return await self._identifier.identify(headers, self._clock())

    def context(self, principal: Principal) -> dict[str, Any]:
        """Return what policies may ask about besides the request itself."""
        return self._limiter.context(principal, self._clock())

    async def take(self, prepared: Prepared) -> object:
        """Reserve from budgets. Raises Refused."""
        return await self._limiter.take(prepared, self._clock())

    async def settle(self, taken: object, prepared: Prepared) -> None:
        """Book what a call has used."""
        await self._limiter.settle(taken, prepared, self._clock())

    def stopped(self, prepared: Prepared) -> Refused | None:
        """Return why a call that is being answered must end: what blocked it since, or that its sandbox is over."""
        return self._limiter.stopped(prepared, self._clock())

    def failed(self, error: Exception) -> None:
        """Tell whoever runs the gateway that something went wrong: what and where, nothing of the call."""
        self._complain(error)

    async def recorded(self, record: Record) -> None:
        """Put a request on record that is over. Where that fails it was told before, or is now."""
        prepared, who = record.prepared, record.principal
        if self.mcp is not None and prepared is not None and who is not None:
            usage = prepared.usage
            self.mcp.spent(who, max(usage.input, 0) + max(usage.output, 0), prepared.cost)
        try:
            await record.close()
        except BartizanError as error:
            self._complain(error)

    async def note(self, kind: str, rule: str = "") -> None:
        """Put something on record that is no call: `start`, `stop`, `policy`."""
        await self._sink(Event(kind=kind, time=stamp(self._clock()), rule=rule))

    async def close(self) -> None:
        """Stop serving."""
        self.ready = False
        await self.note("stop")
        if self.mcp is not None:
            await self.mcp.close()
        await self.upstreams.close()
        for end in self.closing:
            await end()


def _audiences(config: Config) -> frozenset[str]:
    return frozenset(one.audience for one in config.identity.issuers)
