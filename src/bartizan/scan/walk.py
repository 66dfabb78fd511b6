"""Finds the files below paths and URLs, in an order that is the same every time."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from bartizan.model import InputError
from bartizan.scan.sources import Local, Remote, file_system, kind_of, public_url, said_by_system
from bartizan.scan.unread import Unread

__all__ = ["LEFT_OUT", "walk"]

LEFT_OUT = (".git/objects", ".hg/store", "__pycache__")
"""Folders that are not entered: stores whose files only another program can unpack, and compiled Python. Each is told.

Everything else is walked, hidden folders too.
"""


def walk(
    roots: Iterable[str], *, left_out: Iterable[str] = LEFT_OUT, options: dict[str, Any] | None = None
) -> Iterator[Local | Remote | Unread]:
    """Give every file below some paths and URLs, and an Unread for whatever isn't a file or can't be opened.

    The `member` of an Unread is its path. Names are in the order of their code points, files and folders together.
    Links are followed; a folder that was walked already is not walked again. `options` go to the storages of the URLs.
    Raises InputError where a root is not there.
    """
    for root in roots:
        scheme = urlsplit(root).scheme
        # `C:\data` is a path.
        if "://" in root and len(scheme) > 1 and scheme != "file":
            yield from _remote(root, options or {})
        else:
            yield from _Walk(tuple(left_out)).root(root.removeprefix("file://") if scheme == "file" else root)


class _Walk:
    """One root of this machine. Folders are remembered by device and inode, which links can't disguise."""

    def __init__(self, left_out: tuple[str, ...]) -> None:
        self._left_out = left_out
        self._walked: set[tuple[int, int]] = set()
        self._above: list[tuple[int, int]] = []

    def root(self, root: str) -> Iterator[Local | Unread]:
        """Walk it."""
        try:
            found = Path(root).stat()
        except FileNotFoundError as error:
            raise InputError(f"`{root}` is not there", help="check the path") from error
        except OSError as error:
            yield Unread(_why(error), root)
            return
        yield from self._entry(root, found)

    def _entry(self, path: str, found: os.stat_result) -> Iterator[Local | Unread]:
        if not stat.S_ISDIR(found.st_mode):
            kind = kind_of(found.st_mode)
            yield Unread(f"is {kind}, not a file", path) if kind else Local(path, found.st_size)
            return
        key = (found.st_dev, found.st_ino)
        if key in self._above:
            yield Unread("is a link to a folder that it stands in", path)
        elif key not in self._walked:
            self._walked.add(key)
            self._above.append(key)
            yield from self._folder(path)
            self._above.pop()

    def _folder(self, folder: str) -> Iterator[Local | Unread]:
        if any(Path(folder).as_posix().endswith(f"/{name}") or folder == name for name in self._left_out):
            yield Unread("is left out: its files are a program's own", folder)
            return
        try:
            names = sorted(os.listdir(folder))  # noqa: PTH208 - names only, without an object each
        except OSError as error:
            yield Unread(_why(error), folder)
            return
        for name in names:
            path = os.path.join(folder, name)  # noqa: PTH118 - a Path would drop `./`
            try:
                found = os.stat(path)  # noqa: PTH116
            except OSError as error:
                yield Unread(_why(error), path)
                continue
            yield from self._entry(path, found)


def _why(error: OSError) -> str:
    """Say in our words what the system says."""
    if error.errno in (errno.EACCES, errno.EPERM):
        return "may not be read: no permission"
    if error.errno == errno.ELOOP:
        return "is a link that leads back to itself"
    if error.errno == errno.ENOENT:
        return "is a link to something that is not there"
    return f"can't be opened: {said_by_system(error)}"


def _remote(url: str, options: dict[str, Any]) -> Iterator[Remote | Unread]:
    system, path = file_system(url, options)
    try:
        if system.isfile(path):
            yield Remote(url, _size(system.info(path)), options)
            return
        found = system.find(path, detail=True)
    except FileNotFoundError as error:
        raise InputError(f"`{public_url(url)}` is not there", help="check the address") from error
    except OSError as error:
        yield Unread(_why(error), public_url(url))
        return
    if not found:
        raise InputError(f"`{public_url(url)}` is not there", help="check the address")
    for name in sorted(found):
        address = system.unstrip_protocol(name)
        if found[name].get("type") == "file":
            yield Remote(address, _size(found[name]), options)


def _size(info: dict[str, Any]) -> int:
    size = info.get("size")
    return size if isinstance(size, int) else -1
