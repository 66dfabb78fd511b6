"""Layouts of numbers: `###-##-####`, `#{8,17}`; read once, and walked as a tree over rows of digits."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.model import InputError

__all__ = ["LONGEST", "SEPARATORS", "Layout", "Nodes", "Tree", "parse_layout"]

SEPARATORS = b" .-/:"
"""What may stand between groups of digits, as single characters."""
LONGEST = 31
"""Digits of the longest group that a layout can ask for."""
_MOST_GROUPS = 8
_MEMORY = 8192
_PART = re.compile(r"#+(?:\{(\d+),(\d+)\})?|[ .\-/:]")


class Layout(NamedTuple):
    """Groups of digits by length, and the separators between them; one separator less than groups."""

    groups: tuple[int, ...]
    separators: bytes

    @property
    def width(self) -> int:
        """Bytes of a value in this layout."""
        return sum(self.groups) + len(self.separators)

    @property
    def places(self) -> tuple[int, ...]:
        """Where the digits stand in a value, as offsets."""
        out: list[int] = []
        start = 0
        for length in self.groups:
            out += range(start, start + length)
            start += length + 1
        return tuple(out)


def parse_layout(text: str) -> list[Layout]:
    """Read a layout, with each length of a range as a layout of its own. Raises InputError for one that is none."""
    choices: list[list[int]] = []
    separators = bytearray()
    place = 0
    while place < len(text):
        part = _PART.match(text, place)
        if part is None or (part.group()[0] == "#") == (len(choices) > len(separators)):
            raise InputError(
                f"`{text}` is not a layout", help="write `#` for a digit, and one of ` .-/:` between groups"
            )
        if part.group()[0] != "#":
            separators += part.group().encode()
        else:
            fixed = part.group().count("#")
            low, high = (int(part[1]) + fixed - 1, int(part[2]) + fixed - 1) if part[1] else (fixed, fixed)
            choices.append(list(range(low, high + 1)))
        place = part.end()
    if len(choices) != len(separators) + 1 or len(choices) > _MOST_GROUPS:
        raise InputError(f"`{text}` is not a layout", help=f"groups of digits, at most {_MOST_GROUPS}")
    if not all(group and group[0] >= 1 and group[-1] <= LONGEST for group in choices):
        raise InputError(f"`{text}` has a group that is too short or too long", help=f"1 to {LONGEST} digits")
    return [Layout(groups, bytes(separators)) for groups in itertools.product(*choices)]


class Nodes(NamedTuple):
    """Some nodes of a tree: whether a layout ends there, and whether one goes on or ends there."""

    ends: NDArray[np.bool_]
    ways: NDArray[np.bool_]

    def __or__(self, other: Nodes) -> Nodes:
        """Return the nodes of both."""
        return Nodes(self.ends | other.ends, self.ways | other.ways)


class Tree:
    """All layouts that are asked for, as a tree: a step is a separator and the length of the next group.

    `steps[node, separator, length]` is the next node, 0 where there is none; separator 0 stands before the first group,
    the others are places in `SEPARATORS` counted from 1. The root is node 1. `wanted[node]` are the numbers of
    the forms whose layout ends there, `layouts[node]` is that layout.
    """

    def __init__(self, forms: Iterable[tuple[int, Sequence[Layout]]]) -> None:
        paths: dict[tuple[int, int, int], int] = {}
        self.wanted: dict[int, list[int]] = {}
        self.layouts: dict[int, Layout] = {}
        size = 2
        for number, layouts in forms:
            for layout in layouts:
                node = 1
                codes = (0, *(SEPARATORS.index(byte) + 1 for byte in layout.separators))
                for code, length in zip(codes, layout.groups, strict=True):
                    if (node, code, length) not in paths:
                        paths[node, code, length] = size
                        size += 1
                    node = paths[node, code, length]
                self.layouts[node] = layout
                self.wanted.setdefault(node, []).append(number)
        self.paths = paths
        self.steps: NDArray[np.int32] = np.zeros((size, len(SEPARATORS) + 1, LONGEST + 2), np.int32)
        for (node, code, length), target in paths.items():
            self.steps[node, code, length] = target
        self.size = size
        """Nodes, with the root and the one that stands for none."""
        self.known: dict[bytes, list[tuple[int, int]]] = {}
        """For forms of runs of digits the numbers in them, as `numbers.few_numbers` found them."""
        self.fewest = min((sum(layout.groups) for layout in self.layouts.values()), default=0)
        """Digits of the shortest layout; 0 when there is none."""

    def nodes(self, numbers: frozenset[int]) -> Nodes:
        """Return the nodes that lead to the layouts of some forms, by their numbers."""
        ends, ways = np.zeros(self.size, np.bool_), np.zeros(self.size, np.bool_)
        ends[[node for node, forms in self.wanted.items() if not numbers.isdisjoint(forms)]] = True
        ways |= ends
        # A node is made after the one before it.
        for (node, _, _), target in reversed(self.paths.items()):
            ways[node] |= ways[target]
        return Nodes(ends, ways)

    def remember(self, form: bytes, found: list[tuple[int, int]]) -> None:
        """Keep what was found in runs of one form; texts that hold very many forms start again."""
        if len(self.known) >= _MEMORY:
            self.known.clear()
        self.known[form] = found

    def __bool__(self) -> bool:
        """Tell whether any layout is asked for."""
        return bool(self.wanted)
