"""What is put on record of one request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bartizan.guard.engine import Prepared
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused
from bartizan.guard.routes import Route
from bartizan.guard.streams import Blocked
from bartizan.model import Count, Event, Usage, stamp

__all__ = ["Record", "Sink"]

Sink = Callable[[Event], Awaitable[None]]
"""Puts an event on record. What it raises ends the call: what can't be recorded isn't answered."""


class Record:
    """Collects what is known of a request while it is answered, and writes one event when it is over.

    A streamed answer is put on record when it begins as well, so that a process that dies leaves a trace of it.
    """

    def __init__(
        self, sink: Sink, clock: Callable[[], float], found: Route | None, trace: str, parent: str = ""
    ) -> None:
        self._sink, self._clock, self._route, self.trace, self._parent = sink, clock, found, trace, parent
        self._started = clock()
        self._closed = False
        self._refused: Refused | None = None
        self.principal: Principal | None = None
        self.prepared: Prepared | None = None
        self.upstream_status = 0
        self.outcome = ""
        self.more: dict[str, Any] = {}
        """What only some calls have to tell: ids and counts, never a text."""

    def refused(self, refused: Refused) -> None:
        """Note that the call is refused."""
        # Not the exception itself: its traceback, and that of its cause, lead back to this record, so that the request
        # and its connection would be held until cycles are collected.
        self._refused = Refused(refused.status, refused.rule, refused.sentence, refused.ask)

    def stopped(self, blocked: Blocked) -> None:
        """Note that a streamed answer was stopped."""
        self._refused = Refused(403, blocked.rule, blocked.sentence, blocked.ask)

    async def begun(self) -> None:
        """Write that a streamed answer begins."""
        await self._sink(self._event("stream"))

    async def answered(self, *, news: bool) -> None:
        """Write that an answer was decided about which somebody else gives, if there is `news`, instead of a call."""
        self._closed = True
        if news:
            await self._sink(self._event("answer"))

    async def close(self) -> None:
        """Write the event, once."""
        if not self._closed:
            self._closed = True
            await self._sink(self._event("refusal" if self._refused is not None else "call"))

    def _event(self, kind: str) -> Event:
        prepared, refused = self.prepared, self._refused
        more: dict[str, Any] = {"milliseconds": round((self._clock() - self._started) * 1000, 1), **self.more}
        if refused is not None:
            more["status"] = refused.status
        if self._parent:
            more["parent"] = self._parent
        if self.outcome:
            more["outcome"] = self.outcome
        if self.upstream_status:
            more["upstream_status"] = self.upstream_status
        who = self.principal
        return Event(
            kind=kind,
            time=stamp(self._clock()),
            principal="" if who is None else who.id,
            action="" if self._route is None else self._route.action,
            resource="" if prepared is None else prepared.model,
            decision=_decision(prepared, refused),
            rule=refused.rule if refused is not None else "" if prepared is None else prepared.rule,
            trace=self.trace,
            **_content(prepared, more, who),
        )


def _decision(prepared: Prepared | None, refused: Refused | None) -> str:
    if refused is not None:
        return "ask" if refused.ask else "deny"
    if prepared is None:
        return ""
    return "transform" if prepared.changed else "allow"


def _content(prepared: Prepared | None, more: dict[str, Any], who: Principal | None) -> dict[str, Any]:
    """Return what an event says of the content: counts and names, never a text."""
    if who is not None and who.application:
        more["application"] = who.application
    if who is not None and who.sandbox:
        more["sandbox"] = who.sandbox
    if prepared is None:
        return {"more": more}
    if prepared.sandbox:
        more["sandbox"] = prepared.sandbox
    more["upstream"] = prepared.upstream.id
    more["door"] = prepared.call.route.door
    counts = _sum(prepared.found.types, prepared.answered.types)
    if prepared.injection:
        more["injection"] = prepared.injection
    if prepared.signals:
        more["injection_rules"] = prepared.signals
    if prepared.changed:
        more["changed_by"] = sorted({*prepared.found.changed, *prepared.answered.changed})
    exchange = prepared.exchange
    unread = prepared.found.unread or prepared.answered.unread
    if unread or (exchange is not None and exchange.opaque):
        opaque = {one.kind for one in exchange.opaque} if exchange is not None else set()
        more["not_inspected"] = sorted({*opaque, "encoded"} if unread else opaque)
    usage = prepared.usage
    return {
        "labels": [prepared.found.class_] if prepared.found.class_ else [],
        "findings": [Count(type, count) for type, count in sorted(counts.items())] if counts else [],
        "tokens": Usage(max(usage.input, 0), max(usage.output, 0)),
        "cost": prepared.cost,
        "more": more,
    }


def _sum(one: dict[str, int], other: dict[str, int]) -> dict[str, int]:
    if not one or not other:
        return one or other
    return {name: one.get(name, 0) + other.get(name, 0) for name in one.keys() | other.keys()}
