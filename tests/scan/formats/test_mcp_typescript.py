"""Servers in TypeScript are recognised by what they do; without parsers they are told as not inspected."""

from __future__ import annotations

import sys

import pytest

from bartizan.scan.artefacts.result import Verdict
from bartizan.scan.taint.typescript.parsers import parser_of
from tests.scan.artefacts.support import examined, fired, scan

SERVER = """import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { exec } from "child_process";
server.tool("search", "Searches files", { text: z.string() }, async ({ text }) => {
  exec(`grep ${text} /srv`);
});
"""


def test_without_parsers_it_is_not_inspected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tree_sitter", None)  # an import of it fails, as where it is not installed
    parser_of.cache_clear()
    found = examined(SERVER, "server.ts")
    assert "mcp-source-not-inspected" in fired(found)
    assert found.verdict is Verdict.UNKNOWN
    parser_of.cache_clear()


def test_with_parsers_it_is_followed() -> None:
    pytest.importorskip("tree_sitter_typescript")
    found = examined(SERVER, "server.ts")
    assert found.verdict is Verdict.DANGEROUS
    (finding,) = [one for one in found.findings if one.rule == "mcp-source-shell-argument"]
    assert (finding.place.line, finding.place.column) == (4, 3)
    assert found.facts["mcp-tool"] == ["search"]


@pytest.mark.parametrize(
    ("name", "text", "taken"),
    [
        ("a.ts", 'import { FastMCP } from "fastmcp";', True),
        ("a.mjs", "//\n" * 3000 + "server.setRequestHandler(ListToolsRequestSchema, f);", True),
        ("a.d.ts", 'import { Server } from "@modelcontextprotocol/sdk";', False),
        ("a.ts", "const a = 1;", False),
        ("a.md", "See @modelcontextprotocol/sdk.", False),
    ],
)
def test_what_is_taken_for_a_server(name: str, text: str, taken: bool) -> None:
    artefacts = scan({name: text}).artefacts
    assert any("mcp-server-typescript" in one.formats for one in artefacts) is taken
