"""Base64 and hexadecimal inside text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.edits import Layer

__all__ = ["ROW", "RUN", "encoded_runs", "row_ends"]

RUN = r"(?:^|[^0-9A-Za-z+/_\-])[0-9A-Za-z+/_\-]{16}"
"""What the matcher looks for: the first 16 characters of a row that may be encoded."""
_RUN_WIDTH = 16
ROW = re.compile(rb"[0-9A-Za-z+/_\-]{16,}={0,2}")
"""A whole row that may be encoded."""
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}\Z")
_DELETED = bytes(byte for byte in range(256) if byte in b"\t\n\r" or 32 <= byte < 127 or byte >= 0x80)
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_LEAST_TEXT = 8
_MOST_CONTROL = 0.02


class _Found(NamedTuple):
    """Text that a row holds: `each` bytes of the decoded row stand for one of the text, `wide` characters for `group`
    of the decoded bytes, from the character `skipped` on.
    """

    name: str
    text: bytes
    each: int
    wide: int
    group: int
    skipped: int


def encoded_runs(data: bytes, ends: Iterable[int]) -> Iterator[Layer]:
    """Decode the rows whose first characters end at `ends`; each one that holds text is a record of its encoding."""
    found: dict[str, list[tuple[int, int, _Found]]] = {}
    for start, stop in row_ends(data, ends):
        for one in _decoded(data[start:stop]):
            found.setdefault(one.name, []).append((start, stop, one))
    for name, pieces in found.items():
        begin: list[NDArray[np.int64]] = []
        finish: list[NDArray[np.int64]] = []
        for start, stop, one in pieces:
            first = np.arange(len(one.text) + 1) * one.each
            origin = start + one.skipped
            begin.append(first // one.group * one.wide + origin)
            finish.append(np.minimum(((first + one.each - 1) // one.group + 1) * one.wide + origin, stop))
        joined = b"\n".join(one.text for _, _, one in pieces)
        lengths = np.array([len(one.text) + 1 for _, _, one in pieces])
        yield Layer(name, joined, np.cumsum(lengths) - 1, np.concatenate(begin)[:-1], np.concatenate(finish)[:-1])


def row_ends(data: bytes, ends: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Yield where rows start and end whose first characters end at `ends`."""
    last = -1
    for end in sorted(ends):
        match = ROW.match(data, end - _RUN_WIDTH)
        if match is not None and match.start() >= last:
            last = match.end()
            yield match.start(), last


def _decoded(row: bytes) -> Iterator[_Found]:
    """Yield the text that a row holds, read as hexadecimal, or else as base64."""
    if _HEX.match(row):
        text = _as_text(binascii.unhexlify(row))
        if text is not None:
            yield _Found("hex", *text, 2, 1, 0)
            return
    for skipped, part in _parts(row):
        body = part.rstrip(b"=").translate(_TO_STANDARD)
        body = body if len(body) % 4 != 1 else body[:-1]
        text = _as_text(base64.b64decode(body + b"=" * (-len(body) % 4)))
        if text is not None:
            yield _Found("base64", *text, 4, 3, skipped)
            return


def _parts(row: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield the row, and what follows the last slash in it: a path may end in an encoded name."""
    yield 0, row
    place = row.rfind(b"/")
    if 0 <= place < len(row) - _RUN_WIDTH:
        yield place + 1, row[place + 1 :]


def _as_text(value: bytes) -> tuple[bytes, int] | None:
    """Return (UTF-8, bytes that each of its bytes stands for) when decoded bytes are text, else None."""
    width = 1
    if value[1:2] == b"\0" and value[1::2].count(0) == len(value) // 2:
        value, width = value[::2], 2
    if len(value) < _LEAST_TEXT or len(value.translate(None, _DELETED)) > len(value) * _MOST_CONTROL:
        return None
    try:
        value.decode()
    except UnicodeDecodeError as error:
        if error.start < len(value) - 3:
            return None
    return value, width
