"""Finds numbers in wanted layouts: as arrays in much text, one by one in little. Both give the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layouts import LONGEST, SEPARATORS, Tree

__all__ = ["Numbers", "Rows", "digit_rows", "digit_span", "few_numbers", "many_numbers"]

_ROW = re.compile(rb"[0-9]+")
_ZEROS = bytes(48 if 48 <= byte <= 57 else byte for byte in range(256))
_NOT_DIGITS = bytes(byte for byte in range(256) if not 48 <= byte <= 57)
_WORD = np.zeros(256, np.bool_)
_WORD[[*range(48, 58), *range(65, 91), 95, *range(97, 123)]] = True
_WORD_BYTES = frozenset(np.flatnonzero(_WORD).tolist())
_CODE = np.zeros(256, np.uint8)
_CODE[list(SEPARATORS)] = np.arange(1, len(SEPARATORS) + 1)
_CODES = dict(zip(SEPARATORS, range(1, len(SEPARATORS) + 1), strict=True))
_SPACE = ord(" ")
_AIR = 4
# Separators that make a row of digits part of something longer when another digit follows: dates, decimals, addresses.
_JOINS = np.zeros(256, np.bool_)
_JOINS[list(SEPARATORS.replace(b" ", b""))] = True


class Rows(NamedTuple):
    """Rows of digits in a text: the text with `air` bytes before and behind it, which digits it has, where rows lie."""

    text: NDArray[np.uint8]
    digit: NDArray[np.bool_]
    starts: NDArray[np.int64]
    stops: NDArray[np.int64]
    air: int


class Numbers(NamedTuple):
    """Values of one layout: the node of the tree where it ends, and where the values start."""

    node: int
    starts: NDArray[np.int64]


def digit_span(data: bytes | memoryview) -> tuple[int, int] | None:
    """Return where the first digit of a text begins and the last one ends; None without any."""
    zeros = bytes(data).translate(_ZEROS)
    first = zeros.find(b"0")
    return None if first < 0 else (first, zeros.rfind(b"0") + 1)


def few_numbers(data: bytes, tree: Tree) -> Iterator[tuple[int, int]]:
    """Yield (node, start) for the numbers in a short text, in order."""
    if len(data.translate(None, _NOT_DIGITS)) < tree.fewest:
        return
    rows = list(_rows(data))
    end = len(data)
    for place, (start, first_stop) in enumerate(rows):
        if start and data[start - 1] in _WORD_BYTES:
            continue
        stop = first_stop
        node = tree.paths.get((1, 0, stop - start), 0)
        follow = place
        while node:
            alone = stop == end or data[stop] not in _WORD_BYTES
            if alone and node in tree.wanted and _apart(data, start, stop, node, tree):
                yield node, start
            follow += 1
            if follow == len(rows) or rows[follow][0] != stop + 1:
                break
            code = _CODES.get(data[stop], 0)
            stop = rows[follow][1]
            node = tree.paths.get((node, code, stop - rows[follow][0]), 0) if code else 0


def _rows(data: bytes) -> Iterator[tuple[int, int]]:
    """Yield where rows of digits start and end: one byte is found many times faster than any of ten."""
    zeros = data.translate(_ZEROS)
    place = zeros.find(b"0")
    while place >= 0:
        match = _ROW.match(data, place)
        assert match is not None
        yield match.span()
        place = zeros.find(b"0", match.end())


def _apart(data: bytes, start: int, stop: int, node: int, tree: Tree) -> bool:
    """Tell whether a value is no part of a longer row with the same separator."""
    separators = tree.layouts[node].separators
    first, last = (separators[:1], separators[-1:]) if separators else (b".-/:", b".-/:")
    before = start > 1 and data[start - 1] in first and data[start - 1] != _SPACE and 48 <= data[start - 2] <= 57
    after = stop + 1 < len(data) and data[stop] in last and data[stop] != _SPACE and 48 <= data[stop + 1] <= 57
    return not before and not after


def digit_rows(data: bytes | memoryview) -> Rows:
    """Find all rows of digits."""
    # Bytes of air on either side spare every look beyond the ends.
    text = np.zeros(len(data) + 2 * _AIR, np.uint8)
    text[_AIR:-_AIR] = np.frombuffer(data, np.uint8)
    digit = (text - 48) < 10
    edges = np.flatnonzero(digit[1:] != digit[:-1]) + 1
    return Rows(text, digit, edges[0::2], edges[1::2], _AIR)


def many_numbers(rows: Rows, tree: Tree) -> list[Numbers]:
    """Find all numbers of a long text, by layout."""
    text, digit, starts, stops, _ = rows
    if not starts.size:
        return []
    length = np.minimum(stops - starts, LONGEST + 1)
    code = _CODE[text[stops]]
    code[:-1][starts[1:] - stops[:-1] != 1] = 0
    code[-1:] = 0
    first = np.flatnonzero(tree.steps[1, 0, length] * ~_WORD[text[starts - 1]])
    node = tree.steps[1, 0, length[first]]
    last = first
    found: list[Numbers] = []
    while first.size:
        found += _ends(text, digit, starts[first], stops[last], node, tree)
        go = np.flatnonzero(code[last])
        first, last, node = first[go], last[go], node[go]
        node = tree.steps[node, code[last], length[np.minimum(last + 1, length.size - 1)]]
        go = np.flatnonzero(node)
        first, last, node = first[go], last[go] + 1, node[go]
    return found


def _ends(
    text: NDArray[np.uint8],
    digit: NDArray[np.bool_],
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
    node: NDArray[np.int32],
    tree: Tree,
) -> Iterator[Numbers]:
    """Yield what ends at these nodes and is no part of something longer; starts count without the air."""
    ended = np.flatnonzero(tree.ends[node])
    if not ended.size:
        return
    ended = ended[~_WORD[text[stops[ended]]]]
    starts, stops, node = starts[ended], stops[ended], node[ended]
    for value in np.unique(node).tolist():
        mine = node == value
        begin, end = starts[mine], stops[mine]
        separators = tree.layouts[value].separators
        before, after = text[begin - 1], text[end]
        if separators:
            joined = (before == separators[0]) & (before != _SPACE) & digit[begin - 2]
            joined |= (after == separators[-1]) & (after != _SPACE) & digit[end + 1]
        else:
            joined = (_JOINS[before] & digit[begin - 2]) | (_JOINS[after] & digit[end + 1])
        begin = begin[~joined]
        if begin.size:
            yield Numbers(value, begin - _AIR)
