"""What decides in the sessions of doors: gates of one gatekeeper for each door, and what they put on record."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakSet

from bartizan.guard.asking import AskingRules, Desk
from bartizan.guard.cards import refine_json
from bartizan.guard.cards.files import parse_cards
from bartizan.guard.charter import Charter, State, parse_charter
from bartizan.guard.config_mcp import McpDoor, McpServer
from bartizan.guard.flow.monitor import FlowMonitor
from bartizan.guard.gateway.journals import Journals
from bartizan.guard.gateway.mcp.carding import KnownCards
from bartizan.guard.gateway.mcp.firstuse import FirstUse
from bartizan.guard.gateway.mcp.noted import Few, noted_event
from bartizan.guard.gateway.mcp.pinfiles import file_of, keeping, read_pins
from bartizan.guard.gateway.parts import Parts, signal
from bartizan.guard.gateway.standing import read_state
from bartizan.guard.limits.blocks import Blocks
from bartizan.guard.mcp.acts import Noted
from bartizan.guard.mcp.gate import Kind
from bartizan.guard.mcp.gatekeeper import Client, Gatekeeper, SessionGate, only_telling
from bartizan.guard.mcp.gatekeeper import Parts as Asked
from bartizan.guard.mcp.pins import Others, Pins, Watch
from bartizan.guard.mcp.pins.reached import reached
from bartizan.guard.policy import tool_policies
from bartizan.guard.principal import Principal
from bartizan.model import Event, InputError

__all__ = ["FIRST_USE", "Guarding", "Guards", "Telling"]

FIRST_USE = Path("state") / "mcp-pins"
"""Where a door that names no pins keeps what its servers listed at their first use."""


_MOST_OWED = 1_000
"""Events that wait for a record which can't be written. The first ones: what is decided after them has no effect."""


class Telling(NamedTuple):
    """What guards have from the worker: the time since 1970, the record, blocks, what policies may ask, people told.

    `say` tells whoever runs the gateway a sentence.
    """

    clock: Callable[[], float]
    sink: Callable[[Event], Awaitable[None]]
    blocks: Callable[[], Blocks]
    context: Callable[[Principal, float], Mapping[str, Any]]
    say: Callable[[str], None]


class Guards:
    """Makes what decides in a session of any door. Raises InputError for what is wrong with a file.

    `desk` is where the questions of all sessions lie. `states` is what agents have done so far, by door and charter: it
    outlives a changed file, so that no budget begins anew.
    """

    def __init__(self, parts: Parts, telling: Telling, states: dict[str, dict[str, State]] | None = None) -> None:
        self._telling = telling
        self._states = {} if states is None else states
        self._open = WeakSet[Guarding]()
        self.desk = Desk(AskingRules(), secrets.token_bytes(32))
        self._journals = {
            door.id: Journals(parts.folder / door.journal, door.journal_values) if door.journal else None
            for door in parts.config.mcp
        }
        self._keepers = {door.id: self._keeper(parts, door) for door in parts.config.mcp}

    def __call__(self, door: McpDoor, who: Principal, session: str) -> Guarding:
        """Make it, for a principal; `session` is the session's name for the record."""
        client = Client(principal=who, session=session, door=f"mcp/{door.id}", attended=door.attended,
                        states_request=door.states_request,
                        regions={one.id: one.region for one in door.servers if one.region})  # fmt: skip
        made = Guarding(self._keepers[door.id].gate(client, put_off=True), self._telling, self._journals[door.id])
        self._open.add(made)
        return made

    def spent(self, who: Principal, tokens: int, money: float) -> None:
        """Book on charters what a caller has used of models."""
        sessions: dict[str, list[str]] = {}
        for client in (one.gate.client for one in self._open):
            if (client.principal.tenant, client.principal.id) == (who.tenant, who.id):
                sessions.setdefault(client.door, []).append(client.session)
        for door, keeper in self._keepers.items():
            keeper.spent(who, sessions.get(f"mcp/{door}", ()), tokens, money, self._telling.clock())

    def _keeper(self, parts: Parts, door: McpDoor) -> Gatekeeper:
        engine, telling, folder = parts.engine, self._telling, parts.folder
        inspector, journals = engine.protector.inspector, self._journals[door.id]
        scheme = parts.config.data.inspect.scheme
        cards = [card for path in _files(folder, door.cards) for card in parse_cards(read_state(path), str(path))]
        return Gatekeeper(
            Asked(
                policies=tool_policies(parts.policies),
                # Without a rule the engine's protector blocks every value that it finds, which nobody has asked for.
                protector=engine.protector if parts.config.data.rules else only_telling(inspector),
                keys=parts.keys,
                score=signal,
                monitor=FlowMonitor((), attended=door.attended, shapes=("json",), refine=refine_json),
                cards=KnownCards(cards),
                pins=_Book(folder, door, telling),
                desk=self.desk,
                charters=[_charter(path, scheme) for path in _files(folder, door.charter)],
                blocks=telling.blocks,
                context=telling.context,
                journal=None if journals is None else journals.rules,
                states=self._states.setdefault(door.id, {}),
            )
        )


