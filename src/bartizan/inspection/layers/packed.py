"""What decoded bytes hold: text in UTF-8 or UTF-16, or text that is compressed."""

from __future__ import annotations

import zlib
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Decoded", "text_of"]

_LEAST_TEXT = 8
_DELETED = bytes(byte for byte in range(256) if byte in b"\t\n\r" or 32 <= byte < 127 or byte >= 0x80)
_MOST_CONTROL = 0.02
_MOST_PACKED = 3
"""Compressions inside each other."""
_LEAST_DEFLATED = 10
_MOST_OTHER = 4
"""One in so many characters of UTF-16 at most is none of Latin-1: otherwise any bytes would be text."""
_GZIP, _ZLIB, _RAW = 31, 15, -15
_GZIP_START = b"\x1f\x8b\x08"
_NAMES = {_GZIP: "gzip", _ZLIB: "zlib", _RAW: "deflate"}


class Decoded(NamedTuple):
    """Text that bytes hold, in UTF-8; which of the bytes each of its bytes stands for.

    `names` are the compressions that were undone. `whole` is false when there was no room for all of it.
    """

    text: bytes
    begin: NDArray[np.int64]
    finish: NDArray[np.int64]
    names: tuple[str, ...] = ()
    whole: bool = True


def text_of(value: bytes, room: int, *, bare: bool = True) -> Decoded | None:
    """Return the text that bytes hold, None when it is none; what is compressed grows to `room` bytes at most.

    `bare` says whether they may be deflated without a header, which one in four rows of bytes looks like.
    """
    plain = _plain(value)
    if plain is not None:
        return plain
    names: list[str] = []
    whole, inner = True, value
    while len(names) < _MOST_PACKED and (kind := _packing(inner, bare=bare)):
        unpacked = _unpacked(inner, kind, room)
        if unpacked is None:
            return None
        inner, whole_here = unpacked
        whole, room = whole and whole_here, room - len(inner)
        names.append(_NAMES[kind])
        plain = _plain(inner)
        if plain is not None or not whole:
            break
    if not names or (plain is None and whole):
        return None
    # Where text is cut for want of room, what there is of it is text as far as it goes; all else is told as not read.
    text = plain.text if plain is not None else b""
    size = len(text)
    return Decoded(text, np.zeros(size, np.int64), np.full(size, len(value)), tuple(names), whole)


def _packing(value: bytes, *, bare: bool) -> int:
    """Tell how bytes are compressed by how they begin (RFC 1952, 1950, 1951); 0 for not at all."""
    if len(value) < _LEAST_DEFLATED:
        return 0
    first = value[0]
    if value.startswith(_GZIP_START):
        return _GZIP
    if first & 0x8F == 8 and (first * 256 + value[1]) % 31 == 0:
        return _ZLIB
    # The last block, with fixed or dynamic codes.
    return _RAW if bare and first & 7 in (3, 5) else 0


def _unpacked(value: bytes, kind: int, room: int) -> tuple[bytes, bool] | None:
    """Decompress, and tell whether that is all; None when it is damaged, or has no sign and doesn't end in place."""
    if room <= 0:
        return b"", False
    out = b""
    while True:
        machine = zlib.decompressobj(kind)
        try:
            out += machine.decompress(value, room - len(out))
        except zlib.error:
            # What stood before the damage counts, as a reader that forgives has it too.
            return (out, True) if out else None
        if kind != _GZIP or not machine.unused_data.startswith(_GZIP_START) or len(out) >= room:
            break
        value = machine.unused_data  # a file of gzip may have several members
    if kind == _RAW and (not machine.eof or machine.unused_data):
        return None
    # What fills the room exactly may go on.
    return out, len(out) < room


def _plain(value: bytes) -> Decoded | None:
    """Return bytes that are text as they stand, in UTF-8 or UTF-16."""
    if len(value) < _LEAST_TEXT:
        return None
    if b"\0" in value[:_LEAST_TEXT] and (wide := _wide(value)) is not None:
        return wide
    if not _is_text(value):
        return None
    begin = np.arange(len(value))
    return Decoded(value, begin, begin + 1)


def _is_text(value: bytes) -> bool:
    """Tell whether bytes are UTF-8 without control characters, but for a character that is cut at the end."""
    if len(value) < _LEAST_TEXT or len(value.translate(None, _DELETED)) > len(value) * _MOST_CONTROL:
        return False
    try:
        value.decode()
    except UnicodeDecodeError as error:
        return error.start >= len(value) - 3
    return True


def _wide(value: bytes) -> Decoded | None:
    """Return text in UTF-16, in either order of bytes: nearly every second byte of it is zero."""
    half = len(value) // 2
    high = next((start for start in (1, 0) if value[start::2].count(0) * _MOST_OTHER >= half * (_MOST_OTHER - 1)), None)
    if high is None or value[1 - high :: 2].count(0) * _MOST_OTHER > half:
        return None
    text = value[: half * 2].decode("utf-16-le" if high else "utf-16-be", "replace")
    parts = [character.encode() for character in text]
    joined = b"".join(parts)
    if not _is_text(joined):
        return None
    units = np.array([1 + (ord(character) > 0xFFFF) for character in text])
    ends = np.repeat(np.cumsum(units), [len(part) for part in parts])
    starts = np.repeat(np.cumsum(units) - units, [len(part) for part in parts])
    return Decoded(joined, starts * 2, ends * 2)
