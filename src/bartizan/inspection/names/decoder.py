"""Decodes candidates into names: the run of words around each, how likely each word is part of a name, and spans."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import exp
from typing import NamedTuple

from bartizan.inspection.names.lexicon import Case, Kind
from bartizan.inspection.names.model import Model, Profile, Scores
from bartizan.inspection.names.words import Token, tokens, word_set

__all__ = ["Decoder", "Name", "Words", "marginals", "run_around", "runs", "scores"]

LONGEST_RUN = 8
"""Words that are decoded together; what is longer is no name but a headline."""
_BEFORE = 32
"""Characters looked at in front of a candidate: two neighbours, and what the run may begin with."""
_BEHIND = 320
"""Characters behind a candidate beyond which nothing is looked at."""
_SURE = frozenset((Kind.GIVEN, Kind.SURNAME, Kind.BOTH))
_NAMES = _SURE | {Kind.GIVEN_WEAK, Kind.SURNAME_WEAK, Kind.BOTH_WEAK, Kind.LIKE, Kind.VERY_LIKE}
_GIVEN = frozenset((Kind.GIVEN, Kind.BOTH, Kind.GIVEN_WEAK, Kind.BOTH_WEAK))
_CUES = word_set(
    "heisse heiße heisst heißt appelle nomme chiamo chiama llamo llama chamo chama quhem quhet named called"
)
"""Words behind which a name stands: `ich heisse`, `quhem`."""
_NAME_WORDS = word_set("name name's names naam nome nombre nom emri namn navn")
_IS = word_set("is ist est è é es është eshte är er : =")
_LEAST, _SURELY = 0.6, 0.98
_OUTSIDE, _FIRST, _FURTHER = range(3)

Words = Sequence[tuple[int, int, str, Profile]]
"""Words with their place in the text, in characters, and what is known about them."""


class Name(NamedTuple):
    """A name that was found: where, how likely it is one, and whether much speaks for it.

    `start` and `end` are offsets in characters.
    """

    start: int
    end: int
    likelihood: float
    sure: bool


def joins(profile: Profile, *, small: bool) -> bool:
    """Tell whether a word can be part of a name: it has a capital, or small letters and is surely a name.

    Where the whole text is in small letters (`small`), it need only be like one.
    """
    if profile.kind is None or profile.kind == Kind.PARTICLE:
        return False
    return profile.case != Case.SMALL or profile.kind in (_NAMES if small else _SURE)


def run_around(text: str, words: Words, place: int, least: int = 0, *, small: bool = False) -> tuple[int, int]:
    """Return the run of words that may be a name around one: its first word, and that behind its last.

    It begins at the word `least`, or later.
    """
    first, last = place, place + 1
    while (
        last - first < LONGEST_RUN and (reach := _step(text, words, first, -1, small=small)) and first - reach >= least
    ):
        first -= reach
    while last - first < LONGEST_RUN and (reach := _step(text, words, last - 1, 1, small=small)):
        last += reach
    return first, last


def _step(text: str, words: Words, place: int, way: int, *, small: bool) -> int:
    """Return how many words on the run goes on from its edge: one, or more over particles, or none."""
    for reach in (1, 2, 3):
        further = place + way * reach
        if not 0 <= further < len(words) or not _touch(text, words, min(further, further - way)):
            return 0
        profile = words[further][3]
        if profile.kind != Kind.PARTICLE:
            return reach if joins(profile, small=small) else 0
    return 0


def _touch(text: str, words: Words, place: int) -> bool:
    """Tell whether one blank at most stands between a word and the next."""
    start, end = words[place][1], words[place + 1][0]
    if start == end:
        return words[place][3].kind == Kind.INITIAL
    return end - start == 1 and text[start] in " \u00a0"


def runs(text: str, words: Words) -> Iterator[tuple[int, int]]:
    """Yield every run of a text, as training needs them."""
    done, small = 0, text.islower()
    for place, word in enumerate(words):
        if place >= done and joins(word[3], small=small):
            first, done = run_around(text, words, place, done, small=small)
            yield first, done


def scores(model: Model, words: Words, place: int) -> Scores:
    """Add up what speaks for each tag of one word."""
    edge = model.edge
    left = words[place - 1][3] if place > 0 else edge
    left2 = words[place - 2][3] if place > 1 else edge
    right = words[place + 1][3] if place + 1 < len(words) else edge
    right2 = words[place + 2][3] if place + 2 < len(words) else edge
    this = words[place][3]
    a, b, c, d = this.own
    e, f, g, h = left.after[this.group]
    i, j, k, l = right.before[this.group]  # noqa: E741
    m, n, o, p = left2.after2
    q, r, s, t = right2.before2
    u, v, w, x = model.triple(left.number, this.number, right.number)
    return a + e + i + m + q + u, b + f + j + n + r + v, c + g + k + o + s + w, d + h + l + p + t + x


def marginals(emitted: Sequence[Scores], moves: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return how likely each tag is for each word of a run, by the forward-backward algorithm.

    `moves` are factors from tag to tag. Outside the run everything is outside a name.
    """
    columns = tuple(zip(*moves, strict=True))
    factors = [[exp(score) for score in row] for row in emitted]
    last = [factor * move for factor, move in zip(factors[0], moves[_OUTSIDE], strict=True)]
    forward = [last]
    for row in factors[1:]:
        a, b, c, d = last
        last = [factor * (a * o + b * p + c * q + d * r) for factor, (o, p, q, r) in zip(row, columns, strict=True)]
        forward.append(last)
    behind = list(columns[_OUTSIDE])
    out: list[list[float]] = []
    for place in range(len(emitted) - 1, -1, -1):
        both = [one * other for one, other in zip(forward[place], behind, strict=True)]
        whole = sum(both)
        out.append([value / whole for value in both])
        a, b, c, d = (factor * value for factor, value in zip(factors[place], behind, strict=True))
        behind = [a * o + b * p + c * q + d * r for o, p, q, r in moves]
    out.reverse()
    return out


