"""Text with changes undone, and where each of its bytes came from."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Edits", "Layer"]

_PAGE = 256
"""Bytes around a change that are looked at again, at least."""


class Layer(NamedTuple):
    """Records as they were before somebody encoded them.

    `ends` are the offsets at which records end in `data`, each followed by one byte. `begin` and `finish` tell for each
    byte of `data` which bytes of the text around it it stands for. `whole` is false when there was more than room for.
    """

    name: str
    data: bytes
    ends: NDArray[np.int64]
    begin: NDArray[np.int64]
    finish: NDArray[np.int64]
    whole: bool = True


class Edits:
    """Changes to a text, each no longer than what it replaces."""

    def __init__(self, data: bytes | memoryview) -> None:
        self._bytes = np.frombuffer(data, np.uint8).copy()
        self._keep = np.ones(self._bytes.size, np.bool_)
        self._begin = np.arange(self._bytes.size)
        self._finish = self._begin + 1
        self._touched = np.zeros(self._bytes.size // _PAGE + 3, np.bool_)

    def fixed(self, starts: NDArray[np.int64], width: int, values: NDArray[np.uint8]) -> None:
        """Replace `width` bytes at each start by one byte."""
        self._bytes[starts] = values
        self._finish[starts] = starts + width
        for step in range(1, width):
            self._keep[starts + step] = False
        self._touched[starts // _PAGE + 1] = True

    def one(self, start: int, end: int, value: bytes) -> None:
        """Replace the bytes from `start` to `end` by `value`, which is no longer."""
        stop = start + len(value)
        self._bytes[start:stop] = np.frombuffer(value, np.uint8)
        self._begin[start:stop] = start
        self._finish[start:stop] = end
        self._keep[stop:end] = False
        self._touched[start // _PAGE + 1] = True

    def layer(self, name: str, ends: NDArray[np.int64] | None) -> Layer | None:
        """Return the changed parts with their surroundings as records, cut where records of the text end.

        `ends` are those of the text. Returns None when nothing was changed.
        """
        if not self._touched.any():
            return None
        pages = self._touched.copy()
        pages[1:] |= self._touched[:-1]
        pages[:-1] |= self._touched[1:]
        near = pages[1:].repeat(_PAGE)[: self._bytes.size]
        kept = (near & self._keep).nonzero()[0]
        # Where pages are left out, a record ends, with a byte of its own behind it.
        cuts = kept.searchsorted((pages[2:] > pages[1:-1]).nonzero()[0] * _PAGE + _PAGE)
        cuts = cuts[(cuts > 0) & (cuts < kept.size)]
        breaks = cuts + np.arange(cuts.size)
        taken = np.insert(kept, cuts, 0) if cuts.size else kept
        data, begin, finish = self._bytes[taken], self._begin[taken], self._finish[taken]
        data[breaks], begin[breaks], finish[breaks] = 10, 0, 0
        out = np.append(breaks, data.size)
        if ends is not None:
            inside = ends[ends < self._bytes.size]
            inside = np.searchsorted(kept, inside[near[inside] & self._keep[inside]])
            out = np.union1d(out, inside + np.searchsorted(cuts, inside, side="right"))
        return Layer(name, data.tobytes(), out, begin, finish)
