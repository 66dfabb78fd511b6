"""Holds the files of a folder, or one file, against what was signed. Every byte that was signed is read."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Literal, TypeAlias

import msgspec

from bartizan.model import InputError
from bartizan.scan.signing.digests import new_digest
from bartizan.scan.signing.statement import Part, Statement
from bartizan.scan.sources import Local, kind_of

__all__ = ["Checked", "Inventory", "check", "inventory"]

_BLOCK = 1 << 20
_GIT = (PurePosixPath(".git"), PurePosixPath(".gitattributes"), PurePosixPath(".github"), PurePosixPath(".gitignore"))
"""What model signing leaves out of every folder, whatever the statement says."""

_Rule: TypeAlias = Literal[
    "", "signature-file-changed", "signature-file-missing", "signature-file-unsigned", "signature-not-verifiable"
]


class Checked(msgspec.Struct, kw_only=True):
    """One file: as it was signed where `rule` is empty, else the scan rule and, in `what`, the words for it.

    `path` is relative to the folder, empty for one file alone. `read` are bytes. `sha256` is that of the file, empty
    where it was not computed.
    """

    path: str
    size: int = 0
    read: int = 0
    sha256: str = ""
    rule: _Rule = ""
    what: str = ""


class Inventory(msgspec.Struct, kw_only=True):
    """What is there against what was signed, before any of it is read.

    `wanted` are files to read, with the path of each and its parts. `told` are those that need no reading. `left_out`
    are paths that the signer left out. `total` are bytes to read.
    """

    wanted: list[tuple[str, str, list[Part]]] = []
    told: list[Checked] = []
    left_out: list[str] = []
    total: int = 0


class _Entry(msgspec.Struct, frozen=True):
    """A file or what stands for one. `kind` says what else it is, empty for an ordinary file."""

    path: str
    size: int
    link: bool
    kind: str


def inventory(root: Path, statement: Statement, signature: Path) -> Inventory:
    """Compare names. Raises InputError where the signature is of a folder and the root is a file, or the other way."""
    if root.is_dir():
        if list(statement.files) == ["."]:
            raise InputError(f"one file was signed, and `{root}` is a folder", help="give the file")
        return _folder(root, statement, signature)
    name = next(iter(statement.files), ".")
    if len(statement.files) > 1 or name not in (".", root.name):
        raise InputError(f"a folder was signed, and `{root}` is a file", help="give the folder")
    size = root.stat().st_size
    if not statement.files and (size or not statement.shard):
        unsigned = Checked(path="", size=size, rule="signature-file-unsigned", what="the signature names no file")
        return Inventory(told=[unsigned])
    return Inventory(wanted=[("", str(root), statement.files.get(name, []))], total=size)


def _folder(root: Path, statement: Statement, signature: Path) -> Inventory:
    found = Inventory()
    own = os.path.realpath(signature)
    seen: set[str] = set()
    ignored = [*statement.ignored, *_GIT]
    # Folders above something that was signed are entered, even where the rest of them is left out.
    above = {str(parent) for path in statement.files for parent in PurePosixPath(path).parents}
    for entry in _walk(root, found, ignored, above):
        where = str(root / entry.path)
        parts = statement.files.get(entry.path)
        if parts is None:
            if os.path.realpath(where) == own:
                continue
            if any(PurePosixPath(entry.path).is_relative_to(one) for one in ignored):
                found.left_out.append(entry.path)
            else:
                _unlisted(entry, where, statement, found)
            continue
        seen.add(entry.path)
        if why := entry.kind or ("a link, and the signature allows none" if entry.link and not statement.links else ""):
            found.told.append(Checked(path=entry.path, rule="signature-file-changed", what=f"is {why}"))
        else:
            found.wanted.append((entry.path, where, parts))
            found.total += entry.size
    for path in statement.files.keys() - seen:
        found.told.append(Checked(path=path, rule="signature-file-missing", what="was signed, and is not there"))
    return found


def _unlisted(entry: _Entry, where: str, statement: Statement, found: Inventory) -> None:
    """Tell a file that nobody signed. Where parts are signed, an empty file has none, and is taken as signed."""
    if statement.shard and not entry.size and not entry.kind and (statement.links or not entry.link):
        found.wanted.append((entry.path, where, []))
        return
    what = f"is {entry.kind}" if entry.kind else "is in no signature"
    found.told.append(Checked(path=entry.path, size=entry.size, rule="signature-file-unsigned", what=what))


def _walk(root: Path, found: Inventory, ignored: list[PurePosixPath], above: set[str]) -> Iterator[_Entry]:
    """Give every entry but folders, sorted. Links to folders are not followed: no signature covers what they show."""
    waiting = [""]
    while waiting:
        folder = waiting.pop()
        try:
            names = sorted(os.listdir(root / folder))  # noqa: PTH208 - names only
        except OSError as error:
            what = f"can't be opened: {(error.strerror or 'unknown error').lower()}"
            found.told.append(Checked(path=folder or ".", rule="signature-not-verifiable", what=what))
            continue
        for name in names:
            path = f"{folder}/{name}" if folder else name
            if (root / path).is_dir() and not (root / path).is_symlink():
                if path not in above and any(PurePosixPath(path).is_relative_to(one) for one in ignored):
                    found.left_out.append(path + "/")
                else:
                    waiting.append(path)
            else:
                yield _entry(root / path, path)


def _entry(where: Path, path: str) -> _Entry:
    link = where.is_symlink()
    try:
        mode = where.stat()
    except OSError:
        return _Entry(path, 0, link, "a link to something that is not there" if link else "not to be opened")
    if stat.S_ISDIR(mode.st_mode):
        return _Entry(path, 0, link, "a link to a folder, whose files no signature covers")
    return _Entry(path, mode.st_size, link, kind_of(mode.st_mode))


def check(found: Inventory, algorithm: str, shard: int, meter: Callable[[int, bool], None]) -> list[Checked]:
    """Read what was signed, and tell of each file whether it is as it was; sorted by path."""
    out = list(found.told)
    for path, where, parts in found.wanted:
        out.append(_checked(path, where, parts, algorithm, shard, meter))
    return sorted(out, key=lambda one: one.path)


def _checked(
    path: str, where: str, parts: list[Part], algorithm: str, shard: int, meter: Callable[[int, bool], None]
) -> Checked:
    out = Checked(path=path)
    try:
        with Local(where).open() as file:
            out.size = os.fstat(file.fileno()).st_size
            ends = [min(at + shard, out.size) for at in range(0, out.size, shard)] if shard else [-1]
            if ends != [part.end for part in parts]:
                signed = parts[-1].end if parts else 0
                out.rule = "signature-file-changed"
                out.what = f"has {out.size:,} bytes, of which other parts were signed ({signed:,} bytes)"
                return out
            for part in parts:
                digest = new_digest(algorithm)
                left = (part.end if shard else out.size) - part.start
                while left > 0 and (block := file.read(min(_BLOCK, left))):
                    digest.update(block)
                    left -= len(block)
                    out.read += len(block)
                    meter(len(block), True)
                if digest.hexdigest() != part.digest and not out.rule:
                    out.rule, out.what = "signature-file-changed", _how(part, algorithm, shard)
                if not shard and algorithm == "sha256":
                    out.sha256 = digest.hexdigest()
    except OSError as error:
        out.rule = "signature-not-verifiable"
        out.what = f"can't be read: {(error.strerror or 'unknown error').lower()}"
    return out


def _how(part: Part, algorithm: str, shard: int) -> str:
    if shard:
        return f"bytes {part.start:,} to {part.end:,} are not what was signed"
    return f"its {algorithm} digest is not the one that was signed"