class Decoder:
    """Finds the names around candidates; `least` is the likelihood from which on a word is part of a name."""

    def __init__(self, model: Model, least: float = _LEAST) -> None:
        self.model = model
        self.least = least

    def names(self, text: str, places: Iterable[int], *, small: bool = False) -> Iterator[Name]:
        """Yield the names in the runs of words that stand at the places given, in rising order.

        `small` says that the whole text is in small letters.
        """
        done = 0
        for place in places:
            if place >= done:
                words, here = self._read(text, place, small=small)
                fresh = next(number for number, word in enumerate(words) if word[1] > done)
                first, last = run_around(text, words, here, fresh, small=small)
                done = words[last - 1][1]
                yield from self.decode(words, first, last)

    def words(self, cut: Iterable[Token]) -> list[tuple[int, int, str, Profile]]:
        """Join what is known about words to them."""
        profile = self.model.profile
        return [(start, end, word, profile(word)) for start, end, word in cut]

    def _read(self, text: str, place: int, *, small: bool) -> tuple[Words, int]:
        """Read the words from some before a place to the second behind its run; tell which stands at the place."""
        start, least = max(0, place - _BEFORE), max(0, place - 2 * _BEFORE)
        while start > least and not text[start - 1].isspace():
            start -= 1
        words: list[tuple[int, int, str, Profile]] = []
        here, left = -1, 2
        profile_of = self.model.profile
        for first, last, word in tokens(text, start, place + _BEHIND):
            profile = profile_of(word)
            words.append((first, last, word, profile))
            if here >= 0:
                if left < 2 or not (joins(profile, small=small) or profile.kind == Kind.PARTICLE):
                    left -= 1
                if not left or len(words) - here > LONGEST_RUN + 2:
                    break
            elif last > place:
                here = len(words) - 1
        return words, here

    def decode(self, words: Words, first: int, last: int) -> Iterator[Name]:
        """Yield the names of one run."""
        emitted = [scores(self.model, words, place) for place in range(first, last)]
        rows = marginals(emitted, self.model.moves)
        likely = [
            (0.0, 0.0) if words[first + place][3].kind == Kind.TITLE else (row[_FIRST], row[_FURTHER])
            for place, row in enumerate(rows)
        ]
        begin = -1
        for place, (opens, goes_on) in enumerate([*likely, (0.0, 0.0)]):
            inside = opens + goes_on >= self.least
            if begin >= 0 and (not inside or opens > goes_on):
                yield _name(words, first + begin, first + place, max(map(sum, likely[begin:place])))
                begin = -1
            if inside and begin < 0:
                begin = place


def _name(words: Words, first: int, last: int, likelihood: float) -> Name:
    """Make a span of the words from the first to before the last."""
    profiles = [word[3] for word in words[first:last]]
    small = any(profile.case == Case.SMALL and profile.kind != Kind.PARTICLE for profile in profiles)
    known = [profile.kind for profile in profiles if profile.kind in _SURE]
    full = len(known) > 1 and any(profile.kind in _GIVEN for profile in profiles)
    sure = not small and (full or likelihood >= _SURELY or _called(words, first))
    return Name(words[first][0], words[last - 1][1], likelihood, sure)


def _called(words: Words, first: int) -> bool:
    """Tell whether the words in front say that a name follows: a title, `my name is`, `je m'appelle`."""
    if first == 0:
        return False
    _, _, text, profile = words[first - 1]
    word = text.lower()
    if profile.kind == Kind.TITLE or word in _CUES or word.endswith(("'appelle", "\u2019appelle")):
        return True
    return first > 1 and word in _IS and words[first - 2][2].lower() in _NAME_WORDS
