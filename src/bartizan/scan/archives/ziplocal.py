"""Members of a zip, and the headers before their bytes. Format: PKWARE APPNOTE 6.3.10."""

from __future__ import annotations

import re
import struct

import msgspec

from bartizan.scan.artefacts.content import Content

__all__ = ["LOCAL", "Local", "Member", "extra_fields", "local_at", "sampled", "settled", "wide"]

LOCAL = struct.Struct("<4s5H3L2H")
_FULL = 0xFFFFFFFF
_FAR = 1 << 16
"""Bytes of a member from which on the next header costs a request of its own over a network."""
_ROOM = 256
"""Bytes of an extra field that aligns a tensor, and of the record behind it."""
_SAMPLE = 8
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


def sampled(members: list[Member], end: int) -> dict[int, Local]:
    """Return by its entry's place each header that need not be read, as it should be.

    They are those of large tensors that are stored as they are, with no room before the next header for anything else;
    a few of them, spread over the file, are read all the same. PyTorch's reader takes name and size of such members
    from the directory alone.
    """
    ordered = sorted(members, key=lambda member: member.offset)
    ends = [*(member.offset for member in ordered[1:]), end]
    assumed: dict[int, Local] = {}
    for member, finish in zip(ordered, ends, strict=True):
        start = member.offset + LOCAL.size + len(member.raw)
        if (
            member.packed > _FAR
            and _TENSOR.fullmatch(member.name)
            and not (member.method or member.flags & 1 or member.other_name)
            and member.packed == member.size
            and 0 <= finish - start - member.packed <= _ROOM
        ):
            assumed[member.entry] = Local(
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
    data = content.read(offset, LOCAL.size + 256)
    if len(data) < LOCAL.size or data[:4] != b"PK\x03\x04":
        return None
    _, needed, flags, method, _, _, crc, packed, size, name_size, extra_size = LOCAL.unpack_from(data)
    whole = LOCAL.size + name_size + extra_size
    if len(data) < whole:
        data = content.read(offset, whole)
    raw = data[LOCAL.size : LOCAL.size + name_size]
    size, packed = wide(data[LOCAL.size + name_size : whole], [size, packed])
    return Local(raw, needed, flags, method, crc, packed, size, offset + whole)


def wide(extra: bytes, values: list[int]) -> list[int]:
    """Take what doesn't fit 32 bits from the ZIP64 field: size, packed size, offset, in this order."""
    wide = next((body for kind, body in extra_fields(extra) if kind == 1), b"")
    for place, value in enumerate(values):
        if value == _FULL and len(wide) >= 8:
            values[place] = int.from_bytes(wide[:8], "little")
            wide = wide[8:]
    return values


def extra_fields(extra: bytes) -> list[tuple[int, bytes]]:
    """Return the fields behind a name: their kinds and bodies."""
    fields: list[tuple[int, bytes]] = []
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        fields.append((kind, extra[at + 4 : at + 4 + length]))
        at += 4 + length
    return fields
