"""Words: how a text is cut into them, and how they are made alike (case and diacritics taken away)."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator

__all__ = ["FIRST", "LETTER", "Token", "fold", "tokens", "word_set"]

FIRST = "A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u024f\u1e00-\u1eff"
"""What may be the first letter of a name in the Latin script; from U+0100 on, capitals and small letters alternate."""
LETTER = r"[^\W\d_]"
Token = tuple[int, int, str]
"""A word, a number or a sign: its start and end in the text, in characters, and itself."""


def word_set(text: str) -> frozenset[str]:
    """Return the words of a text."""
    return frozenset(text.split())


_ABBREVIATIONS = word_set(
    "mr mrs ms mx dr prof st jr hr fr sig sigg sr sra srta dott avv ing znj mme mlle dipl lic mag rev hon capt lt sgt "
    "cpl col gen sen gov dhr mevr dna dl"
)
_TOKEN = re.compile(
    rf"({LETTER}+(?:['\u2019\u2010-]{LETTER}+)*)(\.(?:-?{LETTER}\.)*)?|[0-9][0-9.,:/-]*|\n|[^\w\s]|[_\d]"
)
_POSSESSIVE = ("'s", "\u2019s", "'S")
_APART = str.maketrans(
    {
        "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th",
        "æ": "ae", "Æ": "Ae", "œ": "oe", "Œ": "Oe", "ı": "i", "ə": "e", "\u2019": "'", "\u2010": "-",
    }
)  # fmt: skip
_MARKS = dict.fromkeys(range(0x300, 0x370))


def fold(text: str) -> str:
    """Take case and diacritics away: `Müller` and `MULLER` become `muller`."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFD", text.translate(_APART)).lower().translate(_MARKS)


def tokens(text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[Token]:
    """Cut a part of a text into words, numbers and signs; a line break is one, other blanks are none.

    A title keeps its point (`Dr.`), so do initials (`J.R.`); a word loses `'s`.
    """
    for match in _TOKEN.finditer(text, start, end):
        word, point = match.groups()
        first, last = match.span()
        if word is None:
            yield first, last, match.group()
        elif point is None:
            if word.endswith(_POSSESSIVE):
                word = word[:-2]
            yield first, first + len(word), word
        elif len(point) > 1 or len(word) == 1 or word.lower() in _ABBREVIATIONS:
            yield first, last, word + point
        else:
            yield first, last - 1, word
            yield last - 1, last, "."
