"""Base64 and hexadecimal inside text."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.edits import Layer

__all__ = ["Parts", "Stretches", "encoded_runs", "long_rows"]

_LEAST = 16
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}\Z")
_DELETED = bytes(byte for byte in range(256) if byte in b"\t\n\r" or 32 <= byte < 127 or byte >= 0x80)
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_LEAST_TEXT = 8
_SLASH = ord("/")
_MOST_CONTROL = 0.02
# Every fourth character of base64 that begins a byte below 128, and every second digit of hexadecimal.
_BASE64_OF_ASCII, _HEX_OF_ASCII = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef", b"01234567"
_HEX_DIGITS = b"0123456789abcdefABCDEF"
_LOW_BASE64 = np.zeros(256, np.uint8)
_LOW_BASE64[list(_BASE64_OF_ASCII)] = 1
_LOW_HEX = np.zeros(256, np.uint8)
_LOW_HEX[list(_HEX_OF_ASCII)] = 1
_IS_HEX = np.zeros(256, np.bool_)
_IS_HEX[list(_HEX_DIGITS)] = True
_MARKS = b"+-_/"
_IS_MARK = np.zeros(256, np.bool_)
_IS_MARK[list(_MARKS)] = True

Stretches: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Starts and ends of parts of a text, rising and apart."""
Parts: TypeAlias = list[tuple[int, int]]
"""The same of a short text, where arrays cost more than they give."""


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

    They are looked for at all places at once, whatever the text holds: operations on bytes cost next to nothing.
    """
    text = np.frombuffer(data, np.uint8)
    # A byte of air before and behind the text ends the rows that touch its ends.
    inside = np.zeros(text.size + 2, np.bool_)
    inside[1:-1] = (((text | 32) - 97) < 26) | ((text - _SLASH) < 11)  # the slash stands before the digits
    for mark in b"+_-":
        inside[1:-1] |= text == mark
    full = inside
    for step in (1, 2, 4, 8):
        full = full[:-step] & full[step:]
    # The last place is air. A row starts where none goes on, and ends where it doesn't go on itself.
    full = full[:-1]
    starts = np.flatnonzero(full[1:] > inside[: -_LEAST - 1])
    return starts, np.flatnonzero(full > inside[_LEAST:]) + _LEAST - 1


def encoded_runs(data: bytes, rows: Stretches | Parts) -> Iterator[Layer]:
    """Decode rows; each one that holds text is a record of its encoding."""
    if not len(rows[0] if isinstance(rows, tuple) else rows):
        return
    found: dict[str, list[tuple[int, int, _Found]]] = {}
    likely = _promising(data, rows) if isinstance(rows, tuple) else _few_promising(data, rows)
    for start, stop in likely:
        one = _decoded(data[start:stop])
        if one is None and (tail := _tail(data, start, stop)) > start:
            start, one = tail, _decoded(data[tail:stop])  # noqa: PLW2901
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
    # No text begins with a mark when it is encoded; what a line of changes or a path begins with is none of it.
    starts = _behind_marks(text, starts, stops)
    good = _looks_encoded(text, starts)
    # A path may end in an encoded name: what stands behind the last slash of a row is tried when the row is none.
    slashes = np.concatenate(([-1], np.flatnonzero(text == _SLASH)))
    tails = _behind_marks(text, slashes[np.searchsorted(slashes, stops) - 1] + 1, stops)
    other = np.flatnonzero(~good & (tails > starts) & (stops - tails >= _LEAST))
    other = other[_looks_encoded(text, tails[other])]
    begin = np.where(good, starts, tails)
    good[other] = True
    yield from zip(begin[good].tolist(), stops[good].tolist(), strict=True)


def _few_promising(data: bytes, rows: Parts) -> Iterator[tuple[int, int]]:
    """Yield the same as `_promising`, looking at one row after the other."""
    for start, stop in rows:
        start = _behind_mark(data, start, stop)  # noqa: PLW2901
        if _one_looks_encoded(data[start : start + _LEAST]):
            yield start, stop
        elif (tail := _tail(data, start, stop)) > start:
            yield tail, stop


def _tail(data: bytes, start: int, stop: int) -> int:
    """Return where what follows the last slash of a row begins when it looks encoded, else where the row begins."""
    tail = _behind_mark(data, data.rfind(b"/", start, stop) + 1 or start, stop)
    return tail if stop - tail >= _LEAST and _one_looks_encoded(data[tail : tail + _LEAST]) else start


def _behind_marks(text: NDArray[np.uint8], starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where rows begin without the marks in front of them, two at most."""
    for _ in range(2):
        longer = stops - starts > _LEAST
        starts = starts + (longer & _IS_MARK[text[np.where(longer, starts, 0)]])
    return starts


def _behind_mark(data: bytes, start: int, stop: int) -> int:
    """Return the same of one row as `_behind_marks`."""
    for _ in range(2):
        if stop - start > _LEAST and data[start] in _MARKS:
            start += 1
    return start


def _one_looks_encoded(first: bytes) -> bool:
    """Tell the same of one row as `_looks_encoded`, by its first characters."""
    if first.translate(None, _HEX_DIGITS):
        return len(first[::4].translate(None, _BASE64_OF_ASCII)) <= 1
    return len(first[::2].translate(None, _HEX_OF_ASCII)) <= 1


def _looks_encoded(text: NDArray[np.uint8], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell of rows whether nearly all bytes that their first characters may stand for are ASCII."""
    # Rows stand in columns, as sums over many short rows are slow.
    first = text[starts + np.arange(_LEAST)[:, None]]
    base64_like = _LOW_BASE64[first[0::4]].sum(axis=0) >= _LEAST // 4 - 1
    hex_like = _LOW_HEX[first[0::2]].sum(axis=0) >= _LEAST // 2 - 1
    # Identifiers in hexadecimal are many in logs, and base64 of nothing but their digits is none.
    likely: NDArray[np.bool_] = np.where(_IS_HEX[first].all(axis=0), hex_like, base64_like)
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
