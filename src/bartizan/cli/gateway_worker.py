"""One worker process of the gateway: its service, and what keeps that as the files say, in one step each time."""

from __future__ import annotations

import asyncio
import gc
import socket
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from bartizan import __version__
from bartizan.cli.gateway_parts import Parts, load, sources
from bartizan.cli.mistakes import own_mistake
from bartizan.cli.output import say
from bartizan.guard.gateway.callers import identifier, key_file, token_reader
from bartizan.guard.gateway.client import Network
from bartizan.guard.gateway.files import state_of
from bartizan.guard.gateway.jwks import IssuerKeys
from bartizan.guard.gateway.serve import ENDING, READ_AGAIN
from bartizan.guard.gateway.service import Service
from bartizan.guard.gateway.standing import STATE, begin_limits
from bartizan.guard.gateway.upstreams import Upstreams
from bartizan.model import BartizanError, Event, stamp
from bartizan.soc import GroupCommit, free_log
from bartizan.soc.summed import SummedMetrics

if TYPE_CHECKING:
    from bartizan.guard.charter import State
    from bartizan.guard.gateway.mcp.doors import Doors
    from bartizan.guard.identity import Identifier, TokenReader
    from bartizan.guard.sandbox.document import Sandbox

__all__ = ["Started", "Worker"]

_LOOK_AGAIN = 0.5
"""Seconds between looks at files that may have changed."""
_RESTART = ("listen", "workers", "state", "events", "tenant")
"""Keys whose change counts from the next start only."""


class Started(msgspec.Struct, frozen=True):
    """What a worker is started with: the configuration's file, how many workers there are, a key for pseudonyms.

    `drain` are the seconds that it has for what it is answering when the gateway is gone.
    """

    path: Path
    workers: int
    run_key: str
    drain: float = 30.0


