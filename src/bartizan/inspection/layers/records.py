"""Texts that stood encoded somewhere, gathered into one layer for each way of encoding."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.edits import Layer
from bartizan.inspection.layers.packed import Decoded

__all__ = ["Records"]

_LEAST_ROOM = 32_768
_TIMES = 2
"""What is compressed may grow to this many times the text, or to `_LEAST_ROOM` bytes: half of what is looked into."""


class Records:
    """Pieces of text, each a record of the layer with its name. `size` is that of the text around them, in bytes."""

    def __init__(self, size: int) -> None:
        self.room = max(_LEAST_ROOM, _TIMES * size)
        self._pieces: dict[str, list[Decoded]] = {}

    def add(self, name: str, found: Decoded, begin: NDArray[np.int64], finish: NDArray[np.int64]) -> None:
        """Add a text; `begin` and `finish` say for each of its bytes what it stands for in the text around it."""
        self.room -= len(found.text) if found.names else 0
        name = ">".join((name, *found.names))
        self._pieces.setdefault(name, []).append(found._replace(begin=begin, finish=finish))

    def layers(self) -> list[Layer]:
        """Return a layer for each name."""
        return [_layer(name, pieces) for name, pieces in self._pieces.items()]


def _layer(name: str, pieces: list[Decoded]) -> Layer:
    """Return a layer in which each piece is a record."""
    ends = np.cumsum([len(piece.text) + 1 for piece in pieces]) - 1
    # The byte behind each record stands for nothing.
    air = np.zeros(1, np.int64)
    begin = np.concatenate([part for piece in pieces for part in (piece.begin, air)])[:-1]
    finish = np.concatenate([part for piece in pieces for part in (piece.finish, air)])[:-1]
    joined = b"\n".join(piece.text for piece in pieces)
    return Layer(name, joined, ends, begin, finish, all(piece.whole for piece in pieces))
