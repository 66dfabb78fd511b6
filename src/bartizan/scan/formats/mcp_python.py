"""MCP servers in Python, by what the source does: from the arguments of tools to what they reach, nothing is run.

Recognised by the SDK's own words: `FastMCP`, `mcp.server`, decorators that make tools. Source of the names: the Python
SDK of the Model Context Protocol, version 1.9, and FastMCP 2.
"""

from __future__ import annotations

import re

from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.format import Format, Look

_SIGNS = re.compile(
    rb"(?m)^\s*(?:from|import)\s+(?:mcp|fastmcp|mcp_server|mcpserver)\b|\bFastMCP\s*\(|@\w+(?:\.\w+)*\.(?:tool|call_tool)\b"
    rb"|^\s*from\s+\S*\bmcp\b\S*\s+import|\bmcp\.types\b"
)
_PYTHON = re.compile(rb"(?m)^\s*(?:from\s+[\w.]+\s+import\s|import\s+\w|def\s+\w+\s*\(|async\s+def\s|class\s+\w+)")
_SCRIPT = re.compile(rb"#!.*\bpython")
_READ = 1 << 20


def recognise(look: Look) -> bool:
    """Tell by names of the SDK in what reads like Python, whatever the file is called."""
    by_name = look.suffix in (".py", ".pyw")
    # Without a suffix the first line tells, where it names a program.
    nameless = not look.suffix and not look.head.startswith(b"#!")
    if b"\0" in look.head or not (by_name or nameless or _SCRIPT.match(look.head)):
        return False
    if not by_name and not _PYTHON.search(look.head):
        return False
    return bool(_SIGNS.search(look.head)) or (
        look.size > len(look.head) and bool(_SIGNS.search(look.content.read(0, _READ)))
    )


def examine(look: Look, desk: Desk) -> None:
    """Follow the file's tools, and what other files of the tree they use."""
    from bartizan.scan.taint.report import examine_source

    examine_source(look, desk, "python")


FORMAT = Format(
    name="mcp-server-python", title="MCP server in Python", group="agent", recognise=recognise, examine=examine
)
