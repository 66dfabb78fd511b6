"""One session: what can't be put on record has no effect, and nobody waits for it."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from bartizan.guard.config_mcp import McpDoor, McpServer
from bartizan.guard.gateway.mcp.asking import nobody
from bartizan.guard.gateway.mcp.session import Around, Session
from bartizan.guard.gateway.mcp.sessions import Sessions
from bartizan.guard.gateway.mcp.upstream import Asked
from bartizan.guard.mcp.acts import Noted, ToServer
from bartizan.guard.mcp.gate import OpenGate
from bartizan.guard.mcp.peers import Server
from bartizan.guard.mcp.relay import Relay
from bartizan.guard.principal import Principal
from bartizan.guard.refused import Refused
from bartizan.model import BartizanError

ANNA = Principal(id="anna", source="key:1")
LATER = {"io.modelcontextprotocol/protocolVersion": "2026-07-28", "io.modelcontextprotocol/clientCapabilities": {}}


class Recorded:
    """A gate that lets everything pass, and a record that can fail."""

    gate = OpenGate()

    def __init__(self) -> None:
        self.fails = self.over = False

    def note(self, noted: Noted) -> None:
        del noted

    async def written(self) -> None:
        if self.fails:
            raise BartizanError("the disk is full")

    def settle(self) -> None:
        pass

    def known_as(self, who: Principal) -> None:
        del who

    async def end(self) -> None:
        self.over = True


class Quiet:
    """A link to a server that says nothing by itself."""

    def __init__(self) -> None:
        self.sent: list[ToServer] = []
        self.closed = False

    def send(self, act: ToServer, asked: Asked) -> None:
        del asked
        self.sent.append(act)

    def drop(self, id: int) -> None:
        del id

    async def close(self) -> None:
        self.closed = True


def made(recorded: Recorded, who: Principal = ANNA, clock: Any = lambda: 0.0) -> tuple[Session, Quiet]:
    relay = Relay([Server("s", http=True, protocol="2026-07-28")], recorded.gate, key=b"k" * 32)
    session = Session("id", who, relay, Around(clock, nobody, recorded, lambda error: pytest.fail(str(error))))
    session.links["s"] = link = Quiet()
    return session, link


def request(method: str, **params: Any) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": {**params, "_meta": LATER}}).encode()


def test_what_can_not_be_recorded_is_not_sent() -> None:
    async def run() -> None:
        recorded = Recorded()
        session, link = made(recorded)
        recorded.fails = True
        with pytest.raises(BartizanError):
            await session.take(request("tools/list"), session.stream(), Asked.nobody(), ANNA)
        assert link.sent == []

    asyncio.run(run())


def test_a_result_that_can_not_be_recorded_is_not_given_and_nobody_waits_for_it() -> None:
    async def run() -> None:
        recorded = Recorded()
        session, link = made(recorded)
        stream = session.stream()
        await session.take(request("server/discover"), stream, Asked.nobody(), ANNA)
        (asked,) = link.sent
        recorded.fails = True
        result = {"supportedVersions": ["2026-07-28"], "capabilities": {}, "serverInfo": {"name": "a private word",
                  "version": "1"}, "resultType": "complete"}  # fmt: skip
        with pytest.raises(BartizanError):
            await session.said("s", json.dumps({"jsonrpc": "2.0", "id": asked.id, "result": result}).encode(), asked.id)
        item = stream.take()
        assert item is not None
        assert item.final
        assert json.loads(item.message)["error"]["message"] == "the gateway can't put calls on record"
        assert b"a private word" not in item.message
        recorded.fails = False
        await session.close()
        assert link.closed
        assert recorded.over

    asyncio.run(run())


def test_what_can_not_be_recorded_after_an_answer_is_told_and_keeps_back_the_next() -> None:
    async def run() -> None:
        recorded, told = Recorded(), list[Exception]()
        session, _ = made(recorded)
        session._around = session._around._replace(complain=told.append)
        recorded.fails = True
        await session.settled()
        assert [str(error) for error in told] == ["the disk is full"]
        with pytest.raises(BartizanError):
            await session.take(request("server/discover"), session.stream(), Asked.nobody(), ANNA)

    asyncio.run(run())


def test_sessions_are_kept_apart_and_bounded() -> None:
    async def run() -> None:
        now = [0.0]
        door = McpDoor(id="d", servers=[McpServer(id="s", command=["x"])], sessions=8, idle=60)
        sessions = Sessions(door, lambda _, who: made(Recorded(), who, lambda: now[0])[0], lambda: now[0])
        paul = Principal(id="paul", source="key:2")
        narrow = Principal(id="anna", source="key:3")
        first = sessions.standing(ANNA)
        assert sessions.standing(ANNA) is first
        assert len({id(sessions.standing(one)) for one in (ANNA, paul, narrow)}) == 3
        assert sessions.standing(ANNA, "another") is not first
        assert len(sessions) == 4
        first.open = 1
        now[0] = 61
        sessions.sweep()
        assert len(sessions) == 1
        held = [sessions.standing(Principal(id=f"p{number}", source="key:9")) for number in range(7)]
        for one in held:
            one.open = 1
        assert len(sessions) == 8
        with pytest.raises(Refused) as error:
            sessions.begin(paul)
        assert error.value.status == 503
        assert sessions.busy
        await sessions.close()

    asyncio.run(run())
