"""Definitions for tests, written the way servers write them."""

from __future__ import annotations

from typing import Any

TEXTS: dict[str, Any] = {"type": "array", "items": {"type": "string"}}
NUMBER: dict[str, Any] = {"type": "number"}


def tool(tool_name: str, says: str = "", /, hints: dict[str, Any] | None = None, **arguments: Any) -> dict[str, Any]:
    """Return a definition; an argument is what is said of it, or its schema."""
    properties = {
        name: one if isinstance(one, dict) else {"type": "string", "description": one}
        for name, one in arguments.items()
    }
    made: dict[str, Any] = {
        "name": tool_name, "description": says, "inputSchema": {"type": "object", "properties": properties},
    }  # fmt: skip
    return {**made, "annotations": hints} if hints is not None else made
