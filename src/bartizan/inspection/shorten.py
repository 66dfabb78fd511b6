"""Shortens regular expressions for the matcher: what varies at the ends is cut to its least.

The matcher reports every place where an expression may end. `ghp_[0-9a-z]{36,}` would be reported once for each
character of a long token; shortened to `ghp_[0-9a-z]{36}` it is reported once, and the full expression then decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from bartizan.model import InputError

__all__ = ["Shape", "shorten", "source_of", "width_up_to"]

# The parser behind `re`. It is private, and the only one that is certain to agree with `re` itself.
_parser: Any = re._parser  # type: ignore[attr-defined]
_constants: Any = re._constants  # type: ignore[attr-defined]
_CLASSES = {
    "CATEGORY_DIGIT": "0-9",
    "CATEGORY_WORD": "0-9A-Za-z_",
    "CATEGORY_SPACE": r"\t-\r\x20",
}
_NOT_CLASSES = {"CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_NOT_WORD": r"\W", "CATEGORY_NOT_SPACE": r"\S"}
_AT = {"AT_BOUNDARY": r"\b", "AT_BEGINNING": "^", "AT_BEGINNING_STRING": "^", "AT_END": "$"}
_UNBOUNDED = 1 << 16
# Escapes, classes and groups (nested three deep): what is left of a pattern stands outside of them.
_GROUP = r"\((?:[^()\[\]\\]|\\.|\[(?:[^\]\\]|\\.)+\]|%s)*\)"
_OUTSIDE_GROUPS = re.compile(r"\\.|\[\^?\]?(?:[^\]\\]|\\.)*\]|" + _GROUP % (_GROUP % (_GROUP % r"(?!)")), re.DOTALL)


class Shape(NamedTuple):
    """An expression for the matcher, and how a full match lies around the end that the matcher reports, in bytes.

    `head` is how far before that end a match may begin, `tail` how far behind it a match may go on; -1: no limit.
    `bounded`: the expression begins where the match begins, and with a letter, a digit or an underscore.
    `exact`: every match begins `head` bytes before an end that the matcher reports.
    """

    expression: str
    head: int
    tail: int
    bounded: bool
    exact: bool


def shorten(pattern: str) -> Shape:
    """Return the shortest expression that every match of `pattern` contains.

    Raises InputError for what is beyond the common subset: look-around, back-references, most inner flags.
    """
    try:
        tree = list(_parser.parse(pattern.encode()))
    except re.error as error:
        raise InputError(f"`{pattern}` is not a regular expression: {error.msg}") from None
    body = _trim_end(tree)
    trimmed = _trim_start(body)
    if not trimmed:
        raise InputError(f"`{pattern}` may match nothing at all")
    source = source_of(trimmed)
    (least, head), most = _width(body), _width(tree)[1]
    whole = source == source_of(body)
    bounded, exact = whole and _word_first(body), whole and least == head
    return Shape(source, head if head < _UNBOUNDED else -1, most - least if most < _UNBOUNDED else -1, bounded, exact)


def width_up_to(pattern: str, part: str) -> int:
    """Return how many bytes a match may begin before the end of what `part` matches; -1 when that can't be told.

    It can be told when the part stands in the pattern word for word, behind a beginning of bounded width.
    """
    place = pattern.find(part)
    if place < 0:
        return -1
    if _OUTSIDE_GROUPS.sub("", pattern).count("|"):
        return -1
    try:
        before, itself = (_width(list(_parser.parse(text.encode())))[1] for text in (pattern[:place], part))
    except re.error:
        return -1
    return before + itself if before + itself < _UNBOUNDED else -1


def _trim_end(items: Sequence[Any]) -> list[Any]:
    """Cut what varies at the end to its least."""
    out = list(items)
    while out:
        name, value = out[-1]
        kind = str(name)
        if kind in ("MAX_REPEAT", "MIN_REPEAT"):
            low, _, inner = value
            out.pop()
            if low == 0:
                continue
            if low == 1:
                return [*out, *_trim_end(inner)]
            return [*out, (name, (low - 1, low - 1, inner)), *_trim_end(inner)]
        if kind == "SUBPATTERN":
            inner = _trim_end(value[-1])
            out.pop()
            if inner:
                return [*out, (name, (*value[:-1], inner))]
            continue
        if kind == "BRANCH":
            branches = [_trim_end(branch) for branch in value[1]]
            out.pop()
            if all(branches):
                return [*out, (name, (value[0], branches))]
            continue
        break
    return out


def _trim_start(items: Sequence[Any]) -> list[Any]:
    """Cut what varies at the start to its least."""
    out = list(items)
    while out:
        name, value = out[0]
        kind = str(name)
        if kind in ("MAX_REPEAT", "MIN_REPEAT") and value[0] != value[1]:
            low, _, inner = value
            out[0:1] = [(name, (low, low, inner))] if low else []
        elif kind == "SUBPATTERN":
            inner = _trim_start(value[-1])
            out[0:1] = [(name, (*value[:-1], inner))] if inner else []
            if inner:
                break
        else:
            break
    return out


def _word_first(items: Sequence[Any]) -> bool:
    """Tell whether what a sequence matches always begins with a letter, a digit or an underscore."""
    name, value = items[0]
    kind = str(name)
    if kind == "LITERAL":
        return _is_word(value)
    if kind in ("MAX_REPEAT", "MIN_REPEAT"):
        return bool(value[0] > 0 and _word_first(value[2]))
    if kind == "SUBPATTERN":
        return _word_first(value[-1])
    if kind == "BRANCH":
        return all(branch and _word_first(branch) for branch in value[1])
    if kind == "IN":
        return all(
            (str(part) == "LITERAL" and _is_word(item))
            or (str(part) == "RANGE" and _is_word(item[0]) and _is_word(item[1]) and item[1] - item[0] < 26)
            or (str(part) == "CATEGORY" and str(item) in ("CATEGORY_DIGIT", "CATEGORY_WORD"))
            for part, item in value
        )
    return False


def _is_word(value: int) -> bool:
    return value < 128 and (chr(value).isalnum() or value == 95)


def _width(items: Sequence[Any]) -> tuple[int, int]:
    """Return the least and the greatest width of a sequence; the greatest is `_UNBOUNDED` where there is none."""
    low = high = 0
    for name, value in items:
        kind = str(name)
        if kind in ("MAX_REPEAT", "MIN_REPEAT"):
            least, most = _width(value[2])
            low += value[0] * least
            high += _UNBOUNDED if value[1] == _constants.MAXREPEAT else value[1] * most
        elif kind == "SUBPATTERN":
            least, most = _width(value[-1])
            low, high = low + least, high + most
        elif kind == "BRANCH":
            widths = [_width(branch) for branch in value[1]]
            low += min(least for least, _ in widths)
            high += max(most for _, most in widths)
        elif kind != "AT":
            low, high = low + 1, high + 1
    return low, min(high, _UNBOUNDED)


def source_of(items: Sequence[Any]) -> str:
    """Write a parsed expression down again."""
    return "".join(_item(str(name), value) for name, value in items)


def _item(kind: str, value: Any) -> str:
    if kind == "LITERAL":
        return _byte(value)
    if kind == "NOT_LITERAL":
        return f"[^{_byte(value)}]"
    if kind == "ANY":
        return r"[^\n]"
    if kind == "IN":
        return _class(value)
    if kind in ("MAX_REPEAT", "MIN_REPEAT"):
        low, high, inner = value
        times = f"{{{low},}}" if high == _constants.MAXREPEAT else f"{{{low}}}" if low == high else f"{{{low},{high}}}"
        return f"(?:{source_of(inner)}){times}{'?' if kind == 'MIN_REPEAT' and low != high else ''}"
    if kind == "SUBPATTERN":
        if value[1] not in (0, re.IGNORECASE) or value[2]:
            raise InputError("of the flags inside an expression only `(?i:...)` is supported")
        return f"(?{'i' if value[1] else ''}:{source_of(value[-1])})"
    if kind == "BRANCH":
        return f"(?:{'|'.join(source_of(branch) for branch in value[1])})"
    if kind == "AT" and str(value) in _AT:
        return _AT[str(value)]
    raise InputError(f"an expression may not use {kind.lower()}", help="no look-around, and no back-references")


def _class(parts: Sequence[Any]) -> str:
    """Write a character class; one that is a negated class alone stands for itself."""
    out = ""
    for name, value in parts:
        kind = str(name)
        if kind == "NEGATE":
            out += "^"
        elif kind == "LITERAL":
            out += _byte(value)
        elif kind == "RANGE":
            out += f"{_byte(value[0])}-{_byte(value[1])}"
        else:
            category = str(value)
            out += _CLASSES.get(category) or _NOT_CLASSES[category]
    return f"[{out}]"


def _byte(value: int) -> str:
    """Write a byte so that it means itself in and outside a class."""
    character = chr(value)
    return character if value < 128 and character.isalnum() else f"\\x{value:02x}"
