"""The sessions of a door: each bound to one principal, unguessable, bounded in number and in time."""

from __future__ import annotations

import asyncio
import secrets
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeAlias

from bartizan.guard.config_mcp import McpDoor
from bartizan.guard.gateway.mcp.session import Session
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused

__all__ = ["Sessions"]

_SHARE = 4
"""A principal may have the fourth part of all sessions, so that one can't keep all others out."""
_SWEEP = 10.0
"""Seconds between looks at which sessions are over."""
_Whose: TypeAlias = tuple[str, ...]


class Sessions:
    """To be used and closed within one event loop. `make` makes a session with an id, `clock` is since 1970."""

    def __init__(self, door: McpDoor, make: Callable[[str, Principal], Session], clock: Callable[[], float]) -> None:
        self._door, self._make, self._clock = door, make, clock
        self._begun: OrderedDict[str, Session] = OrderedDict()
        self._standing: OrderedDict[_Whose, Session] = OrderedDict()
        self._closing: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._begun) + len(self._standing)

    @property
    def busy(self) -> bool:
        """Whether a request is being answered, or a stream read."""
        return any(one.open for one in (*self._begun.values(), *self._standing.values()))

    def begin(self, who: Principal) -> Session:
        """Begin a session for a client that will name it. Raises Refused when there are too many."""
        self._admit(who)
        id = secrets.token_urlsafe(32)
        made = self._begun[id] = self._make(id, who)
        return made

    def find(self, id: str, who: Principal) -> Session | None:
        """Return the session of that id, if it is this principal's: knowing an id is no right to use it."""
        found = self._begun.get(id)
        if found is None or _whose(found.who) != _whose(who):
            return None
        self._begun.move_to_end(id)
        return found

    def standing(self, who: Principal, task: str = "") -> Session:
        """Return the session of a principal whose client has none, as in 2026-07-28.

        The client may say which `task` a request is of. All that say nothing, or the same, share what was read: nothing
        else in a request tells one run of an agent from another. Raises Refused when there are too many.
        """
        key = (*_whose(who), task)
        found = self._standing.get(key)
        if found is None:
            self._admit(who)
            found = self._standing[key] = self._make(secrets.token_urlsafe(32), who)
        self._standing.move_to_end(key)
        return found

    def end(self, session: Session) -> None:
        """End a session."""
        for key in [key for key, one in self._standing.items() if one is session]:
            del self._standing[key]
        self._begun.pop(session.id, None)
        task = asyncio.ensure_future(session.close())
        self._closing.add(task)
        task.add_done_callback(self._closed)

    def sweep(self) -> None:
        """End the sessions that nobody has used for too long."""
        last = self._clock() - self._door.idle
        for one in [*self._begun.values(), *self._standing.values()]:
            if one.used < last and not one.open:
                self.end(one)

    async def watch(self) -> None:
        """Sweep again and again."""
        while True:
            await asyncio.sleep(min(_SWEEP, self._door.idle))
            self.sweep()

    async def close(self) -> None:
        """End all sessions."""
        for one in [*self._begun.values(), *self._standing.values()]:
            self.end(one)
        await asyncio.gather(*self._closing, return_exceptions=True)

    def _admit(self, who: Principal) -> None:
        """Make room. The principal's own oldest session goes first, when nobody reads it. Raises Refused."""
        every = [*self._begun.values(), *self._standing.values()]
        mine = [one for one in every if _whose(one.who) == _whose(who)]
        if len(self) >= self._door.sessions or len(mine) >= max(self._door.sessions // _SHARE, 1):
            spare = min((one for one in mine if not one.open), key=lambda one: one.used, default=None)
            if spare is None:
                raise Refused(503, "too-many-sessions", "too many sessions are open at this door", again=10)
            self.end(spare)

    def _closed(self, task: asyncio.Task[None]) -> None:
        self._closing.discard(task)
        if not task.cancelled():
            task.exception()


def _whose(who: Principal) -> _Whose:
    return (who.tenant, who.source, who.id, who.application, who.sandbox)
