"""The linear model: what speaks for and against a word's being part of a name, added up from it and its neighbours."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.names.lexicon import (
    CASES,
    Case,
    Kind,
    Lexicon,
    case_of,
    class_of,
    packaged_lexicon,
    sign_of,
)
from bartizan.inspection.names.likeness import likeness
from bartizan.inspection.names.words import fold

__all__ = [
    "GROUPS",
    "SLOTS",
    "TAGS",
    "Model",
    "Profile",
    "Scores",
    "packaged_model",
    "triple_features",
    "word_features",
]

TAGS = ("O", "B", "I", "X")
"""Outside, first word of a name, further word of it, part of another proper name (place, organisation, product)."""
SLOTS = 1 << 15
GROUPS = 6
"""Coarse kinds of words: sure name, weak name, like one, unlike one, small letters that are a name, all else."""
STEPS = (-1.5, 0.5, 2.5)
"""Log odds that part unknown words into unlike, doubtful, like and very like a name."""
_MEMORY = 16_384
_NAMELESS = {Kind.TITLE, Kind.PLACE, Kind.ORGANISATION, Kind.WORD, Kind.PARTICLE}
_SURE = {Kind.GIVEN, Kind.SURNAME, Kind.BOTH}
_WEAK = {Kind.GIVEN_WEAK, Kind.SURNAME_WEAK, Kind.BOTH_WEAK}
_LIKE = {Kind.LIKE, Kind.VERY_LIKE}

Scores = tuple[float, float, float, float]
"""What speaks for each of the tags."""


class Profile(NamedTuple):
    """All that the model knows about a word: what it is, and what it says about itself and about its neighbours.

    `after` are the scores that it gives to the word behind it, by that word's group; `before` those for the word in
    front of it; `after2` and `before2` those for the words at a distance of two.
    """

    kind: Kind | None
    case: Case
    number: int
    group: int
    own: Scores
    after: tuple[Scores, ...]
    before: tuple[Scores, ...]
    after2: Scores
    before2: Scores


class Features(NamedTuple):
    """The slots of a profile's features."""

    own: list[int]
    after: list[list[int]]
    before: list[list[int]]
    after2: list[int]
    before2: list[int]


def group_of(kind: Kind | None, case: Case) -> int:
    """Return a word's coarse kind; signs have none, and fall under the last."""
    if kind in _SURE or kind in _WEAK:
        return 4 if case == Case.SMALL else int(kind in _WEAK)
    if kind is None or case == Case.SMALL or kind in _NAMELESS:
        return 5
    return 2 if kind in _LIKE else 3


def _slot(feature: str) -> int:
    return crc32(feature.encode(errors="surrogatepass")) % SLOTS


def word_features(folded: str, kind: Kind | None, number: int) -> Features:
    """Return the slots of a word's features. Names and unknown words count by kind only."""
    seen = [f"k{number}"]
    if kind is None or kind in _NAMELESS or number % CASES == Case.SMALL:
        seen.append(f"w{folded}")
    return Features(
        own=[_slot(f"0{name}") for name in seen],
        after=[
            [_slot(f"-1{name}") for name in seen] + [_slot(f"-1{group}{name}") for name in seen]
            for group in range(GROUPS)
        ],
        before=[
            [_slot(f"+1{name}") for name in seen] + [_slot(f"+1{group}{name}") for name in seen]
            for group in range(GROUPS)
        ],
        after2=[_slot(f"-2{name}") for name in seen],
        before2=[_slot(f"+2{name}") for name in seen],
    )


def triple_features(left: int, middle: int, right: int) -> list[int]:
    """Return the slots for three neighbouring classes."""
    return [_slot(f"l{left},{middle}"), _slot(f"r{middle},{right}"), _slot(f"t{left},{middle},{right}")]


class Model:
    """Weights and what is known about words, made ready; safe to share between threads.

    `weights` has one row a slot and one column a tag, `moves` the scores from tag (row) to tag; `letters` are those of
    `likeness`. `memory` is the number of words whose profiles are kept; texts that hold more start again.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        weights: NDArray[np.float32],
        moves: NDArray[np.float32],
        letters: Sequence[float],
        *,
        memory: int = _MEMORY,
    ) -> None:
        self.lexicon = lexicon
        self.moves: list[list[float]] = np.exp(moves.astype(np.float64)).tolist()
        self._weights = weights
        self._memory = memory
        self._letters = letters
        self._profiles: dict[str, Profile] = {}
        self._triples: dict[tuple[int, int, int], Scores] = {}
        self.edge = self.profile("\n")

    def profile(self, text: str) -> Profile:
        """Return what is known about a token."""
        found = self._profiles.get(text)
        if found is None:
            if len(self._profiles) >= self._memory:
                self._profiles.clear()
            found = self._profiles[text] = self._make(text)
        return found

    def triple(self, left: int, middle: int, right: int) -> Scores:
        """Return what the classes of three neighbours say about the one in the middle."""
        key = left, middle, right
        found = self._triples.get(key)
        if found is None:
            found = self._triples[key] = self._sum(triple_features(left, middle, right))
        return found

    def kind(self, text: str, folded: str) -> Kind:
        """Tell what a word is, with the likeness of unknown ones."""
        known = self.lexicon.kind(text, folded)
        if known is not None:
            return known
        odds = likeness(self._letters, folded)
        return Kind(Kind.UNLIKE + sum(odds > step for step in STEPS))

    def _make(self, text: str) -> Profile:
        folded = fold(text)
        kind, case, number = self.describe(text, folded)
        features = word_features(folded, kind, number)
        return Profile(
            kind,
            case,
            number,
            group_of(kind, case),
            self._sum(features.own),
            tuple(map(self._sum, features.after)),
            tuple(map(self._sum, features.before)),
            self._sum(features.after2),
            self._sum(features.before2),
        )

    def describe(self, text: str, folded: str) -> tuple[Kind | None, Case, int]:
        """Return a token's kind (None for a sign), case and class."""
        if not text[0].isalpha():
            return None, Case.SMALL, class_of(Kind(len(Kind) - 1), Case.CAPITALS) + 1 + sign_of(text)
        kind, case = self.kind(text, folded), case_of(text)
        return kind, case, class_of(kind, case)

    def _sum(self, slots: Iterable[int]) -> Scores:
        first, second, third, fourth = self._weights[list(slots)].sum(axis=0).tolist()
        return first, second, third, fourth


@cache
def packaged_model() -> Model:
    """Read the model of this package: whole numbers with a common scale, and numpy's own format."""
    file = files("bartizan.inspection.names") / "model.npz"
    with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as stored:
        weights = stored["weights"].astype(np.float32) * stored["scale"]
        moves, letters = stored["moves"], stored["letters"].astype(np.float64).tolist()
    return Model(packaged_lexicon(), weights, moves, letters)
