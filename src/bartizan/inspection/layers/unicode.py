"""Characters that look like others, or like nothing: what a person reads, a pattern must read too."""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.layers.edits import Edits, Layer

__all__ = ["TWINS", "look_alikes"]

# Blocks of Unicode 15.0 that hold compatibility forms of ASCII, spaces, dashes and what is invisible.
_BLOCKS = (
    (0xA0, 0xC0),  # no-break space, soft hyphen, superscripts
    (0x34F, 0x350),  # combining grapheme joiner
    (0x660, 0x66A), (0x6F0, 0x6FA), (0x7C0, 0x7CA), (0x966, 0x970), (0x9E6, 0x9F0), (0xE50, 0xE5A),  # digits
    (0x115F, 0x1161), (0x17B4, 0x17B6), (0x180B, 0x180F),  # fillers
    (0x2000, 0x20A0),  # spaces, dashes, marks of direction, superscripts
    (0x20DD, 0x20E5),  # what encloses the character before it
    (0x2100, 0x2150), (0x2212, 0x2213), (0x2460, 0x2500),  # letter-like, minus, enclosed
    (0x3000, 0x3001), (0x3164, 0x3165), (0xFE00, 0xFE10), (0xFE50, 0xFE70), (0xFEFF, 0xFF00), (0xFF00, 0xFFF0),
    (0x1D400, 0x1D800),  # mathematical alphabets
    (0x1F100, 0x1F170),  # enclosed letters
    (0xE0000, 0xE0080), (0xE0100, 0xE01F0),  # tags, selectors of variation
)  # fmt: skip
_INVISIBLE = {"Cf", "Me", "Mn"}
_FILLERS = {0x115F, 0x1160, 0x3164, 0xFFA0}
_DASHES = {*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D}
TWINS = dict(
    zip(
        "авекмнорстухіјѕһԁԛԝАВЕКМНОРСТУХІЈЅΑΒΕΖΗΙΚΜΝΟΡΤΥΧοανιρυχ",
        "abekmhopctyxijshdqwABEKMHOPCTYXIJSABEZHIKMNOPTYXoavipyx",
        strict=True,
    )
)
"""Letters of the Greek and Cyrillic alphabets, and the Latin ones that they are drawn like."""
_TOP = 0x110000


@cache
def _table() -> tuple[NDArray[np.uint8], dict[int, bytes]]:
    """Return for each character 0 as it is, 1 replaced, 2 replaced beside visible ASCII only; and by what."""
    kinds = np.zeros(_TOP, np.uint8)
    values: dict[int, bytes] = {}
    for first, stop in _BLOCKS:
        for code in range(first, stop):
            value = _fold(code)
            if value is not None:
                kinds[code], values[code] = 1, value
    for letter, twin in TWINS.items():
        kinds[ord(letter)], values[ord(letter)] = 2, twin.encode()
    return kinds, values


def _fold(code: int) -> bytes | None:
    """Return what a character stands for, in ASCII; None when it stands for itself."""
    character = chr(code)
    if 0xE0020 <= code < 0xE007F:
        return bytes([code - 0xE0000])
    if code in _DASHES:
        return b"-"
    if unicodedata.category(character) in _INVISIBLE or code in _FILLERS or 0xE0000 <= code < 0xE0080:
        return b""
    if unicodedata.category(character) == "Zs":
        return b" "
    digit = unicodedata.digit(character, None)
    folded = str(digit) if digit is not None else unicodedata.normalize("NFKC", character)
    short = len(folded) <= len(character.encode())
    return folded.encode() if folded.isascii() and short and folded.isprintable() else None


def look_alikes(data: bytes, ends: NDArray[np.int64] | None) -> Layer | None:
    """Fold full-width and mathematical letters, foreign digits, look-alikes, and drop what is invisible."""
    if data.isascii():
        return None
    text = data.decode(errors="surrogateescape")
    codes = np.frombuffer(text.encode("utf-32-le", errors="surrogatepass"), np.uint32)
    kinds, values = _table()
    places = np.flatnonzero(kinds[codes])
    if not places.size:
        return None
    twins = kinds[codes[places]] == 2
    if twins.any():
        latin = np.zeros(codes.size + 2, np.bool_)
        latin[1:-1] = (codes < 127) & (codes > 32)
        places = places[~twins | latin[places] | latin[places + 2]]
    widths = np.ones(codes.size, np.int64)
    for limit in (0x80, 0x800, 0x10000):
        widths += codes >= limit
    # A byte that is no UTF-8 stands as a surrogate here, and is one byte.
    widths[(codes >= 0xDC80) & (codes < 0xDD00)] = 1
    offsets = np.concatenate(([0], np.cumsum(widths)))
    edits = Edits(data)
    for place in places.tolist():
        edits.one(int(offsets[place]), int(offsets[place + 1]), values[int(codes[place])])
    return edits.layer("unicode", ends)
