"""YAML as plain data, without building objects: tags that make Python loaders run code are told, aliases are shared."""

from __future__ import annotations

from typing import Any

import yaml

from bartizan.scan.artefacts.errors import LimitReached, Malformed

__all__ = ["LARGEST", "YamlTag", "read_yaml"]

LARGEST = 4 << 20
"""Bytes of YAML that are read."""
_NODES = 300_000
_DEPTH = 200


class YamlTag:
    """A tag for Python objects, and its line."""

    def __init__(self, tag: str, line: int) -> None:
        self.tag, self.line = tag, line


def read_yaml(source: bytes) -> tuple[list[Any], list[YamlTag]]:
    """Return the documents as plain data, and the tags for Python objects. Raises Malformed and LimitReached."""
    if len(source) > LARGEST:
        raise LimitReached(f"the file has more than {LARGEST >> 20} MB of YAML")
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        nodes: list[yaml.Node | None] = list(yaml.compose_all(source, Loader=loader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Malformed("the file is no YAML") from error
    builder = _Builder()
    return [builder.build(node, 0) for node in nodes if node is not None], builder.tags


class _Builder:
    """Builds data from nodes; a node that is referred to several times is built once."""

    def __init__(self) -> None:
        self.tags: list[YamlTag] = []
        self._built: dict[int, Any] = {}
        self._count = 0

    def build(self, node: yaml.Node, depth: int) -> Any:
        """Build one node. Raises LimitReached."""
        if id(node) in self._built:
            return self._built[id(node)]
        self._count += 1
        if self._count > _NODES or depth > _DEPTH:
            raise LimitReached("the file nests too deep or holds too much")
        tag = node.tag or ""
        if tag.startswith(("tag:yaml.org,2002:python/", "!!python/", "!python/")):
            self.tags.append(YamlTag(tag.rpartition("python/")[2], node.start_mark.line + 1))
        if isinstance(node, yaml.MappingNode):
            pairs: dict[Any, Any] = {}
            self._built[id(node)] = pairs
            for key, value in node.value:
                pairs[_key(key)] = self.build(value, depth + 1)
            return pairs
        if isinstance(node, yaml.SequenceNode):
            items: list[Any] = []
            self._built[id(node)] = items
            items.extend(self.build(value, depth + 1) for value in node.value)
            return items
        return _scalar(node)


def _key(node: yaml.Node) -> str:
    return str(node.value) if isinstance(node, yaml.ScalarNode) else "?"


def _scalar(node: yaml.Node) -> Any:
    kind = node.tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return str(node.value).lower() in ("true", "yes", "on")
    return node.value
