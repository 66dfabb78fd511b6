"""A tree: the files of a repository, a folder or one file's neighbours, by path, each opened when it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import PurePosixPath
from typing import Protocol

from bartizan.scan.artefacts.content import Content, FileContent, MemoryContent
from bartizan.scan.sources import Local

__all__ = ["FolderTree", "MemoryTree", "Tree", "beside"]


class Tree(Protocol):
    """Files by their paths: forward slashes, relative to the root, no `..`."""

    def paths(self) -> list[str]:
        """Return every path, sorted."""

    def open(self, path: str) -> AbstractContextManager[Content]:
        """Open one. Raises OSError, also where there is none."""


class MemoryTree:
    """Texts and bytes at hand."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self._files = files

    def paths(self) -> list[str]:
        """Return the paths."""
        return sorted(self._files)

    def open(self, path: str) -> AbstractContextManager[Content]:
        """Give one."""
        if path not in self._files:
            raise FileNotFoundError(2, "is not there", path)
        return nullcontext(MemoryContent(self._files[path]))


class FolderTree:
    """Files of this machine: those that were found below a folder, or beside a file."""

    def __init__(self, files: dict[str, Local]) -> None:
        self._files = files

    def paths(self) -> list[str]:
        """Return the paths."""
        return sorted(self._files)

    @contextmanager
    def open(self, path: str) -> Iterator[Content]:
        """Open one; it must not change while it is open (SourceChangedError, an OSError)."""
        if path not in self._files:
            raise FileNotFoundError(2, "is not there", path)
        with self._files[path].open() as file:
            yield FileContent(file.fileno())


def beside(path: str, name: str) -> str:
    """Return the path of a file that another names relative to itself. Raises ValueError where it leaves the root."""
    parts: list[str] = []
    for part in (*PurePosixPath(path).parent.parts, *PurePosixPath(name.replace("\\", "/")).parts):
        if part == "..":
            if not parts:
                raise ValueError(name)
            parts.pop()
        elif part == "/" or part.endswith(":"):
            raise ValueError(name)
        elif part != ".":
            parts.append(part)
    return "/".join(parts)
