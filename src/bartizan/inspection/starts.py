"""Finds where in a long text matches may start, by the kinds of the bytes that stand there.

Identifiers in hexadecimal, times and small numbers make up much of what machines write. They hold digits, as values do,
but hardly any value is laid out like them. So each place where a word begins is looked up in tables that say what may
begin with such bytes. Eight bytes are one number of 16 bits, two for the kind of each; a table for each of four such
numbers in a row holds a bit for each expression, or for a few that begin alike. Where no bit is left, nothing starts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache, reduce
from itertools import pairwise
from operator import or_
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.beginnings import BLOCKS, NEAR, WIDTH, Blocks
from bartizan.inspection.gates import LONGEST_NUMBER, joined
from bartizan.inspection.layers import Stretches
from bartizan.inspection.numbers import Rows

__all__ = ["Begins", "Places", "Starts"]

_BITS = 64
_NUMBER_BITS = 2
_HEAD = 48
"""Bytes behind the start of a match in which nearly all are reported."""
_UNDERSCORE = ord("_")
_DEPTH = WIDTH * BLOCKS
_SPARSE = 128
"""Bytes of text for each row of digits, from which on only the surroundings of those are looked at."""
_CHUNK = 1 << 18
"""Bytes at once."""


class Places(NamedTuple):
    """Where anything may start in a text, rising, and a bit for each thing that may start there."""

    starts: NDArray[np.int64]
    bits: NDArray[np.uint64]


class Begins(NamedTuple):
    """How matches of an expression begin, and how far behind that the matcher reports them at most, in bytes."""

    blocks: Blocks
    head: int = 0


class Starts:
    """Tells where something may start.

    `groups` are beginnings by the name of their group; `numbers` are more, which share few bits, as what looks for them
    is cheap.
    """

    def __init__(self, groups: Mapping[str, Iterable[Begins]], numbers: Mapping[str, Iterable[Blocks]]) -> None:
        everything = (*groups.items(), *((name, [Begins(one) for one in blocks]) for name, blocks in numbers.items()))
        # Neighbours go on alike, so that little is lost where they share a bit.
        members = {name: sorted(set(ones), key=lambda one: one.blocks[::-1]) for name, ones in everything}
        total = sum(len(members[name]) for name in groups) or 1
        free = _BITS - len(groups) - len(numbers) * _NUMBER_BITS
        self._bits: list[list[Begins]] = []
        """For each bit what it stands for."""
        self._masks: dict[str, int] = {}
        for name, ones in members.items():
            share = _NUMBER_BITS if name in numbers else 1 + free * len(ones) // total
            cuts = [place * len(ones) // share for place in range(share + 1)]
            self._masks[name] = ((1 << share) - 1) << len(self._bits)
            self._bits += [ones[low:high] for low, high in pairwise(cuts)]
        self._far = sum(1 << bit for bit, ones in enumerate(self._bits) if any(one.head > _HEAD for one in ones))

    def find(self, rows: Rows, long: Stretches, ends: NDArray[np.int64] | None, names: Iterable[str]) -> Places:
        """Return where anything of these groups may start in a text.

        `rows` are its rows of digits, `long` its long rows, `ends` those of its records.
        """
        wanted = self._mask(names)
        text = rows.text
        if ends is not None:
            text = text.copy()
            text[ends + rows.air] = 0
        if rows.starts.size * _SPARSE < text.size:
            origin = _around(rows, long)
            starts, bits = self._look(text[origin], wanted)
            return Places(origin[starts] - rows.air, bits)
        # What is worked on stays in the processor's cache.
        firsts = range(0, text.size - _DEPTH, _CHUNK)
        found = [self._look(text[first : first + _CHUNK + _DEPTH], wanted) for first in firsts]
        starts = np.concatenate([one + first for first, (one, _) in zip(firsts, found, strict=True)])
        return Places(starts - rows.air, np.concatenate([bits for _, bits in found]))

    def _look(self, text: NDArray[np.uint8], wanted: np.uint64) -> tuple[NDArray[np.int64], NDArray[np.uint64]]:
        """Return places and bits of a part of a text: behind its first byte, and before its last `_DEPTH`."""
        kinds, starts = _words(text)
        fours = kinds[:-1] | kinds[1:] << 2
        fours = fours[:-2] | fours[2:] << 4
        bits = np.full(starts.size, wanted)
        for number, table in enumerate(self._tables):
            at = starts + number * WIDTH
            bits &= table[fours[at] | fours[at + WIDTH // 2].astype(np.uint16) << WIDTH]
            left = np.flatnonzero(bits)
            starts, bits = starts[left], bits[left]
        return starts, bits

    def of(self, places: Places, *names: str) -> NDArray[np.int64]:
        """Return where members of these groups may start."""
        starts: NDArray[np.int64] = places.starts[(places.bits & self._mask(names)) != 0]
        return starts

    def parts(self, places: Places, name: str, size: int) -> Stretches:
        """Return the parts of a text of `size` bytes in which the matcher has to look for members of a group."""
        bits = places.bits & self._mask([name])
        mine = np.flatnonzero(bits)
        starts = places.starts[mine]
        far = (bits[mine] & np.uint64(self._far)) != 0
        return joined(starts - 1, np.maximum.accumulate(starts + np.where(far, LONGEST_NUMBER, _HEAD)), size)

    def _mask(self, names: Iterable[str]) -> np.uint64:
        return np.uint64(reduce(or_, (self._masks[name] for name in names)))

    @cached_property
    def _tables(self) -> NDArray[np.uint64]:
        """For each block, by its number of 16 bits, what may hold it."""
        tables = np.zeros((BLOCKS, 1 << 2 * WIDTH), np.uint64)
        for bit, ones in enumerate(self._bits):
            for number, table in enumerate(tables):
                for sets in {sets for one in ones for sets in one.blocks[number]}:
                    table[_codes(sets)] |= np.uint64(1 << bit)
        return tables


@lru_cache(maxsize=64)
def _codes(sets: int) -> NDArray[np.int64]:
    """Return the numbers of 16 bits for a block whose bytes may be of these kinds."""
    codes = np.zeros(1, np.int64)
    for place in range(WIDTH):
        kinds = np.array([kind for kind in range(4) if sets >> 4 * place + kind & 1])
        codes = (codes[:, None] | kinds << 2 * place).ravel()
    return codes


def _words(text: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return the kind of each byte, and where words begin that have a digit soon, or are long."""
    digit: NDArray[np.uint8] = ((text - 48) < 10).view(np.uint8)
    letter: NDArray[np.uint8] = (((text | 32) - 97) < 26).view(np.uint8)
    # 0 is another byte, 1 a digit, 2 a capital, 3 a small letter.
    kinds: NDArray[np.uint8] = np.left_shift(letter, 1)
    kinds |= digit
    kinds |= letter & (text >> np.uint8(5))
    near: NDArray[np.uint8] = digit
    row: NDArray[np.uint8] = digit | letter
    outside = (row | (text == _UNDERSCORE)) == 0
    begins = outside[:-_DEPTH] & (kinds[1 : 1 - _DEPTH] > 0)
    for step in (1, 2, 4, 8):
        near, row = near[:-step] | near[step:], row[:-step] & row[step:]
    begins &= (near | row)[1 : begins.size + 1] > 0
    return kinds, np.flatnonzero(begins) + 1


def _around(rows: Rows, long: Stretches) -> NDArray[np.int64]:
    """Return the places around rows of digits and long rows, as far as they are looked at."""
    begin = np.concatenate((rows.starts - NEAR, long[0] + rows.air - 1))
    end = np.concatenate((rows.starts, long[1] + rows.air)) + _DEPTH + 1
    order = np.argsort(begin, kind="stable")
    begin, end = joined(begin[order], np.maximum.accumulate(end[order]), rows.text.size)
    sizes = end - begin
    places: NDArray[np.int64] = np.arange(sizes.sum()) + np.repeat(begin - np.cumsum(sizes) + sizes, sizes)
    return places
