"""Patterns of bytes as patterns of characters: data types match UTF-8, Purview matches text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bartizan.store.regexes import Alt, Atom, Group, Node, Repeat

__all__ = ["characters"]

_BYTE = re.compile(r"\\x([89A-Fa-f][0-9A-Fa-f])")
_RANGES = re.compile(r"\[((?:\\x[89A-Fa-f][0-9A-Fa-f]-?)+)\]")
_ONE_RANGE = re.compile(r"\\x(..)(?:-\\x(..))?")
_ALL = ((0x80, 0xBF),)
_WHY = "it matches single bytes beyond ASCII"


def characters(tree: Alt) -> Alt:
    """Write bytes of UTF-8 as the characters that they are, and ranges of bytes as ranges of characters.

    Raises ValueError where bytes don't make whole characters.
    """
    return Alt(tuple(tuple(_row(branch)) for branch in tree.branches))


def _row(branch: Sequence[Node]) -> Iterator[Node]:
    waiting = list[tuple[tuple[int, int], ...]]()
    for node in branch:
        bytes_of = _bytes(node)
        if bytes_of:
            waiting += bytes_of
            continue
        yield from _whole(waiting)
        waiting = []
        if isinstance(node, Group):
            yield Group(node.opening, node.kind, characters(node.body), node.name)
        elif isinstance(node, Repeat):
            inner = list(_row([node.node]))
            if len(inner) != 1:
                raise ValueError(_WHY)
            yield Repeat(inner[0], node.low, node.high, node.manner)
        elif _BYTE.search(node.text):
            raise ValueError(_WHY)
        else:
            yield node
    yield from _whole(waiting)


def _bytes(node: Node) -> list[tuple[tuple[int, int], ...]]:
    """Return which bytes a node matches, one entry a byte; nothing for a node of other kinds."""
    if isinstance(node, Repeat) and node.low == node.high:
        return _bytes(node.node) * node.low if isinstance(node.node, Atom) else []
    if not isinstance(node, Atom):
        return []
    if _BYTE.fullmatch(node.text):
        value = int(node.text[2:], 16)
        return [((value, value),)]
    ranges = _RANGES.fullmatch(node.text)
    if ranges is None:
        return []
    return [tuple((int(one[1], 16), int(one[2] or one[1], 16)) for one in _ONE_RANGE.finditer(ranges[1]))]


def _whole(waiting: Sequence[tuple[tuple[int, int], ...]]) -> Iterator[Node]:
    """Cut a row of bytes into characters."""
    at = 0
    while at < len(waiting):
        lengths = {_length(low) for low, _ in waiting[at]} | {_length(high) for _, high in waiting[at]}
        size = lengths.pop()
        if lengths or not size or at + size > len(waiting):
            raise ValueError(_WHY)
        ranges = [_character(one, waiting[at + 1 : at + size]) for one in waiting[at]]
        yield Atom(ranges[0]) if len(ranges) == 1 and "-" not in ranges[0] else Atom(f"[{''.join(ranges)}]")
        at += size


def _length(byte: int) -> int:
    """How many bytes a character has that begins with this one; 0 where none does."""
    return 2 if 0xC2 <= byte <= 0xDF else 3 if 0xE0 <= byte <= 0xEF else 4 if 0xF0 <= byte <= 0xF4 else 0


def _character(lead: tuple[int, int], rest: Sequence[tuple[tuple[int, int], ...]]) -> str:
    """One character, or a range of them, which is one only where all later bytes are free once an earlier one is."""
    free = lead[0] != lead[1]
    low, high = [lead[0]], [lead[1]]
    for ranges in rest:
        if len(ranges) != 1 or (free and ranges != _ALL):
            raise ValueError(_WHY)
        free = free or ranges[0][0] != ranges[0][1]
        low.append(ranges[0][0])
        high.append(ranges[0][1])
    first, last = (_code(one) for one in (low, high))
    return chr(first) if first == last else f"\\x{{{first:x}}}-\\x{{{last:x}}}"


def _code(raw: Sequence[int]) -> int:
    """The number of a character from its bytes; shorter forms than UTF-8 takes are as good as those it takes."""
    number = raw[0] & (0xFF >> (len(raw) + 1))
    for byte in raw[1:]:
        if not 0x80 <= byte <= 0xBF:
            raise ValueError(_WHY)
        number = number << 6 | byte & 0x3F
    return min(number, 0x10FFFF)
