"""ZIP directories, read in every way that some loader reads them. Format: PKWARE APPNOTE 6.3.10.

Loaders differ: in which end record they take, in whether they trust where it says the directory is or look right before
it, in whether they take a member's name and size from the directory or from the header before its bytes. All of that is
kept here; `zipcheck` compares it.
"""

from __future__ import annotations

import struct
import zlib

import msgspec

from bartizan.scan.archives.ziplocal import Local, Member, extra_fields, local_at, sampled, settled, wide
from bartizan.scan.artefacts.content import Content, is_slow
from bartizan.scan.artefacts.errors import LimitReached
from bartizan.scan.readers.parts.ziplib import member_name

__all__ = [
    "Directory",
    "Local",
    "Member",
    "descriptor_end",
    "directories",
    "is_zip",
    "local_at",
    "locals_only",
    "settled",
]

_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_LONGEST_COMMENT = 0xFFFF
_MOST_ENDS = 4
"""End records that are followed: loaders take the last, or the first that fits."""
_FULL = 0xFFFFFFFF
"""What stands in place of a number that is in the ZIP64 record."""
_MOST_DIRECTORY = 64 << 20
_MOST_MEMBERS = 200_000
_MOST_SEARCHED = 64 << 20
_BLOCK = 1 << 20


class Directory(msgspec.Struct, frozen=True, kw_only=True):
    """One way to read a file as a zip: from `start` to `end`, with the end record at `record` up to `finish`.

    `announced` is how many members the end record tells of, `announced_end` where the directory should end.
    """

    members: list[Member]
    start: int
    end: int
    announced: int
    announced_end: int
    record: int
    finish: int
    spans: list[tuple[int, int]]
    comment: bytes = b""
    disk: int = 0


class _Place(msgspec.Struct, frozen=True):
    """Where a directory would begin, and how far its offsets are shifted by what stands before the zip."""

    begin: int
    shift: int
    length: int
    count: int


def is_zip(head: bytes, content: Content) -> bool:
    """Tell whether some loader takes the content for a zip: by its first bytes, or by a directory at its end."""
    if head[:4] in (b"PK\x03\x04", b"PK\x07\x08") or head[:8] == b"PK\x00\x00PK\x03\x04":
        return True
    if content.size < _END.size:
        return False
    return any(_places(content, at, values) for at, values in _ends(content))


def directories(content: Content) -> list[Directory]:
    """Return the directories that loaders may find, that of most of them first; none where the end record is missing.

    Raises LimitReached.
    """
    found: dict[int, Directory] = {}
    for at, values in _ends(content):
        for place in _places(content, at, values):
            if place.begin not in found:
                found[place.begin] = _directory(content, at, values, place)
    return list(found.values())


def _ends(content: Content) -> list[tuple[int, tuple[int, ...]]]:
    """The end records: the last one, and those before it whose comments reach exactly to the end of the file."""
    tail_at = max(content.size - _END.size - _LONGEST_COMMENT, 0)
    tail = content.read(tail_at, content.size - tail_at)
    found: list[tuple[int, tuple[int, ...]]] = []
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0 and len(found) < _MOST_ENDS:
        if at + _END.size <= len(tail):
            values = _END.unpack_from(tail, at)[1:]
            if not found or at + _END.size + values[6] == len(tail):
                found.append((tail_at + at, values))
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return found


def _places(content: Content, at: int, values: tuple[int, ...]) -> list[_Place]:
    count, length, start = values[3], values[4], values[5]
    told: list[tuple[int, int, int, int]] = []
    where = at
    for record in _records64(content, at):
        wide = _END64.unpack(content.read(record, _END64.size))
        where = min(where, record)
        told.append((wide[7], wide[8], wide[9], record))
    end = where
    if not told or not (length == _FULL or start == _FULL or count == 0xFFFF):
        told.append((count, length, start, end))
    places: dict[int, _Place] = {}
    for count, length, start, end in told:
        for begin in (end - length, start):
            if 0 <= begin <= end and (content.read(begin, 4) == b"PK\x01\x02" or (not length and not count)):
                places.setdefault(begin, _Place(begin, begin - start, length, count))
    return list(places.values())


def _records64(content: Content, at: int) -> list[int]:
    """Where the ZIP64 end record is: as its locator says, or right before the locator."""
    data = content.read(at - _LOCATOR.size, _LOCATOR.size)
    if len(data) < _LOCATOR.size or data[:4] != b"PK\x06\x07":
        return []
    said = _LOCATOR.unpack(data)[2]
    beside = at - _LOCATOR.size - _END64.size
    return [
        record
        for record in dict.fromkeys((said, beside))
        if 0 <= record <= beside and content.read(record, 4) == b"PK\x06\x06"
    ]


