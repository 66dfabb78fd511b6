"""Servers in Python are recognised by what they do; reports, facts and explanations of one file."""

from __future__ import annotations

import pytest

from bartizan.scan.artefacts.result import Verdict
from bartizan.scan.taint import engine
from tests.scan.artefacts.support import examined, fired, scan

SERVER = '''from mcp.server.fastmcp import FastMCP
import os
mcp = FastMCP("x")

@mcp.tool()
def search(text: str) -> str:
    """Searches files"""
    return os.popen(f"grep {text} /srv").read()
'''


def test_a_server_is_followed() -> None:
    found = examined(SERVER, "server.py")
    assert "mcp-server-python" in found.formats
    assert "mcp-source-shell-argument" in fired(found)
    assert found.verdict is Verdict.DANGEROUS
    (finding,) = [one for one in found.findings if one.rule == "mcp-source-shell-argument"]
    assert (finding.place.line, finding.place.column) == (8, 12)
    assert "`search` (Searches files)" in finding.evidence
    assert found.facts["mcp-tool"] == ["search"]
    lines = [line for _, held in found.explanations for line in held]
    assert "tool search" in lines
    assert "  run-shell os.popen at line 8" in lines


@pytest.mark.parametrize(
    ("name", "text", "taken"),
    [
        ("a.py", "from fastmcp import FastMCP\n", True),
        ("a.py", "import mcp.server.stdio\n", True),
        ("a.py", "#\n" * 4000 + "import mcp\n", True),
        ("run", "#!/usr/bin/env python3\nimport mcp\n", True),
        ("run", "#!/usr/bin/env node\nimport mcp from 'x'\n", False),
        ("a.py", "import mcprotein\n", False),
        ("a.txt", "import mcp\n", False),
        ("a.js", "import mcp from 'x'\n", False),
    ],
)
def test_what_is_taken_for_a_server(name: str, text: str, taken: bool) -> None:
    artefacts = scan({name: text}).artefacts
    assert any("mcp-server-python" in one.formats for one in artefacts) is taken


def test_what_lies_in_another_file_is_told_at_the_tool() -> None:
    files = {
        "pkg/server.py": "import mcp\nfrom .run import run\n@mcp.tool()\ndef a(text):\n    run(text)\n",
        "pkg/run.py": "import os\ndef run(text):\n    os.system('ls ' + text)\n",
    }
    (server,) = [one for one in scan(files).artefacts if one.path == "pkg/server.py"]
    (finding,) = [one for one in server.findings if one.rule == "mcp-source-shell-argument"]
    assert finding.place.line == 4
    assert "(pkg/run.py:3)" in finding.evidence


def test_what_is_no_python_is_told() -> None:
    found = examined("import mcp\ndef (:\n", "server.py")
    assert "malformed-file" in fired(found)
    assert found.verdict is not Verdict.SAFE


def test_a_bundle_of_very_many_functions_is_followed_in_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the steps for a tenth of the functions: what is followed takes half a minute with all of them."""
    monkeypatch.setattr(engine, "_ALL_STEPS", engine._ALL_STEPS // 10)
    work = "\n    ".join("x = x + [x]" for _ in range(250))
    functions = "\n".join(f"def f{n}(x):\n    {work}" for n in range(50))
    found = examined(f"{SERVER}\n{functions}\n", "server.py")
    assert {"mcp-source-partly-followed", "mcp-source-shell-argument"} <= fired(found)
    monkeypatch.undo()
    assert "mcp-source-partly-followed" not in fired(examined(f"{SERVER}\n{functions}\n", "server.py"))


def test_an_honest_server_is_safe() -> None:
    found = examined(SERVER.replace('os.popen(f"grep {text} /srv").read()', "text.upper()"), "server.py")
    assert found.verdict is Verdict.SAFE
