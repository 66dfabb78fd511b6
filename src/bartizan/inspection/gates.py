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
    "CODE_SIGN",
    "LONGEST_NUMBER",
    "WIDE_SIGN",
    "code_parts",
    "digit_gate",
    "digit_parts",
    "ends_in_parts",
    "gate_of",
    "has_word",
    "joined",
    "long_parts",
]

CODE_SIGN = r"[A-Za-z][.\-/]?[0-9]|[0-9][.\-/]?[A-Za-z]|[A-Z] [0-9]|[0-9] [A-Z]|[A-Za-z] [0-9]{5}|[0-9]{5} [A-Za-z]"
"""What every code holds; for short texts, where it tells sooner than arrays do."""
WIDE_SIGN = "[0-9]{6}"
"""What every wide row of digits holds."""
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
_IS_LETTER = np.zeros(256, np.bool_)
_IS_LETTER[sorted(_LETTERS)] = True
_IS_CAPITAL = np.zeros(256, np.bool_)
_IS_CAPITAL[sorted(_CAPITALS)] = True
_IS_JOIN = np.zeros(256, np.bool_)
_IS_JOIN[list(b".-/")] = True
_SPACE, _COLON, _MINUS, _POINT = b" :-."
_T, _Z = b"TZ"


class _Shape(NamedTuple):
    """What a sequence is made of.

    `code`: letters, digits and single joins only. `letter`, `digit`: there is surely one. `size`: most bytes.
    `opens`, `closes`: it may begin, or end, with a join. `empty`: it may match nothing. `spaced`, `small`: it may hold
    a space, a small letter. `row`: how many bytes at least stand together that long rows are made of, and `all_row`
    whether there are no others; `number` and `all_number` say the same of digits, `word` and `all_word` of letters that
    are given.
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
    row: int = 0
    all_row: bool = True
    number: int = 0
    all_number: bool = True
    word: int = 0
    all_word: bool = True


def gate_of(pattern: str, *, bounded: bool, ignore_case: bool) -> str:
    """Return the gate that every match of a pattern passes: `capital`, `code`, `long`, or an empty string for none."""
    shape = _sequence(_parser.parse(pattern.encode()))
    small = shape.small or ignore_case
    mixed = shape.spaced and small and shape.number < _LEAST_ROW
    if bounded and shape.code and shape.letter and shape.digit and shape.size <= LONGEST_CODE and not mixed:
        return "code" if small else "capital"
    return "long" if shape.row >= _LEAST_LONG else ""


def has_word(expression: str) -> bool:
    """Tell whether what the matcher looks for holds a word that is given, so that it costs nothing elsewhere."""
    return _sequence(_parser.parse(expression.encode())).word >= _LEAST_WORD


def digit_gate(expression: str) -> str:
    """Return the gate that what the matcher looks for passes: `wide` for six digits in a row, `digit` for one.

    Empty where it holds none, or is too long for that to help.
    """
    shape = _sequence(_parser.parse(expression.encode()))
    if not shape.digit or shape.size > LONGEST_NUMBER:
        return ""
    return "wide" if shape.number >= _LEAST_WIDE and shape.size <= LONGEST_CODE else "digit"


def _sequence(items: Sequence[Any]) -> _Shape:
    return reduce(_then, (_element(str(name), value) for name, value in items), _Shape())


def _then(first: _Shape, second: _Shape) -> _Shape:
    """Put one behind the other. A row goes on only through what is nothing else."""
    row = first.row + second.row if first.all_row and second.all_row else max(first.row, second.row)
    number = (
        first.number + second.number if first.all_number and second.all_number else max(first.number, second.number)
    )
    word = first.word + second.word if first.all_word and second.all_word else max(first.word, second.word)
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
        row=row,
        all_row=first.all_row and second.all_row,
        number=number,
        all_number=first.all_number and second.all_number,
        word=word,
        all_word=first.all_word and second.all_word,
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
        return _Shape(code=False, size=1, empty=False, all_row=False, all_number=False, all_word=False)
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
        row=int(found <= _LONG),
        all_row=found <= _LONG,
        number=int(found <= _DIGITS),
        all_number=found <= _DIGITS,
        word=int(given),
        all_word=given,
    )


def _repeated(inner: _Shape, low: int, high: int) -> _Shape:
    return inner._replace(
        code=inner.code and not (high > 1 and inner.opens and inner.closes),
        letter=inner.letter and low > 0,
        digit=inner.digit and low > 0,
        size=inner.size * high,
        empty=inner.empty or low == 0,
        row=inner.row * (low if inner.all_row else min(low, 1)),
        number=inner.number * (low if inner.all_number else min(low, 1)),
        word=inner.word * (low if inner.all_word else min(low, 1)),
        all_word=inner.all_word and low == high,
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
        row=min(way.row for way in ways),
        all_row=all(way.all_row for way in ways),
        number=min(way.number for way in ways),
        all_number=all(way.all_number for way in ways),
        word=min(way.word for way in ways),
        all_word=False,
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


def code_parts(rows: Rows) -> tuple[Stretches, Stretches]:
    """Return the surroundings of digits that touch a capital, and of digits that touch any letter.

    They touch directly or over one join; a space only joins capitals, and rows of digits too long for a year.
    """
    text, starts, stops = rows.text, rows.starts, rows.stops
    before, after, further, behind = text[starts - 1], text[stops], text[starts - 2], text[stops + 1]
    width = stops - starts
    # A timestamp is no code: -27T20:38:00.123Z
    stamp = (before == _T) & (after == _COLON) & (width == 2)
    stamp |= (after == _T) & (before == _MINUS) & (width == 2) & (text[np.minimum(stops + 3, text.size - 1)] == _COLON)
    stamp |= (after == _Z) & ((before == _COLON) | (before == _POINT)) & ((width == 2) | (width == 3))
    left, right = _IS_JOIN[before], _IS_JOIN[after]
    space_left, space_right = before == _SPACE, after == _SPACE
    capitals_apart = space_left & _IS_CAPITAL[further] | space_right & _IS_CAPITAL[behind]
    large = width >= _LEAST_ROW
    out = []
    for letters in (_IS_CAPITAL, _IS_LETTER):
        further_is, behind_is = letters[further], letters[behind]
        touches = (letters[before] | letters[after]) & ~stamp
        touches |= capitals_apart | (left & further_is) | (right & behind_is)
        touches |= large & ((space_left & further_is) | (space_right & behind_is))
        begin, end = starts[touches] - rows.air - LONGEST_CODE, stops[touches] - rows.air + LONGEST_CODE
        out.append(joined(begin, end, text.size - 2 * rows.air))
    return out[0], out[1]


def digit_parts(rows: Rows, *, wide: bool = False) -> Stretches:
    """Return the surroundings of all digits, or with `wide` of six and more in a row."""
    starts, stops = rows.starts, rows.stops
    if wide:
        enough = stops - starts >= _LEAST_WIDE
        starts, stops = starts[enough], stops[enough]
    around = LONGEST_CODE if wide else LONGEST_NUMBER
    begin, end = starts - rows.air - around, stops - rows.air + around
    return joined(begin, end, rows.text.size - 2 * rows.air)


def long_parts(rows: Stretches, around: int, size: int) -> Stretches:
    """Return long rows of a text of `size` bytes, and `around` bytes on either side of them."""
    return joined(rows[0] - around, rows[1] + around, size)


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
