"""Definitions of tools as MCP servers and model interfaces list them: names, descriptions, schemas; and results."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec

from bartizan.model.yamltree import Node
from bartizan.scan.agents.instructions import check_text
from bartizan.scan.agents.tree import entries, get, items, text

if TYPE_CHECKING:
    from bartizan.scan.artefacts.desk import Desk

__all__ = ["Tool", "check_results", "check_tools", "tools"]


class Tool(msgspec.Struct, frozen=True, kw_only=True):
    """One tool, prompt or resource: its name, description, and every text of its schema, by line."""

    name: str
    description: str
    line: int
    texts: tuple[tuple[str, int], ...] = ()
    parameters: tuple[str, ...] = ()


_LISTS = (
    "tools",
    "prompts",
    "resources",
    "resourceTemplates",
    "functions",
    "functionDeclarations",
    "function_declarations",
)


def tools(tree: Node, depth: int = 5) -> Iterator[Tool]:
    """Yield the tools that a list of them holds, wherever in the file it stands."""
    if depth < 0:
        return
    listed = [tree] if isinstance(tree.value, list) else []
    for key, value in entries(tree).items():
        if key in _LISTS:
            listed.append(value)
        elif key in ("result", "response", "body", "data", "servers", "mcpServers") or isinstance(value.value, dict):
            yield from tools(value, depth - 1)
    for one in listed:
        for item in items(one):
            function = get(item, "function") or item
            name = text(get(function, "name", "uri"))
            if (
                name
                and get(function, "description", "inputSchema", "input_schema", "parameters", "arguments") is not None
            ):
                yield _tool(name, function, item)
            else:
                yield from tools(item, depth - 1)
        if isinstance(one.value, dict):
            for name, item in entries(one).items():
                if get(item, "description") is not None:
                    yield _tool(name, item, item)


def _tool(name: str, function: Node, item: Node) -> Tool:
    schema = get(function, "inputSchema", "input_schema", "parameters", "arguments")
    texts: list[tuple[str, int]] = []
    names: list[str] = []
    waiting = [one for one in (schema, get(function, "annotations"), get(item, "title")) if one is not None]
    while waiting:
        node = waiting.pop()
        if isinstance(node.value, dict):
            for key, (place, value) in node.value.items():
                if isinstance(value.value, str) and len(value.value) > 12:
                    texts.append((value.value, place.line))
                elif isinstance(value.value, dict | list):
                    waiting.append(value)
                if key == "properties":
                    names += entries(value)
        elif isinstance(node.value, list):
            waiting += [one for one in node.value if isinstance(one.value, dict | list)]
    description = get(function, "description")
    line = description.place.line if description is not None else function.place.line
    return Tool(name=name, description=text(description), line=line, texts=tuple(texts), parameters=tuple(names))


_GREEDY = re.compile(
    r"^(?:side_?note|conversation(?:_history)?|chat_history|full_context|system_prompt|previous_messages"
    r"|all_messages|user_secrets?|reasoning_trace"
    r"|env(?:ironment)?_vars|contents?_of_.*|ssh_key|private_key_file)$",
    re.IGNORECASE,
)


def check_tools(tree: Node, desk: Desk) -> list[Tool]:
    """Report what descriptions ask of a model beside using the tool; return the tools."""
    found = list(tools(tree))
    for tool in found:
        desk.check_time()
        check_text(tool.description, desk, context="tool", first=tool.line)
        for said, line in tool.texts:
            check_text(said, desk, context="tool", first=line)
        greedy = [name for name in tool.parameters if _GREEDY.match(name)]
        if greedy:
            desk.hit("tool-asks-for-context", f"`{tool.name}` has parameter {', '.join(greedy)}", line=tool.line)
    return found


def check_results(tree: Node, desk: Desk) -> bool:
    """Report what the texts of tool results ask of a model. Tells if there are any."""
    seen = False
    outer = get(tree, "result") or tree
    for item in items(get(outer, "content")):
        if text(get(item, "type")) == "text" and text(get(item, "text")):
            seen = True
            check_text(text(get(item, "text")), desk, context="result", first=item.place.line)
    return seen
