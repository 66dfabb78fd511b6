"""Features of a text as slots of a table: pieces of six bytes, words and pairs of words, hashed all at once.

Text is read as bytes of UTF-8 in small letters, each digit as `0`. A *word* is a run of letters, digits and bytes
from 128 on; its number is a polynomial of its bytes, got from sums up to its ends. Everything is arithmetic on whole
arrays of 32 bits that overflow, as hashing in a loop costs more than all else together.
"""

from __future__ import annotations

import re
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["FOLDED", "LONGEST", "SLOTS", "Read", "folded", "joined", "pieces_of", "read", "slots_of"]

BITS = 18
SLOTS = 1 << BITS
"""Slots of the table."""
LONGEST = 32_768
"""Bytes of text that are read at once."""

BASE = 0x01000193
INVERSE = pow(BASE, -1, 1 << 32)
WORD, PIECE, THIRD, SECOND = 0xC2B2AE3D, 0x9E3779B1, 0x5851F42D, 0x2545F491
_WORD, _PIECE, _THIRD, _SECOND = (np.uint32(key) for key in (WORD, PIECE, THIRD, SECOND))
_SHIFT, _HALF, _FIFTEEN = np.uint32(32 - BITS), np.uint32(16), np.uint32(15)
_AIR = b"\n\n\n"

_FOLD = bytearray(range(256))
for _byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZ":
    _FOLD[_byte] = _byte + 32
for _byte in b"123456789":
    _FOLD[_byte] = ord("0")
for _byte in b"\t\r\v\f":
    _FOLD[_byte] = 10 if _byte == 13 else 32
FOLDED = bytes(_FOLD)
_MANY = 8
_NUMBERS = re.compile(rb"(?<![a-z0])[a-z]*0[a-z0]*")
_IN_WORD = bytes(int(byte in b"0abcdefghijklmnopqrstuvwxyz" or byte >= 0x80) for byte in range(256))


def _powers(base: int, count: int) -> NDArray[np.uint32]:
    out = np.ones(count, np.uint32)
    known = 1
    while known < count:
        step = min(known, count - known)
        out[known : known + step] = out[:step] * np.uint32(pow(base, known, 1 << 32))
        known += step
    return out


_UP, _DOWN = _powers(BASE, LONGEST + 1), _powers(INVERSE, LONGEST + 1)


class Read(NamedTuple):
    """A folded text, its words' starts and ends in bytes, a number for each word and for each word with the next."""

    data: bytes
    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    words: NDArray[np.uint32]
    pairs: NDArray[np.uint32]


def folded(text: str) -> bytes:
    """Return a text as it is read. Lone surrogates, which no UTF-8 holds, become question marks.

    Where there are many digits, words with a digit are left out: identifiers say nothing, and are long.
    """
    data = (text if text.isascii() else text.lower()).encode(errors="replace").translate(FOLDED)
    return _NUMBERS.sub(b"", data) if data.count(b"0") >= _MANY else data


def read(data: bytes) -> Read:
    """Find the words of a folded text of at most `LONGEST` bytes."""
    inside = np.frombuffer(b"\0" + data.translate(_IN_WORD) + b"\0", np.bool_)
    edges = (inside[1:] != inside[:-1]).nonzero()[0]
    sums = np.zeros(len(data) + 1, np.uint32)
    np.cumsum(np.frombuffer(data, np.uint8) * _UP[: len(data)], dtype=np.uint32, out=sums[1:])
    at = sums.take(edges)
    starts = edges[0::2]
    words = (at[1::2] - at[0::2]) * _DOWN.take(starts)
    return Read(data, starts, edges[1::2], words, joined(words[:-1], words[1:]))


def joined(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Return numbers for pairs of words, of which the order counts."""
    return (first ^ (first >> _FIFTEEN)) * _SECOND + second


def slots_of(numbers: NDArray[np.uint32]) -> NDArray[np.intp]:
    """Return the slots of words or pairs with these numbers."""
    return _slots(numbers, _WORD)


def pieces_of(data: bytes) -> NDArray[np.intp]:
    """Return the slot of the six bytes at each place, but for the last two; behind the text there are line ends."""
    four = np.ndarray((len(data),), "<u4", data + _AIR, strides=(1,)).astype(np.uint32)
    six = four[:-2] * _THIRD
    six += four[2:]
    return _slots(six, _PIECE)


def _slots(numbers: NDArray[np.uint32], key: np.uint32) -> NDArray[np.intp]:
    mixed = numbers >> _HALF
    mixed ^= numbers
    mixed *= key
    mixed >>= _SHIFT
    return mixed.astype(np.intp)
