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
VARIED = 15
"""Losses, the weightiest first, for which paths from other starts are looked for too."""


class Path(msgspec.Struct):
    """The edges of one proof, premises first, and the chance that one attempt succeeds."""

    loss: LossValue
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


def find_paths(graph: Graph, state: State, values: Mapping[int, LossValue], demands: Mapping[int, int]) -> list[Path]:
    """Return the paths to losses above the appetite, likeliest first, MOST in all: PER_LOSS with other starts for each."""
    out: list[Path] = []
    for level in sorted(set(demands.values()), reverse=True):
        alive = state.alive(level)
        reach = cheapest(graph, alive, state.price)
        losses = [loss for loss in demands if demands[loss] == level and reach.has(loss)]
        losses.sort(key=lambda loss: (-values[loss].worth * exp(-reach.cost[loss]), values[loss].id))
        for order, loss in enumerate(losses[:MOST]):
            out += _starts(graph, alive, state, reach, loss, values[loss], PER_LOSS if order < VARIED else 1)
    best: dict[str, Path] = {}
    for path in out:
        best.setdefault(path.id, path)
    return sorted(best.values(), key=lambda path: (-path.loss.worth * path.chance, path.id))[:MOST]


def _starts(
    graph: Graph, alive: Sequence[bool], state: State, reach: Reach, loss: int, value: LossValue, most: int
) -> list[Path]:
    found: list[Path] = []
    open_edges = list(alive)
    while True:
        edges = proof(graph, reach, loss)
        found.append(Path(value, edges, exp(-reach.cost[loss])))
        if len(found) == most:
            return found
        for edge in edges:
            if not edge.body:
                open_edges[edge.index] = False
        reach = cheapest(graph, open_edges, state.price, loss)
        if not reach.has(loss):
            return found
