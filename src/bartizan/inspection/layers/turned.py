"""Text whose letters are moved by thirteen (rot13), or that runs backwards.

Both are tried only where something says so, as each identifier backwards is another identifier: words that stand in
nearly every text, the known beginning of a key, the form of an account number, or a mark of direction.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.edits import Layer
from bartizan.inspection.layers.encoded import Parts, Stretches
from bartizan.inspection.layers.packed import Decoded
from bartizan.inspection.layers.records import Records

__all__ = ["TURNED", "marked_backwards", "turned_lines", "turned_rows"]

_PLAIN = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_ROT13 = bytes.maketrans(_PLAIN, b"NOPQRSTUVWXYZABCDEFGHIJKLMnopqrstuvwxyzabcdefghijklm")
# How keys of well-known services begin, and what addresses of the web begin with.
_KEYS = (
    b"sk-", b"sk_live_", b"rk_live_", b"pk_live_", b"ghp_", b"gho_", b"ghu_", b"ghs_", b"ghr_", b"github_pat_",
    b"glpat-", b"AKIA", b"ASIA", b"AIza", b"xoxb-", b"xoxp-", b"xoxa-", b"xapp-", b"eyJ", b"npm_", b"pypi-", b"hf_",
    b"gsk_", b"dop_v1_", b"shpat_", b"AGE-SECRET-KEY-",
)  # fmt: skip
_MOVED_KEYS = tuple(key.translate(_ROT13) for key in _KEYS)
_BACK_KEYS = tuple(key[::-1] for key in _KEYS)
_MOVED_STARTS, _BACK_STOPS = frozenset(key[:2] for key in _MOVED_KEYS), frozenset(key[-2:] for key in _BACK_KEYS)
_LONGEST_ACCOUNT = 34
# Words of English that stand in most texts, and those that stand beside values.
_WORDS = (
    b"the", b"and", b"for", b"with", b"your", b"this", b"that", b"please", b"card", b"number", b"mail", b"password",
    b"account", b"iban", b"key", b"pay", b"my",
)  # fmt: skip
_LEAST_WORDS = 2
_MOVED_SIGNS = (b"gur ", b" zl ")
_BACK_SIGNS = (b" eht", b" ym")
TURNED = "|".join(sign.decode() for sign in (*_MOVED_SIGNS, *_BACK_SIGNS))
"""What a text has that holds lines of English turned so."""
_ACCOUNT = re.compile(rb"[A-Z]{2}[0-9]{2}[0-9A-Z]{11,30}")
_SPACE = b" \t\r\n\"'<>`\\"
_LONGEST = 4_096
"""Bytes of a token that are looked at."""
_TOKEN = re.compile(rb"[^%s]{1,%d}" % (re.escape(_SPACE), _LONGEST))
_OVERRIDE = re.compile(rb"\xe2\x80\xae([^\n]*?)(?:\xe2\x80\xac|\n|\Z)")
"""From U+202E on, text is shown from right to left until U+202C or the line's end."""


def _signs(words: list[bytes]) -> re.Pattern[bytes]:
    return re.compile(rb"(?<![A-Za-z])(?:" + b"|".join(words) + rb")(?![A-Za-z])|\n", re.IGNORECASE)


_MOVED_WORDS = _signs([word.translate(_ROT13) for word in _WORDS])
_BACK_WORDS = _signs([word[::-1] for word in _WORDS])


def _pairs(pairs: Iterable[bytes]) -> NDArray[np.bool_]:
    table = np.zeros(65_536, np.bool_)
    table[[pair[0] * 256 + pair[1] for pair in pairs]] = True
    return table


_CAPITALS = [bytes((one, two)) for one in range(65, 91) for two in range(65, 91)]
_HEAD_PAIRS, _TAIL_PAIRS = (_pairs([*pairs, *_CAPITALS]) for pairs in (_MOVED_STARTS, _BACK_STOPS))
"""What a key or an account begins with when it is moved, and ends with when it is backwards."""


def marked_backwards(data: bytes, ends: NDArray[np.int64] | None) -> Iterator[Layer]:
    """Turn what a mark of direction shows from right to left."""
    if b"\xe2\x80\xae" in data:
        records = Records(len(data))
        for match in _OVERRIDE.finditer(data):
            _add_reversed(records, data, *_within(ends, *match.span(1)))
        yield from records.layers()


def turned_lines(data: bytes, ends: NDArray[np.int64] | None) -> Iterator[Layer]:
    """Undo letters moved by thirteen, and text backwards, in lines where words of English stand so."""
    records = Records(len(data))
    if any(sign in data for sign in _MOVED_SIGNS):
        for start, stop in _lines(data, _MOVED_WORDS):
            _add_moved(records, data, *_within(ends, start, stop))
    if any(sign in data for sign in _BACK_SIGNS):
        for start, stop in _lines(data, _BACK_WORDS):
            _add_reversed(records, data, *_within(ends, start, stop))
    yield from records.layers()


