"""Follows sources of servers, written in the tests, and tells which rules fired. Nothing of them is run."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from bartizan.scan.artefacts.tree import MemoryTree
from bartizan.scan.taint.judge import judged
from bartizan.scan.taint.judged import Hit
from bartizan.scan.taint.modules import Modules
from bartizan.scan.taint.python import python_module
from bartizan.scan.taint.tools import tools_of

HEAD = "import os, subprocess, requests\nfrom mcp.server.fastmcp import FastMCP\nmcp = FastMCP('x')\n"


def never() -> None:
    """Time is not over."""


def hits(files: Mapping[str, str], path: str = "server.py") -> list[Hit]:
    """What is wrong with one of some Python files that lie together."""
    modules = Modules(MemoryTree({name: text.encode() for name, text in files.items()}), python_module)
    module = python_module(files[path], path)
    return judged(module, tools_of(module), modules.python, never)[0]


def rules_of(source: str, **others: str) -> set[str]:
    """The rules that a server's source breaks; `others` are modules beside it."""
    files = {"server.py": HEAD + textwrap.dedent(source), **{f"{name}.py": text for name, text in others.items()}}
    return {hit.rule for hit in hits(files)}


def tool(body: str, *, about: str = "Tells the weather", takes: str = "text: str", before: str = "") -> set[str]:
    """The rules that a tool with such a body breaks."""
    lines = textwrap.indent(textwrap.dedent(body).strip("\n"), "    ")
    return rules_of(
        f'{textwrap.dedent(before)}\n@mcp.tool()\ndef convert({takes}) -> str:\n    """{about}"""\n{lines}\n'
    )
