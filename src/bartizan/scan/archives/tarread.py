"""Tar archives, header by header, in each way that a reader may take them.

Formats: POSIX.1-1988 ustar, POSIX.1-2001 pax, GNU tar's long names and sparse files. Readers differ in whether they
heed the size in a pax header or that in the plain one (CVE-2025-62518); both are read where they differ.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from bartizan.scan.artefacts.content import Content
from bartizan.scan.artefacts.errors import LimitReached, Malformed

__all__ = ["BLOCK", "TarMember", "is_tar", "members"]

BLOCK = 512
_MOST_META = 1 << 20
_MOST_MEMBERS = 200_000
_ZEROS = bytes(BLOCK)


class TarMember(msgspec.Struct, frozen=True, kw_only=True):
    """A member: where its header and its bytes are. `other_size` is that of the plain header where pax says another.

    `kind` is `file`, `folder`, `symlink`, `hardlink`, `device`, or `other` for types that no common program writes.
    """

    name: str
    kind: str
    offset: int
    start: int
    size: int
    other_size: int = -1
    target: str = ""
    checksum_wrong: bool = False

    @property
    def end(self) -> int:
        """Where the next header stands."""
        return self.start + _padded(self.size)

    @property
    def other_end(self) -> int:
        """Where it stands for those who heed the plain header."""
        return self.start + _padded(self.other_size)


class _Extra(msgspec.Struct):
    """What the headers before a header say about it."""

    name: str = ""
    target: str = ""
    size: int = -1
    offset: int = -1


def is_tar(head: bytes) -> bool:
    """Tell whether a tar header with a right checksum stands at the beginning."""
    return len(head) >= BLOCK and head[0] != 0 and _sum_is_right(head[:BLOCK]) and _number(head[124:136]) is not None


def members(content: Content, start: int = 0) -> Iterator[TarMember]:
    """Give the members from an offset on, up to two blocks of zeros or the end. Raises Malformed, LimitReached."""
    at, extra, lasting = start, _Extra(), _Extra()
    for _ in range(_MOST_MEMBERS):
        head = content.read(at, BLOCK)
        if not head or head == _ZEROS:
            return
        if len(head) < BLOCK:
            raise Malformed("the file ends within a header", at)
        right = _sum_is_right(head)
        size = _number(head[124:136])
        if size is None or (not right and head[257:262] != b"ustar"):
            raise Malformed("no header stands where the next member should begin", at)
        kind = head[156:157]
        if kind in (b"L", b"K", b"x", b"X", b"g"):
            _extend(lasting if kind == b"g" else extra, kind, content, at, size)
            at += BLOCK + _padded(size)
            continue
        member = _member(head, at, size, right, extra, lasting)
        yield member
        at = member.end + _sparse_headers(content, head, at)
        extra = _Extra()
    raise LimitReached(f"the archive has more than {_MOST_MEMBERS} members")


def _member(head: bytes, at: int, size: int, right: bool, extra: _Extra, lasting: _Extra) -> TarMember:
    letter = head[156:157]
    kind = _kind(letter)
    name = extra.name or lasting.name or _name(head)
    data = size if kind in ("file", "other") else 0
    pax = extra.size if extra.size >= 0 else lasting.size
    told = pax if pax >= 0 and kind in ("file", "other") else data
    return TarMember(
        name=name,
        kind="folder" if kind == "file" and name.endswith("/") else kind,
        offset=extra.offset if extra.offset >= 0 else at,
        start=at + BLOCK,
        size=told,
        other_size=data if told != data and data else -1,
        target=extra.target or lasting.target or _text(head[157:257]),
        checksum_wrong=not right,
    )


def _kind(letter: bytes) -> str:
    if letter == b"1":
        return "hardlink"
    if letter == b"2":
        return "symlink"
    if letter in (b"3", b"4", b"6"):
        return "device"
    if letter in (b"5", b"D"):
        return "folder"
    return "file" if letter in (b"0", b"\0", b"7", b"S", b" ") else "other"


def _name(head: bytes) -> str:
    name, prefix = _text(head[:100]), _text(head[345:500])
    return f"{prefix}/{name}" if prefix and head[257:263] == b"ustar\0" else name


def _extend(extra: _Extra, kind: bytes, content: Content, at: int, size: int) -> None:
    """Take a long name or the pairs of a pax header."""
    if size > _MOST_META:
        raise LimitReached("a header of the archive has more than 1 MB")
    body = content.read(at + BLOCK, size)
    if len(body) < size:
        raise Malformed("the file ends within a header", at)
    if extra.offset < 0:
        extra.offset = at
    if kind == b"L":
        extra.name = _text(body)
    elif kind == b"K":
        extra.target = _text(body)
    else:
        for key, value in _pairs(body):
            if key == b"path":
                extra.name = value.decode("utf-8", "replace")
            elif key == b"linkpath":
                extra.target = value.decode("utf-8", "replace")
            elif key == b"size" and value.isdigit() and len(value) < 20:
                extra.size = int(value)
            elif key == b"GNU.sparse.name":
                extra.name = value.decode("utf-8", "replace")


def _pairs(body: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The pairs of a pax header: `length key=value` and a line's end, where the length counts itself."""
    while body.strip(b"\0"):
        digits, blank, _ = body[:24].partition(b" ")
        if not blank or not digits.isdigit():
            raise Malformed("a pax header is not made of pairs")
        length = int(digits)
        record = body[len(digits) + 1 : length]
        key, equals, value = record.partition(b"=")
        if length <= len(digits) + 1 or length > len(body) or not equals:
            raise Malformed("a pax header is not made of pairs")
        yield key, value.removesuffix(b"\n")
        body = body[length:]


def _sparse_headers(content: Content, head: bytes, at: int) -> int:
    """Bytes of further headers behind that of a sparse file in GNU's old format."""
    if head[156:157] != b"S" or head[257:263] != b"ustar ":
        return 0
    more, size = head[482:483], 0
    while more not in (b"\0", b"") and size < 64 * BLOCK:
        size += BLOCK
        more = content.read(at + size + 504, 1)
    return size


def _sum_is_right(head: bytes) -> bool:
    told = _number(head[148:156])
    if told is None:
        return False
    rest = head[:148] + b" " * 8 + head[156:BLOCK]
    plain = sum(rest)
    signed = plain - 256 * sum(1 for byte in rest if byte > 127)
    return told in (plain, signed)


def _number(field: bytes) -> int | None:
    """A number in octal digits, or in GNU's binary form; None where it is neither."""
    if field[:1] == b"\x80":
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \0").split(b"\0", 1)[0].strip()
    if not digits:
        return 0
    try:
        value = int(digits, 8)
    except ValueError:
        return None
    return value if value >= 0 else None


def _text(field: bytes) -> str:
    raw = field.split(b"\0", 1)[0]
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _padded(size: int) -> int:
    return (size + BLOCK - 1) // BLOCK * BLOCK
