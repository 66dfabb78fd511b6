"""One client of a door, with its relay, its links to servers and its streams."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Collection, Coroutine
from typing import Any, NamedTuple, Protocol

from bartizan.guard.gateway.mcp.channels import Channel
from bartizan.guard.gateway.mcp.stdio import Asks
from bartizan.guard.gateway.mcp.upstream import Asked
from bartizan.guard.mcp.acts import Act, AskFor, AskOff, NoAnswer, Noted, ToClient, ToServer
from bartizan.guard.mcp.codes import CANCELLED, INTERNAL_ERROR
from bartizan.guard.mcp.gate import Gate
from bartizan.guard.mcp.headers import parameters
from bartizan.guard.mcp.jsonrpc import Message, Request, error_bytes
from bartizan.guard.mcp.relay import Relay
from bartizan.guard.principal import Principal
from bartizan.model import BartizanError

__all__ = ["Around", "Guarded", "Link", "Session"]

_STREAMS = 16
"""Streams of a session that are kept though nobody reads them: a client may come back for the rest."""


class Link(Protocol):
    """The way to one server, of one session."""

    def send(self, act: ToServer, asked: Asked) -> None:
        """Send a message. What comes back, or that nothing will, is told to the session."""
        ...

    def drop(self, id: int) -> None:
        """Close the stream of a request, whose answer nobody waits for any more."""
        ...

    async def close(self) -> None:
        """End it."""
        ...


class Guarded(Protocol):
    """What decides in one session, and puts on record what it has decided."""

    @property
    def gate(self) -> Gate:
        """What the relay asks."""
        ...

    def note(self, noted: Noted) -> None:
        """Take something for the record that the relay has noticed."""
        ...

    async def written(self) -> None:
        """Put everything on record that was decided so far. What it raises keeps that from having an effect."""
        ...

    def settle(self) -> None:
        """Do what no client need wait for, and what the next decision needs."""
        ...

    def known_as(self, who: Principal) -> None:
        """Take the session's principal as its newest request knows it: groups and what a token says may change."""
        ...

    async def end(self) -> None:
        """Put on record that the session is over."""
        ...


class Around(NamedTuple):
    """What a session has from outside: the time since 1970, who is asked, what decides, who hears of mistakes."""

    clock: Callable[[], float]
    asks: Asks
    guarded: Guarded
    complain: Callable[[Exception], None]


