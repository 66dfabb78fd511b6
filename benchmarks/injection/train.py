"""Fit the packaged injection model to texts of the shared folder and to sentences of our own, and write it.

    python -m benchmarks.injection.train [DATA]

Five times a fifth of all that is no attack is held out; the threshold is the mean of those at which the share in
`RATE` of it would be flagged. The model itself is then fitted to everything.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from bartizan.inspection.injection.features import SLOTS
from bartizan.inspection.injection.model import Header, Model, dump_model
from benchmarks.injection.bags import RULE, RULES, Bag
from benchmarks.injection.corpus import DATA, Text, digest, public
from benchmarks.injection.fit import Fitted, bags, best, fit
from benchmarks.injection.grammar import attacks, calm

TARGET = Path(__file__).parents[2] / "src/bartizan/inspection/injection/data/model.bin"
VERSION = "1"
FOLDS = 5
RATE = 0.015
"""Of texts that are no attack and that the model didn't learn from, the share that the threshold lets be flagged."""
ATTACKS, CALM = 8000, 8000
_MEASURED_ONLY = {"asb_mild", "jbb_tail", "atr_evasion"}


def quotable(texts: Sequence[Text]) -> list[str]:
    """Return short attacks that reports quote."""
    return [one.text for one in texts if one.label and len(one.text) < 160 and one.source in {"atr", "agt_smoke"}][:400]


def teaching(texts: Sequence[Text]) -> list[Text]:
    """Return the texts that teach."""
    return [one for one in texts if one.source not in _MEASURED_ONLY]


def fold_of(text: Text) -> int:
    """Return the part that a text belongs to; those that begin alike belong together."""
    return int(hashlib.sha256(text.text[:60].encode(errors="replace")).hexdigest(), 16) % FOLDS


def threshold(texts: Sequence[Text], given: Sequence[Bag], own: Sequence[Text], own_bags: Sequence[Bag]) -> float:
    """Return the threshold at which few of held-out texts that are no attack would be flagged."""
    out = []
    folds = [fold_of(one) if not one.label else -1 for one in texts]
    for part in range(FOLDS):
        kept = [at for at, fold in enumerate(folds) if fold != part]
        fitted = fit([*(texts[at] for at in kept), *own], [*(given[at] for at in kept), *own_bags])
        held = [best(given[at], fitted)[0] for at, fold in enumerate(folds) if fold == part]
        out.append(float(np.quantile(held, 1 - RATE)))
        sys.stdout.write(f"part {part}: {out[-1]:.3f}\n")
    return float(np.mean(out))


def packed(fitted: Fitted, limit: float, digests: dict[str, str]) -> Model:
    """Return the model with weights of one byte."""
    weights = fitted.weights[:SLOTS]
    scale = float(np.abs(weights).max()) / 127
    rules = {name: round(float(fitted.weights[SLOTS + at]) * RULE, 4) for at, name in enumerate(RULES)}
    header = Header(
        version=VERSION, slots=SLOTS, scale=scale, bias=fitted.bias, threshold=limit, digests=digests,
        rules={name: value for name, value in rules.items() if value},
    )  # fmt: skip
    return Model(header, np.round(weights / scale).astype(np.int8))


def main() -> None:
    """Train, and write the model."""
    texts = teaching(public(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA))
    own = [*attacks(ATTACKS), *calm(CALM, quotable(texts))]
    given, own_bags = bags(texts), bags(own)
    limit = threshold(texts, given, own, own_bags)
    fitted = fit([*texts, *own], [*given, *own_bags])
    data = dump_model(packed(fitted, limit, digest([*texts, *own])))
    TARGET.parent.mkdir(exist_ok=True)
    TARGET.write_bytes(data)
    sys.stdout.write(f"threshold {limit:.3f}, {len(data)} bytes\n")


if __name__ == "__main__":
    main()
