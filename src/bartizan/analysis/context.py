"""What all parts of one review share: the options, and the analysed system."""

from __future__ import annotations

import msgspec

from bartizan.analysis.graph import Graph
from bartizan.analysis.losses import LossValue
from bartizan.analysis.placements import InPlace
from bartizan.analysis.spread import Spread
from bartizan.analysis.state import State
from bartizan.analysis.topology import Topology
from bartizan.catalog import Catalog
from bartizan.model import Decision, Level, System


class Options(msgspec.Struct, kw_only=True):
    """What a caller of `review` may choose.

    `appetite` and `budget` (person-days) override the system's; `alternatives`: how many other optimal plans to list;
    `proven`: count only controls that fresh evidence proves; `effort`: conflicts after which the solver stops;
    `trials` and `seed` of the simulation.
    """

    appetite: Level | float | None = None
    budget: float | None = None
    alternatives: int = 0
    proven: bool = False
    effort: int = 2_000
    trials: int = 10_000
    seed: int = 1


class Analysis(msgspec.Struct):
    """What all parts of a review share."""

    system: System
    catalog: Catalog
    topology: Topology
    spread: Spread
    graph: Graph
    in_place: list[InPlace]
    values: dict[int, LossValue]
    demands: dict[int, int]
    """points that a cut must reach, for each loss above the appetite"""
    appetite: Level | float
    decisions: dict[str, Decision]
    """threat id to the decision that counts on the day"""
    state: State
    """with what is in place, without what was decided away"""
