"""Candidates: where words begin that may be part of a name. Cheap, as every text pays for it.

Most words with a capital in front are known to be something else. In a long text those are told by arrays: the first
eight letters of a word are one whole number, and two tables hold those of the common words. Only what is left is looked
at one by one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.names.lexicon import Kind
from bartizan.inspection.names.model import Model
from bartizan.inspection.names.words import FIRST, LETTER, fold, word_set

__all__ = ["Candidates"]

_LONG = 6_000
"""Characters from which on arrays are faster."""
_CHAT = 600
"""Characters of the longest text without any capital in which names are looked for."""
_POST = 300
"""Characters of the longest text with capitals in which names in small letters are looked for, too."""
_MEMORY = 16_384
_FEW = 6
"""Different words up to which they are looked for one after the other."""
_WIDTH = 8
_TABLE = 1 << 16
_SPREAD = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)
_WORD = re.compile(rf"[{FIRST}](?<!\w.)(?<![{FIRST}]['\u2019].)(?:['\u2019][{FIRST}])?{LETTER}+")
_SMALL_WORD = re.compile(rf"{LETTER}+")
_ASCII_WORD = re.compile("[A-Z](?:'[A-Z])?[A-Za-z]+")
_ASCII_WORD_HERE = re.compile(r"[A-Z](?<!\w.)(?<![A-Z]'.)(?:'[A-Z])?[A-Za-z]+")
"""The same as `_WORD` in a text of ASCII, and cheaper."""
_BLANKS = dict.fromkeys(map(ord, ",.:;!?()\"'\u2019"), " ")
_ASCII_BLANKS = bytes.maketrans(b",.:;!?()\"'", b" " * 10)
_STRUCTURE = re.compile(r"[={}<>\\]")
_BEFORE_IT = re.compile(r"(?:[@/\\_$%=]|[0-9A-Za-z_]\.)\Z")
_BEHIND_IT = re.compile(r"[@/\\_=(]|\.[0-9A-Za-z_]|:[:/]")
_WITHIN = re.compile(r"[\w,] \Z")
_GOES_ON = re.compile(
    rf",? ?[{FIRST}]|['\u2019]s\b"
    r"| (?:is|was|has|had|and|said|says|told|asked|wants|went|came|likes|lives|works|thinks)\b"
)
_INTRODUCERS = word_set(
    "mr mrs ms miss mx dr prof sir herr herrn frau monsieur madame mme mlle sig signor signora signore dott sr sra "
    "señor señora senhor senhora znj zoti zonja dhr mevrouw meneer pan paní gospodin gospođa bay bayan dear liebe "
    "lieber cher chère cara caro hi hello hallo hola ciao përshëndetje hej heisse heiße heisst heißt appelle "
    "m'appelle chiamo chiama llamo llama chamo quhem quhet named called heter heet me"
)
"""Words behind which any word with a capital may be a name."""
_NAME_WORDS = word_set("name nom nome nombre emri naam namn navn")
_IS = word_set("is ist est es è é është är er im")
_NAMES = frozenset((Kind.GIVEN, Kind.GIVEN_WEAK, Kind.SURNAME, Kind.SURNAME_WEAK, Kind.BOTH, Kind.BOTH_WEAK))
_GIVEN = frozenset((Kind.GIVEN, Kind.BOTH))
_NOTHING, _INTRODUCED, _ORDINARY, _CANDIDATE = range(4)
"""How a word stands: never a name; one only behind a title or the like; a name and an ordinary word; likely a name."""

_WORDLIKE = np.zeros(256, np.bool_)
_WORDLIKE[[*b"0123456789_", *range(65, 91), *range(97, 123), *range(0xC0, 0x100)]] = True
_PLAIN = np.zeros(256, np.bool_)
_PLAIN[[*range(65, 91), *range(97, 123)]] = True
_OPEN = np.zeros(256, np.bool_)
_OPEN[[ord("?"), *range(0x80, 0x100)]] = True


class Candidates:
    """Looks for candidates with what a model knows about words; safe to share between threads.

    `memory` is the number of words whose standing is kept; texts that hold more start again.
    """

    def __init__(self, model: Model, *, memory: int = _MEMORY) -> None:
        self._model = model
        self._memory = memory
        lexicon = model.lexicon
        known = (lexicon.words | lexicon.titles | lexicon.places | lexicon.organisations) - lexicon.names.keys()
        self._others = frozenset(
            word for plain in known if plain.isalpha() for word in (plain.capitalize(), plain.upper())
        )
        self._tables = _tables(self._others)
        self._small = frozenset(name for name, kind in lexicon.names.items() if kind in _GIVEN and len(name) > 2)
        self._ascii_small = frozenset(name.encode() for name in self._small)
        self._standing: dict[str, int] = {}

    def places(self, text: str) -> list[int]:
        """Return where words begin that may be part of a name, in characters, in rising order.

        In short texts that are no logs or code, as in chats, sure given names in small letters are candidates, too.
        """
        if text.islower():
            return self._small_places(text) if len(text) <= _CHAT else []
        places = [match.start() for match in self._capital_words(text) if self._may_be_one(text, match)]
        if len(text) <= _POST and not _STRUCTURE.search(text) and (small := self._small_places(text)):
            return sorted({*places, *small})
        return places

    def _capital_words(self, text: str) -> Iterable[re.Match[str]]:
        """Yield the words with a capital, but for most of those that are surely something else."""
        if len(text) >= _LONG:
            return filter(None, (_WORD.match(text, start) for start in _capitals(text, self._tables)))
        if not text.isascii():
            return _WORD.finditer(text)
        rest = set(_ASCII_WORD.findall(text)) - self._others
        rest = {word for word in rest if self._standing.get(word) != _NOTHING}
        if len(rest) > _FEW:
            return _ASCII_WORD_HERE.finditer(text)
        places = sorted({place for word in rest for place in _all(text, word)})
        return filter(None, (_ASCII_WORD_HERE.match(text, place) for place in places))

    def _small_places(self, text: str) -> list[int]:
        """Return where sure given names in small letters begin."""
        if text.isascii():
            if self._ascii_small.isdisjoint(text.encode().translate(_ASCII_BLANKS).split()):
                return []
        elif self._small.isdisjoint(fold(text).translate(_BLANKS).split()):
            return []
        return [
            match.start()
            for match in _SMALL_WORD.finditer(text)
            if match.group().islower() and fold(match.group()) in self._small and _stands_free(text, *match.span())
        ]

    def _may_be_one(self, text: str, match: re.Match[str]) -> bool:
        """Tell whether a word may be part of a name where it stands.

        An ordinary word at the start of a sentence is none, unless it is all of the text, as in a column of names.
        """
        word = match.group()
        standing = self._standing.get(word)
        if standing is None:
            standing = self._judge(word)
        if standing == _NOTHING:
            return False
        start, end = match.span()
        if standing == _INTRODUCED:
            return _introduced(text, start) and _stands_free(text, start, end)
        if not _stands_free(text, start, end):
            return False
        if standing == _CANDIDATE:
            return True
        if _WITHIN.match(text, max(0, start - 2), start) or _GOES_ON.match(text, end) or end - start == len(text):
            return True
        return _introduced(text, start)

    def _judge(self, word: str) -> int:
        """Tell, and remember, how a word stands."""
        folded = fold(word)
        kind = self._model.kind(word, folded)
        if word in self._others or not word[0].isupper():
            standing = _NOTHING
        elif folded in self._model.lexicon.words:
            standing = _ORDINARY if kind in _NAMES else _NOTHING
        elif kind in _NAMES or (kind >= Kind.LIKE and not word.isupper()):
            standing = _CANDIDATE
        else:
            standing = _INTRODUCED if kind >= Kind.UNLIKE else _NOTHING
        if len(self._standing) >= self._memory:
            self._standing.clear()
        self._standing[word] = standing
        return standing


def _all(text: str, word: str) -> Iterator[int]:
    """Yield where a word stands, also within others."""
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


def _stands_free(text: str, start: int, end: int) -> bool:
    """Tell whether a word is no part of an address, a path or code."""
    return _BEFORE_IT.search(text, max(0, start - 2), start) is None and _BEHIND_IT.match(text, end) is None


def _introduced(text: str, start: int) -> bool:
    """Tell whether a title, a greeting or `my name is` stands in front of a word."""
    if not start or text[start - 1] != " ":
        return False
    *further, last = ["", *text[max(0, start - 24) : start].lower().split()]
    return last.rstrip(".") in _INTRODUCERS or (last in _IS and not _NAME_WORDS.isdisjoint(further[-2:]))


# --- arrays ----------------------------------------------------------------------------------------------------------


def _tables(words: Iterable[str]) -> NDArray[np.uint64]:
    """Put short words into two tables; the second takes those whose place in the first is taken, if it can."""
    short = (word.encode() for word in words if word.isascii() and len(word) <= _WIDTH)
    keys = np.array([int.from_bytes(word, "little") for word in short], np.uint64)
    tables = np.zeros((2, _TABLE), np.uint64)
    for number, table in enumerate(tables):
        table[_slots(keys, number)] = keys
        keys = keys[table[_slots(keys, number)] != keys]
    return tables


def _slots(keys: NDArray[np.uint64], number: int) -> NDArray[np.uint64]:
    """Return each word's place in one of the tables."""
    slots: NDArray[np.uint64] = (keys * _SPREAD[number]) >> np.uint64(48)
    return slots


