"""The work behind `bartizan mcp wrap`: puts the protection together, and runs the server behind it."""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from bartizan import __version__
from bartizan.cli.mcp_parts import Book, Sources, book, reviewed_cards, sources
from bartizan.cli.output import say
from bartizan.cli.standing import who
from bartizan.guard.asking import AskingRules, Desk
from bartizan.guard.cards import refine_json
from bartizan.guard.flow.journal import Values
from bartizan.guard.flow.monitor import FlowMonitor
from bartizan.guard.gateway.asking import Terminal
from bartizan.guard.gateway.journals import Journals
from bartizan.guard.gateway.mcp.asking import asks_by, nobody
from bartizan.guard.gateway.mcp.noted import Few, noted_event
from bartizan.guard.gateway.mcp.process import Command
from bartizan.guard.gateway.mcp.stdio import Asks, StdioDoor
from bartizan.guard.gateway.parts import signal
from bartizan.guard.mcp.acts import Noted
from bartizan.guard.mcp.gatekeeper import Client, Gatekeeper, Parts, SessionGate
from bartizan.guard.mcp.peers import Limits, Server
from bartizan.guard.mcp.relay import Relay
from bartizan.guard.policy import tool_policies
from bartizan.guard.principal import Principal
from bartizan.model import Event
from bartizan.soc import EventLog, free_log

__all__ = ["AskedWrap", "wrap"]


class AskedWrap(msgspec.Struct, kw_only=True):
    """The arguments and options, as given."""

    words: tuple[str, ...]
    name: str
    policies: tuple[Path, ...]
    config: Path | None
    pins: Path | None
    only_pinned: bool
    cards: tuple[Path, ...]
    charters: tuple[Path, ...]
    request: str
    unattended: bool
    user: str
    agent: str
    journal: Path | None
    journal_values: Values
    events: Path | None
    timeout: float


def wrap(asked: AskedWrap) -> int:
    """Run a server behind the protection, and return its exit code. Raises InputError or BartizanError."""
    _have_standard_files()
    principal = Principal(id=who(asked.user), source="local", application=asked.agent)
    pins = book(asked.words, asked.name, asked.pins, only_pinned=asked.only_pinned)
    given = sources(asked.config, asked.policies, asked.charters)
    client = Client(principal=principal, session=secrets.token_hex(8), door="stdio", agent=asked.agent,
                    attended=not asked.unattended)  # fmt: skip
    journals = None if asked.journal is None else Journals(asked.journal, asked.journal_values)
    events = asked.events or given.events
    gate = _keeper(asked, pins, given, journals, recorded=events is not None).gate(client, asked.request, put_off=True)
    relay = Relay(
        [Server(pins.server)], gate, prefix=False, key=secrets.token_bytes(32), binding=principal.id,
        limits=Limits(request=asked.timeout), ask_client=not asked.unattended,
        info={"name": "bartizan", "version": __version__},
    )  # fmt: skip
    log = None if events is None else free_log(events, "mcp-wrap")
    with _Recorder(gate, log, journals) as recorder:
        asks = _asks(principal.id, asked)
        command = Command(asked.words, tied=True)
        door = StdioDoor(relay, pins.server, command, recorder.noted, asks, time.time, before=recorder.before,
                         after=recorder.after)  # fmt: skip
        _spare_collections()
        with asyncio.Runner(loop_factory=_loops()) as runner:
            return runner.run(door.run())


def _keeper(asked: AskedWrap, pins: Book, given: Sources, journals: Journals | None, *, recorded: bool) -> Gatekeeper:
    """Put together what decides. The injection signal is made where events or policies tell of it, for nobody else."""
    policies = tool_policies(given.policies)
    scored = recorded or "injection" in policies.attributes
    if scored:
        signal(["a word that has the scorer loaded"])
    return Gatekeeper(
        Parts(
            policies=policies,
            protector=given.protector,
            keys=given.keys,
            score=signal if scored else None,
            monitor=FlowMonitor((), attended=not asked.unattended, shapes=("json",), refine=refine_json),
            cards=reviewed_cards(asked.cards),
            pins=pins.book,
            desk=Desk(AskingRules(unattended=asked.unattended), secrets.token_bytes(32)),
            charters=given.charters,
            blocks=given.blocks,
            context=_hours,
            journal=None if journals is None else journals.rules,
        )
    )


def _hours(principal: Principal, now: float) -> dict[str, int]:
    """Return what policies may ask about the time: the hour and the weekday in UTC, Monday is 1."""
    del principal
    at = datetime.fromtimestamp(now, UTC)
    return {"hour": at.hour, "weekday": at.isoweekday()}


def _asks(user: str, asked: AskedWrap) -> Asks:
    terminal = Terminal(time.time, user=user)
    # A client that is somebody at this terminal would read what is typed there as messages.
    return nobody if asked.unattended or os.isatty(0) or not terminal.there() else asks_by(terminal)


class _Recorder:
    """Puts on record what happens where there is a log, and says what people should know on standard error."""

    def __init__(self, gate: SessionGate, log: EventLog | None, journals: Journals | None) -> None:
        self._gate, self._log, self._journals = gate, log, journals
        self._few = Few()
        self._told: set[str] = set()

    def noted(self, noted: Noted) -> None:
        """Take something that was noticed. Raises BartizanError when it can't be put on record."""
        now = time.time()
        for one in self._few.passed(noted, now):
            self._put(noted_event(one, self._gate.client.principal.id, self._gate.client.session, now))

    def before(self) -> None:
        """Put everything on record that was decided. Raises BartizanError when that can't be."""
        for event in self._gate.events():
            self._put(event)
        if self._journals is not None:
            self._journals.write(self._gate.client.session, self._gate.journal())

    def after(self) -> None:
        """Have the gate do what it has put off, and put that on record. Raises BartizanError when that can't be."""
        self._gate.settle()
        self.before()

    def __enter__(self) -> _Recorder:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            self._gate.ended(time.time())
            self.before()
            for one in self._few.rest():
                self.noted(one)
        finally:
            if self._log is not None:
                self._log.close()

    def _put(self, event: Event) -> None:
        if self._log is not None:
            self._log.append(event)
        if event.kind == "tool-refusal":
            say(f"bartizan: `{event.resource}` was refused: rule `{event.rule}`")
        left_out = event.more.get("left_out_names", ()) if event.kind == "tool-list" else ()
        for one in left_out if isinstance(left_out, list) else ():
            name, _, why = one.rpartition(": ")
            if one not in self._told and len(self._told) < _MOST_TOLD:
                self._told.add(one)
                say(f"bartizan: `{event.resource}` lists `{name}`, which stays closed: {_WHY.get(why, why)}")


_MOST_TOLD = 100
_WHY = {
    "drifted": "it is no longer as it was approved; `bartizan mcp diff` says how, `bartizan mcp approve` approves it",
    "unknown": "nobody has approved it; `bartizan mcp approve` does",
}


def _have_standard_files() -> None:
    """Put the null device where a standard file is closed: no pipe to the server may take its place."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)


def _spare_collections() -> None:
    """Look for cycles less often: what is loaded by now stays, and a call leaves few behind."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def _loops() -> Callable[[], asyncio.AbstractEventLoop]:
    try:
        import uvloop
    except ImportError:  # there is none on Windows
        return asyncio.new_event_loop
    return uvloop.new_event_loop
