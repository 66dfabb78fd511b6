"""What a definition may cost those who read it: its size, its depth, and what its references unfold to.

A schema of a few hundred bytes can stand for billions of nodes, by definitions that each name another one twice. One
that refers to itself is ordinary, as trees do. One that refers to another place makes its reader fetch that.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = ["Bad", "bad_definition", "bad_name"]

Bad = str
"""Why a definition isn't shown: `name`, `size`, `depth`, `unfolds`, `elsewhere`; empty when nothing is bad."""
_MOST_NODES = 20_000
_DEEPEST = 48
_MOST_TEXT = 400_000
"""Characters of all texts of a definition."""
_MOST_UNFOLDED = 100_000
"""Nodes that a schema may stand for when every reference is replaced by what it names."""
_NAME = re.compile(
    r"[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e01ef]{1,512}(?![\s\S])"
)


def bad_name(name: Any) -> bool:
    """Tell whether a name or address can't be one: no text, empty, long, or with characters that nobody sees."""
    return type(name) is not str or _NAME.match(name) is None or not name.strip()


def bad_definition(item: Mapping[str, Any]) -> Bad:
    """Return what is bad about a definition."""
    why = _measured(item)
    for schema in ("inputSchema", "outputSchema", "requestedSchema"):
        if not why and type(item.get(schema)) is dict:
            why = _unfolded(item[schema])
    return why


def _measured(item: Any) -> Bad:
    """Count nodes and characters, level by level, so that nothing is followed down without an end."""
    level, depth, nodes, text = [item], 0, 0, 0
    while level:
        depth += 1
        below: list[Any] = []
        for node in level:
            if type(node) is dict:
                text += sum(map(len, node))
                below += node.values()
            elif type(node) is list:
                below += node
            elif type(node) is str:
                text += len(node)
        nodes += len(level)
        if nodes > _MOST_NODES or text > _MOST_TEXT:
            return "size"
        if depth > _DEEPEST:
            return "depth"
        level = below
    return ""


def _unfolded(schema: dict[str, Any]) -> Bad:
    """Return whether references lead elsewhere, or stand for more than anybody can read."""
    names: dict[str, Any] = {}
    _collect(schema, schema, names)
    if any(not name.startswith("#") for name in names):
        return "elsewhere"
    sizes: dict[str, int] = {}
    return "unfolds" if _size(schema, names, sizes, ()) > _MOST_UNFOLDED else ""


def _collect(node: Any, root: dict[str, Any], names: dict[str, Any]) -> None:
    stack = [node]
    while stack:
        one = stack.pop()
        if type(one) is dict:
            for key in ("$ref", "$dynamicRef"):
                to = one.get(key)
                if type(to) is str and to not in names:
                    names[to] = _resolved(root, to)
            stack += one.values()
        elif type(one) is list:
            stack += one


def _resolved(root: dict[str, Any], to: str) -> Any:
    """Return what a local reference names, None when there is nothing there."""
    found: Any = root
    for step in to.removeprefix("#").split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        found = found.get(name) if type(found) is dict else None
    return found


def _size(node: Any, names: Mapping[str, Any], sizes: dict[str, int], inside: tuple[str, ...]) -> int:
    """Return how many nodes a schema stands for; a reference to what it is in counts once."""
    if type(node) is list:
        return 1 + sum(_size(one, names, sizes, inside) for one in node)
    if type(node) is not dict:
        return 1
    total = 1
    for key, value in node.items():
        if key in ("$ref", "$dynamicRef") and type(value) is str:
            total += _named(value, names, sizes, inside)
        elif key not in ("$defs", "definitions"):
            total += _size(value, names, sizes, inside)
    return min(total, _MOST_UNFOLDED + 1)


def _named(name: str, names: Mapping[str, Any], sizes: dict[str, int], inside: tuple[str, ...]) -> int:
    if name in inside or names.get(name) is None:
        return 1
    if name not in sizes:
        sizes[name] = 1  # what is met again while it is measured counts once
        sizes[name] = (
            _size(names[name], names, sizes, (*inside, name)) if len(inside) < _DEEPEST else _MOST_UNFOLDED + 1
        )
    return sizes[name]
