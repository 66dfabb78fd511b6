"""A tar as a whole: its structure checked, and each member given as content."""

from __future__ import annotations

from bartizan.scan.archives.names import check_link, check_name, check_names, check_way
from bartizan.scan.archives.tarread import BLOCK, TarMember, members
from bartizan.scan.artefacts.content import Content, Window
from bartizan.scan.artefacts.desk import Desk
from bartizan.scan.artefacts.errors import Malformed

__all__ = ["examine_tar"]

_PADDING = 64 << 20
"""Bytes of zeros behind the end that are looked through."""


def examine_tar(content: Content, desk: Desk) -> None:
    """Check names, links and headers, and examine what is inside. Raises Malformed, LimitReached."""
    seen: list[str] = []
    links: list[str] = []
    end = 0
    try:
        for member in members(content):
            desk.check_time()
            seen.append(member.name.rstrip("/") or member.name)
            _judge(member, desk, links)
            end = min(member.end, content.size)
            desk.cover(member.offset, end)
            _inside(content, member, desk)
    finally:
        check_names(seen, desk)
    final = content.read(end, 2 * BLOCK)
    desk.cover(end, end + len(final) - len(final.lstrip(b"\0")))
    if end + BLOCK < content.size:
        _behind(content, end, desk)
    if content.read(end, BLOCK) != bytes(BLOCK):
        raise Malformed("the end of the archive is missing", end)


def _judge(member: TarMember, desk: Desk, links: list[str]) -> None:
    check_name(member.name, desk, member.offset)
    check_way(member.name, links, desk, member.offset)
    if member.kind in ("symlink", "hardlink"):
        # A hard link's target counts from the archive's root, a symbolic one's from where it stands.
        name = member.name if member.kind == "symlink" else member.name.rpartition("/")[2]
        if check_link(name, member.target, desk, member.offset):
            links.append(member.name)
    elif member.kind == "device":
        desk.hit("archive-path-odd", f"`{member.name}` is a device or a pipe", offset=member.offset)
    if member.checksum_wrong:
        desk.hit("tar-headers-disagree", f"`{member.name}`: a wrong checksum", offset=member.offset)
    if member.other_size >= 0:
        said = f"`{member.name}`: {member.size} or {member.other_size} bytes"
        desk.hit("tar-headers-disagree", said, offset=member.offset)


def _inside(content: Content, member: TarMember, desk: Desk) -> None:
    if member.kind not in ("file", "other"):
        return
    for size in dict.fromkeys((member.size, member.other_size)):
        if size > 0:
            if member.start + size > content.size:
                desk.hit("archive-unreadable", f"`{member.name}` ends early", offset=member.offset)
            desk.inside(member.name, Window(content, member.start, size), listed=True)
    if member.other_size >= 0:
        _second_view(content, member, desk)


def _second_view(content: Content, member: TarMember, desk: Desk) -> None:
    """Examine the members that follow for those who heed the other size."""
    try:
        for other in members(content, member.other_end):
            desk.check_time()
            if other.other_size >= 0:
                return
            check_name(other.name, desk, other.offset)
            _inside(content, other, desk)
    except Malformed:
        # Who reads it so stops here; the disagreement is told.
        return


def _behind(content: Content, end: int, desk: Desk) -> None:
    """Examine what stands behind the end, which some readers go on to. More zeros than padding are not looked through:
    they stay unaccounted for."""
    at = end
    while at < min(content.size, end + _PADDING):
        block = content.read(at, 1 << 16)
        if block.strip(b"\0"):
            at += (len(block) - len(block.lstrip(b"\0"))) // BLOCK * BLOCK
            desk.inside(f"(bytes from {at})", Window(content, at))
            return
        at += len(block)
        desk.check_time()
