"""The official SDK on both ends: every revision on either side, one server and several."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import mcp_types as types
import pytest
from mcp import Client
from mcp.server import MCPServer, Server
from mcp.server.mcpserver import Context
from mcp.shared.exceptions import MCPError
from pydantic import BaseModel

from bartizan.guard.mcp.gate import Refusal
from tests.guard.mcp.loop import Door
from tests.guard.mcp.playbook import Rules, waiting

MODES = ("legacy", "auto", "2026-07-28")
PROTOCOLS = ("auto", "legacy", "2025-06-18", "2026-07-28")


class Yes(BaseModel):
    ok: bool


def server(name: str) -> MCPServer:
    made = MCPServer(name, instructions=f"I am {name}")

    @made.tool()
    def add(a: int, b: int) -> int:
        return a + b

    @made.tool()
    async def slow(ctx: Context[Any], n: int) -> str:
        for step in range(n):
            await ctx.report_progress(step + 1, n, f"step {step}")
        return "done"

    @made.tool()
    async def forever() -> str:
        await anyio.sleep_forever()
        return "never"

    @made.tool()
    async def ask(ctx: Context[Any]) -> str:
        result = await ctx.elicit("sure?", Yes)
        return result.action

    @made.tool()
    async def change(ctx: Context[Any]) -> str:
        made.add_tool(lambda: "new", name="added")
        await ctx.session.send_tool_list_changed()  # as the older revisions have it
        await ctx.notify_tools_changed()  # as the newer one has it
        return "changed"

    @made.resource(f"data://{name}/x")
    def x() -> str:
        return f"x of {name}"

    @made.resource(f"tpl://{name}/{{n}}")
    def numbered(n: str) -> str:
        return f"{name} {n}"

    @made.prompt()
    def hello(who: str) -> str:
        return f"hello {who}"

    @made.completion()  # type: ignore[no-untyped-call, untyped-decorator]
    async def complete(_ref: Any, argument: Any, _context: Any) -> types.Completion:
        return types.Completion(values=[f"{argument.value}{name}"])

    return made


async def yes(context: Any, params: Any) -> types.ElicitResult:
    del context, params
    return types.ElicitResult(action="accept", content={"ok": True})


async def allow(context: Any, params: Any) -> types.ElicitResult:
    del context, params
    return types.ElicitResult(action="accept", content={"decision": "once"})


def run(test: Callable[[], Awaitable[None]]) -> None:
    async def bounded() -> None:
        with anyio.fail_after(10):
            await test()

    anyio.run(bounded)


def text(result: types.CallToolResult) -> str:
    (block,) = result.content
    assert isinstance(block, types.TextContent)
    return block.text


@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("mode", MODES)
def test_all_of_it_in_every_pair_of_revisions(mode: str, protocol: str, several: bool) -> None:
    names = ("one", "two") if several else ("two",)
    prefix = "two__" if several else ""
    door = Door({name: server(name) for name in names}, protocol=protocol)

    async def test() -> None:
        async with Client(door, mode=mode, elicitation_callback=yes) as client:
            listed = await client.list_tools()
            assert len(listed.tools) == 5 * len(names)
            assert f"{prefix}add" in [tool.name for tool in listed.tools]
            added = await client.call_tool(f"{prefix}add", {"a": 1, "b": 2})
            assert (text(added), added.structured_content) == ("3", {"result": 3})
            seen: list[Any] = []

            async def progress(progress: float, total: float | None, message: str | None) -> None:
                seen.append((progress, total, message))

            assert text(await client.call_tool(f"{prefix}slow", {"n": 2}, progress_callback=progress)) == "done"
            assert seen == [(1, 2, "step 0"), (2, 2, "step 1")]
            resources = await client.list_resources()
            assert [str(one.uri) for one in resources.resources] == [f"data://{name}/x" for name in names]
            assert len((await client.list_resource_templates()).resource_templates) == len(names)
            for uri, said in (("data://two/x", "x of two"), ("tpl://two/7", "two 7")):
                (content,) = (await client.read_resource(uri)).contents
                assert isinstance(content, types.TextResourceContents)
                assert content.text == said
            assert f"{prefix}hello" in [one.name for one in (await client.list_prompts()).prompts]
            prompt = await client.get_prompt(f"{prefix}hello", {"who": "you"})
            assert "hello you" in str(prompt.messages[0].content)
            reference = types.PromptReference(type="ref/prompt", name=f"{prefix}hello")
            completed = await client.complete(reference, {"name": "who", "value": "a"})
            assert completed.completion.values == ["atwo"]
            with pytest.raises(MCPError):
                await client.read_resource("none://x")
        assert door.noted("unmatched-response") == 0

    run(test)


@pytest.mark.parametrize("mode", MODES)
def test_an_older_server_asks_a_client_of_any_revision(mode: str) -> None:
    door = Door({"one": server("one")}, protocol="legacy")

    async def test() -> None:
        async with Client(door, mode=mode, elicitation_callback=yes) as client:
            assert text(await client.call_tool("ask", {})) == "accept"

    run(test)


@pytest.mark.parametrize("protocol", ["legacy", "2026-07-28"])
@pytest.mark.parametrize("mode", MODES)
def test_the_gate_asks_the_user_through_a_client_of_any_revision(mode: str, protocol: str) -> None:
    gate = Rules()
    number = 0

    def asks(*args: Any) -> Any:
        nonlocal number
        number += 1
        return waiting(f"q{number}")(*args)

    gate.on_call = asks
    door = Door({"one": server("one")}, protocol=protocol, gate=gate)

    async def test() -> None:
        async with Client(door, mode=mode, elicitation_callback=allow) as client:
            assert text(await client.call_tool("add", {"a": 1, "b": 2})) == "3"
            assert text(await client.call_tool("add", {"a": 2, "b": 2})) == "4"
        async with Client(Door({"one": server("one")}, gate=gate), mode=mode, elicitation_callback=yes) as client:
            assert (await client.call_tool("add", {"a": 1, "b": 2})).is_error
        async with Client(Door({"one": server("one")}, gate=gate, on_ask=lambda _act: True), mode=mode) as client:
            assert text(await client.call_tool("add", {"a": 1, "b": 2})) == "3"

    run(test)


@pytest.mark.parametrize("protocol", ["legacy", "2026-07-28"])
@pytest.mark.parametrize("mode", MODES)
def test_a_cancelled_call_is_cancelled_at_the_server(mode: str, protocol: str) -> None:
    door = Door({"one": server("one")}, protocol=protocol)

    async def test() -> None:
        async with Client(door, mode=mode) as client:
            await client.list_tools()
            with anyio.move_on_after(0.05):
                await client.call_tool("forever", {})
            assert text(await client.call_tool("add", {"a": 1, "b": 2})) == "3"
        assert [act.method for act in door.to_servers].count("notifications/cancelled") == 1

    run(test)


@pytest.mark.parametrize("protocol", ["legacy", "2026-07-28"])
@pytest.mark.parametrize("mode", ["legacy", "2026-07-28"])
def test_a_tool_that_appears_is_heard_of_and_can_be_called(mode: str, protocol: str) -> None:
    door = Door({"one": server("one")}, protocol=protocol)
    heard: list[str] = []

    async def handler(message: Any) -> None:
        heard.append(type(getattr(message, "root", message)).__name__)

    async def test() -> None:
        async with Client(door, mode=mode, message_handler=handler) as client:
            await client.list_tools()
            await client.call_tool("change", {})
            await anyio.sleep(0.02)
            listed = await client.list_tools(cache_mode="bypass")
            assert "added" in [tool.name for tool in listed.tools]
            assert text(await client.call_tool("added", {})) == "new"
        assert ("ToolListChangedNotification" in heard) is (mode == "legacy")

    run(test)


def test_a_refusal_is_read_by_the_client() -> None:
    gate = Rules()
    gate.on_call = lambda _method, _params, _about: Refusal("not with this account", "r")

    async def test() -> None:
        async with Client(Door({"one": server("one")}, gate=gate)) as client:
            refused = await client.call_tool("add", {"a": 1, "b": 2})
            assert refused.is_error
            assert text(refused) == "not with this account"
            with pytest.raises(MCPError, match="not with this account"):
                await client.get_prompt("hello", {"who": "you"})

    run(test)


@pytest.mark.parametrize("protocol", ["legacy", "2026-07-28"])
def test_a_newer_client_listens_to_a_server_of_either_era(protocol: str) -> None:
    door = Door({"one": server("one"), "two": server("two")}, protocol=protocol)

    async def test() -> None:
        async with Client(door, mode="2026-07-28") as client:
            await client.list_tools()
            async with client.listen(tools_list_changed=True) as heard:
                assert heard.honored.tools_list_changed
                await client.call_tool("two__change", {})
                event = await anext(aiter(heard))
                assert type(event).__name__ == "ToolsListChanged"

    run(test)


def wanting() -> Server[Any]:
    """Return a server of the newer era that wants to know something before it answers."""

    async def listing(_context: Any, _params: Any) -> types.ListToolsResult:
        return types.ListToolsResult(tools=[types.Tool(name="ask", input_schema={"type": "object"})])

    async def calling(_context: Any, params: types.CallToolRequestParams) -> Any:
        if params.input_responses is None:
            form = types.ElicitRequestFormParams(message="who?", requested_schema={"type": "object", "properties": {}})
            wish = types.ElicitRequest(params=form)
            return types.InputRequiredResult(input_requests={"who": wish}, request_state="opaque")
        answer = params.input_responses["who"]
        assert params.request_state == "opaque"
        said = f"{getattr(answer, 'action', '')} {getattr(answer, 'content', '')}"
        return types.CallToolResult(content=[types.TextContent(type="text", text=said)])

    return Server("wanting", on_list_tools=listing, on_call_tool=calling)


@pytest.mark.parametrize("mode", MODES)
def test_a_newer_server_asks_a_client_of_any_revision(mode: str) -> None:
    gate = Rules()
    door = Door({"one": wanting()}, protocol="2026-07-28", gate=gate)

    async def test() -> None:
        async with Client(door, mode=mode, elicitation_callback=yes) as client:
            assert text(await client.call_tool("ask", {})) == "accept {'ok': True}"
        assert [one[:3] for one in gate.said if one[1] == "elicitation/create"] == [
            ("to-client", "elicitation/create", "params"),
            ("to-server", "elicitation/create", "result"),
        ]

    run(test)