def _capitals(text: str, tables: NDArray[np.uint64]) -> list[int]:
    """Return where words with a capital begin, but for those that the tables know.

    Letters outside Latin-1 show as a question mark here, so that each may be a capital.
    """
    letters = np.frombuffer(text.encode("latin-1", "replace") + bytes(_WIDTH + 1), np.uint8)
    capital = (letters - 65) < 26
    if not text.isascii():
        capital |= ((letters - 0xC0) < 0x1F) | (letters == ord("?"))
    starts = np.flatnonzero(capital)
    starts = starts[~_WORDLIKE[letters[starts - 1]] | (starts == 0)]
    keys = letters[starts].astype(np.uint64)
    alive = np.ones(starts.size, np.bool_)
    # O'Brien is no O.
    whole = letters[starts + 1] != ord("'")
    for place in range(1, _WIDTH + 1):
        here = letters[starts + place]
        # A word goes on in letters that the key can't hold.
        whole &= ~(alive & _OPEN[here])
        alive &= _PLAIN[here]
        if place < _WIDTH:
            keys |= (here * alive).astype(np.uint64) << np.uint64(8 * place)
    known = (tables[0, _slots(keys, 0)] == keys) | (tables[1, _slots(keys, 1)] == keys)
    starts = starts[~(known & whole & ~alive)]
    out: list[int] = starts.tolist()
    return out
