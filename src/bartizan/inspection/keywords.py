"""Keywords near by: words that make a match likelier, in running text, headings and names of fields."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.matcher import Expression

__all__ = ["keyword_expressions", "word_ends_there", "words_end_there"]

_SHORT = 2
"""Letters of a word that are too few to stand right behind another: `sa id` is not found in `said`."""
_LETTER = re.compile("[A-Za-z]")


def keyword_expressions(keywords: Sequence[Sequence[str]]) -> tuple[list[Expression], NDArray[np.bool_]]:
    """Return expressions for the matcher, and which expression (column) speaks for which list (row).

    A word begins where no letter stands before it, or where a capital follows a small letter: `ssn` is found in
    `SSN:`, `user_ssn` and `userSsn`, not in `lessness`.
    """
    owners: dict[str, list[int]] = {}
    for row, words in enumerate(keywords):
        for word in words:
            owners.setdefault(word, []).append(row)
    expressions: list[Expression] = []
    columns: list[list[int]] = []
    for word, rows in owners.items():
        gap = "[ _\\-]?" if min(map(len, word.split(" "))) > _SHORT else "[ _\\-]"
        body = gap.join(_both_cases(part) for part in word.split(" "))
        expressions.append((f"(?:^|[^A-Za-z]){body}", True))
        columns.append(rows)
        if _LETTER.match(word):
            rest = gap.join(_both_cases(part) for part in word[1:].split(" "))
            expressions.append((f"[a-z]{word[0].upper()}{rest}", False))
            columns.append(rows)
    table = np.zeros((len(keywords), len(expressions)), np.bool_)
    for column, rows in enumerate(columns):
        table[rows, column] = True
    return expressions, table


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


def word_ends_there(data: bytes | memoryview, end: int) -> bool:
    """Tell whether a word that was found up to `end` ends there: no letter follows, or a capital after a small one."""
    if end == len(data):
        return True
    after = data[end]
    if not (65 <= after <= 90 or 97 <= after <= 122):
        return True
    return 65 <= after <= 90 and 97 <= data[end - 1] <= 122


def words_end_there(data: bytes | memoryview, ends: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Answer `word_ends_there` for many ends."""
    text = np.frombuffer(data, np.uint8)
    last = ends == text.size
    after, before = text[np.where(last, 0, ends)], text[ends - 1]
    letter = ((after | 32) - 97) < 26
    camel = ((after - 65) < 26) & ((before - 97) < 26)
    found: NDArray[np.bool_] = last | ~letter | camel
    return found
