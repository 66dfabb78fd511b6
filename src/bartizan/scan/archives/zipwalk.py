"""A zip as a whole: its structure checked, and each member given as content, in each way that a loader may read it."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec

from bartizan.scan.archives.names import check_link, check_way
from bartizan.scan.archives.squeezed import unpack
from bartizan.scan.archives.tarread import is_tar
from bartizan.scan.archives.zipcheck import METHODS, check_directories, check_directory
from bartizan.scan.archives.zipread import Directory, Member, directories, is_zip, locals_only, settled
from bartizan.scan.artefacts.content import Content, Window
from bartizan.scan.artefacts.desk import Desk, Spans
from bartizan.scan.artefacts.errors import Malformed
from bartizan.scan.artefacts.format import Format, Look

__all__ = [
    "Opened", "View", "examine_as", "examine_member", "examine_zip", "members_of", "opened", "views", "zip_recognised",
]  # fmt: skip

_MOST_CHECKED = 64 << 20
"""Bytes of a stored member whose checksum is looked at."""
_BLOCK = 1 << 20
_UNNAMED = "(no name)"
_LONGEST_TARGET = 4096
"""Bytes of the path that a symbolic link leads to: what Linux allows."""
_SHORT = 8
"""Bytes between members that are too few to be anything."""


class View(msgspec.Struct, frozen=True):
    """One way to read a member's bytes. Encryption's twelve bytes are not taken away: nothing here decrypts."""

    method: int
    packed: int
    size: int


class Opened(msgspec.Struct):
    """A member's bytes. `crc` is -1 where it was not computed; `problem` says why they may end early."""

    content: Content
    crc: int = -1
    problem: str = ""


def zip_recognised(look: Look) -> bool:
    """Tell whether a file is a zip; the answer is kept for the other formats that ask."""
    known = look.notes.get("zip")
    if known is None:
        # A tar's members and what stands behind them are looked at one by one, so a zip at its end is found there.
        known = look.notes["zip"] = is_zip(look.head, look.content) and not is_tar(look.head)
    return bool(known)


def _directories_of(look: Look) -> list[Directory]:
    """Return the directories of a zip, read once for all formats. Raises LimitReached."""
    known = look.notes.get("zip-directories")
    if not isinstance(known, list):
        known = look.notes["zip-directories"] = directories(look.content)
    return known


def members_of(look: Look) -> list[Member]:
    """Return every member that some directory lists, or, where there is none, that has a header of its own."""
    found = _directories_of(look)
    if found:
        return [member for directory in found for member in directory.members]
    known = look.notes.get("zip-locals")
    if not isinstance(known, list):
        known = look.notes["zip-locals"] = locals_only(look.content, 0, look.size)
    return known


def examine_zip(look: Look, desk: Desk, others: Callable[[Member], bool]) -> None:
    """Check the structure, and examine the members. Raises Malformed.

    `others` tells whether another format of the same file takes care of a member.
    """
    found = _directories_of(look)
    check_directories(found, desk)
    known = Spans()
    for directory in found:
        for span in check_directory(look.content, directory, desk):
            desk.cover(*span)
            known.add(*span)
    links: list[str] = []
    for member in members_of(look):
        desk.check_time()
        check_way(member.name, links, desk, member.entry)
        if member.link and _link(look.content, member, desk):
            links.append(member.name)
        if not member.folder and not others(member):
            examine_member(look.content, member, desk)
    if found:
        _hidden(look.content, known, desk)
    else:
        raise Malformed("the directory at the end is missing", look.size)


def _link(content: Content, member: Member, desk: Desk) -> bool:
    if not 0 < member.size <= _LONGEST_TARGET:
        return False
    with opened(content, member, View(member.method, member.packed, member.size), desk) as target:
        text = target.content.read(0, _LONGEST_TARGET).decode("utf-8", "replace")
    return check_link(member.name, text, desk, member.entry)


def _hidden(content: Content, known: Spans, desk: Desk) -> None:
    """Look at what the directories don't tell of: members that stream readers find, and whatever else it is."""
    for start, end in known.holes(content.size):
        desk.check_time()
        for member in locals_only(content, start, end):
            desk.hit("zip-hidden-member", f"`{member.name}`", offset=member.offset)
            examine_member(content, member, desk)
        if end - start > _SHORT:
            desk.inside(f"(bytes {start} to {end})", Window(content, start, end - start))


