"""How much a word that no list knows is like a name, from its letters alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zlib import crc32

__all__ = ["LETTER_SLOTS", "letter_features", "likeness"]

LETTER_SLOTS = 1 << 14


def letter_features(folded: str) -> Iterator[int]:
    """Yield the slots of a word's runs of two to four letters, its ends marked."""
    marked = f"^{folded}$".encode()
    for size in (2, 3, 4):
        for place in range(len(marked) - size + 1):
            yield crc32(marked[place : place + size]) % LETTER_SLOTS
    yield crc32(b"end" + marked[-6:]) % LETTER_SLOTS


def likeness(weights: Sequence[float], folded: str) -> float:
    """Return the log odds that a word is a name rather than anything else; 0 is even. `weights` ends with the bias."""
    return weights[-1] + sum(weights[slot] for slot in letter_features(folded))
