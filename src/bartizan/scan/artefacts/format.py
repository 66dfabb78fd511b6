"""The contract of a format: one module of `bartizan.scan.formats` each, found by being there.

A module defines `FORMAT`. `recognise` looks at the content (names are hints that lie) and is cheap: it reads little
more than the head and the tail, which are there already. Everything that recognises a file examines it, as loaders
differ in what they take a file for. `examine` reports to the desk, and raises Malformed or LimitReached where it can't
go on; it executes, imports and unpickles nothing, reads weights only where it must, and keeps memory constant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.tree import Tree

if TYPE_CHECKING:
    from bartizan.scan.artefacts.desk import Desk

__all__ = ["HEAD", "TAIL", "Format", "Group", "Look", "Survey"]

HEAD = 4096
TAIL = 4096

Group: TypeAlias = Literal["model", "archive", "agent", "code", "any"]
"""What `scan model` (model, archive, code) and `scan agent` (agent, archive, code) take; all take `any`."""


class Look:
    """What recognition sees of a file: its path in its repository, size, first and last bytes, and all of it by need.

    `path` has forward slashes, below the root that `tree` shows: the files beside this one. A member of an archive has
    the archive's tree, and `inner` set: its path is that in the archive. `suffix` is the lower-case end of the name
    from its last dot on, or nothing. `notes` lets formats share what is dear to find out (a zip's directory) under a
    key.
    """

    def __init__(self, path: str, content: Content, tree: Tree, *, inner: bool = False) -> None:
        self.path, self.content, self.tree, self.inner = path, content, tree, inner
        self.name = path.rsplit("/", 1)[-1]
        _, dot, end = self.name.rpartition(".")
        self.suffix = dot + end.lower() if dot else ""
        self.size = content.size
        self.head = content.read(0, HEAD)
        self.tail = self.head if self.size <= HEAD else content.read(max(self.size - TAIL, 0), TAIL)
        self.notes: dict[str, object] = {}


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """A format: how its files are recognised and examined.

    `accounts` formats cover every byte that belongs to a file (`Desk.cover`); bytes that no format covers are told.
    A `fallback` is asked only where no other format took the file. A `sole` format is certain of all of the file, to
    its last byte and whatever its name: others examine such a file only where they would without the name.
    """

    name: str
    title: str
    group: Group
    recognise: Callable[[Look], bool]
    examine: Callable[[Look, Desk], None]
    accounts: bool = True
    fallback: bool = False
    sole: bool = False


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What looks at files together, once all are known: names that shadow each other, code that a model refers to.

    `examine` gets the tree and a function that gives the desk of a file by its path; for a file that nobody asked
    about, one whose findings are not kept.
    """

    name: str
    title: str
    group: Group
    examine: Callable[[Tree, Callable[[str], Desk]], None]