def examine_member(content: Content, member: Member, desk: Desk, *, listed: bool = True) -> None:
    """Examine a member as a file of its own, under each of its names, in each view of its bytes.

    That nobody knows it is told of `listed` ones, those of programs of Java apart, which are told as a whole.
    """
    member = settled(content, member)
    names = [member.name, member.other_name]
    if member.local is not None and member.local.name != member.raw:
        names.append(member.local.name.decode("utf-8", "replace"))
    for view in views(member):
        with opened(content, member, view, desk) as member_content:
            for name in dict.fromkeys(name for name in names if name) or [_UNNAMED]:
                if member_content.content.size:
                    desk.inside(name, member_content.content, listed=listed and not name.endswith(".class"))


def examine_as(content: Content, member: Member, format: Format, desk: Desk) -> None:
    """Examine a member as what its place says that it is, in each view of its bytes."""
    for view in views(member):
        with opened(content, member, view, desk) as found:
            desk.inside(member.name, found.content, formats=[format])


def views(member: Member) -> list[View]:
    """Return the ways to read a member's bytes: by the directory, and by its header where that tells something else."""
    found = [View(member.method, member.packed, member.size)]
    local = member.local
    if local is not None and local.method != member.method:
        found.append(View(local.method, member.packed, member.size))
    if local is not None and local.packed not in (0, 0xFFFFFFFF, member.packed):
        found.append(View(local.method, local.packed, local.size))
    return list(dict.fromkeys(found))


@contextmanager
def opened(content: Content, member: Member, view: View, desk: Desk) -> Iterator[Opened]:
    """Give a member's bytes, unpacked where they are packed; flags and checksums don't keep anybody from reading them.

    Reports what can't be read, and a wrong checksum.
    """
    member = settled(content, member)
    if member.local is None:
        desk.hit("archive-unreadable", f"`{member.name}` is not where the directory says", offset=member.entry)
        yield Opened(Window(content, content.size))
        return
    packed = Window(content, member.local.start, view.packed)
    if packed.size < view.packed:
        desk.hit("archive-unreadable", f"`{member.name}` ends early", offset=member.offset)
    codec = METHODS.get(view.method)
    if not codec:
        if codec is None and view.method != 99 and not member.flags & 1:
            desk.hit("archive-unreadable", f"`{member.name}` is packed by method {view.method}", offset=member.offset)
        done = Opened(Window(content, member.local.start, _stored_size(view)))
        _judge(done, member, desk, done.content.size if codec is None else view.size)
        yield done
        return
    result = unpack(packed, codec, desk)
    with result.content:
        whole = result.content.size == view.size
        problem = result.problem if not (whole and codec == "zip-lzma") else ""
        done = Opened(result.content, result.crc, problem)
        _judge(done, member, desk, view.size)
        if problem and not member.flags & 1:
            desk.hit("archive-unreadable", f"`{member.name}`: {problem}", offset=member.offset)
        yield done


def _stored_size(view: View) -> int:
    """Bytes of a stored member: loaders take either size."""
    return max(view.packed, view.size) if view.method == 0 and view.size < 1 << 62 else view.packed


def _judge(done: Opened, member: Member, desk: Desk, size: int) -> None:
    """Compare with the checksum, which also shows whether a member marked as encrypted is so."""
    if done.crc < 0 and done.content.size <= _MOST_CHECKED:
        done.crc = _checksum(done.content, desk)
    right = done.crc == member.crc and done.content.size == size
    encrypted = member.flags & 1 or member.method == 99
    if encrypted and right:
        said = f"`{member.name}`: it is marked as encrypted, and is not"
        desk.hit("zip-marked-unreadable", said, offset=member.entry, cve=["CVE-2025-1945"])
    elif encrypted:
        desk.hit("archive-unreadable", f"`{member.name}` is encrypted", offset=member.entry)
    elif done.crc >= 0 and not right and not done.problem:
        desk.hit("zip-checksum-wrong", f"`{member.name}`", offset=member.entry)


def _checksum(content: Content, desk: Desk) -> int:
    crc = 0
    for at in range(0, content.size, _BLOCK):
        desk.check_time()
        crc = zlib.crc32(content.read(at, _BLOCK), crc)
    return crc
