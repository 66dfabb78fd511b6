"""A guard for programs, put together from the files that a gateway is put together from."""

from __future__ import annotations

import os
import secrets
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bartizan.guard import inprocess
from bartizan.guard.gateway.callers import identifier, key_file, token_reader
from bartizan.guard.gateway.client import Network
from bartizan.guard.gateway.files import state_of
from bartizan.guard.gateway.jwks import IssuerKeys
from bartizan.guard.gateway.keyfile import KeyFile
from bartizan.guard.gateway.parts import Parts, load, sources
from bartizan.guard.gateway.portal import Portal
from bartizan.guard.gateway.standing import STATE, Standing, begin_limits, change, read_state
from bartizan.guard.identity import Identifier
from bartizan.guard.inprocess import Direct, GuardedCall, Plain, Sink
from bartizan.guard.inprocess.guard import ended
from bartizan.guard.limits import Limiter, MemoryStore
from bartizan.model import BartizanError, Event, stamp

if TYPE_CHECKING:
    from bartizan.soc.programs import ProgramLog

__all__ = ["Guard"]

Function = Callable[[Event], object]


class Guard(inprocess.Guard):
    """The engine within a program; see `bartizan.guard.inprocess.Guard`, and `load`."""

    _ended: Callable[[], object] | None = None

    @classmethod
    def load(
        cls,
        path: str | os.PathLike[str],
        *,
        sink: Sink | Function | None = None,
        name: str = "program",
        clock: Callable[[], float] = time.time,  # noqa: TID251 - no command line stands between to pass it
    ) -> Guard:
        """Make a guard from a gateway's configuration. Raises InputError for anything that is wrong with its files.

        `sink` gets the events; by default they go to the event log that the configuration names, in a chain called
        after `name`. Credentials of providers aren't read. What files say anew is taken within a second, at the next
        use; a file with a mistake changes nothing. Budgets in memory are of this process alone, and kept over restarts.
        """
        run_key = f"run:{secrets.token_hex(32)}"
        parts = load(Path(path), run_key, credentials=False)
        parts.engine.warm()
        log = _log(parts, name) if sink is None else None
        ways: Sink = log if log is not None else Plain(sink) if callable(sink) else sink  # type: ignore[assignment]
        portal = Portal() if parts.config.state != "memory" or parts.config.identity.issuers else None
        try:
            made = _made(parts, clock) if portal is None else portal.wait(_amade(parts, clock))
            files = _Files(Path(path), run_key, parts, made, ways, portal, log)
            guard = cls(
                parts.engine, made.limiter, ways, clock,
                identifier=made.identifier, runner=files.runner, look=files.look, name=name,
            )  # fmt: skip
        except BaseException:
            if portal is not None:
                portal.close()
            if log is not None:
                log.close()
            raise
        files.guard = weakref.ref(guard)
        guard._ended = weakref.finalize(guard, files.end, guard.forgotten)
        return guard

    def close(self) -> None:
        """Keep what budgets have counted, and let go of the log and of connections. Also done at the program's end."""
        if self._ended is not None:
            self._ended()


class _Made(NamedTuple):
    limiter: Limiter
    standing: Standing
    identifier: Identifier
    keys: KeyFile | None
    issuers: IssuerKeys | None


def _log(parts: Parts, name: str) -> ProgramLog:
    from bartizan.soc.programs import ProgramLog

    return ProgramLog(parts.folder / parts.config.events.folder, name, parts.config.events.fsync)


def _made(parts: Parts, clock: Callable[[], float]) -> _Made:
    """Make what a limiter and an identifier need. To be called in the event loop that they will run in, if any."""
    config = parts.config
    limiter, standing = begin_limits(config, parts.folder, parts.read, 1)
    keys = key_file(config, parts.folder)
    if keys is not None and keys.path.exists():
        keys.refresh()
    reader = token_reader(config)
    issuers = None
    if reader is not None:
        network = Network(config.egress, parts.folder, parts.read)
        issuers = IssuerKeys(reader, config.identity.issuers, clock, network=network.builder)
        issuers.begin()
    return _Made(limiter, standing, identifier(config, parts.read, keys, reader, issuers), keys, issuers)


