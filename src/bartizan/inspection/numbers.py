"""Finds numbers in wanted layouts: as arrays in much text, one by one in little. Both give the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layouts import LONGEST, SEPARATORS, Nodes, Tree

__all__ = ["Numbers", "Rows", "digit_rows", "few_numbers", "many_numbers"]

_ROW = re.compile(rb"00*")
_RUN = re.compile(rb"00*+(?:[ .\-/:]0++)*+")
_LONGEST_RUN = 64
"""Bytes of a run of digits and separators whose numbers are remembered: longer ones hardly come twice."""
_WORD = np.zeros(256, np.bool_)
_WORD[[*range(48, 58), *range(65, 91), 95, *range(97, 123)]] = True
_WORD_BYTES = frozenset(np.flatnonzero(_WORD).tolist())
_CODE = np.zeros(256, np.uint8)
_CODE[list(SEPARATORS)] = np.arange(1, len(SEPARATORS) + 1)
_CODES = dict(zip(SEPARATORS, range(1, len(SEPARATORS) + 1), strict=True))
_SPACE = ord(" ")
_AIR = 48
"""Bytes before and behind a text, so that no look beyond its ends has to be spared."""
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


def few_numbers(marked: bytes, tree: Tree) -> Iterator[tuple[int, int]]:
    """Yield (node, start) for the numbers in a short text, in order. `marked` is the text as `signs.marks` shows it.

    Which numbers stand in a run of digits and separators follows from its form and from what touches it, so that each
    form is walked through the tree once.
    """
    if marked.count(b"0") < tree.fewest:
        return
    for match in _RUN.finditer(marked):
        start, stop = match.span()
        start = max(start - 1, 0)
        form = marked[start : stop + 1]
        found = tree.known.get(form)
        if found is None:
            found = list(_walk(form, tree))
            if len(form) <= _LONGEST_RUN:
                tree.remember(form, found)
        for node, place in found:
            yield node, start + place


def _walk(form: bytes, tree: Tree) -> Iterator[tuple[int, int]]:
    """Yield (node, start) for the numbers in one run and the bytes that touch it."""
    rows = [match.span() for match in _ROW.finditer(form)]
    end = len(form)
    for place, (start, first_stop) in enumerate(rows):
        if start and form[start - 1] in _WORD_BYTES:
            continue
        stop = first_stop
        node = tree.paths.get((1, 0, stop - start), 0)
        follow = place
        while node:
            alone = stop == end or form[stop] not in _WORD_BYTES
            if alone and node in tree.wanted and _apart(form, start, stop, node, tree):
                yield node, start
            follow += 1
            if follow == len(rows):
                break
            code = _CODES[form[stop]]
            stop = rows[follow][1]
            node = tree.paths.get((node, code, stop - rows[follow][0]), 0)


def _apart(data: bytes, start: int, stop: int, node: int, tree: Tree) -> bool:
    """Tell whether a value is no part of a longer row with the same separator."""
    separators = tree.layouts[node].separators
    first, last = (separators[:1], separators[-1:]) if separators else (b".-/:", b".-/:")
    before = start > 1 and data[start - 1] in first and data[start - 1] != _SPACE and 48 <= data[start - 2] <= 57
    after = stop + 1 < len(data) and data[stop] in last and data[stop] != _SPACE and 48 <= data[stop + 1] <= 57
    return not before and not after


def digit_rows(data: bytes | memoryview) -> Rows:
    """Find all rows of digits."""
    text = np.empty(len(data) + 2 * _AIR, np.uint8)
    text[:_AIR] = text[-_AIR:] = 0
    text[_AIR:-_AIR] = np.frombuffer(data, np.uint8)
    digit = (text - 48) < 10
    edges = np.flatnonzero(digit[1:] != digit[:-1]) + 1
    return Rows(text, digit, edges[0::2], edges[1::2], _AIR)


def many_numbers(rows: Rows, tree: Tree, nodes: Nodes, places: NDArray[np.int64]) -> list[Numbers]:
    """Find the numbers of a long text that start at one of the rising `places`, by layout; `nodes` are those wanted."""
    text, digit, starts, stops, air = rows
    first = np.minimum(np.searchsorted(starts, places + air), starts.size - 1)
    first = first[starts[first] == places + air]
    node = tree.steps[1, 0, np.minimum(stops[first] - starts[first], LONGEST + 1)]
    go = np.flatnonzero(nodes.ways[node] & ~_WORD[text[starts[first] - 1]])
    first, node = first[go], node[go]
    last = first
    found: list[Numbers] = []
    while first.size:
        found += _ends(text, digit, starts[first], stops[last], node, tree, nodes)
        follow = np.minimum(last + 1, starts.size - 1)
        code = _CODE[text[stops[last]]] * (starts[follow] - stops[last] == 1)
        node = tree.steps[node, code, np.minimum(stops[follow] - starts[follow], LONGEST + 1)]
        go = np.flatnonzero(nodes.ways[node])
        first, last, node = first[go], follow[go], node[go]
    return found


def _ends(
    text: NDArray[np.uint8],
    digit: NDArray[np.bool_],
    starts: NDArray[np.int64],
    stops: NDArray[np.int64],
    node: NDArray[np.int32],
    tree: Tree,
    nodes: Nodes,
) -> Iterator[Numbers]:
    """Yield what ends at these nodes and is no part of something longer; starts count without the air."""
    ended = np.flatnonzero(nodes.ends[node])
    if not ended.size:
        return
    ended = ended[~_WORD[text[stops[ended]]]]
    starts, stops, node = starts[ended], stops[ended], node[ended]
    for value in np.flatnonzero(np.bincount(node)).tolist():
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
