"""Writings that hide what a text says from filters, though models read them: undone, as further texts to look at.

Encodings that hide values are undone by `bartizan.inspection.layers`. Here are those that hide words: letters apart,
digits for letters, letters moved by thirteen, backwards, without blanks, and with marks over every letter. Each is
tried only where a cheap sign of it stands in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.catalog.assistants import load_instruction_words
from bartizan.inspection.injection.features import FOLDED, LONGEST, SLOTS, Read, folded, read, slots_of
from bartizan.inspection.layers import long_rows, undo
from bartizan.inspection.names.lexicon import packaged_lexicon

__all__ = ["MOST", "View", "views", "views_within"]

MOST = 12
"""Views of a text at most."""
_DEEPEST = 3
_ENCODED = 16
_FEW = 4
_COMPACT = 20
_CHUNK = 5
_BOTH = 3
# 1 for a letter, 2 for a digit, so that neighbours of both kinds add up to 3.
_KINDS = bytes(2 if byte == 48 else int(97 <= byte <= 122) for byte in range(256))
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_MOVED = _LETTERS[13:] + _LETTERS[:13]
_ROT13 = str.maketrans(_LETTERS + _LETTERS.upper(), _MOVED + _MOVED.upper())
_LEET = str.maketrans("01345789@$!|", "oieastbgasil")
_MIXED = re.compile(r"(?<![a-z0-9@$!])(?=[a-z]*[0-9@$!])(?=[0-9@$!]*[a-z])[a-z0-9@$!]{3,}", re.IGNORECASE)
_LONG_MIXED = re.compile(r"(?<![a-z0-9@$!])\b(?=(?:[a-z]*[0-9]){5})[a-z0-9]{20,400}\b")
_IDENTIFIER = re.compile(r"[0-9a-f]*")
_SINGLES = re.compile(r"(?:(?<=\s)|^|(?<=\W))(\w(?:([ ._\-|*/\u200b])\2?\w(?!\w)){7,})")
_GAPS = re.compile(r"\s{2,}")
_APART = re.compile(r"[\W_]+")
_ROW = re.compile(r"[a-z]{20,400}", re.IGNORECASE)
_HUMPS = re.compile(r"(?<=[a-z])(?=[A-Z])")
_LEAST_HUMP = 4
_MOST_ROWS = 20
_COMMON_COST = 0.8
_ENGLISH = frozenset({
    "the", "and", "you", "your", "all", "for", "this", "that", "not", "are", "with", "from", "previous", "ignore",
    "system", "secret", "prompt", "instructions", "reveal", "show", "tell", "user", "send", "forget", "rules",
})  # fmt: skip
_LEAST_SIGNS = 3
_COMMON = _ENGLISH | {
    "a", "i", "to", "of", "in", "on", "is", "it", "me", "my", "we", "us", "now", "do", "no", "an", "as", "at", "be",
    "by", "or", "so", "if", "out", "get", "has", "was", "report",
}  # fmt: skip
"""Words that are taken before others where a row can be parted in several ways."""


class View(NamedTuple):
    """A text as it is, or with something undone. `path` names what, inner encodings behind `>`; empty for the text."""

    path: str
    text: str


@cache
def _signs() -> dict[str, NDArray[np.bool_]]:
    """Return which slots words of English have when each letter is thirteen on, and when they are backwards."""
    out = {}
    for name, words in (
        ("rot13", [word.translate(_ROT13) for word in _ENGLISH]),
        ("reversed", [word[::-1] for word in _ENGLISH]),
    ):
        known = np.zeros(SLOTS, np.bool_)
        known[slots_of(read(" ".join(words).encode()).words)] = True
        out[name] = known
    out["either"] = out["rot13"] | out["reversed"]
    return out


def views(text: str, own: Read, slots: NDArray[np.intp]) -> list[View]:
    """Return what a text says, as it stands and with each writing undone that shows in it.

    `own` is the same text, and `slots` are those of its words, of which there may be more behind.
    """
    out = [View("", text)]
    seen = {text}
    tasks = [(out[0], 0, _tricks(text, own, slots))]
    while tasks and len(out) < MOST:
        view, depth, tricks = tasks.pop(0)
        for name, inner in views_within(view.text, tricks) if tricks else ():
            if inner in seen or not inner.strip() or len(out) >= MOST:
                continue
            seen.add(inner)
            made = View(f"{view.path}>{name}".lstrip(">"), inner)
            out.append(made)
            if depth + 1 < _DEEPEST:
                read_again = read(folded(inner)[:LONGEST])
                tasks.append((made, depth + 1, _tricks(inner, read_again, slots_of(read_again.words))))
    return out


class Tricks(NamedTuple):
    """What a text may hold, by cheap signs: encodings, marks or look-alikes, letters apart, digits for letters, ..."""

    encoded: bool
    apart: bool
    leet: bool
    compact: bool
    moved: bool


_NO_TRICKS = Tricks(encoded=False, apart=False, leet=False, compact=False, moved=False)


def _tricks(text: str, own: Read, slots: NDArray[np.intp]) -> Tricks | None:
    """Tell cheaply which of what `views_within` undoes can be in a text; None for nothing."""
    data, starts, ends = own.data, own.starts, own.ends
    if len(data) != len(text):
        # Words with digits were left out, or there are other letters than those of ASCII.
        data = text.lower().encode(errors="replace").translate(FOLDED)[:LONGEST]
        words = read(data)
        starts, ends = words.starts, words.ends
    lengths = ends - starts
    longest = int(lengths.max()) if lengths.size else 0
    strange = not text.isascii() or "%" in text or "&" in text or "\\" in text
    found = Tricks(
        encoded=strange or longest >= _ENCODED,
        apart=int(np.count_nonzero(lengths == 1)) >= max(8, lengths.size // 4),
        leet=data.count(b"0") >= _FEW and _mixes(data),
        compact=longest >= _COMPACT,
        moved=int(np.count_nonzero(_signs()["either"].take(slots))) >= _LEAST_SIGNS,
    )
    return None if found == _NO_TRICKS else found


def _mixes(data: bytes) -> bool:
    """Tell if letters and digits stand beside each other often."""
    kinds = np.frombuffer(data.translate(_KINDS), np.uint8)
    return int(np.count_nonzero(kinds[1:] + kinds[:-1] == _BOTH)) >= _FEW


def views_within(text: str, tricks: Tricks) -> Iterator[tuple[str, str]]:
    """Yield names of writings and the text with each undone."""
    if tricks.encoded:
        data = text.encode(errors="replace")
        for layer in undo(data, None, long_rows(data), None):
            yield layer.name, layer.data.decode(errors="replace")
        if not text.isascii():
            yield from _unmarked(text)
    if tricks.moved:
        slots = slots_of(read(folded(text)[:LONGEST]).words)
        for name, made in (("rot13", text.translate(_ROT13)), ("reversed", text[::-1])):
            if np.count_nonzero(_signs()[name].take(slots)) >= _LEAST_SIGNS:
                yield name, made
    if tricks.apart or tricks.leet or tricks.compact:
        yield from _rejoined(text, tricks)


def _unmarked(text: str) -> Iterator[tuple[str, str]]:
    """Take the marks from letters where more letters have them than in any language."""
    apart = unicodedata.normalize("NFKD", text)
    marks = sum(map(unicodedata.combining, apart)) and sum(1 for mark in apart if unicodedata.combining(mark))
    if marks * 8 > len(text):
        yield "marks", "".join(mark for mark in apart if not unicodedata.combining(mark))


def _rejoined(text: str, tricks: Tricks) -> Iterator[tuple[str, str]]:
    """Put letters together that stand apart, read digits as letters, and part words that stand together."""
    joined = _SINGLES.sub(_join, text) if tricks.apart else text
    name = "spaced" if joined != text else ""
    if tricks.leet:
        joined, read_so = _unleeted(joined)
        name = f"{name}>leet".lstrip(">") if read_so else name
    parted = _ROW.sub(_part, joined, count=_MOST_ROWS)
    if parted != joined:
        name = f"{name}>compact".lstrip(">")
    if name:
        yield name, parted


def _unleeted(text: str) -> tuple[str, bool]:
    """Read digits as letters where many words mix them, or where a long row does; tells whether it did."""
    mixed, words = len(_MIXED.findall(text)), text.count(" ") + 1
    if mixed >= 2 and mixed * 4 >= words:
        text = _MIXED.sub(lambda word: _unleet(word.group()), text)
        if mixed * 2 >= words >= 8 and max(map(len, text.split())) <= _CHUNK:
            text = "".join(text.split())
        return text, True
    rows = [row for row in _LONG_MIXED.findall(text) if not _IDENTIFIER.fullmatch(row)]
    return _LONG_MIXED.sub(lambda row: row.group().translate(_LEET), text), bool(rows)


def _join(match: re.Match[str]) -> str:
    row = match.group(1)
    words = _GAPS.split(row) if match.group(2) == " " else [row]
    return " ".join(_APART.sub("", word) for word in words)


def _unleet(word: str) -> str:
    """Read digits as letters; a one is an i or an l, whichever makes a word."""
    read = word.lower().translate(_LEET)
    if "1" not in word or read in _words():
        return read
    ones = [at for at, mark in enumerate(word) if mark == "1"][:4]
    for chosen in range(1, 1 << len(ones)):
        letters = list(read)
        for number, at in enumerate(ones):
            if chosen >> number & 1:
                letters[at] = "l"
        if "".join(letters) in _words():
            return "".join(letters)
    return read


def _part(match: re.Match[str]) -> str:
    row = match.group()
    if row.islower() or row.isupper():
        return " ".join(part(row.lower()))
    # Encoded text changes between small and capital letters at nearly every place.
    humps = _HUMPS.split(row)
    return " ".join(humps) if len(row) >= _LEAST_HUMP * len(humps) else row


@cache
def _words() -> frozenset[str]:
    listed = {
        word.removesuffix("*")
        for language in load_instruction_words().values()
        for words in language.words.values()
        for word in words
    }
    known = {word for word in listed | set(packaged_lexicon().words) if word.isalpha() and len(word) > 1}
    return frozenset({*known, "a", "i"})


def part(row: str) -> list[str]:
    """Part a row of small letters into words, as few and as known as can be."""
    known = _words()
    best = [(0.0, 0)] + [(float("inf"), 0)] * len(row)
    for end in range(1, len(row) + 1):
        # A letter that belongs to no word costs more than a word does.
        choice = best[end - 1][0] + 2.0, end - 1
        for start in range(max(0, end - 16), end):
            if row[start:end] in known:
                cost = best[start][0] + (_COMMON_COST if row[start:end] in _COMMON else 1.0)
                if cost < choice[0]:
                    choice = cost, start
        best[end] = choice
    out, end = [], len(row)
    while end:
        start = best[end][1]
        out.append(row[start:end])
        end = start
    return _merged(out[::-1])


def _merged(words: list[str]) -> list[str]:
    """Put letters that belong to no word back together."""
    out: list[str] = []
    loose = False
    for word in words:
        single = len(word) == 1
        if single and loose:
            out[-1] += word
        else:
            out.append(word)
        loose = single
    return out
