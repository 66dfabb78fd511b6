"""MCP servers over http with everything a server can do: `python http_server.py KIND=PORT ...`.

`sdk` is the official SDK's, with streams and sessions; `plain` the same that answers with JSON only; `legacy` refuses
2026-07-28; `fastmcp` is FastMCP's. They print a line when all listen, and end with their input.
"""

from __future__ import annotations

import asyncio
import os
import sys
from typing import Annotated, Any

import uvicorn
from mcp.server.mcpserver import Context, Elicit, MCPServer, Resolve, Sample
from mcp.types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    CreateMessageResult,
    PromptReference,
    ResourceTemplateReference,
    SamplingMessage,
    TextContent,
)
from pydantic import BaseModel

server = MCPServer("office", instructions="Notes of the office.", log_level="CRITICAL")
cancelled = 0
seen: dict[str, str] = {}


class Choice(BaseModel):
    """What a user is asked."""

    colour: str


@server.tool()
def get_note(name: str) -> str:
    """Get a note by its name."""
    return f"the note {name}"


@server.tool()
def list_numbers(count: int) -> list[int]:
    """List numbers, as structured content."""
    return list(range(count))


@server.tool()
async def read_slowly(steps: int, ctx: Context) -> str:
    """Read something in steps, with progress."""
    for step in range(steps):
        await ctx.report_progress(step + 1, steps, f"step {step + 1}")
        await asyncio.sleep(0.01)
    return f"{steps} steps"


@server.tool()
async def read_forever() -> str:
    """Read until it is cancelled."""
    global cancelled  # noqa: PLW0603 - a server of one file
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        cancelled += 1
        raise
    return "never"


@server.tool()
def get_cancelled() -> str:
    """Get how many reads were cancelled."""
    return str(cancelled)


@server.tool()
def get_colour(choice: Annotated[Choice, Resolve(lambda: Elicit("Which colour?", Choice))]) -> str:
    """Get a colour from the user."""
    return f"the colour {choice.colour}"


def _poem() -> Sample:
    said = SamplingMessage(role="user", content=TextContent(type="text", text="a poem"))
    return Sample([said], max_tokens=20)


@server.tool()
def get_poem(poem: Annotated[CreateMessageResult, Resolve(_poem)]) -> str:
    """Get a poem from the client's model."""
    return f"the poem {getattr(poem.content, 'text', '')}"


@server.tool()
def get_headers(ctx: Context) -> dict[str, str]:
    """Get the headers of this request."""
    return dict(ctx.headers or {})


@server.tool()
async def get_more_tools(name: str, ctx: Context) -> str:
    """Get one more tool while the session goes on."""
    server.add_tool(lambda: name, name=name, description="A new one.")
    if ctx.protocol_version == "2026-07-28":
        await ctx.notify_tools_changed()
    else:
        await ctx.session.send_tool_list_changed()
    return "added"


@server.resource("note://welcome")
def welcome() -> str:
    """The first note."""
    return "welcome to the office"


@server.resource("note://by-name/{name}")
def by_name(name: str) -> str:
    """A note by its name."""
    return f"note {name}"


@server.prompt()
def summary(name: str) -> str:
    """Summarise a note."""
    return f"Summarise {name}"


@server.completion()  # type: ignore[no-untyped-call, untyped-decorator]
async def complete(
    ref: PromptReference | ResourceTemplateReference, argument: CompletionArgument, context: CompletionContext | None
) -> Completion | None:
    """Complete a name."""
    del ref, context
    return Completion(values=[name for name in ("alpha", "beta") if name.startswith(argument.value)])


def fast() -> Any:
    """Return FastMCP's server as an application."""
    from fastmcp import FastMCP

    other = FastMCP("archive")

    @other.tool
    def get_file(path: str) -> str:
        """Get a file by its path."""
        return f"the file {path}"

    @other.resource("file://index")
    def index() -> str:
        """The index."""
        return "all files"

    return other.http_app(path="/mcp")


def older(app: Any) -> Any:
    """Return an application that knows nothing of 2026-07-28, as servers that are older than it."""

    async def run(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and (b"mcp-protocol-version", b"2026-07-28") in scope["headers"]:
            await send({"type": "http.response.start", "status": 400, "headers": [(b"content-type", b"text/plain")]})
            await send({"type": "http.response.body", "body": b"Bad Request: Unsupported protocol version"})
            return
        await app(scope, receive, send)

    return run


async def main(kinds: dict[str, int]) -> None:
    """Serve until the input ends."""
    made = {
        "sdk": server.streamable_http_app,
        "plain": lambda: server.streamable_http_app(json_response=True),
        "legacy": lambda: older(server.streamable_http_app()),
        "fastmcp": fast,
    }
    servers = [
        uvicorn.Server(uvicorn.Config(made[kind](), host="127.0.0.1", port=port, log_level="critical", ws="none"))
        for kind, port in kinds.items()
    ]
    serving = [asyncio.create_task(one.serve()) for one in servers]
    while not all(one.started for one in servers):
        await asyncio.sleep(0.01)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    await asyncio.to_thread(sys.stdin.read)
    del serving
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main({kind: int(port) for kind, _, port in (word.partition("=") for word in sys.argv[1:])}))
