"""From files to a System: includes, decoding, references.

Reading files is the caller's: `read` gets a path relative to the system's folder, with `/`, and returns bytes. So this
module does no I/O and an include can't name anything outside the folder.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import TypeAlias

from bartizan.model.decode import Decoder
from bartizan.model.errors import InputError, Place
from bartizan.model.references import check_references
from bartizan.model.system import System
from bartizan.model.yamltree import Node, parse_yaml

Reader: TypeAlias = Callable[[str], bytes]

MAX_FILES = 1000
_LISTS = (
    "flows",
    "controls",
    "losses",
    "attempts",
    "assumptions",
    "decisions",
    "data_evidence",
    "scan_evidence",
    "duties",
)
_MAPPINGS = ("zones", "data", "identities", "components")


def parse_system(file: str, read: Reader, extra: tuple[str, ...] = ()) -> System:
    """Read a system from `file`, what it includes, and the `extra` files (decisions and evidence kept beside it).

    Top-level keys that start with `x-` are left alone: a place for anchors. Raises InputError with the position of the
    mistake; InputErrors when there are several.
    """
    return system_of(_Includes(read).merge(file, extra))


def system_of(tree: Node) -> System:
    """Read a system from a tree whose includes are resolved. Raises InputError or InputErrors."""
    if not isinstance(tree.value, dict):
        raise InputError("a system must be a mapping", place=tree.place)
    tree = Node({key: item for key, item in tree.value.items() if not key.startswith("x-")}, tree.place)
    decoder = Decoder()
    system = decoder.value(tree, System, "the system")
    decoder.finish()
    assert isinstance(system, System)
    if not system.components:
        raise InputError(
            "the system has no components",
            place=tree.place,
            help="describe at least one under `components`; `bartizan init DIR` writes an example",
        )
    check_references(system, tree)
    return system


def parse_text(text: str | bytes, file: str = "system.yaml") -> System:
    """Read a system that is one text without includes. Raises InputError as `parse_system` does."""
    content = text.encode() if isinstance(text, str) else text

    def read(path: str) -> bytes:
        if path != file:
            raise InputError(f"`{path}` can't be included from a text", help="load the system from a folder")
        return content

    return parse_system(file, read)


class _Includes:
    def __init__(self, read: Reader) -> None:
        self.read = read
        self.done: set[str] = set()

    def merge(self, file: str, extra: tuple[str, ...]) -> Node:
        root = self._load(file, (), Place(file))
        for path in extra:
            root = _join(root, self._load(path, (file,), Place(path)))
        return root

    def _load(self, path: str, chain: tuple[str, ...], place: Place) -> Node:
        if path in chain:
            raise InputError(
                f"`{path}` includes itself: {' -> '.join((*chain, path))}",
                place=place,
                help="remove one of the includes",
            )
        self.done.add(path)
        if len(self.done) > MAX_FILES:
            raise InputError(f"more than {MAX_FILES} files are included", place=place)
        try:
            node = parse_yaml(self.read(path), path)
        except FileNotFoundError:
            raise InputError(f"`{path}` does not exist", place=place if chain else None) from None
        if not isinstance(node.value, dict):
            raise InputError("a system is a mapping, with `id:` and `components:`", place=node.place)
        _, include = node.value.pop("include", (node.place, Node([], node.place)))
        items = include.value if isinstance(include.value, list) else [include]
        for item in items:
            target = _resolve(path, item)
            if target in self.done and target not in (*chain, path):
                continue
            node = _join(node, self._load(target, (*chain, path), item.place))
        return node


def _resolve(including: str, item: Node) -> str:
    if not isinstance(item.value, str) or not item.value:
        raise InputError("`include` takes file names", place=item.place)
    name = item.value.replace("\\", "/")
    target = posixpath.normpath(posixpath.join(posixpath.dirname(including), name))
    if posixpath.isabs(name) or name[1:2] == ":" or target.startswith("../") or target == "..":
        raise InputError(
            f"`{item.value}` lies outside the system's folder",
            place=item.place,
            help="copy the file into the folder, or start from the folder that holds both",
        )
    return target


def _join(first: Node, second: Node) -> Node:
    """Merge an included part into a whole: mappings by id, lists one after the other, other keys from the first."""
    assert isinstance(first.value, dict)
    assert isinstance(second.value, dict)
    out = dict(first.value)
    for key, (place, node) in second.value.items():
        if key not in out:
            out[key] = (place, node)
        elif key in _LISTS and isinstance(node.value, list) and isinstance(out[key][1].value, list):
            old = out[key][1].value
            assert isinstance(old, list)
            out[key] = (out[key][0], Node([*old, *node.value], out[key][1].place))
        elif key in _MAPPINGS and isinstance(node.value, dict) and isinstance(out[key][1].value, dict):
            out[key] = (out[key][0], _join_mapping(key, out[key][1], node))
        elif key != "bartizan":
            raise InputError(f"`{key}` stands in two files", place=place, help=f"the other one is at {out[key][0]}")
    return Node(out, first.place)


def _join_mapping(what: str, first: Node, second: Node) -> Node:
    assert isinstance(first.value, dict)
    assert isinstance(second.value, dict)
    for key, (place, _) in second.value.items():
        if key in first.value:
            raise InputError(
                f"`{key}` stands twice under `{what}`", place=place, help=f"the other one is at {first.value[key][0]}"
            )
    return Node({**first.value, **second.value}, first.place)


__all__ = ["Reader", "parse_system", "parse_text"]
