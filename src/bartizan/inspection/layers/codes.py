"""Characters that are written as numbers: `34 35 33`, `0x34, 0x35`, `52 53 51`, dumps; and numbers over many lines."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.edits import Edits, Layer
from bartizan.inspection.layers.packed import text_of
from bartizan.inspection.layers.records import Records

__all__ = ["MANY_DIGITS", "MARKED_NUMBERS", "NUMBERS", "SOME_DIGITS", "character_codes"]

_APART = b" ,;:\t\r\n-.[](){}|/_"
NUMBERS = bytes(48 if byte in b"0123456789abcdefABCDEFxX" else 46 for byte in range(256)), _APART
"""What to translate a text with, so that lists of numbers are rows of zeros in it."""
MANY_DIGITS, SOME_DIGITS = b"0" * 15, b"0" * 10
"""What stands there when a text may hold a list of numbers, and when it may hold any long number."""
_KINDS = bytes(48 if byte in b"0123456789abcdefABCDEF" else 32 if byte in _APART else 46 for byte in range(256))
"""What is a digit of hexadecimal, what stands between numbers, and all else."""
_LISTS = (
    b"00 00 00 00 00 0", b"00  00  00  00  0", b"000 000 000 0", b"000  000  000  0",
    b"00000000 00000000 00000000 00000000",
    b"0000 0000 0000", b"0000  0000  0000", b"0000 000000 00000", b"0000  000000  00000",
)  # fmt: skip
"""What stands among the kinds of bytes where a list may be, or the groups of a number in lines."""
_IN_LISTS = (b"00 00 00 00 00 0", b"000 000", b"00  00")
"""What stands in each of these, and not in dates, times and fields of logs."""
# Between the numbers of a list stands one mark, or a mark and a blank, or a line's end.
_GAP = rb"(?:[,;] ?|[ :\-|]| {2}|[,;]?[ \t]*\r?\n[ \t]*)"


def _list(number: bytes, least: int, last: bytes = b"", first: bytes = b"") -> re.Pattern[bytes]:
    """Return what a list of `least` numbers or more looks like."""
    text = rb"(?<![0-9A-Za-z])%s(?:%s%s){%d,}%s(?![0-9A-Za-z])" % (first, number, _GAP, least - 1, last or number)
    return re.compile(text)


_WAYS: tuple[tuple[str, re.Pattern[bytes], int], ...] = (
    ("hex", _list(rb"[0-9A-Fa-f]{2}", 8), 16),
    ("hex", _list(rb"[0-9A-Fa-f]{4}", 4, rb"(?:[0-9A-Fa-f]{2}){1,2}", rb"(?:[0-9A-Fa-f]{2} )?"), 16),
    ("decimal", _list(rb"(?:9|1[03]|3[2-9]|[4-9][0-9]|1[01][0-9]|12[0-6])", 10), 10),
    ("octal", _list(rb"(?:0?[4-7][0-7]|1[0-7]{2}|01[125])", 10), 8),
    ("binary", _list(rb"[01]{8}", 8), 2),
)
_TOKEN = re.compile(rb"[0-9A-Fa-f]+")
MARKED_NUMBERS = r"0[xX][0-9A-Fa-f]{2}[,; \t\r\n\x0b\x0c]{0,4}0[xX]"
"""What a text has that holds numbers marked as hexadecimal, one after the other."""
_MARKED = re.compile(rb"(?:0[xX][0-9A-Fa-f]{2}[,;\s]{0,4}){8,}")
_MARKED_NUMBER = re.compile(rb"0[xX]([0-9A-Fa-f]{2})")
_DUMP = re.compile(
    rb"[ \t]*[0-9A-Fa-f]{4,16}:?[ \t]{1,3}"
    rb"((?:[0-9A-Fa-f]{2}){1,4}(?: {1,2}(?:[0-9A-Fa-f]{2}){1,4}){0,16})(?![0-9A-Za-z])"
)
_PAIR = re.compile(rb"[0-9A-Fa-f]{2}")
_GROUP_GAP = re.compile(rb"\r?\n|[._/]")
_REACH = 40
_IN_WORDS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 \n@._-"
_IN_NUMBERS = b"0123456789 \n./-"
_MOST_MARKS = 7
"""One in so many characters of a text is a mark, at most."""
_STACKED = re.compile(
    rb"(?<![0-9A-Za-z])(?<![0-9]\n)(?<![0-9]\r\n)"
    rb"(?:[0-9]{4}(?:\r?\n[0-9]{4}){3}|[0-9]{4}\r?\n[0-9]{6}\r?\n[0-9]{5}"
    rb"|[A-Z]{2}[0-9]{2}(?:(?:\r?\n|[._/])[0-9A-Z]{4}){2,7}(?:(?:\r?\n|[._/])[0-9A-Z]{1,3})?)"
    rb"(?![0-9A-Za-z]|\r?\n[0-9])"
)


def character_codes(data: bytes, ends: NDArray[np.int64] | None, *, marked: bool) -> Iterator[Layer]:
    """Read lists of numbers as characters; each list that holds text is a record of the way it is written.

    `marked` tells whether the text has `MARKED_NUMBERS`.
    """
    kinds = data.translate(_KINDS)
    some = any(sign in kinds for sign in _IN_LISTS)
    places = sorted({place for sign in _LISTS for place in _places(kinds, sign)}) if some else []
    if not places and not marked:
        return
    stretches = list(_stretches(data, kinds, places, ends))
    records = Records(len(data))
    for start, stop in stretches:
        for name, pattern, base in _WAYS:
            for match in pattern.finditer(data, start, stop):
                _add(records, name, data, [token.span() for token in _TOKEN.finditer(data, *match.span())], base)
    for match in _MARKED.finditer(data) if marked else ():
        if _bound(ends, match.start(), len(data)) >= match.end():
            spans = [token.span(1) for token in _MARKED_NUMBER.finditer(data, *match.span())]
            _add(records, "hex", data, spans, 16, 2)
    _dumps(records, data, stretches, ends)
    yield from records.layers()
    groups = _groups_in_lines(data, stretches, ends)
    if groups is not None:
        yield groups


def _bound(ends: NDArray[np.int64] | None, place: int, size: int) -> int:
    """Return where the record around a place ends."""
    return size if ends is None else int(ends[min(int(np.searchsorted(ends, place)), ends.size - 1)])


def _stretches(
    data: bytes, kinds: bytes, places: list[int], ends: NDArray[np.int64] | None
) -> Iterator[tuple[int, int]]:
    """Yield the parts that hold nothing but numbers and what stands between them, where one of them may be a list."""
    done = 0
    for place in places:
        if place < done:
            continue
        start = max(kinds.rfind(b".", 0, place) + 1, done)
        stop = kinds.find(b".", place)
        stop = len(kinds) if stop < 0 else stop
        done = stop
        while start < stop:
            bound = min(stop, _bound(ends, start, len(data)))
            yield start, bound
            start = bound + 1


def _places(kinds: bytes, sign: bytes) -> Iterator[int]:
    """Yield where a sign stands first in each part of numbers."""
    place = kinds.find(sign)
    while place >= 0:
        yield place
        stop = kinds.find(b".", place)
        place = kinds.find(sign, stop) if stop >= 0 else -1


def _add(records: Records, name: str, data: bytes, spans: list[tuple[int, int]], base: int, lead: int = 0) -> None:
    """Add the text that a list of numbers holds, if any. `lead` is how many characters stand before each digit."""
    if base == 16:
        # A word such as `be` may touch the list; no byte of ASCII is written with letters alone.
        first = next((number for number, span in enumerate(spans) if not data[span[0] : span[1]].isalpha()), len(spans))
        spans = [(place, place + 2) for start, end in spans[first:] for place in range(start, end, 2)]
    values = bytes(int(data[start:end], base) for start, end in spans)
    found = text_of(values, records.room)
    if found is None or not _is_meant(data, spans, found.text, base):
        return
    begin = np.array([start - lead for start, _ in spans])
    finish = np.array([end for _, end in spans])
    records.add(name, found, begin[found.begin], finish[found.finish - 1])


def _is_meant(data: bytes, spans: list[tuple[int, int]], text: bytes, base: int) -> bool:
    """Tell a list of characters from a table of numbers, where all are written with digits: most are in words."""
    if not b"".join(data[start:end] for start, end in spans).isdigit():
        return True
    if base == 16:
        # Words have letters whose code has a letter; what has none is a number.
        return len(text.translate(None, _IN_NUMBERS)) * _MOST_MARKS <= len(text)
    return len(text.translate(None, _IN_WORDS)) * _MOST_MARKS <= len(text)


def _dumps(records: Records, data: bytes, stretches: list[tuple[int, int]], ends: NDArray[np.int64] | None) -> None:
    """Add what lines of a dump hold together: offsets, bytes, and mostly the characters beside them."""
    done = 0
    for first in _line_starts(data, stretches):
        if first < done:
            continue
        line, limit, lines = first, _bound(ends, first, len(data)), 0
        spans: list[tuple[int, int]] = []
        while line < limit and (match := _DUMP.match(data, line, limit)) is not None:
            spans += [pair.span() for pair in _PAIR.finditer(data, *match.span(1))]
            lines += 1
            done = line = data.find(b"\n", match.end(), limit) + 1 or limit
        if lines > 1:
            _add(records, "hex", data, spans, 16)


def _line_starts(data: bytes, stretches: list[tuple[int, int]]) -> Iterator[int]:
    """Yield where the lines begin in which stretches of numbers stand, as a stretch may begin on the line before."""
    for start, stop in stretches:
        line = data.rfind(b"\n", 0, start + 1) + 1
        while 0 <= line <= stop:
            yield line
            line = data.find(b"\n", line, stop) + 1 or -1


def _groups_in_lines(data: bytes, stretches: list[tuple[int, int]], ends: NDArray[np.int64] | None) -> Layer | None:
    """Put blanks between the groups of a card or an account that stand in lines, or apart by dots."""
    edits = Edits(data)
    done = 0
    for start, stop in stretches:
        for match in _STACKED.finditer(data, max(done, start - _REACH), min(stop + _REACH, len(data))):
            for gap in _GROUP_GAP.finditer(match.group()):
                edits.one(match.start() + gap.start(), match.start() + gap.end(), b" ")
            done = match.end()
    return edits.layer("groups", ends)