class Session:
    """To be used and closed within one event loop. `who` alone may use it; see Sessions."""

    def __init__(self, id: str, who: Principal, relay: Relay, around: Around) -> None:
        self.id, self.who = id, who
        self._relay, self._around = relay, around
        self.links: dict[str, Link] = {}
        self.used = around.clock()
        """When it was last used, in seconds since 1970."""
        self.open = 0
        """Requests that are being answered, and streams that are read."""
        self.alone = Channel(0, lossy=True)
        """What belongs to no request: the stream of a GET."""
        self.alone.detach()
        self.streams: OrderedDict[int, Channel] = OrderedDict({0: self.alone})
        self._count = 0
        self._asked = Asked.nobody()
        self._asking: dict[str, asyncio.Task[None]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._plain: dict[str, dict[str, Any]] = {}
        self.closed = False

    # ---- what a client does

    def stream(self) -> Channel:
        """Return a new stream for a request."""
        self._count += 1
        made = self.streams[self._count] = Channel(self._count)
        if len(self.streams) > _STREAMS:
            spare = [number for number, one in self.streams.items() if number and not one.reader]
            for number in spare[:-_STREAMS]:
                del self.streams[number]
        return made

    def done(self, stream: Channel) -> None:
        """Forget a stream, which was read to its end."""
        self.streams.pop(stream.number, None)

    def schema(self, message: Message) -> dict[str, Any] | None:
        """Return the input schema of the tool that a message calls, if it is known to say anything of headers."""
        if not isinstance(message, Request) or message.method != "tools/call":
            return None
        name = message.params.get("name")
        if not isinstance(name, str):
            return None
        found = self._relay.schema(name)
        if found is None or self._plain.get(name) is found:
            return None
        if any(parameters(found)):
            return found
        self._plain[name] = found  # looked through once: schemas stay the same object until they are listed again
        return None

    async def settled(self) -> None:
        """Have done what no client need wait for. Where that can't be put on record, nothing is that comes after it."""
        self._around.guarded.settle()
        try:
            await self._around.guarded.written()
        except BartizanError as error:
            self.complain(error)

    def touch(self) -> None:
        """Take note that it was used until now."""
        self.used = self._around.clock()

    async def take(self, message: Message | bytes, stream: Channel | None, asked: Asked, who: Principal) -> None:
        """Take a message of the client. Its answer, if it gets one, comes on the stream."""
        if who != self.who:
            self.who = who
            self._around.guarded.known_as(who)
        now = self.used = self._around.clock()
        self._asked = asked
        await self._do(self._relay.from_client(message, now, stream))

    async def left(self, stream: Channel) -> None:
        """Take note that the client has closed the stream of a request."""
        stream.detach()
        self.streams.pop(stream.number, None)
        await self._do(self._relay.left(stream, self._around.clock()))

    async def close(self) -> None:
        """End it, with all its links."""
        if self.closed:
            return
        self.closed = True
        if self._timer is not None:
            self._timer.cancel()
        await self._do(self._relay.ended(self._around.clock()))
        tasks = [*self._asking.values(), *self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, *(link.close() for link in self.links.values()), return_exceptions=True)
        for one in self.streams.values():
            one.end()
        await self._around.guarded.end()

    # ---- what a server does; see upstream.Heard

    async def said(self, server: str, message: bytes, related: int | None) -> None:
        """Take a message of a server, and wait while the client has no room for more."""
        acts = self._relay.from_server(server, message, self._around.clock(), related)
        await self._do(acts)
        for act in acts:
            if isinstance(act, ToClient) and isinstance(act.channel, Channel) and act.channel.full:
                await act.channel.room()

    async def failed(self, server: str, id: int, why: str) -> None:
        """Take note that a request gets no answer. Why is on record too: a relay doesn't tell all of it."""
        self._around.guarded.note(Noted("no-answer", server, (("reason", why),)))
        await self._do(self._relay.failed(server, id, self._around.clock(), why))

    async def lost(self, server: str) -> None:
        """Take note that a server has forgotten its session; the next request begins another."""
        now = self._around.clock()
        await self._do([*self._relay.closed(server, now), *self._relay.opened(server, now)])

    def complain(self, error: Exception) -> None:
        """Pass on that something went wrong here."""
        self._around.complain(error)

    # ---- what the relay wants done

    async def _do(self, acts: Collection[Act]) -> None:
        try:
            await self._around.guarded.written()
        except BartizanError:
            self._kept_back(acts)
            raise
        for act in acts:
            match act:
                case ToClient():
                    stream = act.channel if isinstance(act.channel, Channel) else self.alone
                    stream.put(act.message, final=act.final and stream is not self.alone, code=act.code)
                case ToServer():
                    if not self.closed or act.cancels is not None:
                        self.links[act.server].send(act, self._asked)
                case NoAnswer():
                    _cancelled(act)
                case AskFor():
                    self._ask(act)
                case AskOff():
                    if (task := self._asking.pop(act.ask_id, None)) is not None:
                        task.cancel()
                case Noted():
                    self._around.guarded.note(act)
        if not self.closed and any(isinstance(act, ToServer) for act in acts):
            self._begin(self.settled())  # when it is on its way: links send in tasks that begin before this one
        self._look_at_clock()

    def _kept_back(self, acts: Collection[Act]) -> None:
        """Answer in place of what can't be put on record: nobody gets that, and nobody shall wait for it."""
        for act in acts:
            if isinstance(act, ToClient) and act.final and isinstance(act.channel, Channel):
                answer = error_bytes(act.for_request, INTERNAL_ERROR, "the gateway can't put calls on record")
                act.channel.put(answer, final=True, code=INTERNAL_ERROR)

    def _ask(self, act: AskFor) -> None:
        async def ask() -> None:
            answer = await self._around.asks(act.ask)
            if self._asking.pop(act.ask.id, None) is not None:
                now = self._around.clock()
                await self._do(self._relay.answered(act.ask.id, bool(answer.choice), answer.by, now, answer.choice))

        self._asking[act.ask.id] = task = asyncio.create_task(ask())
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and isinstance(error := task.exception(), Exception):
            self._around.complain(error)

    def _look_at_clock(self) -> None:
        """Have the relay looked at when it wants to be, at the latest."""
        due = self._relay.due
        if due is None or self.closed:
            return
        loop = asyncio.get_running_loop()
        at = loop.time() + max(0.0, due - self._around.clock())
        if self._timer is None or at < self._timer.when() - 0.001:
            if self._timer is not None:
                self._timer.cancel()
            self._timer = loop.call_at(at, self._tick)

    def _tick(self) -> None:
        self._timer = None
        self._begin(self._do(self._relay.tick(self._around.clock())))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)


def _cancelled(act: NoAnswer) -> None:
    """End a stream. Clients of earlier revisions take one that ends without an answer for one that broke."""
    if isinstance(act.channel, Channel):
        act.channel.put(error_bytes(act.for_request, CANCELLED, "the request was cancelled"), final=True)
