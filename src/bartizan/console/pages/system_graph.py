"""Attack paths as a graph and the risk as numbers: what the pictures on a system's pages are drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from bartizan.analysis.result import PathView, Review
from bartizan.model import System
from bartizan.report.paper_names import Names

__all__ = ["graph_of", "money_at"]

_MOST = 120
"""Nodes that are drawn; a graph with more can't be read, and takes long to lay out."""


def graph_of(review: Review, system: System, names: Names, chosen: str) -> dict[str, Any]:
    """Return the graph of all attack paths to the loss of the chosen one, and the steps of that.

    `nodes` have an id, a label and a kind (`attacker`, `loss`, or what the component is); `edges` lead from a source to
    a target. `walk` are the nodes of the chosen path in order; `stops` tells for each of its steps how many of these
    the attack has passed when the step is done. Where there is too much to draw, only the chosen path is there.
    """
    path = next((one for one in review.paths if one.id == chosen), None)
    if path is None:
        return {"nodes": [], "edges": [], "walk": [], "stops": []}
    walks = {one.id: _walk(one) for one in review.paths if one.loss == path.loss}
    if len({node for walk in walks.values() for node in walk}) > _MOST:
        walks = {path.id: walks[path.id]}
    kinds = {name: component.__struct_config__.tag for name, component in system.components.items()}
    nodes = []
    for node in dict.fromkeys(node for walk in walks.values() for node in walk):
        sort, id = node[0], node[1:]
        label = names.attacker(id) if sort == "@" else names.loss(id) if sort == "!" else names.place(id)
        kind = "attacker" if sort == "@" else "loss" if sort == "!" else str(kinds.get(id, ""))
        nodes.append({"id": node, "label": label, "kind": kind})
    edges = dict.fromkeys(pair for walk in walks.values() for pair in pairwise(walk))
    return {
        "nodes": nodes,
        "edges": [{"source": source, "target": target} for source, target in edges],
        "walk": walks[path.id],
        "stops": _stops(path, walks[path.id]),
    }


def money_at(curve: Sequence[Sequence[float]], chance: float) -> float:
    """Return the money that a year exceeds with a chance, read off a curve; 0 for no such sum."""
    before: Sequence[float] | None = None
    for point in curve:
        if point[1] <= chance:
            if before is None or point[1] == before[1]:
                return point[0] if point[1] == chance else 0.0
            share = (before[1] - chance) / (before[1] - point[1])
            return before[0] + share * (point[0] - before[0])
        before = point
    return before[0] if before else 0.0


def _walk(path: PathView) -> list[str]:
    """Return the nodes of a path in order; one that the attack comes back to right away stands once."""
    found = [f"@{path.position}", *(f"={name}" for name in path.via), f"!{path.loss}"]
    return [node for before, node in zip(["", *found], found, strict=False) if node != before]


def _stops(path: PathView, walk: list[str]) -> list[int]:
    stops, at = [], 1
    for step in path.steps:
        node = f"={step.component}"
        at = walk.index(node, at) + 1 if node in walk[at:] else at
        stops.append(at)
    if stops:
        stops[-1] = len(walk)
    return stops
