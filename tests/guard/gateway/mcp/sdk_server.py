"""A server of the official SDK with everything that a server can do: `python sdk_server.py`."""

from __future__ import annotations

import asyncio
import os
import sys

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import Completion, CompletionArgument, CompletionContext, PromptReference, ResourceTemplateReference
from pydantic import BaseModel

server = MCPServer("office", instructions="Notes of the office.", log_level="ERROR")


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
        await ctx.report_progress(step + 1, steps)
        await asyncio.sleep(0.01)
    return f"{steps} steps"


@server.tool()
async def read_forever() -> str:
    """Read until it is cancelled."""
    try:
        await asyncio.sleep(60)
    except asyncio.CancelledError:
        sys.stderr.write("cancelled\n")
        sys.stderr.flush()
        raise
    return "never"


@server.tool()
async def get_colour(ctx: Context) -> str:
    """Get a colour from the user."""
    result = await ctx.elicit("Which colour?", Choice)
    return f"{result.action}: {result.data.colour}" if result.action == "accept" else result.action


@server.tool()
def get_trouble() -> str:
    """Get an error."""
    raise ToolError("nothing is there")


@server.tool()
def get_environment(name: str) -> str:
    """Get a variable of the environment."""
    return os.environ.get(name, "")


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


@server.completion()  # type: ignore[no-untyped-call,untyped-decorator]
async def complete(
    ref: PromptReference | ResourceTemplateReference, argument: CompletionArgument, context: CompletionContext | None
) -> Completion | None:
    """Complete a name."""
    del ref, context
    return Completion(values=[name for name in ("alpha", "beta") if name.startswith(argument.value)])


if __name__ == "__main__":
    server.run()
