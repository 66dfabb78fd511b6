"""Names that can be taken for each other: by letters of other scripts, by marks between words, by one slip of a finger.

Names of tools are chosen by a model from a list, and by people at a glance: what is alike to either is alike here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from bartizan.inspection.layers.unicode import TWINS

__all__ = ["Likeness", "Names", "skeleton", "snake", "words_of"]

_TWINS = str.maketrans({**TWINS, "ɡ": "g", "ӏ": "l", "ⅼ": "l", "ո": "n", "օ": "o", "ѡ": "w", "ı": "i", "ł": "l"})
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_APART = re.compile(r"[\W_]+")
_VERSION = re.compile(r"v?\d{1,3}\Z")
_FILLERS = frozenset({"the", "a", "an", "of", "my", "new", "tool", "mcp", "function", "official", "real", "safe"})
"""Words that make no other name."""
_LOOKS = (("rn", "m"), ("vv", "w"), ("0", "o"), ("1", "l"), ("5", "s"))
_SHORTEST = 5
"""Letters from which one slip makes no other word."""


def folded(name: str) -> str:
    """Return a name in letters of ASCII as far as it is drawn like them, case kept."""
    shown = "".join(one for one in unicodedata.normalize("NFKD", name) if unicodedata.category(one) not in _UNSEEN)
    return shown.translate(_TWINS)


_UNSEEN = frozenset({"Cc", "Cf", "Mn", "Me", "Co", "Cs", "Cn"})


def words_of(name: str) -> tuple[str, ...]:
    """Return the words of a name in lower case, whatever stands between them, humps too."""
    return tuple(one for one in _APART.split(_HUMP.sub(" ", folded(name)).casefold()) if one)


def snake(name: str) -> str:
    """Return a name in snake case."""
    return "_".join(words_of(name))


@lru_cache(4096)
def skeleton(name: str) -> str:
    """Return what two names have in common that are taken for each other at a glance."""
    out = "".join(words_of(name))
    for look, like in _LOOKS:
        out = out.replace(look, like)
    return out


def _core(name: str) -> str:
    """Return a name without what makes no other one: versions, fillers, the plural."""
    words = [one for one in words_of(name) if one not in _FILLERS and not _VERSION.fullmatch(one)]
    return "".join(one.removesuffix("s") if len(one) > 3 else one for one in words)


class Likeness(NamedTuple):
    """A name of somebody else's that one is like, whose it is, and how: `same`, `look-alike`, `similar`, `one-off`."""

    owner: str
    name: str
    how: str


class Names:
    """The names of others, each with its owner."""

    def __init__(self, named: Iterable[tuple[str, str]]) -> None:
        self._same: dict[str, list[tuple[str, str]]] = {}
        self._looks: dict[str, list[tuple[str, str]]] = {}
        self._cores: dict[str, list[tuple[str, str]]] = {}
        self._slips: dict[str, list[tuple[str, str]]] = {}
        for owner, name in named:
            one = owner, name
            self._same.setdefault(name, []).append(one)
            if skeleton(name):
                self._looks.setdefault(skeleton(name), []).append(one)
            core = _core(name)
            if core:
                self._cores.setdefault(core, []).append(one)
            for slip in _slips(skeleton(name)):
                self._slips.setdefault(slip, []).append(one)

    def like(self, name: str) -> Iterator[Likeness]:
        """Yield the names of others that this one is like, each once, by the plainest likeness."""
        told: set[tuple[str, str]] = set()
        for how, found in (
            ("same", self._same.get(name, [])),
            ("look-alike", self._looks.get(skeleton(name), [])),
            ("similar", self._cores.get(_core(name), [])),
            ("one-off", self._one_off(name)),
        ):
            for one in found:
                if one not in told:
                    told.add(one)
                    yield Likeness(*one, how)

    def _one_off(self, name: str) -> list[tuple[str, str]]:
        own = skeleton(name)
        return [one for slip in _slips(own) for one in self._slips.get(slip, []) if _one_edit(own, skeleton(one[1]))]


def _slips(text: str) -> list[str]:
    """Return a text and all that it becomes by leaving out one letter: two texts one edit apart share one of them."""
    if len(text) < _SHORTEST or len(text) > 128:
        return []
    return list(dict.fromkeys([text, *(text[:at] + text[at + 1 :] for at in range(len(text)))]))


def _one_edit(one: str, other: str) -> bool:
    """Tell if one letter more, less, or another one, or two changed places, make one text the other."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    at = next((n for n, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if len(one) == len(other):
        swapped = one[at : at + 2] == other[at : at + 2][::-1] and one[at + 2 :] == other[at + 2 :]
        return one[at + 1 :] == other[at + 1 :] or swapped
    long, short = (one, other) if len(one) > len(other) else (other, one)
    return long[at + 1 :] == short[at:]
