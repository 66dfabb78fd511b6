"""How matches begin: for each expression, of which kinds the first bytes of its matches may be.

Digits, capitals, small letters and all other bytes are four kinds. A set of kinds is a number of four bits, and the
sets of eight bytes in a row one of 32, the first byte lowest.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import Any

from bartizan.inspection.layouts import Layout

__all__ = ["BLOCKS", "NEAR", "WIDTH", "Blocks", "beginnings", "layout_beginnings"]

OTHER, DIGIT, CAPITAL, SMALL = 1, 2, 4, 8
"""Kinds; `OTHER` is all that is no letter and no digit of ASCII."""
WIDTH = 8
"""Bytes of a block."""
BLOCKS = 4
"""Blocks of a beginning."""
NEAR = 16
"""First bytes of a match by which it is told from words."""
Blocks = tuple[tuple[int, ...], ...]
"""For each block the sets of kinds that it may consist of; empty for an expression whose beginnings tell too little."""
_ANY = OTHER | DIGIT | CAPITAL | SMALL
_DEPTH = WIDTH * BLOCKS
_MOST = 4_000
"""Beginnings beyond which they are too many to tell apart."""
_Kinds = tuple[int, ...]
_parser: Any = re._parser  # type: ignore[attr-defined]
_CATEGORIES = {"CATEGORY_DIGIT": DIGIT, "CATEGORY_SPACE": OTHER}


class _TooManyError(Exception):
    """An expression begins in too many ways."""


def beginnings(pattern: str, *, ignore_case: bool) -> Blocks:
    """Return how matches of a pattern begin that no letter, digit or underscore touches.

    Empty when they are too many, or tell too little: each has to begin with a letter or a digit, and to have a digit,
    or nothing but letters and digits, among its first `NEAR` bytes.
    """
    try:
        ways = _sequence(_parser.parse(pattern.encode()), ignore_case)
    except _TooManyError:
        return ()
    if not all(map(_tells, ways)):
        return ()
    # Behind a letter or a digit that ends a match there is neither.
    return _blocks(way if way[-1] & OTHER else (*way, OTHER) for way in ways)


def _tells(way: _Kinds) -> bool:
    near = way[:NEAR]
    row = len(near) == NEAR and not any(kinds & OTHER for kinds in near)
    return not way[0] & OTHER and (row or DIGIT in near)


def layout_beginnings(layouts: Iterable[Layout]) -> list[Blocks]:
    """Return how values of layouts begin, one by one; what stands behind a value is no digit."""
    ways = [itertools.chain.from_iterable((*(DIGIT,) * length, OTHER) for length in one.groups) for one in layouts]
    return [_blocks([tuple(way)]) for way in ways]


def _blocks(ways: Iterable[_Kinds]) -> Blocks:
    """Cut beginnings into blocks; what is behind a match may be of any kind."""
    blocks: list[set[int]] = [set() for _ in range(BLOCKS)]
    for way in ways:
        whole = (*way, *(_ANY,) * _DEPTH)
        for number, block in enumerate(blocks):
            kinds = whole[number * WIDTH : (number + 1) * WIDTH]
            block.add(sum(kind << 4 * place for place, kind in enumerate(kinds)))
    return tuple(tuple(sorted(block)) for block in blocks)


def _sequence(items: Sequence[Any], ignore_case: bool) -> set[_Kinds]:
    out: set[_Kinds] = {()}
    for name, value in items:
        out = _then(out, _element(str(name), value, ignore_case))
    return out


def _then(first: set[_Kinds], second: set[_Kinds]) -> set[_Kinds]:
    """Put one behind the other, as far as is told apart."""
    out = {(one + other)[:_DEPTH] for one in first for other in (second if len(one) < _DEPTH else ((),))}
    if len(out) > _MOST:
        raise _TooManyError
    return out


def _element(kind: str, value: Any, ignore_case: bool) -> set[_Kinds]:
    if kind in ("MAX_REPEAT", "MIN_REPEAT"):
        return _repeated(_sequence(value[2], ignore_case), value[0], value[1])
    if kind == "SUBPATTERN":
        return _sequence(value[-1], ignore_case or value[1] != 0)
    if kind == "BRANCH":
        return set(itertools.chain.from_iterable(_sequence(way, ignore_case) for way in value[1]))
    if kind == "AT":
        return {()}
    found = _kinds(kind, value)
    if ignore_case and found & (CAPITAL | SMALL):
        found |= CAPITAL | SMALL
    return {(found,)}


def _repeated(inner: set[_Kinds], low: int, high: int) -> set[_Kinds]:
    out: set[_Kinds] = set() if low else {()}
    now: set[_Kinds] = {()}
    for times in range(1, min(high, _DEPTH) + 1):
        now = _then(now, inner)
        if times >= min(low, _DEPTH):
            out |= now
    return out


def _kinds(kind: str, value: Any) -> int:
    """Return the kinds of the bytes that one element matches."""
    if kind == "LITERAL":
        return _kind(value)
    if kind != "IN" or any(str(part) == "NEGATE" for part, _ in value):
        return _ANY
    out = 0
    for part, item in value:
        if str(part) == "LITERAL":
            out |= _kind(item)
        elif str(part) == "RANGE":
            for byte in range(item[0], item[1] + 1):
                out |= _kind(byte)
        else:
            out |= _CATEGORIES.get(str(item), _ANY)
    return out


def _kind(byte: int) -> int:
    if 48 <= byte <= 57:
        return DIGIT
    if 65 <= byte <= 90:
        return CAPITAL
    return SMALL if 97 <= byte <= 122 else OTHER
