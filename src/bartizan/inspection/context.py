"""A text under inspection: its records, its heading, and which keywords stand near a place."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers import Parts
from bartizan.inspection.numbers import Rows, digit_rows
from bartizan.inspection.rules import Rules
from bartizan.inspection.signs import joined, marks

__all__ = ["Text", "heading_kinds"]


def heading_kinds(rules: Rules, heading: str) -> frozenset[int]:
    """Return the types that have a keyword in a heading; what stands under it counts as near to that keyword."""
    kinds = rules.keywords.kinds
    return frozenset().union(*(kinds[number] for number in rules.keywords.find(heading.encode())))


class Text:
    """Bytes to inspect. `ends` are the offsets at which records end, each followed by one byte; None for one record."""

    def __init__(
        self, rules: Rules, data: bytes | memoryview, ends: NDArray[np.int64] | None, heading: frozenset[int]
    ) -> None:
        self.rules = rules
        self.data = data
        self.ends = ends
        self.heading = heading
        self._positions: dict[int, list[int]] = {}
        # Looked up many times in a few microseconds, which a lock around each would double.
        self._marks: bytes | None = None
        self._found: dict[int, list[int]] | None = None
        self._kinds: frozenset[int] | None = None

    def bounds(self, place: int) -> tuple[int, int]:
        """Return where the record around `place` starts and ends; the byte behind the last one counts as part of it."""
        if self.ends is None:
            return 0, len(self.data)
        ends = self._record_ends
        number = min(bisect_right(ends, place), len(ends) - 1)
        return (ends[number - 1] + 1 if number else 0), ends[number]

    @cached_property
    def _record_ends(self) -> list[int]:
        """The ends of records as numbers of Python, which single look-ups are faster in."""
        return [] if self.ends is None else self.ends.tolist()

    @property
    def marks(self) -> bytes:
        """The kind of each byte; for short texts."""
        if self._marks is None:
            self._marks = marks(self.data)
        return self._marks

    @cached_property
    def rows(self) -> Rows:
        """The rows of digits."""
        return digit_rows(self.data)

    @property
    def _keywords(self) -> dict[int, list[int]]:
        """Where each keyword that is there ends, rising."""
        if self._found is None:
            self._found = self.rules.keywords.find(self.data)
        return self._found

    @property
    def kinds(self) -> frozenset[int]:
        """The types of which a keyword is there, or stands in the heading."""
        if self._kinds is None:
            found, kinds = self._keywords, self.rules.keywords.kinds
            self._kinds = self.heading.union(*[kinds[number] for number in found]) if found else self.heading
        return self._kinds

    def positions(self, kind: int) -> list[int]:
        """Return where keywords of a type end, rising."""
        if kind not in self._positions:
            kinds = self.rules.keywords.kinds
            lists = [ends for number, ends in self._keywords.items() if kind in kinds[number]]
            self._positions[kind] = (
                sorted(itertools.chain.from_iterable(lists)) if len(lists) > 1 else lists[0] if lists else []
            )
        return self._positions[kind]

    def around_keywords(self) -> Parts:
        """Return where gated rules may match: around their keywords, everywhere when the heading has one."""
        size = len(self.data)
        if not self.rules.gated_kinds.isdisjoint(self.heading):
            return [(0, size)]
        reach = self.rules.gated_reach
        near = [
            (end - reach[number], end + reach[number])
            for number, ends in self._keywords.items()
            if reach[number]
            for end in ends
        ]
        return joined(sorted(near), size)

    def near(self, kind: int, start: int, end: int) -> bool:
        """Tell whether a keyword of the type stands near a value, in its record or in the heading."""
        if kind in self.heading:
            return True
        if kind not in self.kinds:
            return False
        places = self.positions(kind)
        low, high = self.bounds(start)
        within = self.rules.types[kind].within
        low, high = max(low, start - within), min(high, end + within)
        before, after = bisect_right(places, low), bisect_right(places, end)
        return (before < len(places) and places[before] <= start) or (after < len(places) and places[after] <= high)

    def near_many(self, kind: int, starts: NDArray[np.int64], ends: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Answer `near` for many values of one type."""
        if kind in self.heading:
            return np.ones(starts.size, np.bool_)
        if kind not in self.kinds:
            return np.zeros(starts.size, np.bool_)
        places = np.array([*self.positions(kind), np.iinfo(np.int64).max])
        within = self.rules.types[kind].within
        low, high = starts - within, ends + within
        if self.ends is None:
            low = np.maximum(low, 0)
        else:
            record = np.searchsorted(self.ends, starts, side="right")
            low = np.maximum(low, np.where(record > 0, self.ends[record - 1] + 1, 0))
            high = np.minimum(high, self.ends[record])
        before = places[np.searchsorted(places, low, side="right")] <= starts
        after = places[np.searchsorted(places, ends, side="right")] <= high
        near: NDArray[np.bool_] = before | after
        return near
