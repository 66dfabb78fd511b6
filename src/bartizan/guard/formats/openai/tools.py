"""Definitions of tools: what they are called, what is said about them, and who runs them."""

from __future__ import annotations

from typing import Any

from bartizan.guard.exchange import Origin
from bartizan.guard.exchange.piece import Where
from bartizan.guard.formats.openai.reader import Reader

__all__ = ["take_functions", "take_tools"]

_OWN = frozenset(("apply_patch", "local_shell"))
"""Tools that OpenAI describes and the caller runs."""

_DEFINED = frozenset(("function", "custom", "namespace"))
_SERVERS = ("server_url", "connector_id", "tunnel_id")
_KNOWN = frozenset(("type", "name", "description", "parameters", "function", "custom", "tools", *_SERVERS))
_MOST_NESTED = 4
"""Namespaces inside each other; the format has one level."""


def take_tools(read: Reader, holder: Any, key: str | int, where: Where, depth: int = 0) -> None:
    """Take a list of tools."""
    tools = holder[key]
    if type(tools) is not list:
        read.spare(holder, key, Origin.TOOL_DEFINITION, "", where)
        return
    where = (where, key)
    for number, tool in enumerate(tools):
        if type(tool) is not dict:
            read.spare(tools, number, Origin.TOOL_DEFINITION, "", where)
        else:
            _sort(read, tool)
            _tool(read, tool, (where, number), depth)


def take_functions(read: Reader, holder: Any, key: str | int, where: Where) -> None:
    """Take functions as they were described before there were tools."""
    if type(holder[key]) is list:
        for function in holder[key]:
            _name(read, function)
    read.spare(holder, key, Origin.TOOL_DEFINITION, "", where)


def _tool(read: Reader, tool: dict[str, Any], where: Where, depth: int) -> None:
    for name in list(tool):
        if name == "tools" and depth < _MOST_NESTED:
            take_tools(read, tool, name, where, depth + 1)
        elif name in ("environment", "container", "input_image_mask"):
            _files(read, tool, name, where)
        elif name in ("headers", "filters"):  # names of headers and attributes are the caller's own
            read.member(tool, name, Origin.TOOL_DEFINITION, "", where)
        else:
            read.other(tool, name, _KNOWN, Origin.TOOL_DEFINITION, "", where)


def _files(read: Reader, tool: dict[str, Any], name: str, where: Where) -> None:
    """Take what a tool of the provider's works on: files that it keeps, packed skills, pictures."""
    value = tool[name]
    if type(value) is dict:
        if value.get("file_ids"):
            read.opaque("file", ((where, name), "file_ids"))
        if value.get("skills"):
            read.opaque("file", ((where, name), "skills"))
    if name == "input_image_mask":
        read.media(tool, name, "image", Origin.TOOL_DEFINITION, "", where)
    else:
        read.spare(tool, name, Origin.TOOL_DEFINITION, "", where)


def _sort(read: Reader, tool: dict[str, Any]) -> None:
    """Note who runs a tool. What isn't known to be the caller's is the provider's, and so is all that has a server."""
    kind = tool.get("type", "function" if "function" in tool else "")
    kind = kind if type(kind) is str else ""
    servers = [tool[name] for name in _SERVERS if type(tool.get(name)) is str]
    for server in servers:
        read.provider_tool(kind, server)
    if kind in _DEFINED:
        for defined in (tool, tool.get("function"), tool.get("custom")):
            _name(read, defined)
    elif kind in _OWN or _local(kind, tool):
        read.exchange.tools.append(kind)
    elif not servers:
        read.provider_tool(kind)


def _local(kind: str, tool: dict[str, Any]) -> bool:
    """Tell whether a tool that can run on either side runs on the caller's."""
    if kind == "tool_search":
        return tool.get("execution") == "client"
    environment = tool.get("environment")
    return kind == "shell" and type(environment) is dict and environment.get("type") == "local"


def _name(read: Reader, defined: Any) -> None:
    if type(defined) is dict and type(defined.get("name")) is str:
        read.exchange.tools.append(defined["name"])
