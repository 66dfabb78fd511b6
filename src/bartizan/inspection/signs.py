"""Signs of a short text: where it holds digits and long rows, told without arrays and without the matcher.

A text of a few kilobytes is looked at whole in a microsecond by what copies or searches bytes; arrays cost one a call.
Each sign lets through at least what the gate of the same name does, see `gates`.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable

from bartizan.inspection.layers import Parts
from bartizan.inspection.layouts import SEPARATORS
from bartizan.inspection.matcher import Matcher

__all__ = ["ends_in", "has_wide", "joined", "marks", "rows_of"]

_LONG = 16
_LETTERS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
_MARKS = bytes(
    48 if 48 <= byte <= 57
    else 97 if byte in _LETTERS
    else byte if byte in SEPARATORS
    else 63
    for byte in range(256)
)  # fmt: skip
_IN_ROWS = bytes(97 if byte in _LETTERS or byte in b"0123456789+/-" else 32 for byte in range(256))
_ROW = re.compile(b"a+")


def marks(data: bytes | memoryview) -> bytes:
    """Return each byte's kind: `0` for a digit, `a` for a letter, itself for a separator of numbers, else `?`."""
    return bytes(data).translate(_MARKS)


def has_wide(marked: bytes) -> bool:
    """Tell whether six digits stand in a row."""
    return b"000000" in marked


def rows_of(data: bytes | memoryview) -> Parts:
    """Return where rows of 16 and more characters that may be encoded start and end."""
    inside = bytes(data).translate(_IN_ROWS)
    out: Parts = []
    place = inside.find(b"a" * _LONG)
    while place >= 0:
        row = _ROW.match(inside, place)
        assert row is not None
        out.append(row.span())
        place = inside.find(b"a" * _LONG, row.end())
    return out


def joined(spans: Iterable[tuple[int, int]], size: int) -> Parts:
    """Join spans that meet, given by rising starts, and cut them at the ends of a text of `size` bytes."""
    out: Parts = []
    reach = -1
    for start, stop in spans:
        if out and start <= reach:
            if stop > reach:
                reach = stop
                out[-1] = out[-1][0], min(stop, size)
        else:
            reach = stop
            out.append((max(start, 0), min(stop, size)))
    return out


def ends_in(matcher: Matcher, data: bytes | memoryview, parts: Parts) -> tuple[list[int], list[int]]:
    """Let a matcher look at parts of a text only; what it reports counts in the whole text."""
    if len(parts) == 1:
        start, stop = parts[0]
        numbers, ends = matcher.ends(data[start:stop])
        return numbers, [end + start for end in ends] if start else ends
    numbers, ends = matcher.ends(b"\n".join([data[start:stop] for start, stop in parts]))
    if not ends:
        return numbers, ends
    # Where each part ends among the joined ones, and how far it was moved.
    stops, moves, place = [], [], 0
    for start, stop in parts:
        moves.append(start - place)
        place += stop - start
        stops.append(place)
        place += 1
    return numbers, [end + moves[bisect_left(stops, end)] for end in ends]