def turned_rows(data: bytes, rows: Stretches | Parts, ends: NDArray[np.int64] | None) -> Iterator[Layer]:
    """Undo the same of rows that are a key or an account then, with what touches them."""
    likely = _few_likely(data, rows) if isinstance(rows, list) else _likely(data, rows)
    if not likely:
        return
    records = Records(len(data))
    for start, stop in likely:
        row = data[start:stop]
        if row.startswith(_MOVED_KEYS) or _is_account(row.translate(_ROT13)):
            token = _TOKEN.match(data, start)
            last = stop if token is None else max(stop, token.end())
            _add_moved(records, data, *_within(ends, start, last))
        if row.endswith(_BACK_KEYS) or _is_account(row[::-1]):
            first = start
            while first > max(0, start - _LONGEST) and data[first - 1] not in _SPACE:
                first -= 1
            _add_reversed(records, data, *_behind(ends, first, stop))
    yield from records.layers()


def _within(ends: NDArray[np.int64] | None, start: int, stop: int) -> tuple[int, int]:
    """Cut a part of the text where the record ends that it begins in."""
    if ends is None:
        return start, stop
    return start, min(stop, int(ends[min(int(np.searchsorted(ends, start)), ends.size - 1)]))


def _behind(ends: NDArray[np.int64] | None, start: int, stop: int) -> tuple[int, int]:
    """Cut a part of the text where the record begins that it ends in."""
    if ends is None or (number := int(np.searchsorted(ends, stop - 1))) == 0:
        return start, stop
    return max(start, int(ends[number - 1]) + 1), stop


def _few_likely(data: bytes, rows: Parts) -> Parts:
    """Return the rows that may be a key or an account, moved or backwards, of few rows."""
    return [
        (start, stop)
        for start, stop in rows
        if data[start : start + 2] in _MOVED_STARTS
        or data[stop - 2 : stop] in _BACK_STOPS
        or (stop - start <= _LONGEST_ACCOUNT and _account_like(data[start : start + 4], data[stop - 4 : stop]))
    ]


def _account_like(head: bytes, tail: bytes) -> bool:
    """Tell whether a row begins as an account does, or ends as one does backwards."""
    return (head[2:].isdigit() and head[:2].isalpha() and head[:2].isupper()) or (
        tail[:2].isdigit() and tail[2:].isalpha() and tail[2:].isupper()
    )


def _likely(data: bytes, rows: Stretches) -> Parts:
    """Return the same of many rows: told by two characters of each first, which few rows pass."""
    text = np.frombuffer(data, np.uint8)
    starts, stops = rows
    head = text[starts].astype(np.int64) * 256 + text[starts + 1]
    tail = text[stops - 2].astype(np.int64) * 256 + text[stops - 1]
    some = np.flatnonzero(_HEAD_PAIRS[head] | _TAIL_PAIRS[tail])
    return _few_likely(data, list(zip(starts[some].tolist(), stops[some].tolist(), strict=True)))


def _is_account(row: bytes) -> bool:
    """Tell whether a row is an account number by its form and its checksum (ISO 13616)."""
    if len(row) > _LONGEST_ACCOUNT or not _ACCOUNT.fullmatch(row):
        return False
    return int("".join(str(int(mark, 36)) for mark in (row[4:] + row[:4]).decode())) % 97 == 1


def _lines(data: bytes, words: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    """Yield the lines in which two of the words stand."""
    seen: set[bytes] = set()
    start = 0
    for match in words.finditer(data):
        if match.group() != b"\n":
            seen.add(match.group().lower())
            continue
        if len(seen) >= _LEAST_WORDS:
            yield start, match.start()
        seen.clear()
        start = match.end()
    if len(seen) >= _LEAST_WORDS:
        yield start, len(data)


def _add_moved(records: Records, data: bytes, start: int, stop: int) -> None:
    places = np.arange(start, stop)
    records.add("rot13", Decoded(data[start:stop].translate(_ROT13), places, places + 1), places, places + 1)


def _add_reversed(records: Records, data: bytes, start: int, stop: int) -> None:
    """Turn a part of the text by characters, not by bytes."""
    text = data[start:stop].decode(errors="surrogateescape")[::-1]
    if not text:
        return
    sizes = np.array([len(character.encode(errors="surrogateescape")) for character in text])
    finish = stop - np.repeat(np.cumsum(sizes) - sizes, sizes)
    begin = stop - np.repeat(np.cumsum(sizes), sizes)
    joined = text.encode(errors="surrogateescape")
    records.add("reversed", Decoded(joined, begin, finish), begin, finish)
