"""Walks through configuration trees: values by key paths, texts, and plain access that never fails."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bartizan.model.yamltree import Node

__all__ = ["entries", "every_mapping", "found", "get", "items", "text", "texts"]


def entries(node: Node | None) -> dict[str, Node]:
    """Return a mapping's values by key; nothing for another kind."""
    if node is None or not isinstance(node.value, dict):
        return {}
    return {key: value for key, (_, value) in node.value.items()}


def items(node: Node | None) -> list[Node]:
    """Return a list's items; nothing for another kind."""
    return node.value if node is not None and isinstance(node.value, list) else []


def get(node: Node | None, *keys: str) -> Node | None:
    """Return the value under the first key that a mapping has, or None."""
    held = entries(node)
    return next((held[key] for key in keys if key in held), None)


def text(node: Node | None) -> str:
    """Return a scalar's text, nothing for another kind."""
    if node is None or isinstance(node.value, dict | list) or node.value is None:
        return ""
    return node.value if isinstance(node.value, str) else node.text or str(node.value)


def texts(node: Node | None) -> list[str]:
    """Return the texts of a list's scalars; a scalar counts as a list of one."""
    if node is None:
        return []
    return [text(item) for item in items(node)] if isinstance(node.value, list) else [text(node)]


def found(node: Node, path: Sequence[str]) -> Iterator[tuple[str, Node]]:
    """Yield what stands at a key path, with the path's last key. `*` stands for every key and every item."""
    here: list[tuple[str, Node]] = [("", node)]
    for key in path:
        following: list[tuple[str, Node]] = []
        for last, one in here:
            if key == "*":
                following += entries(one).items()
                following += [(last, item) for item in items(one)]
            elif key in (held := entries(one)):
                following.append((key, held[key]))
        here = following
    yield from here


def every_mapping(node: Node) -> Iterator[tuple[tuple[str, ...], Node]]:
    """Yield every mapping of a tree with the keys that lead to it, outer ones first."""
    waiting: list[tuple[tuple[str, ...], Node]] = [((), node)]
    while waiting:
        keys, one = waiting.pop()
        if isinstance(one.value, dict):
            yield keys, one
            waiting += [((*keys, key), value) for key, (_, value) in reversed(one.value.items())]
        elif isinstance(one.value, list):
            waiting += [(keys, item) for item in reversed(one.value)]
