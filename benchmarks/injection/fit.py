"""A logistic regression over hashed features of windows, fitted with numpy.

A text is a bag of windows over all its views. Of an attack, the window that looks most like one is what teaches; of
anything else, the windows that look most like an attack, and some at random. So the fit is repeated a few times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from benchmarks.injection.bags import FEATURES, Bag
from benchmarks.injection.corpus import NOISY, Text

_DAMP = 1e-3
"""What a feature's first slopes count as, so that what is rare moves little."""

__all__ = ["Fitted", "Options", "bags", "best", "fit"]


class Options(NamedTuple):
    """How to fit: rounds of choosing windows, steps in each, strength of the pull to zero, pace."""

    rounds: int = 3
    steps: int = 60
    pull: float = 2e-5
    pace: float = 0.15
    seed: int = 1
    calm: float = 1.5
    """How much all that is no attack weighs, against all attacks."""


DEFAULT = Options()


class Fitted(NamedTuple):
    """Weights of the slots, then of rules and writings, and what is added to all."""

    weights: NDArray[np.float32]
    bias: float


def bags(texts: Sequence[Text]) -> list[Bag]:
    """Return the windows of texts."""
    return [Bag(one.text) for one in texts]


def best(bag: Bag, fitted: Fitted) -> tuple[float, int]:
    """Return the highest score of a bag's windows, and which it is."""
    if not bag.count:
        return fitted.bias, 0
    scores = bag.scores(fitted.weights) + fitted.bias
    at = int(scores.argmax())
    return float(scores[at]), at


def _weights(texts: Sequence[Text], calm: float) -> NDArray[np.float32]:
    """Return each text's weight: a source counts by the root of its size, so that none of them rules."""
    counts = Counter((one.source, one.label) for one in texts)
    out = np.array(
        [counts[one.source, one.label] ** -0.5 * (NOISY.get(one.source, 1.0) if one.label else 1.0) for one in texts],
        np.float32,
    )
    attack = np.array([one.label for one in texts]) == 1
    out[attack] /= out[attack].sum()
    out[~attack] *= calm / out[~attack].sum()
    return out


def fit(texts: Sequence[Text], given: Sequence[Bag], options: Options = DEFAULT) -> Fitted:
    """Fit weights to texts and their windows."""
    random = np.random.default_rng(options.seed)
    weight = _weights(texts, options.calm)
    fitted = Fitted(np.zeros(FEATURES, np.float32), 0.0)
    for number in range(options.rounds):
        slots, values, sizes, labels, shares = [], [], [], [], []
        for one, bag, own in zip(texts, given, weight, strict=True):
            count = bag.count
            if not count:
                continue
            if number == 0:
                chosen = [0] if one.label else sorted({0, int(random.integers(count))})
            elif one.label:
                chosen = [best(bag, fitted)[1]]
            else:
                scores = bag.scores(fitted.weights)
                chosen = sorted({*np.argsort(scores)[-2:].tolist(), int(random.integers(count))})
            for row_slots, row_values in map(bag.row, chosen):
                slots.append(row_slots)
                values.append(row_values)
                sizes.append(row_slots.size)
                labels.append(one.label)
                shares.append(own / len(chosen))
        fitted = _solve(
            np.concatenate(slots).astype(np.int32), np.concatenate(values), np.array(sizes),
            np.array(labels, np.float32), np.array(shares, np.float32), fitted, options,
        )  # fmt: skip
    return fitted


def _solve(
    slots: NDArray[np.int32],
    values: NDArray[np.float32],
    sizes: NDArray[np.int64],
    labels: NDArray[np.float32],
    shares: NDArray[np.float32],
    begin: Fitted,
    options: Options,
) -> Fitted:
    """Descend with AdaGrad over all rows at once."""
    starts = np.concatenate(([0], np.cumsum(sizes)[:-1]))
    weights, bias = begin.weights.astype(np.float64), begin.bias
    square, bias_square = np.full(weights.size, _DAMP**2), _DAMP**2
    mean, mean_bias, taken = np.zeros_like(weights), 0.0, 0
    for step in range(options.steps):
        odds = np.add.reduceat(weights.astype(np.float32)[slots] * values, starts) + bias
        wrong = ((1 / (1 + np.exp(-odds))) - labels) * shares
        slope = np.bincount(slots, np.repeat(wrong, sizes) * values, weights.size) + options.pull * weights
        square += slope**2
        weights -= options.pace * slope / np.sqrt(square)
        whole = float(wrong.sum())
        bias_square += whole**2
        bias -= options.pace * whole / bias_square**0.5
        if step >= options.steps // 2:
            mean, mean_bias, taken = mean + weights, mean_bias + bias, taken + 1
    return Fitted((mean / taken).astype(np.float32), mean_bias / taken)
