"""What is wrong with a zip's structure: places where one loader sees something else than another."""

from __future__ import annotations

from collections.abc import Iterator

from bartizan.scan.archives.names import check_name, check_names
from bartizan.scan.archives.zipread import Directory, Local, Member, descriptor_end
from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.desk import Desk

__all__ = ["METHODS", "check_directories", "check_directory"]

METHODS = {0: "", 8: "deflate", 12: "bzip2", 14: "zip-lzma", 93: "zstd", 95: "xz"}
"""Ways of compression that can be unpacked here; nothing for members that are stored as they are."""
_KNOWN_VERSION = 63
"""Ten times the newest version of the format, 6.3."""
_REFUSED_FLAGS = {0x20: "patched data", 0x40: "strong encryption", 0x2000: "a masked directory"}


def check_directories(found: list[Directory], desk: Desk) -> None:
    """Report that loaders may find different directories."""
    if len(found) > 1:
        places = " and ".join(str(one.start) for one in found[:4])
        desk.hit("zip-two-directories", f"directories at {places}", offset=found[1].start)


def check_directory(content: Content, directory: Directory, desk: Desk) -> list[tuple[int, int]]:
    """Report what the directory says against itself and against the members' headers. Returns the bytes it explains."""
    spans = list(directory.spans)
    if directory.end != directory.announced_end or (directory.announced ^ len(directory.members)) & 0xFFFF:
        said = f"{directory.announced} members announced, {len(directory.members)} listed"
        desk.hit("zip-headers-disagree", said, offset=directory.record)
    if directory.disk:
        desk.hit("zip-marked-unreadable", "it is marked as one of several parts", offset=directory.record)
    check_names((member.name for member in directory.members), desk)
    for member in directory.members:
        desk.check_time()
        check_name(member.name, desk, member.entry)
        for said in _disagreements(member):
            desk.hit("zip-headers-disagree", f"`{member.name}`: {said}", offset=member.entry, cve=_cve(said))
        for said in _marks(member):
            desk.hit("zip-marked-unreadable", f"`{member.name}`: {said}", offset=member.entry)
        if member.local is not None and member.local.finish >= 0:
            spans.append((member.offset, member.local.finish))
        elif member.local is not None:
            end = _data_end(content, member, member.local)
            spans.append((member.offset, descriptor_end(content, member, end)))
    if left := sum(member.local is not None and member.local.finish >= 0 for member in directory.members):
        desk.fact("headers-not-compared", f"{left} of {len(directory.members)}, of tensors behind a network")
    _overlaps(content, directory, desk)
    return spans


def _data_end(content: Content, member: Member, local: Local) -> int:
    """Return where a member's packed bytes end, by the directory."""
    return min(local.start + member.packed, content.size)


def _cve(said: str) -> tuple[str, ...]:
    return ("CVE-2025-1944",) if "name" in said else ()


def _disagreements(member: Member) -> Iterator[str]:
    local = member.local
    if member.other_name and member.other_name != member.name:
        yield f"a second name is `{member.other_name}`"
    if local is None:
        yield "no header stands where the directory says"
        return
    if local.name != member.raw:
        yield f"the name before its bytes is `{local.name.decode('utf-8', 'replace')}`"
    if local.method != member.method:
        yield f"compression {member.method} in the directory, {local.method} before its bytes"
    if (local.flags ^ member.flags) & 1:
        yield "it is encrypted by one header, and not by the other"
    later = bool(local.flags & 8)
    for what, here, there in (
        ("checksum", member.crc, local.crc),
        ("packed size", member.packed, local.packed),
        ("size", member.size, local.size),
    ):
        if here != there and not (later and there in (0, 0xFFFFFFFF)):
            yield f"another {what} in the directory than before its bytes"


def _marks(member: Member) -> Iterator[str]:
    """What makes strict readers refuse a member that lenient ones load."""
    flags = member.flags | (member.local.flags if member.local else 0)
    for bit, meaning in _REFUSED_FLAGS.items():
        if flags & bit:
            yield f"it is marked with {meaning}"
    needed = max(member.needed & 0xFF, member.local.needed & 0xFF if member.local else 0)
    if needed > _KNOWN_VERSION:
        yield f"it asks for version {needed / 10:g} of the format, which doesn't exist"
    if member.disk and member.disk != 0xFFFF:
        yield "it is said to be in another part"


def _overlaps(content: Content, directory: Directory, desk: Desk) -> None:
    spans = sorted(
        (member.offset, _data_end(content, member, member.local), member.name)
        for member in directory.members
        if member.local is not None
    )
    reached, by = -1, ""
    for start, end, name in spans:
        if start < reached:
            desk.hit("zip-members-overlap", f"`{by}` and `{name}`", offset=start)
        if end > reached:
            reached, by = end, name
    if reached > directory.start:
        desk.hit("zip-members-overlap", f"`{by}` and the directory", offset=directory.start)
