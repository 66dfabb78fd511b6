"""What a column is: a verdict over all of its records, which is surer than any single value.

A row of digits passes a checksum by chance, one in ten where there is one check digit. So a column of numbers of which
a tenth passes holds nothing, and one in which most pass holds what the checksum is of, even with no keyword near.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import sqrt

import msgspec
import numpy as np

from bartizan.catalog.data_types import DataType, Form
from bartizan.inspection.checks import column_checks
from bartizan.inspection.classification import Classifier
from bartizan.inspection.digits import Digits
from bartizan.inspection.layouts import parse_layout
from bartizan.scan.aggregate import ColumnTally, TypeTally

__all__ = ["ColumnType", "Facts", "chance", "column_types", "facts_of"]

SHARE = 0.5
"""From which share of the filled records on a column is of a type."""
_LEAST = 3
_SUPPRESS_FROM = 20
_CHECKSUM = 0.25  # a check that more than so many random numbers pass says nothing about a column
_UNMEASURED = 0.1
_TRIALS = 2_000
_PROMOTED = 75
_CERTAIN = 0.9
"""Share of records from which on a column is of one type and no other."""


@dataclass(frozen=True)
class Facts:
    """What a run's reports say about a type. `level` places its class on the scale 0 (public) to 3 (restricted)."""

    entry: DataType
    class_: str
    level: int

    @cached_property
    def chance(self) -> float:
        """The share of numbers or words of its shape that pass its weakest check by chance; 1 without a check."""
        return chance(self.entry)


class ColumnType(msgspec.Struct, frozen=True):
    """One type in one column: how many hits count, in how many records, which share of the filled ones that is, how
    sure it is, whether the column is of this type, and whether there are hits that are too unsure to count.
    """

    type: str
    count: int
    records: int
    share: float
    confidence: int
    whole: bool
    unsure: bool


def facts_of(types: Mapping[str, DataType], classes: Classifier) -> dict[str, Facts]:
    """Return what reports say about each of the types."""
    weight, level = classes.scheme.weight, classes.scheme.level
    named = {name: classes.class_of(name) for name in types}
    return {name: Facts(entry, named[name], weight(level(named[name]))) for name, entry in types.items()}


def chance(entry: DataType) -> float:
    """Return the share of values of a type's shape that its weakest check lets pass by chance."""
    return max(_chance(form) for form in entry.forms)


def _chance(form: Form) -> float:
    if not form.check:
        return 1.0
    check = column_checks().get(form.check)
    if check is None or not form.digits:
        return _UNMEASURED
    random = np.random.default_rng(0)
    shares = [0.0]
    for layout in (layout for text in form.digits for layout in parse_layout(text)):
        digits = Digits(random.integers(0, 10, (sum(layout.groups), _TRIALS)), layout.groups)
        shares.append(float(np.mean(np.broadcast_to(np.asarray(check(digits)), _TRIALS))))
    return max(shares)


def column_types(tally: ColumnTally, facts: Mapping[str, Facts], threshold: int) -> list[ColumnType]:
    """Weigh the types of a column, or of free text, the likeliest first; `threshold` is the confidence that counts."""
    out = [_weigh(tally, name, found, facts[name], threshold) for name, found in tally.types.items() if name in facts]
    best = max(((one.share, one.confidence) for one in out if one.whole), default=(0.0, 0))
    if best[0] >= _CERTAIN:
        # A column of one type leaves no room for other, less sure readings of the same cells.
        out = [one for one in out if (one.share, one.confidence) >= best or not _whole_cells(tally.types[one.type])]
    return sorted(out, key=lambda one: (not one.whole, -one.share, -one.count, one.type))


def _weigh(tally: ColumnTally, name: str, found: TypeTally, facts: Facts, threshold: int) -> ColumnType:
    hits = _from(found.hits, threshold)
    records = _from(found.records, threshold)
    best = max(found.hits)
    if not tally.column:
        return ColumnType(name, hits, records, 0.0, best if hits else 0, False, not hits)
    every = sum(found.records.values())
    share = every / tally.filled if tally.filled else 0.0
    if _accidental(tally, found, facts, every):
        return ColumnType(name, 0, 0, share, 0, False, False)
    typical = share >= SHARE and every >= _LEAST
    if typical and facts.chance <= _CHECKSUM and every > _by_chance(tally.filled, facts.chance, 4):
        return ColumnType(name, sum(found.hits.values()), every, share, max(best, _PROMOTED), True, False)
    share = records / tally.filled if tally.filled else 0.0
    typical = share >= SHARE and records >= _LEAST
    return ColumnType(name, hits, records, share, best if hits else 0, typical, not hits)


def _whole_cells(found: TypeTally) -> bool:
    """Tell whether nearly all hits are whole cells."""
    return found.whole >= 0.9 * sum(found.hits.values())


def _accidental(tally: ColumnTally, found: TypeTally, facts: Facts, records: int) -> bool:
    """Tell whether chance alone explains the hits: whole cells in a column of numbers, as few as chance gives."""
    numbers = tally.sampled and tally.numeric >= 0.9 * tally.sampled
    return bool(
        numbers
        and _whole_cells(found)
        and tally.filled >= _SUPPRESS_FROM
        and facts.chance <= _CHECKSUM
        and records <= _by_chance(tally.filled, facts.chance, 3)
    )


def _by_chance(number: int, share: float, deviations: float) -> float:
    """The most that chance gives among `number`, so many standard deviations above the mean."""
    return number * share + deviations * sqrt(number * share * (1 - share))


def _from(counts: Mapping[int, int], threshold: int) -> int:
    return sum(number for confidence, number in counts.items() if confidence >= threshold)
