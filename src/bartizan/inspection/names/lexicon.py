"""What is known about a word: whether it is a given name, a surname, a title, a place, an ordinary word, or nothing.

The lists in `data/` have one entry a line. A name that is also an ordinary word, a place or too short to tell is marked
with an asterisk.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from bartizan.inspection.names.words import fold, word_set

__all__ = ["CASES", "CLASSES", "Case", "Kind", "Lexicon", "Sign", "case_of", "class_of", "packaged_lexicon", "sign_of"]

PARTICLES = word_set(
    "von van de der den del della di da do dos das du la le el al bin ibn ter ten zu zum zur af av ben des dal"
)
"""Small words inside names."""


class Kind(IntEnum):
    """What a word is. `WEAK` names are also something else. Words in no list differ in likeness to names."""

    GIVEN = 0
    GIVEN_WEAK = 1
    SURNAME = 2
    SURNAME_WEAK = 3
    BOTH = 4
    BOTH_WEAK = 5
    TITLE = 6
    PLACE = 7
    ORGANISATION = 8
    WORD = 9
    PARTICLE = 10
    INITIAL = 11
    UNLIKE = 12
    DOUBTFUL = 13
    LIKE = 14
    VERY_LIKE = 15


class Case(IntEnum):
    """How a word is written."""

    SMALL = 0
    CAPITAL = 1
    CAPITALS = 2


class Sign(IntEnum):
    """What stands between words."""

    EDGE = 0
    NUMBER = 1
    COMMA = 2
    STOP = 3
    COLON = 4
    QUOTE = 5
    MARK = 6
    OTHER = 7


CASES = len(Case)
CLASSES = len(Kind) * CASES + len(Sign)
_SIGNS = {
    ",": Sign.COMMA, ";": Sign.COMMA, ":": Sign.COLON,
    ".": Sign.STOP, "!": Sign.STOP, "?": Sign.STOP, "\u2026": Sign.STOP,
    '"': Sign.QUOTE, "\u201c": Sign.QUOTE, "\u201d": Sign.QUOTE, "\u201e": Sign.QUOTE, "\u00ab": Sign.QUOTE,
    "\u00bb": Sign.QUOTE, "'": Sign.QUOTE, "\u2018": Sign.QUOTE, "(": Sign.QUOTE, ")": Sign.QUOTE, "@": Sign.MARK,
    "#": Sign.MARK, "\n": Sign.EDGE,
}  # fmt: skip
_CAMEL = re.compile(r"(?!Mc|Mac|De|Di|Da|La|Le|Van|Von|Fitz|Al|El).*[a-z][A-Z]|.*[A-Z]{2}[a-z]")


def case_of(text: str) -> Case:
    """Tell how a word is written; one capital alone counts as a capital letter in front."""
    if not text[0].isupper():
        return Case.SMALL
    return Case.CAPITALS if len(text) > 1 and text.isupper() else Case.CAPITAL


def sign_of(text: str) -> Sign:
    """Tell what a token that is no word is."""
    return Sign.NUMBER if text[0].isdigit() else _SIGNS.get(text, Sign.OTHER)


def class_of(kind: Kind, case: Case) -> int:
    """Number a kind of word in a case; signs follow after all of these."""
    return kind * CASES + case


class Lexicon(NamedTuple):
    """The lists, folded. `names` gives each name's kind."""

    names: dict[str, Kind]
    titles: frozenset[str]
    places: frozenset[str]
    organisations: frozenset[str]
    words: frozenset[str]

    def kind(self, text: str, folded: str) -> Kind | None:
        """Tell what a word is; None where no list knows it."""
        if text[0].islower() and folded in PARTICLES:
            return Kind.PARTICLE
        if folded in self.names:
            return self.names[folded]
        bare = folded.rstrip(".")
        if bare in self.titles and (len(folded) > 1 or text.islower()):
            return Kind.TITLE
        if len(bare) == 1 or folded.endswith("."):
            return Kind.INITIAL
        if folded in self.places:
            return Kind.PLACE
        if folded in self.organisations:
            return Kind.ORGANISATION
        if folded in self.words or _CAMEL.match(text):
            return Kind.WORD
        first, dash, rest = folded.partition("-")
        if dash:
            return self._joined(first, rest)
        return None

    def _joined(self, first: str, rest: str) -> Kind | None:
        """Judge two words with a hyphen between: `Anna-Lena`, `Müller-Huber`, `Follow-up`."""
        one, two = self.names.get(first), self.names.get(rest)
        if one is not None and two is not None:
            return min(one, two)
        known = self.words | self.organisations
        return Kind.WORD if first in known or rest in known else None


@cache
def packaged_lexicon() -> Lexicon:
    """Read the lists of this package."""
    return make_lexicon(
        *(_entries(name) for name in ("given", "surnames", "titles", "places", "organisations", "words"))
    )


def make_lexicon(
    given: Iterable[str],
    surnames: Iterable[str],
    titles: Iterable[str],
    places: Iterable[str],
    organisations: Iterable[str],
    words: Iterable[str],
) -> Lexicon:
    """Make a lexicon from lists; an asterisk behind a name says that it is also something else."""
    first, last = dict(map(_marked, given)), dict(map(_marked, surnames))
    names = {name: Kind.GIVEN_WEAK if weak else Kind.GIVEN for name, weak in first.items()}
    for name, weak in last.items():
        if name in first:
            names[name] = Kind.BOTH_WEAK if weak or first[name] else Kind.BOTH
        else:
            names[name] = Kind.SURNAME_WEAK if weak else Kind.SURNAME
    return Lexicon(names, frozenset(titles), frozenset(places), frozenset(organisations), frozenset(words))


def _marked(entry: str) -> tuple[str, bool]:
    """Part a name from its mark."""
    return (entry[:-2], True) if entry[-1] == "*" else (entry, False)


def _entries(name: str) -> list[str]:
    text = (files("bartizan.inspection.names") / "data" / f"{name}.txt").read_text(encoding="utf-8")
    return [line if line.isascii() else fold(line) for line in text.lower().splitlines()]
