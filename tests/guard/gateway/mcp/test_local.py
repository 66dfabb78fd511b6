"""Local servers behind a door: begun when they are needed, again when they end, and never in a hurry."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from bartizan.guard.config_mcp import McpServer
from bartizan.guard.gateway.mcp.local import LocalLink
from bartizan.guard.gateway.mcp.speech import Speech
from bartizan.guard.gateway.mcp.upstream import Asked, Bounds
from bartizan.guard.mcp.acts import ToServer

RAW = str(Path(__file__).with_name("raw_server.py"))


class Told:
    """What a link tells of its server."""

    def __init__(self) -> None:
        self.messages: asyncio.Queue[Any] = asyncio.Queue()
        self.failures: asyncio.Queue[tuple[int, str]] = asyncio.Queue()
        self.losses: asyncio.Queue[str] = asyncio.Queue()

    async def said(self, server: str, message: bytes, related: int | None) -> None:
        assert (server, related) == ("raw", None)
        try:
            await self.messages.put(json.loads(message))
        except ValueError:
            await self.messages.put(None)

    async def failed(self, server: str, id: int, why: str) -> None:
        del server
        await self.failures.put((id, why))

    async def lost(self, server: str) -> None:
        await self.losses.put(server)

    def complain(self, error: Exception) -> None:
        raise error


def call(id: int, tool: str) -> ToServer:
    message = {"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": {"name": tool, "arguments": {}}}
    return ToServer("raw", json.dumps(message).encode(), id, "tools/call")


def test_a_server_that_crashes_is_begun_again_but_not_at_once() -> None:
    async def run() -> None:
        told, nobody = Told(), Asked.nobody()
        speech = Speech(os.open(os.devnull, os.O_WRONLY), lambda: 0.0)
        server = McpServer(id="raw", command=[sys.executable, "-S", RAW])
        link = LocalLink(server, {"A_SECRET": "x"}, Path(), told, Bounds(message=1 << 20), speech)
        link.send(call(1, "get_note"), nobody)
        assert (await told.messages.get())["id"] == 1
        link.send(call(2, "crash"), nobody)
        assert await told.losses.get() == "raw"
        link.send(call(3, "get_note"), nobody)
        assert await told.failures.get() == (3, "the server has ended, and is not started again yet")
        await asyncio.sleep(1.05)
        link.send(call(4, "get_note"), nobody)
        assert (await told.messages.get())["id"] == 4
        link.send(call(5, "large"), nobody)
        assert await told.failures.get() == (5, "the server's answer is longer than it may be")
        link.send(call(6, "flood"), nobody)
        count = 0
        while "method" in (message := await told.messages.get()):
            count += 1
        assert message["id"] == 6
        assert count >= 1_000
        await link.close()
        assert told.losses.empty()

    asyncio.run(asyncio.wait_for(run(), 20))


def test_a_program_that_is_not_there() -> None:
    async def run() -> None:
        told = Told()
        speech = Speech(os.open(os.devnull, os.O_WRONLY), lambda: 0.0)
        link = LocalLink(McpServer(id="raw", command=["/none/such"]), {}, Path(), told, Bounds(), speech)
        link.send(call(1, "get_note"), Asked.nobody())
        id, why = await told.failures.get()
        assert id == 1
        assert "can't be started" in why
        await link.close()

    asyncio.run(asyncio.wait_for(run(), 10))


@pytest.mark.parametrize("variable", ["A_SECRET", "BARTIZAN_TEST_OF_OURS"])
def test_a_server_gets_what_it_was_given_and_nothing_of_ours(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv("BARTIZAN_TEST_OF_OURS", "ours")
    script = (
        "import json, os, sys; sys.stdin.readline(); said = os.environ.get(sys.argv[1], '');"
        "print(json.dumps({'said': said}), flush=True); sys.stdin.read()"
    )

    async def run() -> Any:
        told = Told()
        speech = Speech(os.open(os.devnull, os.O_WRONLY), lambda: 0.0)
        server = McpServer(id="raw", command=[sys.executable, "-c", script, variable])
        link = LocalLink(server, {"A_SECRET": "given"}, Path(), told, Bounds(), speech)
        link.send(call(1, "get_note"), Asked.nobody())
        message = await told.messages.get()
        await link.close()
        return message

    assert asyncio.run(asyncio.wait_for(run(), 10)) == {"said": "given" if variable == "A_SECRET" else ""}
