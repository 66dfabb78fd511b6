"""A server of the official SDK with one tool that answers at once: over stdio, or over HTTP with a port as argument.

The tool only reads, so that nothing is asked about it.
"""

from __future__ import annotations

import sys

from mcp.server import MCPServer
from mcp.types import ToolAnnotations

server = MCPServer("weather", log_level="ERROR")


@server.tool(annotations=ToolAnnotations(read_only_hint=True))
def get_forecast(city: str) -> str:
    """Get the weather forecast of a city."""
    return f"In {city} it will be dry until the evening, with a light wind from the west and some 17 degrees."


if __name__ == "__main__":
    if len(sys.argv) > 1:
        server.run("streamable-http", port=int(sys.argv[1]))
    else:
        server.run()
