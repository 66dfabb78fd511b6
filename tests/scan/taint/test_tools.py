"""Tools are found however they are registered, with what a model is told about them."""

from __future__ import annotations

import textwrap

import pytest

from bartizan.scan.taint import tree as t
from bartizan.scan.taint.python import python_module
from bartizan.scan.taint.tools import tools_of


def tools(source: str) -> list[t.Tool]:
    return tools_of(python_module(textwrap.dedent(source)))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('@mcp.tool()\ndef a(x):\n    """Says a."""', ("a", "Says a.", "tool")),
        ('@mcp.tool\nasync def a(x):\n    """Says a."""', ("a", "Says a.", "tool")),
        ('@app.tool(name="b", description="Says b.")\ndef a(x): ...', ("b", "Says b.", "tool")),
        ('@app.tool("b")\ndef a(x): ...', ("b", "", "tool")),
        ('@mcp.resource("x://{y}")\ndef a(y):\n    """Gives y."""', ("a", "Gives y.", "resource")),
        ('def a(x):\n    """Says a."""\nmcp.add_tool(a)', ("a", "Says a.", "tool")),
        ('def a(x):\n    """Says a."""\nmcp.tool()(a)', ("a", "Says a.", "tool")),
        ('def a(x): ...\nTool.from_function(fn=a, name="b", description="Says b.")', ("b", "Says b.", "tool")),
        ('class A(BaseTool):\n    name = "b"\n    description = "Says b."\n    def _run(self, x): ...',
         ("b", "Says b.", "handler")),
        ('T = [{"name": "b", "description": "Says b.", "handler": a}]\ndef a(x): ...', ("b", "Says b.", "tool")),
    ],
)  # fmt: skip
def test_ways_to_make_a_tool(source: str, expected: tuple[str, str, str]) -> None:
    (found,) = tools(source)
    assert (found.name, found.description.strip(), found.kind) == expected


def test_a_handler_is_told_what_all_tools_say() -> None:
    (found,) = tools("""
        @server.list_tools()
        async def listed():
            return [Tool(name="git_log", description="Shows " "the log"), Tool(name="git_add", description="Adds")]

        @server.call_tool()
        async def call_tool(name, arguments): ...
    """)
    assert found.kind == "handler"
    assert found.description.split() == ["git_log", "Shows", "the", "log", "git_add", "Adds"]


def test_a_description_that_is_computed_is_known_as_such() -> None:
    (found,) = tools("@mcp.tool(description=text())\ndef a(x): ...")
    assert found.computed


def test_what_is_no_tool() -> None:
    assert tools("@cache\ndef a(x): ...\nmcp.tools(a)") == []
