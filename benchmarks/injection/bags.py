"""All windows of a text and what it holds encoded, as rows of features to fit weights to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bartizan.inspection.injection.features import SLOTS
from bartizan.inspection.injection.quotes import unquoted
from bartizan.inspection.injection.scorer import BLOCK, ROOT, Look, looks, packaged_rules
from bartizan.inspection.injection.signals import SIGNALS

RULES = [*SIGNALS, *packaged_rules().names]
"""Names of rules; each has a feature of its own behind the slots."""
FEATURES = SLOTS + len(RULES)
RULE = 4.0
"""The value of a rule's feature, so that it is learnt about as fast as all words of a window together."""


class Bag:
    """The windows of a text."""

    def __init__(self, text: str) -> None:
        self.looks = list(looks(unquoted(text), packaged_rules()))
        self.extras = [[SLOTS + RULES.index(name) for name in look.rules] for look in self.looks]
        self.counts = [max(len(look.text.data) // BLOCK, 1) for look in self.looks]
        self.count = sum(self.counts)

    def scores(self, weights: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return each window's score, without the bias."""
        out = [np.zeros(0)]
        for look, extra, count in zip(self.looks, self.extras, self.counts, strict=True):
            blocks = look.blocks(weights)
            sums = blocks[1:] + blocks[:-1] if blocks.size > 2 else blocks.sum(keepdims=True)
            out.append(sums[:count] / ROOT + RULE * weights[extra].sum())
        return np.concatenate(out)

    def row(self, at: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return one window's slots and their values."""
        for look, extra, count in zip(self.looks, self.extras, self.counts, strict=True):
            if at < count:
                return _row(look, extra, at, count)
            at -= count
        raise IndexError(at)


def _row(look: Look, extra: list[int], at: int, count: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    start = at * BLOCK
    end = start + 2 * BLOCK if count > 1 else len(look.text.data)
    starts = look.text.starts
    own, pairs = look.words[: starts.size], look.words[starts.size :]
    inside = (starts >= start) & (starts < end)
    slots = np.concatenate((look.pieces[start:end], own[inside], pairs[inside[:-1]]))
    values = np.full(slots.size, 1 / ROOT, np.float32)
    more = np.array(extra, np.int64)
    return np.concatenate((slots, more)), np.concatenate((values, np.full(more.size, RULE, np.float32)))
