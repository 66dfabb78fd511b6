"""How many injections of sources that the model never saw are flagged, at a threshold fixed on other texts.

    python -m benchmarks.injection.bench_injection [DATA]

Each source of attacks is left out in turn, with its harmless texts, and with all texts of other sources that share a
fifth of their rows of seven words with it. A fifth of what is left and no attack is held out, and the threshold lets
two in a hundred of it be flagged. Once the model learns from our own sentences, too, and once from public texts only:
ours were written after reading which texts of these sources were missed, so that the first figure flatters. The rows
of `atr_evasion`, but for two, were never read, nor used to choose anything. Beside it, plain expressions as they are
found in many filters; and what a text of 2 kB costs.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.injection.bags import Bag
from benchmarks.injection.corpus import DATA, FAMILIES, PARTS, Text, public, without_copies
from benchmarks.injection.fit import bags, best, fit
from benchmarks.injection.grammar import attacks, calm
from benchmarks.injection.train import ATTACKS, CALM, fold_of, quotable, teaching

RATE = 0.02
_FEWEST = 10
PLAIN = re.compile(
    r"ignore (?:all |any )?(?:previous|prior|above) (?:instructions|prompts)|disregard (?:all |any )?(?:previous|prior)"
    r"|forget (?:everything|all|your) (?:instructions|above)?|system prompt|developer mode|do anything now|\bDAN\b"
    r"|jailbreak|pretend (?:to be|you are)|you are now|act as (?:an?|if)|reveal your|bypass .{0,20}(?:filter|safety)"
    r"|no restrictions|new instructions|override (?:the )?(?:system|instructions)",
    re.IGNORECASE,
)
"""A filter as many have one, for comparison."""


class Totals:
    """What was flagged, over all sources."""

    def __init__(self) -> None:
        self.found: list[bool] = []
        self.bare: list[bool] = []
        self.plain: list[bool] = []
        self.calm: list[bool] = []
        self.bare_calm: list[bool] = []


def one_source(
    source: str, texts: Sequence[Text], given: Sequence[Bag], own: Sequence[Text], own_bags: Sequence[Bag], sums: Totals
) -> str:
    """Leave one source out, and return a row of the table."""
    held = [at for at, one in enumerate(texts) if one.source in {source} | PARTS.get(source, set()) and one.label]
    names = {source} | PARTS.get(source, set()) | FAMILIES.get(source, set())
    aside = [at for at, one in enumerate(texts) if not one.label and one.source not in names and fold_of(one) == 0]
    apart = {*aside, *(at for at, one in enumerate(texts) if one.source in names)}
    left = [at for at in range(len(texts)) if at not in apart and teaching([texts[at]])]
    kept = {id(one) for one in without_copies([texts[at] for at in left], [texts[at] for at in held])}
    learnt = [at for at in left if id(texts[at]) in kept]
    calm_own = [at for at, one in enumerate(texts) if one.source == source and not one.label]
    cells = []
    for more, more_bags, found, flagged in (
        (own, own_bags, sums.found, sums.calm),
        ([], [], sums.bare, sums.bare_calm),
    ):
        fitted = fit([*(texts[at] for at in learnt), *more], [*(given[at] for at in learnt), *more_bags])
        limit = float(np.quantile([best(given[at], fitted)[0] for at in aside], 1 - RATE))
        hits = [best(given[at], fitted)[0] > limit for at in held]
        false = [best(given[at], fitted)[0] > limit for at in calm_own]
        if source not in FAMILIES:
            found.extend(hits)
            flagged.extend(false)
        cells.append((np.mean(hits), f"{np.mean(false):.1%} of {len(false)}" if len(false) >= _FEWEST else "-"))
    plain = [bool(PLAIN.search(texts[at].text)) for at in held]
    if source not in FAMILIES:
        sums.plain += plain
    (with_own, share), (bare, bare_share) = cells
    return f"| {source} | {len(held)} | {with_own:.1%} | {bare:.1%} | {np.mean(plain):.1%} | {share} | {bare_share} |"


def calm_sources(
    texts: Sequence[Text], given: Sequence[Bag], own: Sequence[Text], own_bags: Sequence[Bag]
) -> list[str]:
    """Leave each source of harmless texts out in turn, and return how many are flagged at the threshold of the rest."""
    out = []
    for source in sorted({one.source for one in texts if not one.label and one.source not in {"asb_tools"}}):
        held = [at for at, one in enumerate(texts) if one.source == source and not one.label]
        if len(held) < _FEWEST:
            continue
        aside = [at for at, one in enumerate(texts) if not one.label and one.source != source and fold_of(one) == 0]
        apart = {*held, *aside}
        left = [
            at for at in range(len(texts)) if at not in apart and teaching([texts[at]]) and texts[at].source != source
        ]
        fitted = fit([*(texts[at] for at in left), *own], [*(given[at] for at in left), *own_bags])
        limit = float(np.quantile([best(given[at], fitted)[0] for at in aside], 1 - RATE))
        flagged = np.mean([best(given[at], fitted)[0] > limit for at in held])
        plain = np.mean([bool(PLAIN.search(texts[at].text)) for at in held])
        out.append(f"| {source} | {len(held)} | {flagged:.1%} | {plain:.1%} |")
        sys.stdout.write(out[-1] + "\n")
    return out


def cost() -> str:
    """Return what scoring texts of 2 kB costs that were not seen before."""
    from bartizan.inspection.injection.model import packaged_model
    from bartizan.inspection.injection.scorer import Scorer, packaged_rules

    scorer = Scorer(packaged_model(), packaged_rules())
    row = "Please review the quarterly report and send me a summary of the main points before Friday, thanks a lot. "
    texts = [f"{number:04} {row * 20}"[:2048] for number in range(2000)]
    scorer(texts[0])
    begin = time.process_time()
    for text in texts[1:]:
        scorer(text)
    return f"{(time.process_time() - begin) / (len(texts) - 1) * 1e6:.0f} us"


def main() -> None:
    """Measure and print."""
    texts = public(Path(sys.argv[1]) if len(sys.argv) > 1 else DATA)
    own = [*attacks(ATTACKS), *calm(CALM, quotable(texts))]
    given, own_bags, sums = bags(texts), bags(own), Totals()
    for source in [*sorted({one.source for one in teaching(texts) if one.label}), *FAMILIES]:
        sys.stdout.write(one_source(source, texts, given, own, own_bags, sums) + "\n")
        sys.stdout.flush()
    means = [f"{np.mean(values):.1%}" for values in (sums.found, sums.bare, sums.plain, sums.calm, sums.bare_calm)]
    sys.stdout.write(f"| all but the last | {len(sums.found)} | {' | '.join(means)} |\n\n")
    calm_sources(texts, given, own, own_bags)
    sys.stdout.write(f"\n2 kB: {cost()}\n")


if __name__ == "__main__":
    main()
