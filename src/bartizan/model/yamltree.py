"""YAML text to a tree that knows its positions.

Only plain data is understood: mappings, sequences and the scalars of the YAML 1.2 core schema. Tags, non-text keys and
duplicate keys are errors. Size, depth and the number of nodes after alias expansion are bounded, so that a small file
cannot become a large tree.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from math import isfinite
from typing import TypeAlias

import msgspec
import yaml

from bartizan.model.errors import InputError, Place

MAX_BYTES = 64 * 1024 * 1024
MAX_DEPTH = 40
MAX_NODES = 3_000_000

Scalar: TypeAlias = str | int | float | bool | None

_Loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_TAGS = tuple(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq"))
_WORDS: dict[str, Scalar] = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class Node:
    """One value and where it stands: a scalar, a list of nodes, or a mapping from key to (key place, node)."""

    value: Scalar | list[Node] | dict[str, tuple[Place, Node]]
    place: Place
    text: str = field(default="", compare=False)
    """A scalar as it stands in the source."""

    def plain(self) -> object:
        """Return the value without positions."""
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        if isinstance(self.value, dict):
            return {key: item.plain() for key, (_, item) in self.value.items()}
        return self.value


def parse_yaml(content: bytes | str, file: str) -> Node:
    """Parse one YAML document.

    Works on the parser's events with a stack of its own, because the composer recurses in C and a deeply nested file
    would end the process. Raises InputError when the text is not UTF-8, not YAML, empty, too large, too deep, or uses
    tags.
    """
    text = _text(content, file)
    loader = _Loader(text)
    builder = _Builder(file)
    try:
        while loader.check_event():
            builder.take(loader.get_event())  # type: ignore[no-untyped-call]
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise InputError(f"this is not valid YAML: {error.problem or error.context}", place=place) from None
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(f"this is not valid YAML: {str(error).splitlines()[0]}", place=Place(file)) from None
    finally:
        loader.dispose()
    if builder.root is None:
        raise InputError("the file is empty", place=Place(file), help="`bartizan init DIR` writes a first system")
    return builder.root


def to_yaml(value: object) -> str:
    """Write plain values as text that `parse_yaml` reads back as the same: JSON, which YAML includes."""
    return msgspec.json.encode(value).decode()


def _text(content: bytes | str, file: str) -> str:
    if len(content) > MAX_BYTES:
        raise InputError(
            f"the file has {len(content):,} bytes, more than the {MAX_BYTES:,} that a system description may have",
            place=Place(file),
            help="split the system over files with `include`",
        )
    if isinstance(content, str):
        return content
    if b"\0" in content[:4096]:
        raise InputError("this is a binary file, not YAML", place=Place(file))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError("the file is not UTF-8 text", place=Place(file, line), help="save it as UTF-8") from None


@dataclass(slots=True)
class _Open:
    """A list or mapping whose end has not been seen; `key` waits for its value."""

    place: Place
    anchor: str | None
    items: list[Node] | None
    entries: dict[str, tuple[Place, Node]]
    merged: dict[str, tuple[Place, Node]]
    key: tuple[str, Place, bool] | None = None
    """The key, where it stands, and whether it is `<<`."""
    size: int = 1
    height: int = 1


class _Builder:
    """Builds nodes from parser events; an alias is the same node again, counted as often as it stands."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.root: Node | None = None
        self.stack: list[_Open] = []
        self.anchors: dict[str, tuple[Node, int, int]] = {}

    def take(self, event: yaml.Event) -> None:
        """Handle one event of the parser."""
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise InputError("the file holds more than one document", place=self._place(event), help="use `include`")

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self.file, mark.line + 1, mark.column + 1) if mark else Place(self.file)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        place = self._place(event)
        self._check_tag(event.tag, place)
        top = self.stack[-1] if self.stack else None
        text = str(event.value)
        if top is not None and top.items is None and top.key is None:
            if text in top.entries:
                first = top.entries[text][0].line
                raise InputError(
                    f"`{text}` stands twice in this mapping", place=place, help=f"the first one is at line {first}"
                )
            top.key = (text, place, text == "<<" and not event.style)
            return
        self._add(Node(text if event.style else _resolve(text), place, text), event.anchor, 1, 0)

    def _check_tag(self, tag: str | None, place: Place) -> None:
        if tag not in (None, "!", *_TAGS):
            raise InputError(f"the tag `{tag}` is not allowed", place=place, help="remove the tag")

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        place = self._place(event)
        self._check_tag(event.tag, place)
        self._check_key(place)
        if len(self.stack) >= MAX_DEPTH:
            raise InputError(f"the document is nested deeper than {MAX_DEPTH} levels", place=place)
        items: list[Node] | None = [] if isinstance(event, yaml.SequenceStartEvent) else None
        self.stack.append(_Open(place, event.anchor, items, {}, {}))

    def _check_key(self, place: Place) -> None:
        """Refuse what can't be a key where a key is expected."""
        top = self.stack[-1] if self.stack else None
        if top is not None and top.items is None and top.key is None:
            raise InputError("a key must be a word, not a list, a mapping or an alias", place=place)

    def _close(self) -> None:
        done = self.stack.pop()
        value = done.items if done.items is not None else {**done.merged, **done.entries}
        self._add(Node(value, done.place), done.anchor, done.size, done.height)

    def _alias(self, event: yaml.AliasEvent) -> None:
        place = self._place(event)
        self._check_key(place)
        if event.anchor not in self.anchors:
            raise InputError(f"there is no anchor `{event.anchor}`", place=place)
        node, size, height = self.anchors[event.anchor]
        if len(self.stack) + height > MAX_DEPTH:
            raise InputError(f"the document is nested deeper than {MAX_DEPTH} levels", place=place)
        self._add(Node(node.value, place, node.text), None, size, height)

    def _add(self, node: Node, anchor: str | None, size: int, height: int) -> None:
        if anchor:
            self.anchors[anchor] = (node, size, height)
        if not self.stack:
            self.root = node
            return
        top = self.stack[-1]
        top.size += size
        top.height = max(top.height, height + 1)
        if top.size > MAX_NODES:
            raise InputError(
                f"aliases expand the document to more than {MAX_NODES:,} values",
                place=node.place,
                help="write the repeated part once and refer to it by id",
            )
        if top.items is not None:
            top.items.append(node)
            return
        assert top.key is not None
        key, place, merge = top.key
        top.key = None
        if merge:
            top.merged = _merged(node) | top.merged
        else:
            top.entries[key] = (place, node)


def _merged(node: Node) -> dict[str, tuple[Place, Node]]:
    """Return what `<<` brings in; of several mappings the first wins."""
    out: dict[str, tuple[Place, Node]] = {}
    for part in node.value if isinstance(node.value, list) else [node]:
        if not isinstance(part.value, dict):
            raise InputError("`<<` merges mappings only", place=part.place)
        out = {**part.value, **out}
    return out


def _resolve(text: str) -> Scalar:
    """Read a plain scalar by the YAML 1.2 core schema; `yes`, `no`, `on`, `off` stay words."""
    if text.lower() in _WORDS and text in (text.lower(), text.capitalize(), text.upper()):
        return _WORDS[text.lower()]
    if _INT.match(text) and len(text) < 40:
        return int(text)
    if _FLOAT.match(text) and len(text) < 40 and isfinite(float(text)):
        return float(text)
    return text