async def _amade(parts: Parts, clock: Callable[[], float]) -> _Made:
    return _made(parts, clock)


class _Files:
    """Keeps a guard as its files say, and what it has counted in a file."""

    def __init__(
        self, path: Path, run_key: str, parts: Parts, made: _Made, sink: Sink, portal: Portal | None,
        log: ProgramLog | None,
    ) -> None:  # fmt: skip
        self._path, self._run_key, self._parts, self._made = path, run_key, parts, made
        self._sink, self._portal, self._log = sink, portal, log
        self._direct = Direct()
        self.runner = portal or self._direct
        self.guard: Callable[[], inprocess.Guard | None] = lambda: None
        self._looking = threading.Lock()
        self._seen = state_of(sources(self._path, self._parts.config))
        self._saved = b""
        self._begin()

    def _begin(self) -> None:
        """Take up what an earlier process has counted."""
        limiter = self._made.limiter
        if isinstance(limiter.store, MemoryStore) and (saved := read_state(self._budgets())):
            limiter.store.load(saved)
            self._saved = saved
        opened = [one.opened for one in limiter.sandboxes.openings.values() if not one.closed]
        if opened and self._log is not None and isinstance(limiter.store, MemoryStore):
            for event in self._log.past(min(opened)):
                limiter.saw(event)

    def _budgets(self) -> Path:
        """The file of this chain's counts: two processes that count for themselves must not overwrite each other's."""
        return self._parts.folder / STATE / f"budgets-{'program' if self._log is None else self._log.writer}.json"

    def look(self, now: float) -> None:
        """Take what files say anew. One thread does so, and others go on with what is in force."""
        if not self._looking.acquire(blocking=False):
            return
        try:
            self._keys(now)
            self._engine(now)
            if self._portal is not None:
                self._portal.begin(self._share(now))
            else:
                self._direct.wait(self._share(now))
                self._save()
        except BartizanError:
            self._note(now, "state", "not-kept")
        finally:
            self._looking.release()

    def _keys(self, now: float) -> None:
        keys = self._made.keys
        try:
            if keys is not None and (keys.path.exists() or len(keys.store)):
                keys.refresh()
        except BartizanError:
            self._note(now, "key", "unreadable")

    def _engine(self, now: float) -> None:
        state = state_of(sources(self._path, self._parts.config))
        if state == self._seen:
            return
        self._seen = state
        try:
            parts = load(self._path, self._run_key, credentials=False)
            self._made.limiter.configure(parts.config)
        except BartizanError:
            self._note(now, "policy", "refused")
            return
        self._parts = parts
        self._seen = state_of(sources(self._path, self._parts.config))
        if (guard := self.guard()) is not None:
            guard.use(parts.engine)
        self._note(now, "policy", "taken")

    async def _share(self, now: float) -> None:
        """Take blocks and sandboxes anew, and count with others."""
        limiter = self._made.limiter
        for _ in self._made.standing.refresh():
            self._note(now, "policy", "refused")
        await limiter.counting.share(limiter.sandboxes, now)

    def _note(self, now: float, kind: str, rule: str) -> None:
        self._sink.put(Event(kind=kind, time=stamp(now), rule=rule))

    def _save(self) -> None:
        """Write what budgets have counted, so that a restart forgets none. Raises BartizanError."""
        store = self._made.limiter.store
        if isinstance(store, MemoryStore) and self._parts.config.budgets:
            new = store.dump()
            if new != self._saved:
                self._saved = new
                change(self._budgets(), lambda _: new)

    def end(self, forgotten: deque[GuardedCall]) -> None:
        """End everything; what can't be kept is lost, and what is on record stays."""
        try:
            ended(forgotten)
            self._save()
        finally:
            if self._portal is not None:
                self._portal.wait(self._closed())
                self._portal.close()
            if self._log is not None:
                self._log.close()

    async def _closed(self) -> None:
        if self._made.issuers is not None:
            await self._made.issuers.close()
        await self._made.limiter.store.close()
