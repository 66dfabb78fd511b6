"""Markings that people and templates write: TLP, Swiss, NATO, EU and common company words, in a text of metadata."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from bartizan.scan.labels.found import Words

__all__ = ["TLP_ORDER", "Marking", "find_markings"]

TLP_ORDER = ("CLEAR", "GREEN", "AMBER", "AMBER+STRICT", "RED")
"""FIRST's Traffic Light Protocol 2.0, least restricted first; WHITE is what version 1 called CLEAR."""

_TLP = re.compile(r"\bTLP\s*[:\- ]\s*(RED|AMBER\s*\+\s*STRICT|AMBER|GREEN|CLEAR|WHITE)\b", re.IGNORECASE)
_TLP_WEIGHT = {"CLEAR": 0, "GREEN": 1, "AMBER": 2, "AMBER+STRICT": 2, "RED": 3}

# Scheme, weight on the default scale from public to restricted, and the words, in lower case. Words that are unlike
# any prose count wherever they stand; the others only alone on a line, or after a word such as `Classification:`.
_PHRASES: tuple[tuple[str, int, tuple[str, ...]], ...] = (
    ("NATO", 3, ("cosmic top secret", "nato secret", "otan secret", "très secret cosmique")),
    ("NATO", 2, ("nato confidential", "otan confidentiel", "nato restricted", "otan diffusion restreinte")),
    ("NATO", 1, ("nato unclassified", "otan sans classification")),
    ("EU", 3, ("très secret ue/eu top secret", "eu top secret", "secret ue/eu secret", "eu secret")),
    ("EU", 2, ("confidentiel ue/eu confidential", "eu confidential", "restreint ue/eu restricted", "eu restricted")),
    ("company", 3, ("strictly confidential", "streng vertraulich", "strettamente confidenziale")),
    ("company", 3, ("strictement confidentiel", "highly confidential", "top secret")),
    ("company", 2, ("company confidential", "for official use only", "official-sensitive", "commercial in confidence")),
    ("company", 1, ("internal use only", "for internal use", "company internal", "nur für den internen gebrauch")),
    ("company", 1, ("nur für internen gebrauch", "nur für den dienstgebrauch", "usage interne", "uso interno")),
)
# Information Security Act (ISA, SR 128), articles 11 and 13, in German, French, Italian and Romansh.
_SWISS = {
    "geheim": 3,
    "segreto": 3,
    "vertraulich": 2,
    "confidentiel": 2,
    "confidenziale": 2,
    "confidenzial": 2,
    "intern": 1,
    "interne": 1,
    "ad uso interno": 1,
}
_WORDS = {
    "secret": 3,
    "restricted": 3,
    "confidential": 2,
    "internal": 1,
    "public": 0,
    "öffentlich": 0,
    "unclassified": 0,
}
_BEFORE = re.compile(
    r"(?:classification|classified|klassifi(?:zierung|kation)|classificazione|classificaziun|sensitivity|marking|"
    r"vermerk|schutzstufe|vertraulichkeit(?:sstufe)?)\s*[:=]\s*",
    re.IGNORECASE,
)
_EDGE = " \t-–—*#[](){}<>|/.:•·\"'"
_MOST_TEXT = 20_000


class Marking(msgspec.Struct, frozen=True, kw_only=True):
    """A marking that stands in a file: where, of which scheme, in which words; `weight` from 0 (public) to 3.

    `class_` is set where the organisation has a class for these very words.
    """

    source: str
    scheme: str
    text: str
    weight: int
    class_: str = ""


def find_markings(words: Words, own: Mapping[str, str]) -> list[Marking]:
    """Return the markings of a text; `own` are an organisation's own words, in any case, with their class."""
    text = words.text[:_MOST_TEXT]
    out = [_tlp(match, words.source) for match in _TLP.finditer(text)]
    folded = " ".join(text.casefold().split())
    for phrase, class_ in own.items():
        if _holds(folded, phrase.casefold()):
            out.append(Marking(source=words.source, scheme="own", text=phrase, weight=0, class_=class_))
    for line in _lines(text):
        out += _of_line(line, words.source)
    out += _phrases(folded, words.source, {marking.text.casefold() for marking in out})
    return list(dict.fromkeys(out))


def _tlp(match: re.Match[str], source: str) -> Marking:
    colour = re.sub(r"\s", "", match[1].upper())
    colour = "CLEAR" if colour == "WHITE" else colour
    return Marking(source=source, scheme="TLP", text=f"TLP:{colour}", weight=_TLP_WEIGHT[colour])


def _lines(text: str) -> Iterable[str]:
    for line in re.split(r"[\r\n\t;|]+", text):
        yield line.strip(_EDGE)
        before = _BEFORE.search(line)
        if before:
            yield line[before.end() :].strip(_EDGE)


def _of_line(line: str, source: str) -> Iterable[Marking]:
    """A line that is nothing but one word of a scheme, in whatever case."""
    word = " ".join(line.casefold().split())
    if word in _SWISS:
        yield Marking(source=source, scheme="Swiss", text=word.upper(), weight=_SWISS[word])
    elif word in _WORDS:
        yield Marking(source=source, scheme="company", text=word.upper(), weight=_WORDS[word])


def _phrases(folded: str, source: str, taken: set[str]) -> Iterable[Marking]:
    rest = folded
    for scheme, weight, phrases in _PHRASES:
        for phrase in phrases:
            if _holds(rest, phrase):
                rest = rest.replace(phrase, " ")
                if not any(phrase in one for one in taken):
                    yield Marking(source=source, scheme=scheme, text=phrase.upper(), weight=weight)


def _holds(text: str, phrase: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(phrase)}(?!\w)", text) is not None