class Guarding:
    """One session's gate, and its record; see session.Guarded."""

    def __init__(self, gate: SessionGate, telling: Telling, journals: Journals | None) -> None:
        self.gate, self._telling, self._journals = gate, telling, journals
        self._few, self._notes = Few(), list[Noted]()
        self._owed: list[Event] = []
        self._writing: list[asyncio.Future[None]] = []

    def note(self, noted: Noted) -> None:
        """Take something for the record that the relay has noticed. What comes too often is counted."""
        self._notes += self._few.passed(noted, self._telling.clock())

    async def written(self) -> None:
        """Put everything on record that was decided so far. Raises BartizanError.

        What others have begun to write is waited for, and what could not be written comes first the next time: an
        answer rests on what was decided before it.
        """
        others = [*self._writing]
        await self._write()
        if self._journals is not None:
            self._journals.write(self.gate.client.session, self.gate.journal())
        for other in others:
            await asyncio.wait([other])
        if self._owed:
            await self._write()

    async def _write(self) -> None:
        client, now = self.gate.client, self._telling.clock()
        notes, self._notes = self._notes, []
        events = [*self._owed, *self.gate.events()]
        events += [noted_event(one, client.principal.id, client.session, now) for one in notes]
        self._owed = []
        if not events:
            return
        done = asyncio.get_running_loop().create_future()
        self._writing.append(done)
        try:
            while events:
                await self._telling.sink(events[0])
                del events[0]
        except asyncio.CancelledError:
            del events[0]  # the record has it; only that it is on the disk was not waited for
            raise
        finally:
            self._owed = [*events, *self._owed][:_MOST_OWED]
            self._writing.remove(done)
            done.set_result(None)

    def settle(self) -> None:
        """Do what the client need not wait for."""
        self.gate.settle()

    def known_as(self, who: Principal) -> None:
        """Take the principal as its newest request knows it."""
        self.gate.known_as(who)

    async def end(self) -> None:
        """Put on record that the session is over. Raises BartizanError."""
        self.gate.ended(self._telling.clock())
        self._notes += self._few.rest()
        await self.written()


class _Book:
    """The pins of a door's servers: those of its folder, or what they list at their first use."""

    def __init__(self, folder: Path, door: McpDoor, telling: Telling) -> None:
        self._place = folder / door.pins if door.pins else folder / FIRST_USE / door.id
        self._only_pinned, self._say = bool(door.pins), telling.say
        known = read_pins(self._place)
        self._books = {one.id: self._book(one, known, telling.clock) for one in door.servers}

    def watch(self, server: str) -> Watch | None:
        """Return a watch over a server's definitions."""
        return self._books[server].watch(server)

    def first(self, server: str, kind: Kind, items: Sequence[dict[str, Any]], now: float) -> Watch | None:
        """Take what a server lists first, where that is how it is."""
        return self._books[server].first(server, kind, items, now)

    def _book(self, server: McpServer, known: Mapping[str, Pins], clock: Callable[[], float]) -> FirstUse:
        others = Others({id: pins.definitions() for id, pins in known.items() if id != server.id})
        way = reached(command=server.command, url=server.url)
        found = known.get(server.id)
        if found is not None and found.reached != way and not self._only_pinned:
            raise InputError(
                f"the pins of server `{server.id}` are of another address or command",
                help=f"was it changed on purpose? delete {file_of(self._place, server.id)}, and it is pinned anew",
            )
        learned = None if self._only_pinned else keeping(self._place, server.id, self._say)
        return FirstUse(server.id, way, found, others, clock, learned)


def _files(folder: Path, name: str) -> list[Path]:
    """Return a file, or the files of a folder. Raises InputError when there is none."""
    if not name:
        return []
    path = folder / name
    found = sorted(path.glob("*.yaml")) if path.is_dir() else [path]
    if not found or not found[0].is_file():
        raise InputError(f"`{path}` is no file, and no folder of files that end with .yaml")
    return found


def _charter(path: Path, scheme: Sequence[str]) -> Charter:
    return parse_charter(read_state(path), str(path), scheme)
