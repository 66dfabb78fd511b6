"""Base64, base32 and hexadecimal inside text, in one row or in lines, also of what is compressed."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.edits import Layer
from bartizan.inspection.layers.packed import Decoded, text_of
from bartizan.inspection.layers.records import Records

__all__ = ["Parts", "Stretches", "encoded_runs", "long_rows"]

_LEAST = 16
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2}){8,}\Z")
_TO_STANDARD = bytes.maketrans(b"-_", b"+/")
_SLASH = ord("/")
# Every fourth character of base64 that begins a byte below 128, and every second digit of hexadecimal.
_BASE64_OF_ASCII, _HEX_OF_ASCII = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef", b"01234567"
_HEX_DIGITS = b"0123456789abcdefABCDEF"
_UPPER32, _LOWER32 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", b"abcdefghijklmnopqrstuvwxyz234567"
_EITHER32 = _UPPER32 + _LOWER32[:26]
_BASE32_ROW = re.compile(rb"[A-Za-z2-7]{16,}\Z")
_DIGIT = re.compile(rb"[0-9+/]")
_LOW_BASE32 = b"abcdefghijklmnop"
_PACKED_HEX = (b"1f8b", b"7801", b"785e", b"789c", b"78da")
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_PACKED_BASE64 = frozenset(
    bytes((one, two))
    for first, one in enumerate(_ALPHABET)
    for second, two in enumerate(_ALPHABET)
    if (byte := first * 4 + second // 16) in (0x1F, 0x78) or byte & 7 in (3, 5)
)
"""The first two characters where gzip, zlib, or the last block of deflate may begin."""
_PAIRS = np.zeros(65_536, np.uint8)
"""The same by number, as 1; 2 where what is compressed may begin in hexadecimal."""
_PAIRS[[pair[0] * 256 + pair[1] for pair in _PACKED_BASE64]] = 1
for _pair in (b"1f", b"1F", b"78"):
    _PAIRS[_pair[0] * 256 + _pair[1]] = 2
_CAPITALS, _SMALL = _UPPER32[:26], _LOWER32[:26]
_SETS = (_HEX_DIGITS, _UPPER32, _LOWER32, _BASE64_OF_ASCII, _HEX_OF_ASCII, _LOW_BASE32, _CAPITALS, _SMALL)
_OF_HEX, _OF_UPPER32, _OF_LOWER32, _OF_BASE64, _OF_LOW_HEX, _OF_LOW32, _BIG, _LITTLE = (1 << bit for bit in range(8))
_BITS = np.array([sum((byte in one) << bit for bit, one in enumerate(_SETS)) for byte in range(256)], np.uint8)
"""For each byte, a bit for each of the sets that it is in."""
_ORDERED = (b"//4", b"//5", b"/v8A")
"""How UTF-16 begins in base64 when a mark of the order of its bytes stands first."""
_AIR = (b" ", b"\t", b"\r", b"\n", b"=")
_WORD = re.compile(rb"[A-Za-z]?[a-z]*")
_NEXT_LINE = re.compile(rb"={0,2}(?: |[ \t]{0,4}\r?\n[ \t>|]{0,8})([0-9A-Za-z+/_-]+)(?![^\s=])")
_MARKS = b"+-_/"
_IS_MARK = np.zeros(256, np.bool_)
_IS_MARK[list(_MARKS)] = True

Stretches: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Starts and ends of parts of a text, rising and apart."""
Parts: TypeAlias = list[tuple[int, int]]
"""The same of a short text, where arrays cost more than they give."""


class _Way(NamedTuple):
    """A way of writing bytes: `wide` characters stand for `group` of them."""

    name: str
    wide: int
    group: int


_BASE64, _BASE32, _HEXADECIMAL = _Way("base64", 4, 3), _Way("base32", 8, 5), _Way("hex", 2, 1)


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


