"""The injection signal of a text: how much it asks a model to do what its user or operator doesn't want.

A linear model adds up what speaks for and against it in each window of 256 bytes, and rules add theirs. The highest
window counts, over the text and all that it holds encoded. The signal informs policy and events; it is never the only
defence, as whoever writes long enough finds words that it doesn't know.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from hashlib import blake2b
from math import exp, inf
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bartizan.catalog.injection import load_injection_rules, load_injection_words
from bartizan.catalog.places import cache_folder
from bartizan.inspection.injection.features import LONGEST, Read, folded, pieces_of, read, slots_of
from bartizan.inspection.injection.layers import views
from bartizan.inspection.injection.model import Model, packaged_model
from bartizan.inspection.injection.quotes import unquoted
from bartizan.inspection.injection.rules import Rules
from bartizan.inspection.injection.signals import signals

__all__ = ["BLOCK", "FLAGGED", "Injection", "Look", "Scorer", "looks", "packaged_rules", "score", "scores"]

BLOCK = 128
"""Bytes of half a window."""
ROOT = 16.0
"""The root of a window's bytes, by which its sum is divided, however short the text is."""
FLAGGED = 50.0
"""The score at the threshold that was fixed on texts which the model didn't learn from."""
_DISCOUNT = 4.0
"""What a text with its quotations scores less, in the logarithm of odds."""
_OVERLAP = 256
_REMEMBERED = 4096
_FURTHEST = 60.0


class Injection(NamedTuple):
    """A score from 0 to 100, `FLAGGED` at the threshold, and the rules that match by id, in the order of the alphabet.

    `hidden-` and the name of an encoding stand among the rules when the highest score is that of a hidden text.
    """

    score: float
    rules: tuple[str, ...]


class Look(NamedTuple):
    """A part of a text, or of what it holds encoded: the encodings, its words, slots at each place and of words."""

    path: str
    text: Read
    pieces: NDArray[np.intp]
    words: NDArray[np.intp]
    rules: list[str]

    def blocks(self, weights: NDArray[np.int8] | NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the sum of the weights of all features that begin in each block."""
        count = len(self.text.data) // BLOCK + 1
        starts = self.text.starts
        size = starts.size
        own = weights.take(self.words)
        values = own[:size].astype(np.float64)
        values[: own.size - size] += own[size:]
        # Without words, it would count in whole numbers.
        sums = np.bincount(starts // BLOCK, values, count) if size else np.zeros(count)
        pieces = weights.take(self.pieces)
        sums[: (pieces.size + BLOCK - 1) // BLOCK] += np.add.reduceat(
            pieces, np.arange(0, pieces.size, BLOCK), dtype=np.float64
        )
        return sums.astype(np.float64, copy=False)


def looks(text: str, rules: Rules) -> Iterator[Look]:
    """Yield all that there is to look at in a text, which holds no quotations any more."""
    data = folded(text)
    first = read(data[:LONGEST])
    slots = slots_of(np.concatenate((first.words, first.pairs)))
    for view in views(text, first, slots):
        whole = folded(view.text) if view.path else data
        for start in range(0, max(len(whole) - _OVERLAP, 1), LONGEST - _OVERLAP):
            part = whole[start : start + LONGEST]
            if len(part) < 3:
                continue
            own = first
            if view.path or start:
                own = read(part)
                slots = slots_of(np.concatenate((own.words, own.pairs)))
            yield Look(view.path, own, pieces_of(part), slots, [*signals(own), *rules.find(own, slots)])


class Scorer:
    """Scores texts with a model and rules. Safe to share between threads: what it remembers may be worked out twice."""

    def __init__(self, model: Model, rules: Rules) -> None:
        header = model.header
        self._weights, self._rules = model.weights, rules
        self._unit = header.scale / ROOT
        self._bias = header.bias - header.threshold
        self._adds = header.rules
        self._seen: dict[bytes, Injection] = {}

    def __call__(self, text: str) -> Injection:
        """Score a text. What was scored lately is remembered by its digest, as conversations repeat what was said."""
        key = blake2b(text.encode(errors="surrogatepass"), digest_size=16).digest()
        known = self._seen.get(key)
        if known is None:
            known = self._score(text)
            if len(self._seen) >= _REMEMBERED:
                self._seen.clear()
            self._seen[key] = known
        return known

    def _score(self, text: str) -> Injection:
        odds, rules, path = self._odds(text)
        if odds > 0:
            stripped = unquoted(text)
            if stripped is not text:
                inner, rules, path = self._odds(stripped)
                odds = max(min(odds, inner), odds - _DISCOUNT)
        odds = min(max(odds, -_FURTHEST), _FURTHEST)
        value = round(100 / (1 + exp(-odds)), 2)
        if path and value >= FLAGGED:
            rules |= {f"hidden-{name}" for name in path.split(">")}
        return Injection(value, tuple(sorted(rules)))

    def _odds(self, text: str) -> tuple[float, set[str], str]:
        """Return the logarithm of odds over the threshold, the rules, and the encodings of what scores highest."""
        best, path = -inf, ""
        names: set[str] = set()
        for look in looks(text, self._rules):
            blocks = look.blocks(self._weights)
            top = float((blocks[1:] + blocks[:-1]).max()) if blocks.size > 2 else float(blocks.sum())
            odds = top * self._unit + self._bias
            for name in look.rules:
                odds += self._adds.get(name, 0.0)
            names.update(look.rules)
            if odds > best:
                best, path = odds, look.path
        return (self._bias if best == -inf else best), names, path


@cache
def packaged_rules() -> Rules:
    """Return the packaged rules, made ready."""
    return Rules(load_injection_words(cache_folder()), load_injection_rules(cache_folder()))


@cache
def _packaged() -> Scorer:
    return Scorer(packaged_model(), packaged_rules())


def score(text: str) -> Injection:
    """Score a text with the packaged model."""
    return _packaged()(text)


def scores(texts: Sequence[str]) -> list[Injection]:
    """Score texts with the packaged model, in their order."""
    scorer = _packaged()
    return [scorer(text) for text in texts]
