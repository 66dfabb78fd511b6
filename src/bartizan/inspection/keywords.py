"""Keywords near by: words that make a match likelier, in running text, headings and names of fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.matcher import Expression, make_matcher

__all__ = ["Keywords"]

_SHORT = 2
"""Letters of a word that are too few to stand right behind another: `sa id` is not found in `said`."""
_PREFIXED = 3
"""Letters of a keyword that stands inside so many words that the matcher has to look at what is before it."""
_MANY = 64
"""Matches from which on arrays are faster."""
_SPACED = "[ _\\-]"


class Keywords:
    """All keywords of all types.

    A word begins where no letter stands before it, or where a capital follows a small letter, and ends alike: `ssn` is
    found in `SSN:`, `user_ssn` and `userSsn`, not in `lessness`. `owners` tells which keyword (column) belongs to which
    type (row).
    """

    def __init__(self, keywords: Sequence[Sequence[str]], cache: Path | None, *, plain: bool) -> None:
        self._words = sorted({word for words in keywords for word in words})
        places = {word: place for place, word in enumerate(self._words)}
        self.owners: NDArray[np.bool_] = np.zeros((len(keywords), len(self._words)), np.bool_)
        for row, words in enumerate(keywords):
            self.owners[row, [places[word] for word in words]] = True
        self._matcher = make_matcher([_expression(word) for word in self._words], cache, plain=plain)

    @cached_property
    def _whole(self) -> dict[int, re.Pattern[bytes]]:
        """Expressions that check a keyword up to its end, made when one is met."""
        return {}

    def find(self, data: bytes | memoryview) -> dict[int, list[int]]:
        """Return where each keyword that is there ends, rising."""
        numbers, ends = self._matcher.ends(data)
        if len(ends) > _MANY:
            good = _words_end_there(data, np.array(ends)).tolist()
            pairs = [pair for pair, fits in zip(zip(numbers, ends, strict=True), good, strict=True) if fits]
        else:
            pairs = [pair for pair in zip(numbers, ends, strict=True) if _word_ends_there(data, pair[1])]
        out: dict[int, list[int]] = {}
        for number, end in pairs:
            if self._begins_there(data, number, end):
                out.setdefault(number, []).append(end)
        for ends in out.values():
            ends.sort()
        return out

    def _begins_there(self, data: bytes | memoryview, number: int, end: int) -> bool:
        """Tell whether the keyword that ends at a place begins as a word."""
        word = self._words[number]
        if number not in self._whole:
            source = f"(?:^|(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))(?i:{_body(word)})\\Z"
            self._whole[number] = re.compile(source.encode())
        longest = 4 * len(word)
        return self._whole[number].search(data, max(0, end - longest), end) is not None


def _expression(word: str) -> Expression:
    """Return what the matcher looks for. A short word is found behind a small letter as `userIp` no more."""
    return (f"(?:^|[^A-Za-z]){_body(word)}" if len(word) <= _PREFIXED else _body(word), True)


def _body(word: str) -> str:
    parts = word.split(" ")
    gap = f"{_SPACED}?" if min(map(len, parts)) > _SHORT else _SPACED
    return gap.join(map(_both_cases, parts))


def _both_cases(text: str) -> str:
    """Write text for a matcher of bytes; letters outside ASCII in both cases."""
    out = ""
    for character in text:
        if character.isascii():
            out += re.escape(character)
        else:
            forms = {character, character.lower(), character.upper()}
            out += "(?:" + "|".join(sorted(_bytes(form) for form in forms)) + ")"
    return out


def _bytes(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def _word_ends_there(data: bytes | memoryview, end: int) -> bool:
    """Tell whether a word that was found up to `end` ends there: no letter follows, or a capital after a small one."""
    if end == len(data):
        return True
    after = data[end]
    if not (65 <= after <= 90 or 97 <= after <= 122):
        return True
    return 65 <= after <= 90 and 97 <= data[end - 1] <= 122


def _words_end_there(data: bytes | memoryview, ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Answer `_word_ends_there` for many ends."""
    text = np.frombuffer(data, np.uint8)
    last = ends == text.size
    after, before = text[np.where(last, 0, ends)], text[ends - 1]
    letter = ((after | 32) - 97) < 26
    camel = ((after - 65) < 26) & ((before - 97) < 26)
    found: NDArray[np.bool_] = last | ~letter | camel
    return found
