"""The official SDK's client and FastMCP's, in every era, before servers of every era."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import mcp.types as types
import pytest
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

from tests.guard.gateway.mcp.conftest import Agents, until

pytestmark = pytest.mark.enable_socket
MODES = ("auto", "legacy", "2026-07-28")
_tasks = itertools.count()


@asynccontextmanager
async def connected(agents: Agents, door: str, mode: str, user: str = "anna", **more: Any) -> AsyncIterator[Client]:
    """Connect as a program does that keeps its runs apart."""
    headers = {"authorization": f"Bearer {agents.gate.keys[user]}", "x-bartizan-task": f"run-{next(_tasks)}"}
    async with httpx2.AsyncClient(headers=headers, timeout=20) as http:
        transport = streamable_http_client(agents.door(door), http_client=http)
        async with Client(transport, mode=mode, read_timeout_seconds=10, **more) as client:
            yield client


def run(work: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(asyncio.wait_for(work(), 20))


def text(result: Any) -> str:
    (block,) = result.content
    return str(block.text)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("door", ["sdk", "legacy", "plain", "local"])
def test_what_a_server_offers_is_there(agents: Agents, door: str, mode: str) -> None:
    async def work() -> None:
        async with connected(agents, door, mode) as client:
            assert client.protocol_version == ("2025-11-25" if mode == "legacy" else "2026-07-28")
            assert "get_note" in [tool.name for tool in (await client.list_tools()).tools]
            assert text(await client.call_tool("get_note", {"name": "x"})) == "the note x"
            assert (await client.call_tool("list_numbers", {"count": 3})).structured_content == {"result": [0, 1, 2]}
            assert (await client.list_resources()).resources[0].uri == "note://welcome"
            (content,) = (await client.read_resource("note://welcome")).contents
            assert isinstance(content, types.TextResourceContents)
            assert content.text == "welcome to the office"
            (template,) = (await client.list_resource_templates()).resource_templates
            assert template.uri_template == "note://by-name/{name}"
            assert [prompt.name for prompt in (await client.list_prompts()).prompts] == ["summary"]
            (message,) = (await client.get_prompt("summary", {"name": "x"})).messages
            assert message.content.text == "Summarise x"  # type: ignore[union-attr]
            done = await client.complete(types.PromptReference(name="summary"), {"name": "name", "value": "al"})
            assert done.completion.values == ["alpha"]

    run(work)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("door", ["sdk", "legacy", "local"])
def test_progress_comes_while_the_call_goes_on(agents: Agents, door: str, mode: str) -> None:
    async def work() -> None:
        seen: list[float] = []

        async def progress(progress: float, total: float | None, message: str | None) -> None:
            del total, message
            seen.append(progress)

        async with connected(agents, door, mode) as client:
            assert text(await client.call_tool("read_slowly", {"steps": 4}, progress_callback=progress)) == "4 steps"
        assert seen == [1, 2, 3, 4]

    run(work)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("door", ["sdk", "legacy"])
def test_a_server_asks_the_user_and_the_model_of_a_client(agents: Agents, door: str, mode: str) -> None:
    async def work() -> None:
        async def elicit(_: Any, params: Any) -> types.ElicitResult:
            assert params.message.endswith("Which colour?")
            return types.ElicitResult(action="accept", content={"colour": "green"})

        async def sample(_: Any, params: Any) -> types.CreateMessageResult:
            assert params.messages[0].content.text == "a poem"
            said = types.TextContent(type="text", text="of roses")
            return types.CreateMessageResult(role="assistant", content=said, model="m")

        async with connected(agents, door, mode, elicitation_callback=elicit, sampling_callback=sample) as client:
            assert text(await client.call_tool("get_colour", {})) == "the colour green"
            answer = await client.call_tool("get_poem", {})
            # The model of a client is its owner's: policies have to allow servers to use it.
            assert answer.is_error or text(answer) == "the poem of roses"

    run(work)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("door", ["sdk", "legacy"])
def test_a_call_that_is_cancelled_ends_at_the_server(agents: Agents, door: str, mode: str) -> None:
    async def work() -> None:
        async with connected(agents, door, mode) as client:
            before = int(text(await client.call_tool("get_cancelled", {})))
            call = asyncio.create_task(client.call_tool("read_forever", {}))
            await asyncio.sleep(0.3)
            call.cancel()
            await asyncio.gather(call, return_exceptions=True)
            for _ in range(50):
                if int(text(await client.call_tool("get_cancelled", {}))) == before + 1:
                    return
                await asyncio.sleep(0.05)
            raise AssertionError("the server was not told")

    run(work)


@pytest.mark.parametrize("mode", MODES)
def test_several_servers_stand_behind_one_door(agents: Agents, mode: str) -> None:
    async def work() -> None:
        async with connected(agents, "all", mode) as client:
            names = [tool.name for tool in (await client.list_tools()).tools]
            assert len(names) == len(set(names))
            assert {"sdk__get_note", "legacy__get_note", "fastmcp__get_file"} <= set(names)
            assert text(await client.call_tool("legacy__get_note", {"name": "y"})) == "the note y"
        async with connected(agents, "all", mode) as client:
            assert text(await client.call_tool("fastmcp__get_file", {"path": "z"})) == "the file z"
        async with connected(agents, "all", mode) as client:
            uris = [one.uri for one in (await client.list_resources()).resources]
            (uri,) = [uri for uri in uris if uri.startswith("file:")]
            (content,) = (await client.read_resource(uri)).contents
            assert content.text == "all files"  # type: ignore[union-attr]

    run(work)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("accepts", [True, False])
def test_the_user_is_asked_about_a_call_through_the_client(agents: Agents, mode: str, *, accepts: bool) -> None:
    """A session that has read what an outsider may have written may not read on without being asked."""
    asked: list[str] = []

    async def elicit(_: Any, params: Any) -> types.ElicitResult:
        asked.append(params.message)
        if not accepts:
            return types.ElicitResult(action="decline")
        ((name, schema),) = params.requested_schema["properties"].items()
        return types.ElicitResult(action="accept", content={name: schema["enum"][1]})

    async def work() -> None:
        async with connected(agents, "sdk", mode, elicitation_callback=elicit) as client:
            assert text(await client.call_tool("get_note", {"name": "first"})) == "the note first"
            answer = await client.call_tool("get_note", {"name": "second"})
            assert text(answer) == "the note second" if accepts else answer.is_error

    run(work)
    (question,) = asked
    assert "get_note" in question


def test_a_server_that_is_gone_takes_no_other_with_it(agents: Agents) -> None:
    async def work() -> None:
        async with connected(agents, "lost", "auto") as client:
            names = [tool.name for tool in (await client.list_tools()).tools]
            assert "sdk__get_note" in names
            assert text(await client.call_tool("sdk__get_note", {"name": "y"})) == "the note y"

    run(work)


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_fastmcps_client(agents: Agents, mode: str) -> None:
    from fastmcp import Client as FastClient
    from fastmcp.client.transports import StreamableHttpTransport

    async def work() -> None:
        headers = {"authorization": f"Bearer {agents.gate.keys['anna']}", "x-bartizan-task": f"run-{next(_tasks)}"}
        transport = StreamableHttpTransport(agents.door("fastmcp"), headers=headers)
        async with FastClient(transport, mode=mode) as client:
            assert [tool.name for tool in await client.list_tools()] == ["get_file"]
            assert (await client.call_tool("get_file", {"path": "a"})).data == "the file a"

    run(work)


def test_many_calls_at_once(agents: Agents) -> None:
    async def work() -> None:
        async with connected(agents, "sdk", "auto") as client:
            calls = [client.call_tool("list_numbers", {"count": count}) for count in range(40)]
            for count, answer in enumerate(await asyncio.gather(*calls)):
                assert answer.structured_content == {"result": list(range(count))}

    run(work)


def test_what_was_called_is_on_record(agents: Agents) -> None:
    before = agents.gate.settled()

    async def work() -> None:
        async with connected(agents, "plain", "auto", "paul") as client:
            await client.call_tool("get_note", {"name": "a private word"})

    run(work)
    assert until(lambda: any(event["kind"] == "tool-call" for event in agents.gate.events()[before:]))
    (call,) = [event for event in agents.gate.events()[before:] if event["kind"] == "tool-call"]
    assert (call["principal"], call["resource"], call["decision"]) == ("paul", "plain/get_note", "allow")
    assert call["more"]["door"] == "mcp/plain"
    assert "a private word" not in str(agents.gate.events()[before:])
