"""Base64 and hexadecimal inside text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.edits import Layer

__all__ = ["RUN", "Stretches", "encoded_runs", "long_rows", "rows_at"]

RUN = r"(?:^|[^0-9A-Za-z+/_\-])[0-9A-Za-z+/_\-]{16}"
"""What the matcher looks for in short texts: the first 16 characters of a row that may be encoded."""
_LEAST = 16
_ROW = re.compile(rb"[0-9A-Za-z+/_\-]{16,}")
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}\Z")
_DELETED = bytes(byte for byte in range(256) if byte in b"\t\n\r" or 32 <= byte < 127 or byte >= 0x80)
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_LEAST_TEXT = 8
_SLASH = ord("/")
_MOST_CONTROL = 0.02
_FULL = 0x01010101
_DENSE = 400
"""Bytes of text for each row, below which comparing all gaps is faster than looking at each row."""
# Every fourth character of base64 that begins a byte below 128, and every second digit of hexadecimal.
_LOW_BASE64 = np.zeros(256, np.bool_)
_LOW_BASE64[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef")] = True
_LOW_HEX = np.zeros(256, np.bool_)
_LOW_HEX[list(b"01234567")] = True
_IS_HEX = np.zeros(256, np.bool_)
_IS_HEX[list(b"0123456789abcdefABCDEF")] = True

Stretches: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Starts and ends of parts of a text, rising and apart."""
_NONE: Stretches = (np.zeros(0, np.int64), np.zeros(0, np.int64))


class _Found(NamedTuple):
    """Text that a row holds: `each` bytes of the decoded row stand for one of the text, `wide` characters for `group`
    of the decoded bytes.
    """

    name: str
    text: bytes
    each: int
    wide: int
    group: int


def long_rows(data: bytes | memoryview) -> Stretches:
    """Find the rows of 16 and more characters that may be encoded.

    Such a row holds three words of four bytes in a row that hold nothing else, wherever it begins; comparing words is
    many times faster than looking at each gap between words of running text.
    """
    text = np.frombuffer(data, np.uint8)
    inside = np.zeros(-(-text.size // 4) * 4, np.bool_)
    small = text | 32
    inside[: text.size] = ((small - 97) < 26) | ((text - 48) < 10)
    for mark in b"+/_-":
        inside[: text.size] |= text == mark
    full = inside.view(np.uint32) == _FULL
    places = np.flatnonzero(full[:-2] & full[1:-1] & full[2:])
    places = places[np.diff(places, prepend=-2) > 1] * 4
    if places.size * _DENSE > text.size:
        gaps = np.concatenate(([-1], np.flatnonzero(~inside[: text.size]), [text.size]))
        wide = np.flatnonzero(np.diff(gaps) > _LEAST)
        return gaps[wide] + 1, gaps[wide + 1]
    rows = [_row_around(data, inside, place) for place in places.tolist()]
    table = np.array(sorted({row for row in rows if row is not None}), np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def _row_around(data: bytes | memoryview, inside: NDArray[np.bool_], place: int) -> tuple[int, int] | None:
    """Return where the row at a place starts and ends; None when it is too short."""
    while place and inside[place - 1]:
        place -= 1
    match = _ROW.match(data, place)
    return None if match is None else match.span()


def rows_at(data: bytes | memoryview, ends: Sequence[int]) -> Stretches:
    """Return the rows whose first 16 characters end at `ends`: what `long_rows` finds, for short texts."""
    if not ends:
        return _NONE
    matches = [_ROW.match(data, end - _LEAST) for end in sorted(ends)]
    table = np.array([match.span() for match in matches if match is not None], np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def encoded_runs(data: bytes, rows: Stretches) -> Iterator[Layer]:
    """Decode rows; each one that holds text is a record of its encoding."""
    if not rows[0].size:
        return
    found: dict[str, list[tuple[int, int, _Found]]] = {}
    for start, stop in _promising(data, rows):
        one = _decoded(data[start:stop])
        if one is not None:
            found.setdefault(one.name, []).append((start, stop, one))
    for name, pieces in found.items():
        begin: list[NDArray[np.int64]] = []
        finish: list[NDArray[np.int64]] = []
        for start, stop, one in pieces:
            first = np.arange(len(one.text) + 1) * one.each
            begin.append(first // one.group * one.wide + start)
            finish.append(np.minimum(((first + one.each - 1) // one.group + 1) * one.wide + start, stop))
        joined = b"\n".join(one.text for _, _, one in pieces)
        lengths = np.array([len(one.text) + 1 for _, _, one in pieces])
        yield Layer(name, joined, np.cumsum(lengths) - 1, np.concatenate(begin)[:-1], np.concatenate(finish)[:-1])


def _promising(data: bytes, rows: Stretches) -> Iterator[tuple[int, int]]:
    """Yield the rows, or what follows the last slash of them, that look like encoded text by their first characters."""
    starts, stops = rows
    text = np.frombuffer(data, np.uint8)
    good = _looks_encoded(text, starts)
    # A path may end in an encoded name: what stands behind the last slash of a row is tried when the row is none.
    slashes = np.concatenate(([-1], np.flatnonzero(text == _SLASH)))
    tails = slashes[np.searchsorted(slashes, stops) - 1] + 1
    other = np.flatnonzero(~good & (tails > starts) & (stops - tails >= _LEAST))
    other = other[_looks_encoded(text, tails[other])]
    begin = np.where(good, starts, tails)
    good[other] = True
    yield from zip(begin[good].tolist(), stops[good].tolist(), strict=True)


def _looks_encoded(text: NDArray[np.uint8], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell of rows whether nearly all bytes that their first characters may stand for are ASCII."""
    first = text[starts[:, None] + np.arange(_LEAST)]
    base64_like = _LOW_BASE64[first[:, 0::4]].sum(axis=1) >= _LEAST // 4 - 1
    hex_like = _LOW_HEX[first[:, 0::2]].sum(axis=1) >= _LEAST // 2 - 1
    # Identifiers in hexadecimal are many in logs, and base64 of nothing but their digits is none.
    likely: NDArray[np.bool_] = np.where(_IS_HEX[first].all(axis=1), hex_like, base64_like)
    return likely


def _decoded(row: bytes) -> _Found | None:
    """Return the text that a row holds, read as hexadecimal, or else as base64."""
    if _HEX.match(row):
        text = _as_text(binascii.unhexlify(row))
        if text is not None:
            return _Found("hex", *text, 2, 1)
    body = row.translate(_TO_STANDARD)
    body = body if len(body) % 4 != 1 else body[:-1]
    text = _as_text(base64.b64decode(body + b"=" * (-len(body) % 4)))
    return None if text is None else _Found("base64", *text, 4, 3)


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
