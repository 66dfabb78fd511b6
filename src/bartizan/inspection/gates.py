"""Gates: cheap signs that a costly expression may match somewhere, and the parts of a text where it may.

Most numbers of people, companies and documents mix letters and digits. Together their expressions cost the matcher
ten times what everything else does, and running text hardly holds such a row. So they are only looked for where a
letter and a digit touch. Each gate is a condition that every match of its expressions fulfils, so that it changes
what is looked at, never what is found.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers import Stretches
from bartizan.inspection.matcher import Matcher
from bartizan.inspection.numbers import Rows

__all__ = [
    "LONGEST_NUMBER",
    "digit_gate",
    "digit_parts",
    "ends_in_parts",
    "gate_of",
    "has_word",
    "joined",
]

LONGEST_CODE = 64
"""Bytes of the longest code; what may be longer passes no gate."""
LONGEST_NUMBER = 160
"""Bytes of the longest expression that is only looked for around digits."""
_DIGITS = frozenset(b"0123456789")
_CAPITALS = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_LETTERS = _CAPITALS | frozenset(b"abcdefghijklmnopqrstuvwxyz")
_JOINS = frozenset(b" .-/")
_LONG = _DIGITS | _LETTERS | frozenset(b"+/_-")
_LEAST_LONG = 16
_LEAST_WORD = 3
"""Letters that are given, from which on an expression costs nothing where they are missing."""
_LEAST_WIDE = 6
_LEAST_ROW = 5
"""Digits in a row that are a number rather than a year, so that a space may part them from small letters too."""
_parser: Any = re._parser  # type: ignore[attr-defined]
_SPACE = ord(" ")


class _Run(NamedTuple):
    """How many bytes of one kind surely stand together: the `most` at once, at the `head`, at the `tail`.

    `whole`: there are no other bytes.
    """

    most: int = 0
    head: int = 0
    tail: int = 0
    whole: bool = True

    def then(self, other: _Run) -> _Run:
        """Put another behind this one."""
        return _Run(
            max(self.most, other.most, self.tail + other.head),
            self.head + other.head if self.whole else self.head,
            self.tail + other.tail if other.whole else other.tail,
            self.whole and other.whole,
        )

    def times(self, low: int) -> _Run:
        """Repeat this one at least so often."""
        if self.whole or low == 0:
            return _Run(self.most * low, self.head * low, self.tail * low, self.whole)
        return self if low == 1 else self._replace(most=max(self.most, self.tail + self.head))


_ONE, _OTHER = _Run(1, 1, 1), _Run(whole=False)


class _Shape(NamedTuple):
    """What a sequence is made of.

    `code`: letters, digits and single joins only. `letter`, `digit`: there is surely one. `size`: most bytes.
    `opens`, `closes`: it may begin, or end, with a join. `empty`: it may match nothing. `spaced`, `small`: it may hold
    a space, a small letter. `row`, `number` and `word`: bytes that long rows are made of, digits, and bytes that are
    given.
    """

    code: bool = True
    letter: bool = False
    digit: bool = False
    size: int = 0
    opens: bool = False
    closes: bool = False
    empty: bool = True
    spaced: bool = False
    small: bool = False
    row: _Run = _Run()
    number: _Run = _Run()
    word: _Run = _Run()


def gate_of(pattern: str, *, bounded: bool, ignore_case: bool) -> str:
    """Return the gate that every match of a pattern passes: `code`, `long`, or an empty string for none."""
    shape = _sequence(_parser.parse(pattern.encode()))
    small = shape.small or ignore_case
    mixed = shape.spaced and small and shape.number.most < _LEAST_ROW
    if bounded and shape.code and shape.letter and shape.digit and shape.size <= LONGEST_CODE and not mixed:
        return "code"
    return "long" if shape.row.most >= _LEAST_LONG else ""


def has_word(expression: str) -> bool:
    """Tell whether what the matcher looks for holds a word that is given, so that it costs nothing elsewhere."""
    return _sequence(_parser.parse(expression.encode())).word.most >= _LEAST_WORD


def digit_gate(expression: str) -> str:
    """Return the gate that what the matcher looks for passes: `wide` for six digits in a row, `digit` for one.

    Empty where it holds none, or is too long for that to help.
    """
    shape = _sequence(_parser.parse(expression.encode()))
    if not shape.digit or shape.size > LONGEST_NUMBER:
        return ""
    return "wide" if shape.number.most >= _LEAST_WIDE and shape.size <= LONGEST_CODE else "digit"


def _sequence(items: Sequence[Any]) -> _Shape:
    return reduce(_then, (_element(str(name), value) for name, value in items), _Shape())


def _then(first: _Shape, second: _Shape) -> _Shape:
    """Put one behind the other."""
    return _Shape(
        code=first.code and second.code and not (first.closes and second.opens),
        letter=first.letter or second.letter,
        digit=first.digit or second.digit,
        size=first.size + second.size,
        opens=first.opens or (first.empty and second.opens),
        closes=second.closes or (second.empty and first.closes),
        empty=first.empty and second.empty,
        spaced=first.spaced or second.spaced,
        small=first.small or second.small,
        row=first.row.then(second.row),
        number=first.number.then(second.number),
        word=first.word.then(second.word),
    )


def _element(kind: str, value: Any) -> _Shape:
    if kind in ("MAX_REPEAT", "MIN_REPEAT"):
        return _repeated(_sequence(value[2]), value[0], min(value[1], LONGEST_NUMBER + 1))
    if kind == "SUBPATTERN":
        inner = _sequence(value[-1])
        return inner._replace(small=inner.small or value[1] != 0)
    if kind == "BRANCH":
        return _either([_sequence(way) for way in value[1]])
    if kind == "AT":
        return _Shape(code=False)
    found = _bytes_of(kind, value)
    if found is None:
        return _Shape(code=False, size=1, empty=False, row=_OTHER, number=_OTHER, word=_OTHER)
    join = bool(found & _JOINS)
    given = len({byte | 32 if byte in _LETTERS else byte for byte in found}) == 1
    return _Shape(
        code=found <= _DIGITS | _LETTERS | _JOINS,
        letter=found <= _LETTERS,
        digit=found <= _DIGITS,
        size=1,
        opens=join,
        closes=join,
        empty=False,
        spaced=_SPACE in found,
        small=bool(found & (_LETTERS - _CAPITALS)),
        row=_ONE if found <= _LONG else _OTHER,
        number=_ONE if found <= _DIGITS else _OTHER,
        word=_ONE if given else _OTHER,
    )


def _repeated(inner: _Shape, low: int, high: int) -> _Shape:
    return inner._replace(
        code=inner.code and not (high > 1 and inner.opens and inner.closes),
        letter=inner.letter and low > 0,
        digit=inner.digit and low > 0,
        size=inner.size * high,
        empty=inner.empty or low == 0,
        row=inner.row.times(low),
        number=inner.number.times(low),
        # A letter that is given any number of times is part of no word.
        word=inner.word.times(low) if low == high else inner.word.times(low)._replace(head=0, tail=0, whole=False),
    )


def _either(ways: Sequence[_Shape]) -> _Shape:
    return _Shape(
        code=all(way.code for way in ways),
        letter=all(way.letter for way in ways),
        digit=all(way.digit for way in ways),
        size=max(way.size for way in ways),
        opens=any(way.opens for way in ways),
        closes=any(way.closes for way in ways),
        empty=any(way.empty for way in ways),
        spaced=any(way.spaced for way in ways),
        small=any(way.small for way in ways),
        row=_least([way.row for way in ways]),
        number=_least([way.number for way in ways]),
        # What follows one of several words makes none of them longer, as far as the matcher is concerned.
        word=_Run(min(way.word.most for way in ways), whole=False),
    )


def _least(ways: Sequence[_Run]) -> _Run:
    """Return what all ways have."""
    return _Run(
        min(way.most for way in ways),
        min(way.head for way in ways),
        min(way.tail for way in ways),
        all(way.whole for way in ways),
    )


def _bytes_of(kind: str, value: Any) -> frozenset[int] | None:
    """Return the bytes that one element matches; None for what is no set of them."""
    if kind == "LITERAL":
        return frozenset((value,))
    if kind != "IN" or any(str(part) == "NEGATE" for part, _ in value):
        return None
    out: set[int] = set()
    for part, item in value:
        if str(part) == "LITERAL":
            out.add(item)
        elif str(part) == "RANGE":
            out.update(range(item[0], item[1] + 1))
        elif str(item) == "CATEGORY_DIGIT":
            out |= _DIGITS
        else:
            return None
    return frozenset(out)


# --- parts of a text -------------------------------------------------------------------------------------------------


def digit_parts(rows: Rows) -> Stretches:
    """Return the surroundings of all digits."""
    begin, end = rows.starts - rows.air - LONGEST_NUMBER, rows.stops - rows.air + LONGEST_NUMBER
    return joined(begin, end, rows.text.size - 2 * rows.air)


def joined(begin: NDArray[np.int64], end: NDArray[np.int64], size: int) -> Stretches:
    """Join parts that meet, and cut them at the ends of the text."""
    if not begin.size:
        return begin, end
    first = np.flatnonzero(np.concatenate(([True], begin[1:] > end[:-1])))
    last = np.append(first[1:], begin.size) - 1
    return np.maximum(begin[first], 0), np.minimum(end[last], size)


def ends_in_parts(matcher: Matcher, data: bytes | memoryview, parts: Stretches) -> tuple[list[int], list[int]]:
    """Let a matcher look at parts of a text only; what it reports counts in the whole text."""
    starts, stops = parts
    if not starts.size:
        return [], []
    whole = memoryview(data)
    joined = b"\n".join([whole[start:stop] for start, stop in zip(starts.tolist(), stops.tolist(), strict=True)])
    numbers, ends = matcher.ends(joined)
    bases = np.cumsum(stops - starts + 1) - (stops - starts + 1)
    places = np.array(ends, np.int64)
    part = np.searchsorted(bases, places - 1, side="right") - 1
    return numbers, (starts[part] + places - bases[part]).tolist()
