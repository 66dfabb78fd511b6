"""A proxy as one writes it with the official SDK: it sees every listing and every call, and passes them on.

python sdk_proxy.py COMMAND ARGS...          # over stdio
python sdk_proxy.py --http PORT URL          # over HTTP
"""

from __future__ import annotations

import sys

import anyio
import uvicorn
from mcp import Client, StdioServerParameters
from mcp.server import Server
from mcp.server.context import ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.types import CallToolRequestParams, CallToolResult, ListToolsResult, PaginatedRequestParams


def proxy(behind: Client) -> Server[dict[str, object]]:
    """Return a server that asks the one behind it."""

    async def listed(
        context: ServerRequestContext[dict[str, object]], params: PaginatedRequestParams | None
    ) -> ListToolsResult:
        del context, params
        return await behind.list_tools()

    async def called(context: ServerRequestContext[dict[str, object]], params: CallToolRequestParams) -> CallToolResult:
        del context
        return await behind.call_tool(params.name, dict(params.arguments or {}))

    return Server("proxy", on_list_tools=listed, on_call_tool=called)


async def over_stdio(command: list[str]) -> None:
    """Stand before a command."""
    async with Client(StdioServerParameters(command=command[0], args=command[1:])) as behind:
        server = proxy(behind)
        async with stdio_server() as (read, write):
            await server.run(read, write, server.create_initialization_options())


async def over_http(port: int, url: str) -> None:
    """Stand before an address."""
    async with Client(url) as behind:
        app = proxy(behind).streamable_http_app(host="127.0.0.1")
        await uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="error")).serve()


if __name__ == "__main__":
    if sys.argv[1] == "--http":
        anyio.run(over_http, int(sys.argv[2]), sys.argv[3])
    else:
        anyio.run(over_stdio, sys.argv[1:])
