"""YAML as plain data, without building objects: tags that make Python loaders run code are told, aliases are shared."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from bartizan.scan.artefacts.errors import LimitReached, Malformed

__all__ = ["LARGEST", "YamlTag", "read_yaml"]

LARGEST = 4 << 20
"""Bytes of YAML that are read."""
_NODES = 300_000
_DEPTH = 200
_PYTHON = ("tag:yaml.org,2002:python/", "!!python/", "!python/")


class YamlTag:
    """A tag for Python objects, and its line."""

    def __init__(self, tag: str, line: int) -> None:
        self.tag, self.line = tag, line


def read_yaml(source: bytes) -> tuple[list[Any], list[YamlTag]]:
    """Return the documents as plain data, and the tags for Python objects. Raises Malformed and LimitReached.

    Works on the parser's events with a stack of its own: the composer recurses in C, and a deeply nested file would end
    the process.
    """
    if len(source) > LARGEST:
        raise LimitReached(f"the file has more than {LARGEST >> 20} MB of YAML")
    builder = _Builder()
    loader: Any = None
    try:
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(source)
        return list(builder.documents(loader)), builder.tags
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise Malformed("the file is no YAML") from error
    finally:
        if loader is not None:
            loader.dispose()


class _Open:
    """A collection whose end has not been seen; `key` waits for its value."""

    def __init__(self, made: Any) -> None:
        self.made = made
        self.key: str | None = None


class _Builder:
    """Builds data from events; what has an anchor is built once, and stands wherever it is referred to."""

    def __init__(self) -> None:
        self.tags: list[YamlTag] = []
        self._anchors: dict[str, Any] = {}
        self._open: list[_Open] = []
        self._count = 0
        self._root: Any = None

    def documents(self, loader: Any) -> Iterator[Any]:
        """Give the documents that hold something. Raises LimitReached, YAMLError."""
        empty = True
        while loader.check_event():
            event = loader.get_event()
            if isinstance(event, yaml.DocumentStartEvent):
                self._anchors.clear()
                self._root = None
                empty = True
            elif isinstance(event, yaml.DocumentEndEvent):
                if not empty:
                    yield self._root
            elif isinstance(event, yaml.NodeEvent):
                empty = False
                self._node(event, loader)
            elif isinstance(event, yaml.CollectionEndEvent):
                self._open.pop()

    def _node(self, event: Any, loader: Any) -> None:
        self._count += 1
        if self._count > _NODES or len(self._open) > _DEPTH:
            raise LimitReached("the file nests too deep or holds too much")
        made: Any
        if isinstance(event, yaml.AliasEvent):
            if event.anchor not in self._anchors:
                raise yaml.YAMLError("an alias refers to nothing")
            made = self._anchors[event.anchor]
            self._put(made, made if isinstance(made, str) else "?")
            return
        if (event.tag or "").startswith(_PYTHON):
            self.tags.append(YamlTag(event.tag.rpartition("python/")[2], event.start_mark.line + 1))
        if isinstance(event, yaml.ScalarEvent):
            made = _scalar(event, loader)
        else:
            made = {} if isinstance(event, yaml.MappingStartEvent) else []
        if event.anchor:
            self._anchors[event.anchor] = made
        self._put(made, str(event.value) if isinstance(event, yaml.ScalarEvent) else "?")
        if not isinstance(event, yaml.ScalarEvent):
            self._open.append(_Open(made))

    def _put(self, made: Any, as_key: str) -> None:
        """Put a value where it belongs; of a key only its text counts."""
        if not self._open:
            self._root = made
            return
        around = self._open[-1]
        if isinstance(around.made, list):
            around.made.append(made)
        elif around.key is None:
            around.key = as_key
        else:
            around.made[around.key] = made
            around.key = None


def _scalar(event: Any, loader: Any) -> Any:
    tag = event.tag
    if not tag or tag == "!":
        tag = loader.resolve(yaml.ScalarNode, event.value, event.implicit)
    kind = tag.rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return str(event.value).lower() in ("true", "yes", "on")
    return event.value