class Worker:
    """The service in force, and the tasks beside it."""

    def __init__(self, started: Started) -> None:
        self._started = started
        self._parts: Parts = load(started.path, started.run_key)
        self._seen = state_of(sources(started.path, self._parts.config))
        self._tasks: list[asyncio.Task[None]] = []
        self._retired: set[asyncio.Task[None]] = set()
        self._streams: Counter[str] = Counter()
        self._told: dict[str, int] = {}
        self._charted: dict[str, dict[str, State]] = {}
        self._reader: TokenReader | None = None
        self._issuers: IssuerKeys | None = None
        self._known: object = None
        self._afresh = False

    def begin(self, loop: asyncio.AbstractEventLoop) -> Service:
        """Make the service, for the event loop that it will run in. Raises BartizanError."""
        parts, config = self._parts, self._parts.config
        parts.engine.warm()
        _spare_collections()
        writer = config.events.writer.replace("{host}", _host())
        self._log = free_log(parts.folder / config.events.folder, writer, fsync=config.events.fsync)
        self._commit = GroupCommit(self._log)
        self._metrics = SummedMetrics(parts.folder / STATE / "metrics", self._log.writer)
        self._limiter, self._standing = begin_limits(config, parts.folder, parts.read, self._started.workers)
        if config.state == "memory":
            self._remember()
        network = Network(config.egress, parts.folder, parts.read)
        self._service = Service(
            config, parts.engine, self._identifier(parts, network), self._limiter,
            Upstreams(config.upstreams, parts.read, network), self._write, time.time, self._scraped, _complain,
        )  # fmt: skip
        self._service.mcp = self._doors(parts, network)
        self._service.closing.append(self._end)
        self._service.checks += self._state_answers, self._issuers_answer
        watch = self._standing.watch(time.time, self._wrong, self._ended)
        self._tasks = [loop.create_task(self._watch()), loop.create_task(watch), loop.create_task(self._save())]
        self._log.append(self._event("start"))
        for said, do in ((READ_AGAIN, self._read_again), (ENDING, self._drain)):
            if said is not None:
                loop.add_signal_handler(said, do)
        return self._service

    def _doors(self, parts: Parts, network: Network) -> Doors | None:
        """Make the doors to MCP servers, if there are any. Raises InputError."""
        if not parts.config.mcp:
            return None
        from bartizan.guard.gateway.mcp.doors import Doors, Means
        from bartizan.guard.gateway.mcp.guarding import Guards, Telling

        limiter = self._limiter
        telling = Telling(time.time, self._write, lambda: limiter.blocks, limiter.context, say)
        guards = Guards(parts, telling, self._charted)
        doors = Doors(parts.config, Means(parts.folder, parts.read, network, guards, time.time, _complain))
        doors.begin()
        return doors

    def _identifier(self, parts: Parts, network: Network) -> Identifier:
        """Make what knows callers; what issuers say is asked for at once, in the background."""
        config = parts.config
        keys = key_file(config, parts.folder)
        if keys is not None:
            keys.refresh()
        reader, issuers = self._reader, self._issuers
        doors = [(door.id, door.audience) for door in config.mcp]
        known = (config.identity.issuers, config.egress, doors, config.public)
        if known != self._known or self._afresh:
            # Otherwise what issuers have said is kept: one that can't be asked now must not lock its callers out.
            reader, issuers = token_reader(config, doors=True), None
            if reader is not None:
                issuers = IssuerKeys(reader, config.identity.issuers, time.time, network=network.builder)
        made = identifier(config, parts.read, keys, reader, issuers)
        if issuers is not None and issuers is not self._issuers:
            asyncio.get_event_loop().call_soon(issuers.begin)
        self._keys, self._reader, self._issuers, self._known = keys, reader, issuers, known
        return made

    async def _state_answers(self) -> tuple[bool, str]:
        """Tell whether the shared state answers, and whether calls can do without; see Service.checks."""
        config = self._parts.config
        if config.state == "memory":
            return True, ""
        from bartizan.guard.gateway.valkey import ValkeyStore

        store = self._limiter.store
        if not isinstance(store, ValkeyStore) or await store.ready():
            return True, ""
        return config.state_lost == "allow", "the shared state does not answer\n"

    async def _issuers_answer(self) -> tuple[bool, str]:
        """Tell which issuers' keys can't be had. Others than their callers can be answered; see Service.checks."""
        failed = {} if self._issuers is None else self._issuers.failed
        return True, "".join(f"keys of issuer {name} can't be had: {why}\n" for name, why in sorted(failed.items()))

    # ---- the record

    def _remember(self) -> None:
        """Count for open sandboxes what was on record before this process began."""
        from bartizan.cli.sandbox_work import events_of

        opened = [one.opened for one in self._limiter.sandboxes.openings.values() if not one.closed]
        if opened:
            for event in events_of(self._parts.folder / self._parts.config.events.folder, min(opened)):
                self._limiter.saw(event)

    async def _write(self, event: Event) -> None:
        await self._commit.append(event)
        own = self._metrics.own
        if event.kind == "stream":
            self._streams[event.trace] += 1
            own.streams.add(1)
        elif event.kind in ("call", "refusal"):
            if self._streams and (begun := self._streams.pop(event.trace, 0)):
                own.streams.add(-1)
                if begun > 1:  # another stream of the same trace goes on
                    self._streams[event.trace] = begun - 1
            self._limiter.saw(event)
            own.note(event, str(event.more.get("door", "")))
        else:
            own.note_agent(event)

    def _event(self, kind: str, rule: str = "") -> Event:
        """Return an event about this process, which says which configuration and policies it goes by."""
        more: dict[str, str | int | float | bool | list[str]] = {
            "version": __version__,
            "workers": self._started.workers,
            "config": self._parts.digest,
        }
        return Event(kind=kind, time=stamp(time.time()), rule=rule, more=more)

    def _scraped(self) -> str:
        self._counted()
        return self._metrics.text(time.time())

    def _counted(self) -> None:
        """Take over what the log counts itself."""
        own = self._metrics.own
        for counter, total in ((own.written, self._log.written), (own.failed, self._log.failed)):
            counter.add(total - self._told.get(counter.name, 0))
            self._told[counter.name] = total

    async def _save(self) -> None:
        """Keep this worker's numbers where the others find them."""
        while True:
            self._counted()
            self._metrics.save(time.time())
            await asyncio.sleep(1.0)

    # ---- files that change

    async def _watch(self) -> None:
        """Look whether files have changed, and take what they say now; what is wrong with them changes nothing."""
        while True:
            await asyncio.sleep(_LOOK_AGAIN)
            try:
                if self._keys is not None:
                    self._keys.refresh()
            except BartizanError as error:
                say(f"no key is in force: {error.message}")
                await self._service.note("key", "unreadable")
            try:
                state = state_of(sources(self._started.path, self._parts.config))
                if state != self._seen:
                    self._seen = state
                    self._take()
                    await self._write(self._event("policy", "taken"))
            except BartizanError as error:
                await self._wrong(error.message)

    def _take(self) -> None:
        """Put what the files say now in force. Raises BartizanError, and then nothing has changed."""
        old, new = self._parts, load(self._started.path, self._started.run_key)
        network = Network(new.config.egress, new.folder, new.read)
        upstreams = Upstreams(new.config.upstreams, new.read, network)
        self._limiter.configure(new.config)
        service, issuers = self._service, self._issuers
        try:
            doors = self._doors(new, network)
            identifier = self._identifier(new, network)
        except BartizanError:
            self._limiter.configure(old.config)
            raise
        self._afresh = False
        last, last_doors = service.upstreams, service.mcp
        service.renew(new.config, new.engine, identifier, upstreams)
        service.mcp = doors
        self._parts = new
        task = asyncio.get_running_loop().create_task(
            self._retire(last, None if issuers is self._issuers else issuers, old, last_doors)
        )
        self._retired.add(task)
        task.add_done_callback(self._retired.discard)
        for key in _RESTART:
            if getattr(old.config, key) != getattr(new.config, key):
                say(f"a change of `{key}` counts when the gateway is started again")

    async def _retire(self, upstreams: Upstreams, issuers: IssuerKeys | None, old: Parts, doors: Doors | None) -> None:
        """Close what served before, when no call can use it any more."""
        if issuers is not None:
            await issuers.close()
        if doors is not None:
            await doors.retire(old.config.limits.drain)
        await asyncio.sleep(max((one.seconds for one in old.config.upstreams), default=0.0) + 1)
        await upstreams.close()

    def _read_again(self) -> None:
        """Take all files again, whether or not they look changed."""
        self._seen, self._afresh = [], True

    async def _wrong(self, sentence: str) -> None:
        say(f"the gateway goes on as before: {sentence}")
        await self._service.note("policy", "refused")

    async def _ended(self, sandbox: Sandbox, why: str) -> None:
        from bartizan.cli.sandbox_work import write_report

        say(f"sandbox `{sandbox.id}` has ended: {why}")
        await self._service.note("sandbox", sandbox.id)
        opened = self._limiter.sandboxes.openings[sandbox.id].opened
        for path in write_report(self._parts.config, self._parts.folder, sandbox, opened, why):
            say(f"its report: {path}")

    # ---- the end

    def _drain(self) -> None:
        """The gateway ends: no load balancer should send more, and what is under way has its time."""
        self._service.ready = False
        self._limiter.ending = self._limiter.ending or time.time() + self._parts.config.limits.drain

    async def _end(self) -> None:
        for task in (*self._tasks, *self._retired):
            task.cancel()
        await self._limiter.counting.share(self._limiter.sandboxes, time.time())
        self._standing.save()
        if self._issuers is not None:
            await self._issuers.close()
        await self._limiter.store.close()
        await self._commit.close()
        self._log.close()
        self._counted()
        self._metrics.end()


def _spare_collections() -> None:
    """Look for cycles less often: what is loaded by now stays, and a request leaves none behind.

    As set by Python, collections take a tenth of the processor time of a gateway.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _complain(error: Exception) -> None:
    """Say that something went wrong with a call; what the error says of itself may hold the call's data."""
    say(f"error: {error.message}" if isinstance(error, BartizanError) else own_mistake(error))


def _host() -> str:
    """Return this machine's name as a writer's may be: letters, digits and hyphens."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in socket.gethostname())[:40]
