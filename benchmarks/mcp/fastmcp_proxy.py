"""A proxy as FastMCP makes it: `fastmcp_proxy.py COMMAND ARGS...`, or `fastmcp_proxy.py --http PORT URL`."""

from __future__ import annotations

import sys

from fastmcp.client.transports import StdioTransport
from fastmcp.server import create_proxy

if __name__ == "__main__":
    if sys.argv[1] == "--http":
        create_proxy(sys.argv[3]).run("http", port=int(sys.argv[2]), show_banner=False, log_level="ERROR")
    else:
        create_proxy(StdioTransport(sys.argv[1], sys.argv[2:])).run("stdio", show_banner=False, log_level="ERROR")