def encoded_runs(data: bytes, rows: Stretches | Parts, ends: NDArray[np.int64] | None = None) -> Iterator[Layer]:
    """Decode rows; each one that holds text is a record of its encoding.

    Rows of one length below each other, or beside each other, are lines of one encoded text. `ends` are those of the
    text's records.
    """
    records = Records(len(data))
    likely = _promising(data, rows) if isinstance(rows, tuple) else _few_promising(data, rows)
    done = tried = 0
    for start, stop in likely:
        if start < done:
            continue
        one, lines = None, None
        if start >= tried:
            lines, tried = _lines(data, start, stop, ends)
            if lines and (one := _decoded(b"".join([data[first:last] for first, last in lines]), records.room)):
                done = tried
        if one is None:
            lines, one = [(start, stop)], _decoded(data[start:stop], records.room)
        if one is None and (tail := _tail(data, start, stop)) > start:
            lines, one = [(tail, stop)], _decoded(data[tail:stop], records.room)
        if one is not None and lines is not None:
            way, found = one
            places = np.concatenate([np.arange(first, last) for first, last in lines])
            records.add(way.name, found, *_origin(way, found, places))
    yield from records.layers()


def _origin(way: _Way, found: Decoded, places: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return where what each byte of a text stands for begins and ends, by the places of the encoded characters."""
    last = places.size - 1
    begin = places[np.minimum(found.begin // way.group * way.wide, last)]
    finish = places[np.minimum(((found.finish - 1) // way.group + 1) * way.wide - 1, last)] + 1
    return begin, finish


def _lines(data: bytes, start: int, stop: int, ends: NDArray[np.int64] | None) -> tuple[Parts | None, int]:
    """Return the lines of a row that goes on in lines of its length, and where the last one ends; it may be shorter.

    None when the row stands alone.
    """
    length, last = stop - start, stop
    if data[stop : stop + 1] not in _AIR:
        return None, stop
    limit = len(data) if ends is None else int(ends[min(int(np.searchsorted(ends, start)), ends.size - 1)])
    lines = [(start, stop)]
    while (line := _NEXT_LINE.match(data, last, limit)) is not None:
        first, end = line.span(1)
        if end - first > length or (end - first < length and _WORD.fullmatch(data, first, end)):
            break
        lines.append((first, end))
        last = end
        if end - first < length:
            break
    return (lines, last) if len(lines) > 1 else (None, stop)


def _promising(data: bytes, rows: Stretches) -> Iterator[tuple[int, int]]:
    """Yield the rows, or what follows the last slash of them, that look like encoded text by their first characters."""
    starts, stops = rows
    text = np.frombuffer(data, np.uint8)
    # No text begins with a mark when it is encoded; what a line of changes or a path begins with is none of it.
    # A path may end in an encoded name: what stands behind the last slash of a row is tried when the row is none.
    slashes = np.concatenate(([-1], np.flatnonzero(text == _SLASH)))
    tails = slashes[np.searchsorted(slashes, stops) - 1] + 1
    ending = np.flatnonzero((tails > starts) & (stops - tails >= _LEAST))
    places = np.concatenate((starts, tails[ending]))
    places = _behind_marks(text, places, np.concatenate((stops, stops[ending])))
    good = _looks_encoded(text, places)
    count = starts.size
    firsts, tails, first_good = places[:count], places[count:], good[:count]
    fit = good[count:] & ~first_good[ending] & (tails > firsts[ending])
    firsts[ending[fit]] = tails[fit]
    first_good[ending[fit]] = True
    yield from zip(firsts[first_good].tolist(), stops[first_good].tolist(), strict=True)


def _few_promising(data: bytes, rows: Parts) -> Iterator[tuple[int, int]]:
    """Yield the same as `_promising`, looking at one row after the other."""
    for start, stop in rows:
        if data[start] in _MARKS:
            start = _behind_mark(data, start, stop)  # noqa: PLW2901
        if _one_looks_encoded(data[start : start + _LEAST]):
            yield start, stop
        elif data.rfind(b"/", start, stop - _LEAST) >= 0 or data[start] in _MARKS:
            tail = _tail(data, start, stop)
            if tail > start:
                yield tail, stop


def _tail(data: bytes, start: int, stop: int) -> int:
    """Return where what follows the last slash of a row begins when it looks encoded, else where the row begins."""
    tail = _behind_mark(data, data.rfind(b"/", start, stop) + 1 or start, stop)
    return tail if stop - tail >= _LEAST and _one_looks_encoded(data[tail : tail + _LEAST]) else start


def _behind_marks(text: NDArray[np.uint8], starts: NDArray[np.int64], stops: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return where rows begin without the marks in front of them, two at most."""
    out = starts.copy()
    # Few rows begin with one, and each is at least as long as the longest of what begins in order.
    some = np.flatnonzero(_IS_MARK[text[starts]])
    head = text[starts[some] + np.arange(4)[:, None]]
    ordered = (head[0] == _SLASH) & (
        ((head[1] == _SLASH) & ((head[2] == ord("4")) | (head[2] == ord("5"))))
        | ((head[1] == ord("v")) & (head[2] == ord("8")) & (head[3] == ord("A")))
    )
    some = some[~ordered & (stops[some] - starts[some] > _LEAST)]
    out[some] += 1
    some = some[(stops[some] - out[some] > _LEAST) & _IS_MARK[text[out[some]]]]
    out[some] += 1
    return out


def _behind_mark(data: bytes, start: int, stop: int) -> int:
    """Return the same of one row as `_behind_marks`."""
    if data.startswith(_ORDERED, start):
        return start
    for _ in range(2):
        if stop - start > _LEAST and data[start] in _MARKS:
            start += 1
    return start


def _one_looks_encoded(first: bytes) -> bool:
    """Tell the same of one row as `_looks_encoded`, by its first characters."""
    if not first.translate(None, _HEX_DIGITS):
        return len(first[::2].translate(None, _HEX_OF_ASCII)) <= 1 or first[:4].lower() in _PACKED_HEX
    if len(first[::4].translate(None, _BASE64_OF_ASCII)) <= 1:
        return True
    if first.isupper():
        return not first.translate(None, _UPPER32)
    if first.islower():
        return not first.translate(None, _LOWER32) and not first[::8].translate(None, _LOW_BASE32)
    return first[:2] in _PACKED_BASE64 and first != first.swapcase()


def _looks_encoded(text: NDArray[np.uint8], starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell of rows whether their first characters may stand for ASCII, or for the beginning of what is compressed."""
    # Rows stand in columns, as sums over many short rows are slow.
    first = text[starts + np.arange(_LEAST)[:, None]]
    bits = _BITS.take(first)
    every, some = np.bitwise_and.reduce(bits, axis=0), np.bitwise_or.reduce(bits, axis=0)
    pairs = _PAIRS[first[0].astype(np.int64) * 256 + first[1]]
    likely: NDArray[np.bool_] = ((bits[0::4] & _OF_BASE64) > 0).sum(axis=0) >= _LEAST // 4 - 1
    likely |= (every & _OF_UPPER32) > 0
    likely |= (every & _OF_LOWER32 & ((bits[0] & bits[8] & _OF_LOW32) >> 3)) > 0
    likely |= (pairs == 1) & ((some & _BIG) > 0) & ((some & _LITTLE) > 0)
    # Identifiers in hexadecimal are many in logs, and base64 of nothing but their digits is none.
    hexes = (every & _OF_HEX) > 0
    if hexes.any():
        low = ((bits[0::2] & _OF_LOW_HEX) > 0).sum(axis=0) >= _LEAST // 2 - 1
        likely = np.where(hexes, low, likely)
        for row in np.flatnonzero(hexes & ~low & (pairs == 2)).tolist():
            likely[row] = first[:4, row].tobytes().lower() in _PACKED_HEX
    return likely


def _decoded(row: bytes, room: int) -> tuple[_Way, Decoded] | None:
    """Return the text that a row holds, read as hexadecimal, or else as base32, or else as base64."""
    if _HEX.match(row):
        text = text_of(binascii.unhexlify(row), room)
        if text is not None:
            return _HEXADECIMAL, text
    if not row[:_LEAST].translate(None, _EITHER32) and (row.isupper() or row.islower()) and _BASE32_ROW.match(row):
        # What is left over of the last group stands for no whole byte.
        body = row.upper()[: len(row) - (len(row) % 8 in (1, 3, 6))]
        text = text_of(base64.b32decode(body + b"=" * (-len(body) % 8)), room)
        if text is not None:
            return _BASE32, text
    body = row.translate(_TO_STANDARD)
    body = body if len(body) % 4 != 1 else body[:-1]
    text = text_of(base64.b64decode(body + b"=" * (-len(body) % 4)), room, bare=_DIGIT.search(row) is not None)
    return None if text is None else (_BASE64, text)
