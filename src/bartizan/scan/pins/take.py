"""Takes pins of the files of a tree, and of the tool definitions and MCP servers that they hold."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from bartizan.scan.artefacts.content import Content, sha256_of
from bartizan.scan.artefacts.result import Passed
from bartizan.scan.artefacts.tree import Tree
from bartizan.scan.pins.pin import Pin
from bartizan.scan.sources import said_by_system

__all__ = ["take"]

_LARGEST = 8 << 20
"""Bytes of a file in which tools and servers are looked for."""
_DEEPEST = 12
"""Levels of a document in which they are looked for."""
_SERVERS = ("mcpServers", "servers", "mcp_servers", "context_servers")
_SCHEMAS = ("inputSchema", "input_schema", "parameters")
_OWN_TEXT = ("name", "title", "description", "annotations", "outputSchema", "output_schema", *_SCHEMAS)


def take(
    tree: Tree, paths: Iterable[str], meter: Callable[[int, bool], None] | None = None
) -> tuple[list[Pin], list[Passed]]:
    """Return the pins of some files of a tree, and the files that can't be read."""
    pins: list[Pin] = []
    passed: list[Passed] = []
    for path in paths:
        try:
            with tree.open(path) as content:
                pins += _file(path, content)
                if meter is not None:
                    meter(content.size, True)
        except OSError as error:
            passed.append(Passed(path, f"can't be read: {said_by_system(error)}"))
    return pins, passed


def _file(path: str, content: Content) -> Iterator[Pin]:
    yield Pin(path=path, kind="file", sha256=sha256_of(content), size=content.size)
    if path.endswith((".json", ".toml", ".jsonc")) and content.size <= _LARGEST:
        seen: set[tuple[str, str, str]] = set()
        for pin in _inside(path, _parsed(path, content.read(0, content.size)), 0):
            if pin.key not in seen:
                seen.add(pin.key)
                yield pin


def _parsed(path: str, data: bytes) -> Any:
    """Return the document; None where it is none, since then the pin of the file is all there is."""
    try:
        return tomllib.loads(data.decode()) if path.endswith(".toml") else msgspec.json.decode(data)
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _inside(path: str, value: Any, depth: int) -> Iterator[Pin]:
    """Find lists of tools and tables of servers, wherever they stand."""
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in _SERVERS and isinstance(inner, dict):
                yield from (_server(path, name, entry) for name, entry in inner.items() if _is_server(entry))
            if isinstance(inner, list):
                yield from (_tool(path, entry) for entry in inner if _is_tool(entry))
            yield from _inside(path, inner, depth + 1)
    elif isinstance(value, list):
        if depth == 0:
            yield from (_tool(path, entry) for entry in value if _is_tool(entry))
        for inner in value:
            yield from _inside(path, inner, depth + 1)


def _is_server(entry: Any) -> bool:
    return isinstance(entry, dict) and any(isinstance(entry.get(key), str) for key in ("command", "url", "serverUrl"))


def _is_tool(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and isinstance(entry.get("name"), str)
        and any(isinstance(entry.get(key), dict) for key in _SCHEMAS)
    )


def _tool(path: str, entry: dict[str, Any]) -> Pin:
    parts = {key: _digest(entry[key]) for key in _OWN_TEXT if key in entry and key != "name"}
    parts |= {key: _digest(value) for key, value in entry.items() if key not in _OWN_TEXT}
    return Pin(path=path, kind="tool", name=str(entry["name"]), sha256=_digest(entry), parts=parts)


def _server(path: str, name: str, entry: dict[str, Any]) -> Pin:
    parts: dict[str, str] = {}
    for key, value in entry.items():
        secret = key in ("env", "headers", "http_headers", "requestInit") and isinstance(value, dict)
        parts[key] = _digest(sorted(value) if secret else value)
    return Pin(path=path, kind="mcp-server", name=name, sha256=_digest(parts), parts=parts)


def _digest(value: Any) -> str:
    """Digest a value, whatever the order of its keys."""
    text = msgspec.json.encode(value, order="deterministic", enc_hook=str)
    return hashlib.sha256(text).hexdigest()
