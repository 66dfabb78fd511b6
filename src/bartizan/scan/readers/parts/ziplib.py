"""ZIP files, read from their directory, or, where that is missing, from what stands before each member.

Unlike the standard library's module this one keeps no list of members, knows more ways of compression, and goes on
after damage. Format: PKWARE APPNOTE 6.3.10.
"""

from __future__ import annotations

import lzma
import struct
import zlib
from collections.abc import Iterator
from typing import IO

import msgspec

from bartizan.scan.readers.parts.foreign import Bad, contained
from bartizan.scan.readers.parts.inflate import inflated
from bartizan.scan.readers.parts.members import Member
from bartizan.scan.readers.parts.window import FARTHEST, reads, stretch

__all__ = ["Entry", "content", "entries", "lzma_filter", "member_name", "refusal"]

_STORED, _ZSTD = 0, 93
_LZMA = 14
_METHODS = {8: "deflate", 12: "bzip2", 93: "zstd", 95: "xz"}
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_READ = 1 << 20
_MOST_DICTIONARY = 128 << 20
_DAMAGED = "is damaged: its compressed data breaks off or doesn't decode"


class Entry(msgspec.Struct, frozen=True):
    """A member: where its header stands, how it is packed, and how large it is packed and unpacked."""

    name: str
    offset: int
    method: int
    flags: int
    crc: int
    packed: int
    size: int

    @property
    def folder(self) -> bool:
        """Whether it is only the name of a folder."""
        return self.name.endswith("/") and not self.size


def entries(file: IO[bytes]) -> tuple[Iterator[Entry], bool]:
    """Return the members of a ZIP file, and whether its directory is whole."""
    size = file.seek(0, 2)
    found = _end(file, size)
    if found is None:
        return _from_headers(file, size), False
    start, length, shift = found
    return _from_directory(file, start, length, shift), True


def _end(file: IO[bytes], size: int) -> tuple[int, int, int] | None:
    """Where the directory begins, its size, and how far everything is shifted by what stands before the archive."""
    tail_at = max(0, size - 65_557)
    file.seek(tail_at)
    tail = file.read(size - tail_at)
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0 and len(tail) - at < 22:
        at = tail.rfind(b"PK\x05\x06", 0, at)
    if at < 0:
        return None
    length, start = struct.unpack_from("<2L", tail, at + 12)
    end = tail_at + at
    if at >= 20 and tail[at - 20 : at - 16] == b"PK\x06\x07":
        (where,) = struct.unpack_from("<Q", tail, at - 12)
        file.seek(min(where, size))
        record = file.read(56)
        if record[:4] == b"PK\x06\x06" and len(record) == 56:
            length, start = struct.unpack_from("<2Q", record, 40)
            end = where
    begin = end - length
    if begin < 0 or start > size:
        return None
    file.seek(begin)
    if length and file.read(4) != b"PK\x01\x02":
        return None
    return begin, length, begin - start


def _from_directory(file: IO[bytes], start: int, length: int, shift: int) -> Iterator[Entry]:
    read = reads(file, start, length)
    held = b""
    while True:
        if len(held) < _CENTRAL.size + 3 * 65_535:
            held += read(_READ)
        if len(held) < _CENTRAL.size or held[:4] != b"PK\x01\x02":
            if held.strip(b"\x00") and held[:4] not in (b"PK\x05\x06", b"PK\x06\x06"):
                raise Bad("has a damaged directory; members after the damage are missing")
            return
        values = _CENTRAL.unpack_from(held)
        flags, method, crc, packed, size = values[3], values[4], values[7], values[8], values[9]
        name_size, extra_size, comment_size, offset = values[10], values[11], values[12], values[16]
        name = held[_CENTRAL.size : _CENTRAL.size + name_size]
        extra = held[_CENTRAL.size + name_size : _CENTRAL.size + name_size + extra_size]
        held = held[_CENTRAL.size + name_size + extra_size + comment_size :]
        size, packed, offset = _large(extra, size, packed, offset)
        yield Entry(member_name(name, flags), offset + shift, method, flags, crc, packed, size)


def _large(extra: bytes, size: int, packed: int, offset: int) -> tuple[int, int, int]:
    """Take sizes that don't fit 32 bits from the ZIP64 field."""
    values = [size, packed, offset]
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<2H", extra)
        if kind == 1:
            wide = extra[4 : 4 + length]
            for place, value in enumerate(values):
                if value == 0xFFFFFFFF and len(wide) >= 8:
                    (values[place],) = struct.unpack_from("<Q", wide)
                    wide = wide[8:]
            break
        extra = extra[4 + length :]
    return values[0], values[1], values[2]


