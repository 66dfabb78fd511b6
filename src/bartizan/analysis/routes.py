"""The likeliest route from each attacker's position to each loss, for the risk calculation."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from math import exp

from bartizan.analysis.graph import Graph, Reach, cheapest, proof
from bartizan.analysis.losses import LossValue
from bartizan.analysis.risk import Route
from bartizan.analysis.state import State
from bartizan.catalog import Catalog

DRAW = 0.25
"""The share of a position's attempts that a loss of the highest worth draws."""
MOST = 120
"""Routes that enter the simulation, by what they contribute; the rest is noise beside them."""


def positions_of(catalog: Catalog, graph: Graph) -> list[frozenset[str]]:
    """Return for each edge the attackers' positions that it needs somebody in."""
    spots = {
        name: [index for index, kind in enumerate(word.args, 1) if kind == "position"]
        for name, word in catalog.vocabulary.items()
    }
    return [frozenset(fact[index] for fact in edge.base for index in spots[fact[0]]) for edge in graph.edges]


def find_routes(
    graph: Graph,
    state: State,
    needed: Sequence[frozenset[str]],
    values: Mapping[int, LossValue],
    among: Container[tuple[str, str]] | None = None,
) -> list[Route]:
    """Return the likeliest route from each position to each loss, the weightiest MOST.

    Each loss draws attempts in proportion to its worth, whatever else the system holds. Sharing a fixed number of
    attempts among the losses would make a design look worse when one of them is removed. `among` keeps to the pairs of
    position and loss that another scenario has, so that the two compare.
    """
    found: list[tuple[float, str, str, Reach, int]] = []
    everything = state.alive(99)
    for position in sorted(set().union(*needed)) if needed else []:
        alive = [open_ and need <= {position} for open_, need in zip(everything, needed, strict=True)]
        reach = cheapest(graph, alive, state.price)
        for loss in sorted(values):
            if reach.has(loss) and (among is None or (position, values[loss].id) in among):
                weight = values[loss].worth ** 2 * exp(-reach.cost[loss])
                found.append((-weight, position, values[loss].id, reach, loss))
    found.sort(key=lambda item: item[:3])
    routes: list[Route] = []
    for _, position, _, reach, loss in found:
        edges = proof(graph, reach, loss)
        # A weakness that needs no attacker is nobody's attempt; it is counted by no frequency.
        if any(needed[edge.index] for edge in edges):
            routes.append(Route(values[loss], position, values[loss].worth * DRAW, edges))
        if len(routes) == MOST:
            break
    return routes
