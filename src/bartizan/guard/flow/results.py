"""What a tool returned, as leaves: each single value with its path and the record that it stands in."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

import yaml

__all__ = ["Leaf", "Shape", "leaves", "written"]

Shape: TypeAlias = Literal["json", "python", "yaml"]
"""How a text may write a structure down. In `yaml` whoever puts texts together without quoting them can fake fields,
so it is only for what a framework writes itself."""


class Leaf(NamedTuple):
    """A single value. `path` has `*` for an element of a list; `keys` as its last word tells that it is a name.

    `record` identifies the innermost object around it, and begins with those around that one. `number` tells that it
    was a number, not a text.
    """

    path: tuple[str, ...]
    text: str
    record: tuple[str | int, ...]
    number: bool = False


_MOST_TEXT = 4_000_000
_MOST_LEAVES = 200_000
_DEEPEST = 40
_YAML = re.compile(r"^(?:- |[^\s:#\[{\"'][^:\n]{0,60}:(?: |\n))")
_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


def leaves(result: Any, shapes: frozenset[Shape]) -> list[Leaf]:
    """Return the leaves of a result: text, or what JSON can carry. A text that is no structure is one leaf.

    What lies deeper than 40 levels, or behind the 200,000th leaf, is one leaf of text as well.
    """
    value = _structure(result, shapes) if isinstance(result, str) else result
    found: list[Leaf] = []
    for leaf in _walk(value, (), (), 0):
        found.append(leaf)
        if len(found) >= _MOST_LEAVES:
            found.append(Leaf(("**",), written(result), ()))
            break
    return found


def written(value: Any) -> str:
    """Return a value as one text. What Python doesn't write, numbers too long or what lies too deep, is joined."""
    try:
        return str(value)
    except (ValueError, RecursionError):
        pieces: list[str] = []
    waiting = [value]
    for _ in range(_MOST_LEAVES):
        if not waiting:
            break
        one = waiting.pop()
        if isinstance(one, Mapping):
            waiting += [*one.values(), *one]
        elif isinstance(one, list | tuple):
            waiting += one[::-1]
        else:
            pieces.append(f"{one:x}" if isinstance(one, int) else str(one))
    return " ".join(pieces)


def _structure(text: str, shapes: frozenset[Shape]) -> Any:
    """Return what a text writes down, or the text."""
    start = text.lstrip()[:1]
    if len(text) > _MOST_TEXT or not start:
        return text
    if start in "[{" and "json" in shapes:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            pass
    if start in "[{(" and "python" in shapes and len(text) < _MOST_TEXT // 4:
        try:
            return ast.literal_eval(text.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            pass
    if "yaml" in shapes and len(text) < _MOST_TEXT // 4 and _YAML.match(text):
        return _yaml(text)
    return text


def _yaml(text: str) -> Any:
    """Return what a text of YAML says, all of it as texts; the text itself where it has anchors or isn't YAML.

    It is also the text where it goes too deep: the parser in C has no end of its own and takes the process with it.
    """
    depth = 0
    try:
        for event in yaml.parse(text, Loader=_Loader):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > _DEEPEST or isinstance(event, yaml.AliasEvent):
                return text
        loaded = yaml.load(text, Loader=_Loader)  # noqa: S506 - the base loader makes texts, lists and mappings only
    except (yaml.YAMLError, ValueError, RecursionError):
        return text
    return text if isinstance(loaded, str) else loaded


def _walk(value: Any, path: tuple[str, ...], record: tuple[str | int, ...], depth: int) -> Iterator[Leaf]:
    if value is None or isinstance(value, bool):
        return
    if depth > _DEEPEST:
        yield Leaf((*path, "**"), written(value), record)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            word = written(name)
            yield Leaf((*path, "keys"), word, record)
            inner = (*record, word) if isinstance(item, Mapping) else record
            yield from _walk(item, (*path, word), inner, depth + 1)
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for number, item in enumerate(value):
            inner = (*record, *path[-1:], number) if isinstance(item, Mapping | list | tuple) else record
            yield from _walk(item, (*path, "*"), inner, depth + 1)
    else:
        yield Leaf(path, value if isinstance(value, str) else written(value), record, isinstance(value, int | float))
