"""MCP servers in TypeScript and JavaScript, by what the source does; nothing is run.

Recognised by the SDK's own words: `@modelcontextprotocol/sdk`, `fastmcp`, handlers for the requests of the protocol.
Reading them needs the wheels of tree-sitter; where they are missing, such files are told as not inspected.
"""

from __future__ import annotations

import re

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look

_SIGNS = re.compile(
    rb"@modelcontextprotocol/|\bMcpServer\b|\bFastMCP\b|(?:CallTool|ListTools)RequestSchema|from\s+[\"']fastmcp[\"']"
    rb"|\bsetRequestHandler\s*\(|\.registerTool\s*\(|[\"']mcp-framework[\"']"
)
_ENDS = frozenset({".ts", ".tsx", ".mts", ".cts", ".js", ".mjs", ".cjs", ".jsx"})
_READ = 1 << 20


def recognise(look: Look) -> bool:
    """Tell by names of the SDK. Declarations alone (`.d.ts`) do nothing."""
    if look.suffix not in _ENDS or b"\0" in look.head or look.name.endswith((".d.ts", ".d.mts", ".d.cts")):
        return False
    return bool(_SIGNS.search(look.head)) or (
        look.size > len(look.head) and bool(_SIGNS.search(look.content.read(0, _READ)))
    )


def examine(look: Look, desk: Desk) -> None:
    """Follow the file's tools, and what other files of the tree they use."""
    from bartizan.scan.taint.report import examine_source

    examine_source(look, desk, "javascript")


FORMAT = Format(
    name="mcp-server-typescript", title="MCP server in TypeScript", group="agent", recognise=recognise, examine=examine
)
