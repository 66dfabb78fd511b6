"""The gate of one client: what it is asked goes to those who decide it, with the session that they share."""

from __future__ import annotations

from typing import Any

import msgspec

from bartizan.guard.mcp.calling import Calling
from bartizan.guard.mcp.gate import About, Ask, By, Direction, Kind, Part, Passed, Refusal, Waiting
from bartizan.guard.mcp.holding import Holding
from bartizan.guard.mcp.listing import list_items
from bartizan.guard.mcp.parts import Shared
from bartizan.guard.mcp.recording import Call, Client
from bartizan.guard.mcp.returning import returned
from bartizan.guard.mcp.saying import say
from bartizan.guard.mcp.underway import Underway
from bartizan.guard.principal import Principal
from bartizan.model import Event

__all__ = ["REQUEST", "SessionGate"]

REQUEST = "bartizan/request"
"""The member of `_meta` in which a client states what its user asked for."""
_MOST_REQUEST = 20_000
"""Characters of what a user says at a time."""
_MOST_SAID = 60_000
"""Characters of all that a user says in a session; what comes after that grounds nothing."""


class SessionGate:
    """Implements Gate for one client, and keeps its session. `events` is drained by the driver before it acts.

    With `put_off` the client need not wait for what only the next decision and the record need: the driver calls
    `settle` once it has acted, and drains `events` again. Every call that is answered is on record by then all the
    same: it was when it began, so that an answer which can't be recorded is not given.
    """

    def __init__(self, shared: Shared, client: Client, request: str = "", *, put_off: bool = False) -> None:
        self._shared = shared
        self._holding = Holding(shared, client, request, put_off=put_off)
        self._underway = Underway(self._holding)
        self._calling = Calling(self._holding, self._underway)
        self._said: set[str] = set()

    @property
    def client(self) -> Client:
        """Who is on the other side."""
        return self._holding.client

    def events(self) -> list[Event]:
        """Return what is to be put on record since the last time, before anything that was decided is carried out."""
        made, self._holding.events = self._holding.events, []
        return made

    def journal(self) -> list[bytes]:
        """Return lines of the session's journal since the last time; as with events, they are written first."""
        return [] if self._holding.journal is None else self._holding.journal.lines()

    def settle(self) -> None:
        """Do what was put off until the client has its answer. Whatever is to be decided next does it before."""
        self._holding.later.settle()

    def known_as(self, principal: Principal) -> None:
        """Take the caller as its newest request knows it: the same one, whose key may end at another time."""
        self._holding.client = msgspec.structs.replace(self.client, principal=principal)

    def says_user(self, text: str) -> None:
        """Take what the user says, from a driver that knows it."""
        self.settle()
        text = text[:_MOST_REQUEST]
        holding = self._holding
        room = sum(map(len, self._said)) + len(text) <= _MOST_SAID
        if holding.flowing is not None and text and text not in self._said and room:
            self._said.add(text)
            holding.flowing.said(text)
            if holding.journal is not None:
                holding.journal.said(text)
            if self._shared.parts.desk is not None:
                self._shared.parts.desk.said(self.client.session)

    def ended(self, now: float) -> None:
        """Put on record what has no result when the session is over, and forget its open questions."""
        self.settle()
        self._underway.ended(now)
        self._holding.told(now)
        if self._shared.parts.desk is not None:
            self._shared.parts.desk.forget(self.client.session)

    # ---- what a relay asks; see Gate

    def listed(self, server: str, kind: Kind, items: list[dict[str, Any]], now: float) -> list[dict[str, Any]]:
        """Return of what a server lists what the client may see."""
        self.settle()
        return list_items(self._holding, server, kind, items, now)

    def call(self, server: str, method: str, params: dict[str, Any], about: About) -> Passed | Refusal | Waiting:
        """Decide on a request of the client."""
        self.settle()
        return self._calling.call(server, method, params, about, changed=self._stated(params))

    def answered(self, ask: Ask, choice: str, by: By, now: float) -> Passed | Refusal:
        """Decide on a call that was asked about."""
        self.settle()
        return self._calling.answered(ask, choice, by, now)

    def result(
        self, server: str, method: str, params: dict[str, Any], result: dict[str, Any], token: Any, now: float
    ) -> Passed | Refusal:
        """Decide on what a server answered to a call that passed."""
        del params
        self.settle()
        return returned(self._holding, self._underway, server, method, result, token, now)

    def failed(self, server: str, method: str, token: Any, code: int, now: float) -> None:
        """Take note that a call got no result."""
        del server, method
        self.settle()
        if type(token) is Call:
            self._underway.over(token, now, outcome="failed", error=code)

    def says(
        self, server: str, direction: Direction, method: str, part: Part, value: dict[str, Any], now: float
    ) -> Passed | Refusal:
        """Decide on any other text between the two."""
        self.settle()
        return say(self._holding, server, direction, method, part, value, now)

    def _stated(self, params: dict[str, Any]) -> bool:
        """Take what the client says its user asked for, if it is believed; a server isn't told in any case."""
        meta = params.get("_meta")
        if type(meta) is not dict or REQUEST not in meta:
            return False
        said = meta.pop(REQUEST)
        if self.client.states_request and type(said) is str:
            self.says_user(said)
        return True
