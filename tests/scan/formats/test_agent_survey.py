from __future__ import annotations

import json

from tests.scan.artefacts.support import scan


def rules_of(files: dict[str, str]) -> set[str]:
    return {found.rule for artefact in scan(dict(files)).artefacts for found in artefact.findings}


def mcp(name: str, command: str) -> str:
    return json.dumps({"mcpServers": {name: {"command": command}}})


def test_one_name_for_two_servers() -> None:
    assert "mcp-config-name-taken" in rules_of({".mcp.json": mcp("a", "x"), ".cursor/mcp.json": mcp("a", "y")})
    assert "mcp-config-name-taken" not in rules_of({".mcp.json": mcp("a", "x"), ".cursor/mcp.json": mcp("a", "x")})
    assert "mcp-config-name-taken" not in rules_of({"p/.mcp.json": mcp("a", "x"), "q/.mcp.json": mcp("a", "y")})


def test_names_that_look_the_same() -> None:
    assert "mcp-config-name-lookalike" in rules_of(
        {".mcp.json": mcp("files", "x"), ".cursor/mcp.json": mcp("fil\u0435s", "y")}
    )


def test_one_name_for_two_tools() -> None:
    one = json.dumps({"tools": [{"name": "read", "description": "Reads.", "inputSchema": {}}]})
    other = one.replace("Reads.", "Reads and sends.")
    assert "tool-name-taken" in rules_of({"a.json": one, "b.json": other})
    assert "tool-name-taken" not in rules_of({"a.json": one, "b.json": one})


def test_files_that_a_skill_links_to() -> None:
    skill = "---\nname: x\ndescription: y\n---\n[a](a.md) [out](../../../etc/x.md) [web](https://x.example/a.md)\n"
    assert "skill-file-missing" in rules_of({"s/SKILL.md": skill})
    assert "skill-file-missing" not in rules_of({"s/SKILL.md": skill, "s/a.md": "A"})


def test_broken_files_end_nothing() -> None:
    assert "scanner-failed" not in rules_of(
        {".mcp.json": '{"mcpServers"', "a.json": '{"inputSchema": "description"', ".codex/config.toml": "mcp = = 1"}
    )
