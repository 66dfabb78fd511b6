"""TAR archives: each member by its own reader; links, devices and pipes are told.

Formats: POSIX.1-2017 pax (ustar) and GNU tar's long names and large sizes.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import IO

import msgspec

from bartizan.scan.blocks import Block, Source, Unit, Unread
from bartizan.scan.readers.parts.foreign import Bad
from bartizan.scan.readers.parts.members import Budget, Member, budget_of, clean_name, nested, summed
from bartizan.scan.readers.parts.whole import Whole
from bartizan.scan.readers.parts.window import FARTHEST, Window, stretch

__all__ = ["READER"]

_BLOCK = 512
_MOST_HEADER = 1 << 20
_KINDS = {b"3": "a device", b"4": "a device", b"6": "a named pipe"}
_LINKS = (b"1", b"2")
_FOLDER = b"5"
_CUT = "breaks off: the archive is truncated"


class _Header(msgspec.Struct):
    name: str
    size: int
    kind: bytes
    start: int


class TarReader(Whole):
    """Members in the order of the archive."""

    name = "TAR archive"

    def recognises(self, head: bytes, name: str) -> int:
        """By magic number, or by a first header whose checksum holds."""
        if head[257:262] == b"ustar" or (len(head) >= _BLOCK and name.endswith(".tar") and _checked(head[:_BLOCK])):
            return 3
        return 1 if name.endswith(".tar") and b"\x00" in head else 0

    def blocks(self, source: Source, _unit: Unit) -> Iterator[Block | Unread]:
        """What the members' readers give."""
        budget, _ = budget_of(source)
        jumps = bool(getattr(source, "jumps", True))
        with source.open() as file:
            yield from summed(_members(source, file, budget, jumps))
            if budget.over:
                yield Unread(budget.over)


def _members(source: Source, file: IO[bytes], budget: Budget, jumps: bool) -> Iterator[Block | Unread]:
    end = file.seek(0, 2) if jumps else 0
    try:
        for header in _headers(file):
            shown = clean_name(header.name)[0]
            if budget.over:
                return
            if header.kind in _LINKS or header.kind == _FOLDER:
                # What a link points to is read where it stands.
                continue
            if header.kind in _KINDS:
                yield Unread(f"is {_KINDS[header.kind]}", shown)
            elif jumps:
                opener = partial(Window, file, header.start, header.size)
                yield from nested(source, budget, header.name, opener=opener, size=header.size)  # type: ignore[arg-type]
                if header.start + header.size > end:
                    yield Unread(_CUT, shown)
            else:
                yield from nested(source, budget, header.name, partial(_content, file, header), size=header.size)
    except Bad as bad:
        yield Unread(str(bad))


def _content(file: IO[bytes], header: _Header, member: Member) -> Iterator[bytes]:
    size = 0
    for piece in stretch(file, header.start, header.size):
        size += len(piece)
        yield piece
    if size < header.size:
        member.problem = _CUT


def _headers(file: IO[bytes]) -> Iterator[_Header]:
    """The members; headers that only describe the next one are taken into it."""
    at = 0
    long_name = ""
    pax: dict[str, str] = {}
    while True:
        file.seek(min(at, FARTHEST))
        head = file.read(_BLOCK)
        if not head:
            raise Bad("has no mark at its end, as a truncated archive; members may be missing")
        if not head.strip(b"\x00"):
            # Zeros end an archive; but archives may be joined.
            more = file.read(_BLOCK)
            if not more.strip(b"\x00"):
                return
            at += _BLOCK
            continue
        if len(head) < _BLOCK or not _checked(head):
            raise Bad("is damaged or truncated; members after the damage are missing")
        header = _header(head, at + _BLOCK)
        after = header.start + -(-header.size // _BLOCK) * _BLOCK
        if header.kind in (b"L", b"K", b"x", b"g"):
            if header.size > _MOST_HEADER:
                raise Bad("has a header of more than a megabyte; members after it are missing")
            text = file.read(header.size)
            if header.kind == b"L":
                long_name = text.rstrip(b"\x00").decode("utf-8", "replace")
            elif header.kind == b"x":
                pax = _pax(text)
            at = after
            continue
        if long_name or "path" in pax:
            header.name = pax.get("path", long_name)
        if pax.get("size", "").isdecimal():
            header.size = int(pax["size"])
            after = header.start + -(-header.size // _BLOCK) * _BLOCK
        long_name, pax = "", {}
        yield header
        at = after


def _header(head: bytes, start: int) -> _Header:
    name = head[:100].split(b"\x00")[0]
    kind = head[156:157]
    if head[257:263] == b"ustar\x00" and head[345]:
        name = head[345:500].split(b"\x00")[0] + b"/" + name
    if kind == b"\x00" and name.endswith(b"/"):
        kind = _FOLDER
    # Links tell the size of what they point to, folders may, too.
    size = 0 if kind in (*_LINKS, _FOLDER, *_KINDS) else _number(head[124:136])
    return _Header(name.decode("utf-8", "replace"), size, kind, start)


def _number(field: bytes) -> int:
    if field[0] & 0x80:
        return int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
    try:
        return max(0, int(field.strip(b" \x00") or b"0", 8))
    except ValueError:
        raise Bad("is damaged; members after the damage are missing") from None


def _checked(head: bytes) -> bool:
    """Whether a header's checksum is right: the sum of its bytes, with the checksum itself as spaces."""
    try:
        said = int(head[148:156].strip(b" \x00") or b"-1", 8)
    except ValueError:
        return False
    return said == sum(head[:148]) + 256 + sum(head[156:_BLOCK])


def _pax(text: bytes) -> dict[str, str]:
    """Records of the form `LENGTH KEY=VALUE`."""
    out: dict[str, str] = {}
    while text:
        length, _, _ = text.partition(b" ")
        if not length.isdigit() or not 0 < int(length) <= len(text):
            break
        record = text[len(length) + 1 : int(length)].rstrip(b"\n")
        key, _, value = record.partition(b"=")
        out[key.decode("utf-8", "replace")] = value.decode("utf-8", "replace")
        text = text[int(length) :]
    return out


READER = TarReader()
