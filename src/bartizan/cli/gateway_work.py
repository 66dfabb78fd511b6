"""Runs the gateway: makes each worker's service, watches the files it is made from, and takes a new one in one step."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bartizan.cli.gateway_parts import Parts, load, sources
from bartizan.cli.mistakes import own_mistake
from bartizan.cli.output import say
from bartizan.model import BartizanError, Event
from bartizan.report.phrases import count

if TYPE_CHECKING:
    from bartizan.guard.gateway.app import App
    from bartizan.guard.gateway.service import Service
    from bartizan.guard.identity import Identifier
    from bartizan.guard.sandbox.document import Sandbox

__all__ = ["check", "run"]

_LOOK_AGAIN = 0.5
"""Seconds between looks at files that may have changed."""


def check(path: Path) -> int:
    """Check what a gateway would be started with. Raises InputError."""
    config = load(path).config
    say(
        f"{path}: {count(len(config.upstreams), 'upstream')}, {count(len(config.data.rules), 'data rule')}, "
        f"{count(len(config.budgets), 'budget')}, listens on {config.listen}: nothing is wrong with it"
    )
    return 0


def run(path: Path, listen: str | None) -> int:
    """Serve until a signal ends it. Raises InputError for what is wrong at the start."""
    from bartizan.guard.gateway.serve import serve

    parts = load(path)
    address = listen or parts.config.listen
    config = parts.config
    told = f"serving on http://{address} as {path} says"
    serve(lambda: _app(path), address, config.workers, config.limits.calls, lambda: say(told))
    return 0


def _app(path: Path) -> App:
    from bartizan.guard.gateway.app import App

    return App(lambda loop: Worker(path).begin(loop))


class Worker:
    """One worker process: the service in force, and what keeps it as its files say."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parts: Parts = load(path)
        self._seen = _state(sources(path))
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self, loop: asyncio.AbstractEventLoop) -> Service:
        """Make the service, for the event loop that it will run in. Raises BartizanError."""
        from bartizan.guard.gateway.service import Service
        from bartizan.guard.gateway.standing import begin_limits
        from bartizan.guard.gateway.upstreams import Upstreams
        from bartizan.soc import GroupCommit, free_log
        from bartizan.soc.metrics import Metrics

        parts, config = self._parts, self._parts.config
        parts.engine.warm()
        self._log = free_log(parts.folder / config.events.folder, "gateway", fsync=config.events.fsync)
        self._commit = GroupCommit(self._log)
        self._metrics = Metrics(self._log.writer)
        self._limiter, self._standing = begin_limits(config, parts.folder, parts.read)
        self._remember()
        self._service = Service(
            config, parts.engine, self._identifier(parts), self._limiter,
            Upstreams(config.upstreams, parts.read), self._write, time.time, self._metrics.text, _complain,
        )  # fmt: skip
        self._service.closing.append(self._end)
        watch = self._standing.watch(time.time, self._wrong, self._ended)
        self._tasks = [loop.create_task(self._watch()), loop.create_task(watch)]
        if self._issuers is not None:
            loop.call_soon(self._issuers.begin)
        return self._service

    def _identifier(self, parts: Parts) -> Identifier:
        from bartizan.guard.gateway.jwks import IssuerKeys
        from bartizan.guard.gateway.keyfile import KeyFile
        from bartizan.guard.identity import Identifier, ProxyReader, TokenReader

        identity = parts.config.identity
        self._keys = KeyFile(parts.folder / identity.keys) if identity.keys else None
        if self._keys is not None:
            self._keys.refresh()
        reader = TokenReader(identity.issuers, parts.config.tenant) if identity.issuers else None
        self._issuers = None if reader is None else IssuerKeys(reader, identity.issuers, time.time)
        proxy = identity.proxy
        return Identifier(
            None if self._keys is None else self._keys.store,
            reader,
            None if proxy is None else ProxyReader(proxy.header, parts.read(proxy.secret), parts.config.tenant),
            None if self._issuers is None else self._issuers.fetch,
        )

    def _remember(self) -> None:
        """Count for open sandboxes what was on record before this process began."""
        from bartizan.cli.sandbox_work import events_of

        opened = [one.opened for one in self._limiter.sandboxes.openings.values() if not one.closed]
        if opened:
            for event in events_of(self._parts.folder / self._parts.config.events.folder, min(opened)):
                self._limiter.sandboxes.saw(event)

    async def _write(self, event: Event) -> None:
        await self._commit.append(event)
        if event.kind in ("call", "refusal"):
            self._limiter.sandboxes.saw(event)
            self._metrics.note(event, str(event.more.get("door", "")))

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
                state = _state(sources(self._path))
                if state != self._seen:
                    self._seen = state
                    self._parts = load(self._path)
                    self._limiter.configure(self._parts.config)
                    self._service.engine = self._parts.engine
                    await self._service.note("policy", "taken")
            except BartizanError as error:
                await self._wrong(error.message)

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

    async def _end(self) -> None:
        for task in self._tasks:
            task.cancel()
        self._standing.save()
        if self._issuers is not None:
            await self._issuers.close()
        await self._limiter.store.close()
        await self._commit.close()
        self._log.close()


def _complain(error: Exception) -> None:
    """Say that something went wrong with a call; what the error says of itself may hold the call's data."""
    say(f"error: {error.message}" if isinstance(error, BartizanError) else own_mistake(error))


def _state(files: list[Path]) -> list[tuple[str, int, int]]:
    """Return what tells whether files have changed."""
    out = []
    for file in files:
        try:
            found = file.stat()
            out.append((str(file), found.st_mtime_ns, found.st_size))
        except OSError:
            out.append((str(file), 0, -1))
    return out
