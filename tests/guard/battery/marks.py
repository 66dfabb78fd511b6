"""Puts a text where the marks of the battery's data stand."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

__all__ = ["events", "filled", "in_stream"]

_INNER = {"to": "@"}


def filled(tree: Any, text: str, number: int, write: Callable[[Any], str] = json.dumps) -> Any:
    """Return a tree with the text at its marks; `write` writes JSON in strings."""
    if isinstance(tree, list):
        return [filled(one, text, number, write) for one in tree]
    if isinstance(tree, dict):
        if "$json" in tree:
            return write(filled(tree["$json"], text, number, write))
        if "$number" in tree:
            return number
        if "$base64" in tree:
            return base64.b64encode(filled(tree["$base64"], text, number).encode(errors="surrogatepass")).decode()
        return {filled(name, text, number): filled(value, text, number, write) for name, value in tree.items()}
    if not isinstance(tree, str) or "@" not in tree:
        return tree
    half = len(text) // 2
    return tree.replace("@1", text[:half]).replace("@2", text[half:]).replace("@", text)


def in_stream(template: list[Any], text: str, number: int, size: int) -> list[Any]:
    """Return the events of a stream in which the text comes in pieces of so many characters."""
    out: list[Any] = []
    inner = json.dumps(filled(_INNER, text, number), ensure_ascii=False)
    for event in template:
        written = json.dumps(event)
        whole = inner if '"@*json"' in written else text if '"@*"' in written else None
        if whole is None:
            out.append(filled(event, text, number))
            continue
        for at in range(0, len(whole), size):
            out.append(_pieced(event, whole[at : at + size]))
    return out


def _pieced(tree: Any, piece: str) -> Any:
    if isinstance(tree, list):
        return [_pieced(one, piece) for one in tree]
    if isinstance(tree, dict):
        return {name: _pieced(value, piece) for name, value in tree.items()}
    return piece if tree in ("@*", "@*json") else tree


def events(trees: list[Any], write: Callable[[Any], bytes]) -> bytes:
    """Write the events of a stream as server-sent events."""
    out = []
    for tree in trees:
        if isinstance(tree, str):
            out.append(f"data: {tree}\n\n".encode())
            continue
        name = tree.get("type", "")
        out.append((f"event: {name}\n".encode() if name else b"") + b"data: " + write(tree) + b"\n\n")
    return b"".join(out)
