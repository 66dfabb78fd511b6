"""Zip archives with headers that say what a test wants, and a tar header likewise."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import msgspec


class Entry(msgspec.Struct, kw_only=True):
    """A member. What is None is what it should be; `local_*` differ from the directory where they are set."""

    name: bytes
    body: bytes = b""
    method: int = 0
    flags: int = 0
    needed: int = 20
    crc: int | None = None
    size: int | None = None
    packed: int | None = None
    made_by: int = 0
    attributes: int = 0
    extra: bytes = b""
    offset: int | None = None
    local_name: bytes | None = None
    local_method: int | None = None
    local_flags: int | None = None
    local_packed: int | None = None
    local_size: int | None = None
    local_crc: int | None = None
    listed: bool = True
    padding: bytes = b""


def packed(entry: Entry) -> bytes:
    """The bytes as they stand in the archive."""
    if entry.method != 8:
        return entry.body
    made = zlib.compressobj(9, zlib.DEFLATED, -15)
    return made.compress(entry.body) + made.flush()


def archive(entries: Sequence[Entry], *, prefix: bytes = b"", comment: bytes = b"", shift: int = 0) -> bytes:
    """A zip of entries. `shift` is added to every offset that it tells."""
    out = bytearray(prefix)
    central = bytearray()
    count = 0
    for entry in entries:
        data = packed(entry)
        crc = zlib.crc32(entry.body) if entry.crc is None else entry.crc
        size = len(entry.body) if entry.size is None else entry.size
        length = len(data) if entry.packed is None else entry.packed
        offset = len(out)
        local_name = entry.name if entry.local_name is None else entry.local_name
        out += struct.pack(
            "<4s5H3L2H",
            b"PK\x03\x04",
            entry.needed,
            entry.flags if entry.local_flags is None else entry.local_flags,
            entry.method if entry.local_method is None else entry.local_method,
            0,
            0,
            crc if entry.local_crc is None else entry.local_crc,
            length if entry.local_packed is None else entry.local_packed,
            size if entry.local_size is None else entry.local_size,
            len(local_name),
            0,
        )
        out += local_name + data + entry.padding
        if entry.listed:
            count += 1
            told = (offset if entry.offset is None else entry.offset) + shift
            central += struct.pack(
                "<4s6H3L5H2L", b"PK\x01\x02", entry.made_by, entry.needed, entry.flags, entry.method, 0, 0, crc, length,
                size, len(entry.name), len(entry.extra), 0, 0, 0, entry.attributes, told,
            )  # fmt: skip
            central += entry.name + entry.extra
    start = len(out)
    return bytes(out + central) + end(count, len(central), start + shift, comment)


def end(count: int, length: int, start: int, comment: bytes = b"") -> bytes:
    """An end record."""
    return struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, length, start, len(comment)) + comment


def tar_member(
    name: str,
    body: bytes = b"",
    *,
    kind: bytes = b"0",
    target: str = "",
    size: int | None = None,
    checksum: int | None = None,
) -> bytes:
    """A tar header with its body, filled up to whole blocks."""
    told = len(body) if size is None else size
    head = bytearray(512)
    head[: len(name.encode())] = name.encode()
    head[100:108] = b"0000644\0"
    head[124:136] = b"%011o\0" % told
    head[156:157] = kind
    head[157 : 157 + len(target)] = target.encode()
    head[257:265] = b"ustar\x0000"
    head[148:156] = b" " * 8
    total = sum(head) if checksum is None else checksum
    head[148:156] = b"%06o\0 " % total
    return bytes(head) + body + bytes(-len(body) % 512)


TAR_END = bytes(1024)