def _directory(content: Content, at: int, values: tuple[int, ...], place: _Place) -> Directory:
    if at - place.begin > _MOST_DIRECTORY:
        raise LimitReached(f"the directory has more than {_MOST_DIRECTORY >> 20} MB")
    data = content.read(place.begin, at - place.begin)
    members: list[Member] = []
    position = 0
    while position + _CENTRAL.size <= len(data) and data[position : position + 4] == b"PK\x01\x02":
        if len(members) >= _MOST_MEMBERS:
            raise LimitReached(f"the archive has more than {_MOST_MEMBERS} members")
        member, position = _entry(data, position, place)
        members.append(member)
    end = place.begin + position
    left = sampled(members, place.begin) if is_slow(content) else {}
    members = [_with_local(content, member, place.shift, left.get(member.entry)) for member in members]
    finish = min(at + _END.size + values[6], content.size)
    comment = content.read(at + _END.size, values[6])
    # Only a comment of text is one; any other is told as bytes that nothing accounts for.
    spans = [(place.begin, end), (at, finish if _is_text(comment) else at + _END.size)]
    for record in _records64(content, at):
        wide = _END64.unpack(content.read(record, _END64.size))
        spans += [(record, min(record + 12 + wide[1], at)), (at - _LOCATOR.size, at)]
    return Directory(
        members=members,
        start=place.begin,
        end=end,
        announced=place.count,
        announced_end=place.begin + place.length,
        record=at,
        finish=finish,
        spans=spans,
        comment=comment,
        disk=values[0] | values[1],
    )


def _is_text(comment: bytes) -> bool:
    try:
        return all(sign.isprintable() or sign.isspace() for sign in comment.decode("utf-8"))
    except UnicodeDecodeError:
        return False


def _entry(data: bytes, position: int, place: _Place) -> tuple[Member, int]:
    fields = _CENTRAL.unpack_from(data, position)
    _, made_by, needed, flags, method, _, _, crc, packed, size = fields[:10]
    name_size, extra_size, comment_size, disk, _, attributes, offset = fields[10:]
    at = position + _CENTRAL.size
    raw = data[at : at + name_size]
    extra = data[at + name_size : at + name_size + extra_size]
    size, packed, offset = wide(extra, [size, packed, offset])
    member = Member(
        name=member_name(raw, flags),
        raw=raw,
        other_name=_other_name(extra, raw),
        entry=place.begin + position,
        offset=offset + place.shift,
        made_by=made_by,
        needed=needed,
        flags=flags,
        method=method,
        crc=crc,
        packed=packed,
        size=size,
        disk=disk,
        attributes=attributes,
    )
    return member, at + name_size + extra_size + comment_size


def _with_local(content: Content, member: Member, shift: int, assumed: Local | None) -> Member:
    """Add the header before the member's bytes, sought also where the offset points without the shift."""
    if assumed is not None:
        return msgspec.structs.replace(member, local=assumed)
    for offset in dict.fromkeys((member.offset, member.offset - shift)):
        local = local_at(content, offset)
        if local is not None:
            return msgspec.structs.replace(member, offset=offset, local=local)
    return member


def locals_only(content: Content, start: int, end: int) -> list[Member]:
    """Return the members whose headers stand between two offsets: what readers of streams find, without a directory.

    A member of unknown size reaches to the next header.
    """
    found: list[Member] = []
    at = _signature(content, start, end)
    while at < end and len(found) < _MOST_MEMBERS:
        local = local_at(content, at)
        if local is None:
            break
        if local.flags & 8 and not local.packed:
            after = _signature(content, local.start, end)
            packed = after - local.start
        else:
            packed = min(local.packed, max(end - local.start, 0))
            after = _signature(content, local.start + packed, end)
        found.append(
            Member(
                name=member_name(local.name, local.flags),
                raw=local.name,
                offset=at,
                needed=local.needed,
                flags=local.flags,
                method=local.method,
                crc=local.crc,
                packed=packed,
                size=local.size,
                local=local,
            )
        )
        at = max(after, at + 4)
    return found


def _signature(content: Content, start: int, end: int) -> int:
    """The offset of the next header of a member before `end`, else `end`."""
    rest, at = b"", start
    end_search = min(end, start + _MOST_SEARCHED)
    while at < end_search:
        piece = content.read(at, min(_BLOCK, end_search - at))
        if not piece:
            return end
        found = (rest + piece).find(b"PK\x03\x04")
        if found >= 0:
            return at - len(rest) + found
        at += len(piece)
        rest = piece[-3:]
    return end


def descriptor_end(content: Content, member: Member, after: int) -> int:
    """Return where the data descriptor behind a member's bytes ends; `after`, where no fitting one is there."""
    data = content.read(after, 24)
    lead = 4 if data[:4] == b"PK\x07\x08" else 0
    for form in ("<LLL", "<LQQ"):
        length = struct.calcsize(form)
        if len(data) >= lead + length and struct.unpack_from(form, data, lead) == (
            member.crc,
            member.packed,
            member.size,
        ):
            return after + lead + length
    return after


def _other_name(extra: bytes, raw: bytes) -> str:
    """The name in Info-ZIP's Unicode path field, where its checksum is that of the name it replaces."""
    for kind, body in extra_fields(extra):
        if kind == 0x7075 and len(body) > 5 and body[0] == 1:
            if int.from_bytes(body[1:5], "little") == zlib.crc32(raw):
                return body[5:].decode("utf-8", "replace")
            break
    return ""
