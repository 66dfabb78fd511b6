"""ZIP directories, read in every way that some loader reads them. Format: PKWARE APPNOTE 6.3.10.

Loaders differ: in which end record they take, in whether they trust where it says the directory is or look right before
it, in whether they take a member's name and size from the directory or from the header before its bytes. All of that is
kept here; `zipcheck` compares it.
"""

from __future__ import annotations

import re
import struct
import zlib

import msgspec

from bartizan.scan.artefacts.content import Content, is_slow
from bartizan.scan.artefacts.errors import LimitReached

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
_LOCAL = struct.Struct("<4s5H3L2H")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_LONGEST_COMMENT = 0xFFFF
_MOST_ENDS = 4
_FULL = 0xFFFFFFFF
_MOST_DIRECTORY = 64 << 20
_MOST_MEMBERS = 200_000
_MOST_SEARCHED = 64 << 20
_BLOCK = 1 << 20
_FAR = 1 << 16
"""Bytes of a member from which on the next header costs a request of its own over a network."""
_ROOM = 256
"""Bytes of an extra field that aligns a tensor, and of the record behind it."""
_SAMPLE = 16
_TENSOR = re.compile(r"(?:.*/)?(?:\.data/\d+\.storage|[\w.]+/\d+)", re.DOTALL)


class Local(msgspec.Struct, frozen=True):
    """The header before a member's bytes, which begin at `start`.

    One that was not read is as the directory says, and ends where the next header stands: at `finish`, else -1.
    """

    name: bytes
    needed: int
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    start: int
    finish: int = -1


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A member as the directory tells of it. `other_name` is a second name, in Info-ZIP's field for Unicode.

    `offset` is where its header is, `entry` where the directory's entry stands; both count from the file's beginning.
    """

    name: str
    raw: bytes
    other_name: str = ""
    entry: int = -1
    offset: int
    made_by: int = 0
    needed: int
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    disk: int = 0
    attributes: int = 0
    local: Local | None = None

    @property
    def folder(self) -> bool:
        """Whether it is only the name of a folder."""
        return self.name.endswith("/") and not self.size

    @property
    def link(self) -> bool:
        """Whether Unix programs make a symbolic link of it."""
        return self.made_by >> 8 == 3 and self.attributes >> 28 == 0xA


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
    where, end = at, at
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
    members = [_with_local(content, member, place.shift, left.get(member.offset)) for member in members]
    finish = min(at + _END.size + values[6], content.size)
    comment = content.read(at + _END.size, values[6])
    spans = [(place.begin, end), (at, finish)]
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


def _entry(data: bytes, position: int, place: _Place) -> tuple[Member, int]:
    fields = _CENTRAL.unpack_from(data, position)
    _, made_by, needed, flags, method, _, _, crc, packed, size = fields[:10]
    name_size, extra_size, comment_size, disk, _, attributes, offset = fields[10:]
    at = position + _CENTRAL.size
    raw = data[at : at + name_size]
    extra = data[at + name_size : at + name_size + extra_size]
    size, packed, offset = _wide(extra, [size, packed, offset])
    member = Member(
        name=_text(raw, flags),
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


def sampled(members: list[Member], end: int) -> dict[int, Local]:
    """Return by offset the headers that need not be read, each as it should be.

    They are those of large tensors that are stored as they are, with no room before the next header for anything else;
    a few of them, spread over the file, are read all the same. PyTorch's reader takes name and size of such members
    from the directory alone.
    """
    ordered = sorted(members, key=lambda member: member.offset)
    ends = [*(member.offset for member in ordered[1:]), end]
    assumed: dict[int, Local] = {}
    for member, finish in zip(ordered, ends, strict=True):
        start = member.offset + _LOCAL.size + len(member.raw)
        if (
            member.packed > _FAR
            and _TENSOR.fullmatch(member.name)
            and member.method == 0
            and member.packed == member.size
            and 0 <= finish - start - member.packed <= _ROOM
        ):
            assumed[member.offset] = Local(
                member.raw, member.needed, member.flags, member.method, member.crc, member.packed, member.size, start,
                finish,
            )  # fmt: skip
    for offset in sorted(assumed)[:: max(len(assumed) // _SAMPLE, 1)]:
        del assumed[offset]
    return assumed


def settled(content: Content, member: Member) -> Member:
    """Return a member with its header read, where that was left out."""
    if member.local is None or member.local.finish < 0:
        return member
    return msgspec.structs.replace(member, local=local_at(content, member.offset))


def local_at(content: Content, offset: int) -> Local | None:
    """Return the header of a member at an offset, where there is one."""
    if offset < 0:
        return None
    data = content.read(offset, _LOCAL.size + 256)
    if len(data) < _LOCAL.size or data[:4] != b"PK\x03\x04":
        return None
    _, needed, flags, method, _, _, crc, packed, size, name_size, extra_size = _LOCAL.unpack_from(data)
    whole = _LOCAL.size + name_size + extra_size
    if len(data) < whole:
        data = content.read(offset, whole)
    raw = data[_LOCAL.size : _LOCAL.size + name_size]
    size, packed = _wide(data[_LOCAL.size + name_size : whole], [size, packed])
    return Local(raw, needed, flags, method, crc, packed, size, offset + whole)


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
                name=_text(local.name, local.flags),
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


def _wide(extra: bytes, values: list[int]) -> list[int]:
    """Take what doesn't fit 32 bits from the ZIP64 field: size, packed size, offset, in this order."""
    wide = next((body for kind, body in _fields(extra) if kind == 1), b"")
    for place, value in enumerate(values):
        if value == _FULL and len(wide) >= 8:
            values[place] = int.from_bytes(wide[:8], "little")
            wide = wide[8:]
    return values


def _other_name(extra: bytes, raw: bytes) -> str:
    """The name in Info-ZIP's Unicode path field, where its checksum is that of the name it replaces."""
    for kind, body in _fields(extra):
        if kind == 0x7075 and len(body) > 5 and body[0] == 1:
            if int.from_bytes(body[1:5], "little") == zlib.crc32(raw):
                return body[5:].decode("utf-8", "replace")
            break
    return ""


def _fields(extra: bytes) -> list[tuple[int, bytes]]:
    fields: list[tuple[int, bytes]] = []
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        fields.append((kind, extra[at + 4 : at + 4 + length]))
        at += 4 + length
    return fields


def _text(name: bytes, flags: int) -> str:
    if flags & 0x800:
        return name.decode("utf-8", "replace")
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("cp437")
