"""Finds the files of a tree that a program takes names from: by dotted names in Python, by paths in JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import PurePosixPath

from bartizan.scan.artefacts.errors import LimitReached, Malformed
from bartizan.scan.artefacts.tree import Tree, beside
from bartizan.scan.taint import tree as t

__all__ = ["Modules", "decoded_source"]

LARGEST = 4 << 20
"""Bytes of source that are read of one file."""
_MOST = 40
_ENDS = (".ts", ".js", ".mjs", ".cjs", ".tsx", ".jsx", "/index.ts", "/index.js", "")


class Modules:
    """Reads each file once. `parse` makes a tree of source, `most` files at the utmost."""

    def __init__(self, tree: Tree, parse: Callable[[str, str], t.Module], most: int = _MOST) -> None:
        self._tree, self._parse, self._left = tree, parse, most
        self._paths: frozenset[str] | None = None
        self._read: dict[str, t.Module | None] = {}
        self._found: dict[tuple[str, str], t.Module | None] = {}

    def python(self, name: str, path: str) -> t.Module | None:
        """Return the module of a dotted name that a file at `path` uses, or nothing where the tree has none."""
        key = (name, path if name.startswith(".") else path.rpartition("/")[0])
        if key not in self._found:
            self._found[key] = self._first(_python_places(name, path))
        return self._found[key]

    def javascript(self, name: str, path: str) -> t.Module | None:
        """Return the module that a file names by a relative path, or nothing."""
        if not name.startswith("."):
            return None
        key = (name, path)
        if key not in self._found:
            try:
                base = beside(path, name)
            except ValueError:
                return None
            stem = base.removesuffix(".js").removesuffix(".mjs")
            self._found[key] = self._first([base, *(f"{stem}{end}" for end in _ENDS)])
        return self._found[key]

    def _first(self, places: list[str]) -> t.Module | None:
        if self._paths is None:
            self._paths = frozenset(self._tree.paths())
        for place in places:
            if place in self._paths:
                return self._module(place)
        return None

    def _module(self, path: str) -> t.Module | None:
        if path not in self._read:
            self._read[path] = None
            if self._left > 0:
                self._left -= 1
                self._read[path] = self._parsed(path)
        return self._read[path]

    def _parsed(self, path: str) -> t.Module | None:
        try:
            with self._tree.open(path) as content:
                if content.size > LARGEST:
                    return None
                data = content.read(0, content.size)
            return self._parse(decoded_source(data), path)
        except (Malformed, LimitReached, OSError):
            return None  # that file's own examination tells


def _python_places(name: str, path: str) -> list[str]:
    """Where a module may lie: beside the file for dots, below any folder above it otherwise."""
    folder = PurePosixPath(path).parent
    bare = name.lstrip(".")
    if not bare.replace(".", "").replace("_", "").isalnum():
        return []
    dots = len(name) - len(bare)
    inner = bare.replace(".", "/")
    bases = [folder]
    if dots > 1:
        parents = list(folder.parents)
        bases = parents[dots - 2 : dots - 1]
    elif dots == 0:
        bases = [folder, *folder.parents]
    roots = ["" if str(base) == "." else f"{base}/" for base in bases]
    return [place for root in roots for place in (f"{root}{inner}.py", f"{root}{inner}/__init__.py")]


def decoded_source(data: bytes) -> str:
    """Return source as text: UTF-8, else each byte by itself. Raises Malformed for what is no text."""
    if b"\0" in data[:4096]:
        raise Malformed("it is no text")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
