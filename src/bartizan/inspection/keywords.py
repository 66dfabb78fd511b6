"""Keywords near by: words that make a match likelier, in running text, headings and names of fields."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
_GAP = re.compile("[ -]")


class Keywords:
    """All keywords of all types.

    A word begins where no letter stands before it, or where a capital follows a small letter, and ends alike: `ssn` is
    found in `SSN:`, `user_ssn` and `userSsn`, not in `lessness`. `owners` tells which keyword (column) belongs to which
    type (row), and `kinds` which types each belongs to.
    """

    def __init__(self, keywords: Sequence[Sequence[str]], cache: Path | None, *, plain: bool) -> None:
        self._words = sorted({word for words in keywords for word in words})
        places = {word: place for place, word in enumerate(self._words)}
        self.owners: NDArray[np.bool_] = np.zeros((len(keywords), len(self._words)), np.bool_)
        for row, words in enumerate(keywords):
            self.owners[row, [places[word] for word in words]] = True
        self.kinds: list[list[int]] = [[] for _ in self._words]
        for row, words in enumerate(keywords):
            for word in words:
                self.kinds[places[word]].append(row)
        self._matcher = make_matcher([_expression(word) for word in self._words], cache, plain=plain)

        # A word without a gap is as long as its expression says; of others only an expression tells where they begin.
        self._sizes = np.array(
            [0 if _GAP.search(word) or not word.isascii() else len(word) for word in self._words], np.int64
        )
        self._size_list: list[int] = self._sizes.tolist()
        self._gapped: dict[int, re.Pattern[bytes]] = {}

    def find(self, data: bytes | memoryview) -> dict[int, list[int]]:
        """Return where each keyword that is there ends, rising."""
        numbers, ends = self._matcher.ends(data)
        if len(ends) > _MANY:
            numbers, ends = self._many(data, np.array(numbers), np.array(ends))
        out: dict[int, list[int]] = {}
        for number, end in zip(numbers, ends, strict=True):
            if self._stands_there(data, number, end):
                out.setdefault(number, []).append(end)
        for places in out.values():
            places.sort()
        return out

    def _many(
        self, data: bytes | memoryview, numbers: NDArray[np.int64], ends: NDArray[np.int64]
    ) -> tuple[list[int], list[int]]:
        """Leave out what stands inside of words, as far as arrays can tell."""
        text = np.frombuffer(data, np.uint8)
        last = ends == text.size
        after, before = text[np.where(last, 0, ends)], text[ends - 1]
        fits = last | ~(((after | 32) - 97) < 26) | (((after - 65) < 26) & ((before - 97) < 26))
        sizes = self._sizes[numbers]
        starts = ends - sizes
        first = text[np.where(sizes > 0, starts, 0)]
        before = text[np.maximum(starts - 1, 0)]
        begins = ~(((before | 32) - 97) < 26) | (((first - 65) < 26) & ((before - 97) < 26))
        fits &= (sizes == 0) | (starts == 0) | begins
        return numbers[fits].tolist(), ends[fits].tolist()

    def _stands_there(self, data: bytes | memoryview, number: int, end: int) -> bool:
        """Tell whether the keyword that ends at a place is a word of its own."""
        if end < len(data) and not _parts(data[end - 1], data[end]):
            return False
        size = self._size_list[number]
        if size:
            return end == size or _parts(data[end - size - 1], data[end - size])
        if number not in self._gapped:
            source = f"(?:(?<![A-Za-z])|(?<=[a-z])(?=[A-Z]))(?i:{_body(self._words[number])})\\Z"
            self._gapped[number] = re.compile(source.encode())
        longest = 4 * len(self._words[number])
        return self._gapped[number].search(data, max(0, end - longest), end) is not None


def _parts(left: int, right: int) -> bool:
    """Tell whether a word may end or begin between two bytes: one is no letter, or a capital follows a small one."""
    if not (65 <= right <= 90 or 97 <= right <= 122) or not (65 <= left <= 90 or 97 <= left <= 122):
        return True
    return right <= 90 and left >= 97


def _expression(word: str) -> Expression:
    """Return what the matcher looks for. A short word is found behind a small letter as `userIp` no more."""
    return (f"(?:^|[^A-Za-z]){_body(word)}" if len(word) <= _PREFIXED else _body(word), True)


def _body(word: str) -> str:
    parts = _GAP.split(word)
    gap = f"{_SPACED}?" if min(map(len, parts)) > _SHORT else _SPACED
    return gap.join(map(_both_cases, parts))


def _both_cases(text: str) -> str:
    """Write text for a matcher of bytes; letters outside ASCII in both cases."""
    if text.isascii():
        return text if text.isalnum() else re.escape(text)
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
