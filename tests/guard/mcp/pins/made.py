"""Definitions, listings and pins for the tests of this folder."""

from __future__ import annotations

from typing import Any

from bartizan.guard.mcp.pins import (
    Approval,
    Definition,
    Kind,
    Listing,
    Pins,
    Reached,
    define,
    make_listing,
    pins_of,
)

__all__ = ["APPROVAL", "listed", "pinned", "prompt", "template", "tool"]

APPROVAL = Approval(by="anna", at="2026-11-28T12:00:00Z")


def item(name: str = "read_file", description: str = "Read a file.", **more: Any) -> dict[str, Any]:
    schema = {"type": "object", "properties": {"path": {"type": "string"}}, "required": ["path"]}
    return {"name": name, "description": description, "inputSchema": schema, **more}


def tool(name: str = "read_file", description: str = "Read a file.", **more: Any) -> Definition:
    return define(Kind.TOOL, item(name, description, **more))


def prompt(name: str = "greet", **more: Any) -> Definition:
    arguments = [{"name": "who", "description": "Whom to greet", "required": True}]
    return define(Kind.PROMPT, {"name": name, "description": "Greet somebody", "arguments": arguments, **more})


def template(uri: str = "file:///{path}", **more: Any) -> Definition:
    return define(Kind.TEMPLATE, {"name": "file", "uriTemplate": uri, **more})


def listed(*definitions: Definition, **more: str) -> Listing:
    return make_listing([(one.kind, one.body) for one in definitions], **more)


def pinned(*definitions: Definition, server: str = "files", **more: str) -> Pins:
    return pins_of(server, Reached(command=["srv"]), listed(*definitions, **more), APPROVAL)
