"""The score in plain Python, one feature after the other, as the document of the features says it."""

from __future__ import annotations

from itertools import pairwise

from bartizan.inspection.injection.features import BASE, BITS, PIECE, SECOND, THIRD, WORD
from bartizan.inspection.injection.model import Model

_WHOLE = 1 << 32


def words(data: bytes) -> list[tuple[int, int, int]]:
    """Return starts, ends and numbers of words."""
    out, start = [], -1
    for at in range(len(data) + 1):
        inside = at < len(data) and (data[at] >= 0x80 or chr(data[at]) in "0abcdefghijklmnopqrstuvwxyz")
        if inside and start < 0:
            start = at
        elif not inside and start >= 0:
            number = sum(byte * pow(BASE, place, _WHOLE) for place, byte in enumerate(data[start:at])) % _WHOLE
            out.append((start, at, number))
            start = -1
    return out


def pair(first: int, second: int) -> int:
    """Return the number of two words."""
    return ((first ^ (first >> 15)) * SECOND + second) % _WHOLE


def slot(number: int, key: int) -> int:
    """Return the slot of a number."""
    return ((number >> 16) ^ number) * key % _WHOLE >> (32 - BITS)


def pieces(data: bytes) -> list[int]:
    """Return the slots of pieces of six bytes."""
    behind = data + b"\n\n\n"
    four = [int.from_bytes(behind[at : at + 4], "little") for at in range(len(data))]
    return [slot((four[at] * THIRD + four[at + 2]) % _WHOLE, PIECE) for at in range(len(data) - 2)]


def window_odds(data: bytes, model: Model, names: list[str]) -> float:
    """Return the logarithm of odds over the threshold of the best window of one folded text."""
    weights: list[int] = model.weights.tolist()
    found = words(data)
    features = [(at, number) for at, number in enumerate(pieces(data))]
    features += [(start, slot(number, WORD)) for start, _, number in found]
    features += [(one[0], slot(pair(one[2], two[2]), WORD)) for one, two in pairwise(found)]
    starts = range(0, max(len(data) // 128 * 128, 128), 128) if len(data) >= 256 else [0]
    best = max(sum(weights[number] for at, number in features if start <= at < start + 256) for start in starts)
    header = model.header
    odds = best * header.scale / 16 + header.bias - header.threshold
    return odds + sum(header.rules.get(name, 0.0) for name in names)