def _from_headers(file: IO[bytes], size: int) -> Iterator[Entry]:
    """The members by the headers before each, for archives whose end is missing."""
    at = _signature(file, 0, size)
    while at < size:
        after = _signature(file, at + 4, size)
        file.seek(at)
        head = file.read(_LOCAL.size)
        if len(head) < _LOCAL.size:
            return
        values = _LOCAL.unpack(head)
        name = file.read(values[9])
        begin = at + _LOCAL.size + values[9] + values[10]
        if not values[2] & 8 and values[7] and values[7] != 0xFFFFFFFF:
            # What looked like a header inside the member's bytes was none.
            after = max(after, min(size, begin + values[7]))
            if after < size:
                after = _signature(file, begin + values[7], size)
            packed = values[7]
        else:
            packed = after - begin
        yield Entry(member_name(name, values[2]), at, values[3], values[2] | 8, 0, packed, -1)
        at = after


def _signature(file: IO[bytes], start: int, size: int) -> int:
    """The offset of the next header of a member, or the size of the file."""
    position, rest = start, b""
    for piece in stretch(file, start, size - start):
        data = rest + piece
        found = data.find(b"PK\x03\x04")
        if found >= 0:
            return position - len(rest) + found
        rest = data[-3:]
        position += len(piece)
    return size


def member_name(name: bytes, flags: int) -> str:
    """Return a name as text, by its flags or else as it can be read."""
    if flags & 0x800:
        return name.decode("utf-8", "replace")
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("cp437")


def refusal(entry: Entry) -> str:
    """Why a member can't be unpacked; empty where it can."""
    if entry.flags & 1 or entry.method == 99:
        return "is encrypted"
    if entry.method in (_STORED, _LZMA) or entry.method in _METHODS:
        return ""
    return f"is compressed by method {entry.method}, which is not known here"


def begins(file: IO[bytes], entry: Entry) -> int:
    """Return where a member's packed bytes begin. Raises Bad where no header stands before them."""
    file.seek(max(0, min(entry.offset, FARTHEST)))
    head = file.read(_LOCAL.size)
    if len(head) < _LOCAL.size or head[:4] != b"PK\x03\x04" or entry.offset < 0:
        raise Bad("is damaged: its header is not where the directory says")
    values = _LOCAL.unpack(head)
    return int(entry.offset + _LOCAL.size + values[9] + values[10])


def content(file: IO[bytes], entry: Entry, member: Member | None = None) -> Iterator[bytes]:
    """Give a member's bytes. Damage ends them, and stands in `member.problem`; without a member it raises Bad."""
    try:
        yield from _checked(file, entry)
    except Bad as bad:
        if member is None:
            raise
        member.problem = str(bad)


def _checked(file: IO[bytes], entry: Entry) -> Iterator[bytes]:
    crc = size = 0
    for chunk in _unpacked(file, entry):
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
        yield chunk
    if entry.size >= 0 and (size != entry.size or crc != entry.crc):
        raise Bad("is damaged: its checksum or size is not what the directory says")


def _unpacked(file: IO[bytes], entry: Entry) -> Iterator[bytes]:
    start = begins(file, entry)
    if entry.method == _STORED:
        yield from stretch(file, start, entry.packed)
        return
    read = reads(file, start, entry.packed)
    if entry.method != _LZMA:
        yield from inflated(read, _METHODS[entry.method], many=entry.method == _ZSTD)
        return
    head = read(4)
    properties = read(int.from_bytes(head[2:4], "little")) if len(head) == 4 else b""
    with contained(_DAMAGED):
        decompressor = lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=[lzma_filter(properties)])
    left = entry.size if entry.size >= 0 else 1 << 62
    data = read(_READ)
    while left > 0:
        with contained(_DAMAGED):
            out = decompressor.decompress(data, min(left, _READ))
        left -= len(out)
        yield out
        if decompressor.eof:
            return
        data = read(_READ) if decompressor.needs_input else b""
        if not data and not out:
            raise Bad(_DAMAGED)


def lzma_filter(properties: bytes) -> dict[str, int]:
    """Return what Python's lzma needs to know, from the five bytes before a stream. Raises ValueError."""
    if len(properties) < 5:
        raise ValueError("too few properties")
    rest, lc = divmod(properties[0], 9)
    pb, lp = divmod(rest, 5)
    dictionary = int.from_bytes(properties[1:5], "little")
    if dictionary > _MOST_DICTIONARY:
        raise ValueError("a dictionary too large")
    return {"id": lzma.FILTER_LZMA1, "dict_size": max(4096, dictionary), "lc": lc, "lp": lp, "pb": pb}
