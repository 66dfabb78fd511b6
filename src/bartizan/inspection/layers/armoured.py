"""Bytes in the frames of uuencode and of Adobe's ascii85, which say where they begin and end."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.edits import Layer
from bartizan.inspection.layers.packed import text_of
from bartizan.inspection.layers.records import Records

__all__ = ["FRAME", "armoured"]

FRAME = "begin [0-7]{3}|<~"
"""What a text has that holds a frame."""
_BEGIN = re.compile(rb"begin [0-7]{3,4} [^\r\n]*\r?\n")
_LINE = re.compile(rb"([ -`]{1,90})(?:\r?\n|\Z)")
_ASCII85 = re.compile(rb"<~([!-uz\s]{1,65536}?)~>")
_MOST = 65_536
"""Bytes of one frame that are decoded at most; a stretch of text that is longer is told by what stands in it."""


def armoured(data: bytes, ends: NDArray[np.int64] | None) -> Iterator[Layer]:
    """Decode what stands between `begin 644 name` and `end`, and between `<~` and `~>`."""
    records = Records(len(data))
    if b"begin " in data:
        for frame in _BEGIN.finditer(data):
            _add_uu(records, data, frame.end(), _end_of(ends, frame.start(), len(data)))
    if b"<~" in data:
        for frame in _ASCII85.finditer(data):
            if frame.end() <= _end_of(ends, frame.start(), len(data)):
                _add_ascii85(records, data, *frame.span(1))
    yield from records.layers()


def _end_of(ends: NDArray[np.int64] | None, place: int, size: int) -> int:
    """Return where the record around a place ends."""
    return size if ends is None else int(ends[min(int(np.searchsorted(ends, place)), ends.size - 1)])


def _add_uu(records: Records, data: bytes, start: int, limit: int) -> None:
    """Add the lines of one frame: a character for the length, then four characters for three bytes."""
    parts: list[bytes] = []
    begin: list[NDArray[np.int64]] = []
    while start < limit and (line := _LINE.match(data, start, limit)) is not None:
        try:
            value = binascii.a2b_uu(line.group(1))
        except binascii.Error:
            break
        if not value:
            break
        parts.append(value)
        begin.append(np.arange(len(value)) // 3 * 4 + start + 1)
        start = line.end()
        if sum(map(len, parts)) > _MOST:
            break
    found = text_of(b"".join(parts), records.room)
    if found is not None:
        places = np.concatenate(begin)
        records.add("uuencode", found, places[found.begin], np.minimum(places[found.finish - 1] + 4, limit))


def _add_ascii85(records: Records, data: bytes, start: int, stop: int) -> None:
    """Add what one frame holds; `z` stands for four zeros, so places are those of the whole frame."""
    try:
        value = base64.a85decode(data[start:stop])
    except ValueError:
        return
    found = text_of(value, records.room)
    if found is not None:
        size = len(found.text)
        records.add("ascii85", found, np.full(size, start), np.full(size, stop))
