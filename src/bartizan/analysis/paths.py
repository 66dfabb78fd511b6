"""Attack paths: proofs of losses, likeliest first, told apart by where they start."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from math import exp

import msgspec

from bartizan.analysis.graph import Edge, Graph, Reach, cheapest, proof
from bartizan.analysis.losses import LossValue
from bartizan.analysis.state import State

PER_LOSS = 3
MOST = 60


class Path(msgspec.Struct):
    """The edges of one proof, premises first, and the chance that one attempt succeeds."""

    loss: LossValue
    position: str
    edges: list[Edge]
    chance: float

    @property
    def threats(self) -> list[Edge]:
        """The steps that are weaknesses, in order."""
        return [edge for edge in self.edges if edge.threat]

    @property
    def id(self) -> str:
        """A short id made of the loss and the threats on the way, the same in every run."""
        text = " ".join([self.loss.id, *(edge.threat for edge in self.threats)])
        return "P-" + hashlib.sha256(text.encode()).hexdigest()[:8]


def find_paths(
    graph: Graph,
    state: State,
    needed: Sequence[frozenset[str]],
    positions: Sequence[str],
    values: Mapping[int, LossValue],
    demands: Mapping[int, int],
) -> list[Path]:
    """Return the paths to losses above the appetite, the weightiest first, MOST in all.

    For each loss the likeliest path from each position is looked for (PER_LOSS are kept), so that no path needs two
    attackers; only a loss that no single attacker reaches gets one that does. `needed` gives each edge's positions;
    `positions` is the order in which equal paths are kept, least trusted first.
    """
    found: dict[str, Path] = {}
    for level in sorted(set(demands.values()), reverse=True):
        wanted = [loss for loss in demands if demands[loss] == level]
        alive = state.alive(level)
        by_loss: dict[int, list[Path]] = {loss: [] for loss in wanted}
        for position in positions:
            allowed = [open_ and need <= {position} for open_, need in zip(alive, needed, strict=True)]
            _collect(graph, cheapest(graph, allowed, state.price), values, by_loss, position)
        missing: dict[int, list[Path]] = {loss: [] for loss, paths in by_loss.items() if not paths}
        _collect(graph, cheapest(graph, alive, state.price), values, missing, "")
        for paths in (*by_loss.values(), *missing.values()):
            for path in _best(paths):
                found.setdefault(path.id, path)
    return sorted(found.values(), key=lambda path: (-path.loss.worth * path.chance, path.id))[:MOST]


def _collect(
    graph: Graph, reach: Reach, values: Mapping[int, LossValue], into: dict[int, list[Path]], position: str
) -> None:
    for loss, paths in into.items():
        if reach.has(loss):
            paths.append(Path(values[loss], position, proof(graph, reach, loss), exp(-reach.cost[loss])))


def _best(paths: Sequence[Path]) -> list[Path]:
    """Keep the likeliest of the paths that differ, the earlier one where two are the same."""
    distinct: dict[str, Path] = {}
    for path in paths:
        distinct.setdefault(path.id, path)
    return sorted(distinct.values(), key=lambda path: -path.chance)[:PER_LOSS]
