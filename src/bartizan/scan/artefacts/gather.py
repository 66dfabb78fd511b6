"""From paths as given to trees: a folder with all below it, or a file with what lies beside it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bartizan.model import InputError
from bartizan.scan.artefacts.result import Passed
from bartizan.scan.artefacts.tree import FolderTree, Tree
from bartizan.scan.sources import Local, kind_of, said_by_system
from bartizan.scan.unread import Unread
from bartizan.scan.walk import LEFT_OUT, walk

__all__ = ["Gathered", "gather"]

_LEFT_OUT = (*LEFT_OUT, ".git", "node_modules", ".venv", "venv", ".tox", ".mypy_cache", ".ruff_cache", ".pytest_cache")
"""Stores of other programs, and packages that are installed, not brought in; each is told, and can be named itself."""
_NEIGHBOURS = 20_000
"""Files beside one that are known to it."""


class Gathered(msgspec.Struct, kw_only=True):
    """A tree, which of its files are wanted (None: all), how paths are shown, and what could not be had.

    `outside` are paths of links that lead out of the folder.
    """

    tree: Tree
    only: list[str] | None
    prefix: str
    passed: list[Passed]
    outside: list[str]


def gather(root: str) -> Gathered:
    """Find the files of a root. Raises InputError where nothing is there."""
    path = Path(root)
    try:
        found = path.stat()
    except FileNotFoundError as error:
        raise InputError(f"`{root}` is not there", help="check the path") from error
    except OSError as error:
        raise InputError(f"`{root}` can't be opened: {said_by_system(error)}", help="check the path") from error
    if path.is_dir():
        return _folder(root)
    if kind := kind_of(found.st_mode):
        raise InputError(f"`{root}` is {kind}, not a file", help="name a file or a folder")
    return _file(path, root)


def _folder(root: str) -> Gathered:
    files: dict[str, Local] = {}
    passed, outside = [], []
    base = os.path.realpath(root)
    prefix = _writable(Path(root).as_posix().rstrip("/") + "/")
    for entry in walk([root], left_out=_LEFT_OUT):
        if isinstance(entry, Unread):
            chosen = entry.reason.startswith("is left out")
            passed.append(Passed(_writable(Path(entry.member).as_posix()), entry.reason, chosen=chosen))
        elif isinstance(entry, Local):
            inner = _writable(Path(os.path.relpath(entry.path, root)).as_posix())
            while inner in files:
                inner += "'"
            files[inner] = entry
            if _leaves(entry.path, base):
                outside.append(inner)
    shown = "" if prefix == "./" else prefix
    return Gathered(tree=FolderTree(files), only=None, prefix=shown, passed=passed, outside=outside)


def _writable(path: str) -> str:
    """Return a path that every report can hold: bytes of a name that are no UTF-8 become escapes."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _leaves(path: str, base: str) -> bool:
    """Tell whether a path leads out of a folder. Hubs keep files as links into a store beside it: that is inside."""
    real = os.path.realpath(path)
    store = next((part for part in Path(base).parents if part.name.startswith(("models--", "datasets--"))), None)
    return not any(real.startswith(str(inside).rstrip("/") + os.sep) for inside in (base, store) if inside is not None)


def _file(path: Path, root: str) -> Gathered:
    """A file may name others beside it, so its folder is its tree."""
    name = _writable(path.name)
    files = {name: Local(root)}
    for neighbour in _beside(path):
        files.setdefault(_writable(neighbour.name), Local(str(neighbour)))
    prefix = _writable(path.parent.as_posix())
    shown = "" if prefix == "." else prefix.rstrip("/") + "/"
    return Gathered(tree=FolderTree(files), only=[name], prefix=shown, passed=[], outside=[])


def _beside(path: Path) -> Iterator[Path]:
    try:
        with os.scandir(path.parent) as entries:
            for number, entry in enumerate(entries):
                if number >= _NEIGHBOURS:
                    return
                if entry.is_file():
                    yield path.parent / entry.name
    except OSError:
        return
