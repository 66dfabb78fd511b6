"""How a match may begin: what the first byte of it can be, so that `re` passes quickly over what can't.

At each place of a window `re` tries one alternative after the other. A set in front of them all is tried first.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from bartizan.inspection.shorten import source_of

__all__ = ["first_bytes", "guard"]

_parser: Any = re._parser  # type: ignore[attr-defined]
_SMALL = frozenset(b"abcdefghijklmnopqrstuvwxyz")
_MOST_SMALL = len(_SMALL) // 2
"""Small letters in a guard, as text is made of them: what lets more of them through costs more than it saves."""


def guard(pattern: str, *, bounded: bool, ignore_case: bool) -> str:
    """Return an expression without width that every match of a pattern begins with; empty where it saves nothing.

    `re` itself is fast where a pattern that isn't `bounded` begins with a given character or one of a set.
    """
    tree = _parser.parse(pattern.encode())
    if not bounded and str(tree[0][0]) in ("LITERAL", "IN"):
        return ""
    first = first_bytes(tree, ignore_case=ignore_case)
    if first is None or len(first & _SMALL) > _MOST_SMALL:
        return ""
    members = "".join(f"\\x{byte:02x}" for byte in sorted(first))
    return f"(?=(?-i:[{members}]))"


def first_bytes(items: Sequence[Any], *, ignore_case: bool) -> frozenset[int] | None:
    """Return the bytes that what a parsed expression matches may begin with; None where it may match nothing."""
    found, empty = _first(items, ignore_case)
    return None if empty else found


def _first(items: Sequence[Any], ignore_case: bool) -> tuple[frozenset[int], bool]:
    """Return the first bytes of a sequence, and whether it may match nothing."""
    out: frozenset[int] = frozenset()
    for name, value in items:
        kind = str(name)
        if kind == "AT":
            continue
        if kind in ("MAX_REPEAT", "MIN_REPEAT"):
            found, empty = _first(value[2], ignore_case)
            empty = empty or value[0] == 0
        elif kind == "SUBPATTERN":
            found, empty = _first(value[-1], ignore_case or value[1] != 0)
        elif kind == "BRANCH":
            ways = [_first(way, ignore_case) for way in value[1]]
            found, empty = frozenset().union(*(way for way, _ in ways)), any(nothing for _, nothing in ways)
        else:
            one = re.compile(source_of([(name, value)]).encode(), re.IGNORECASE if ignore_case else 0)
            found, empty = frozenset(byte for byte in range(256) if one.fullmatch(bytes([byte]))), False
        out |= found
        if not empty:
            return out, False
    return out, True
