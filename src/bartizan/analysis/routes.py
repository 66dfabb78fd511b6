"""The likeliest route from each attacker's position to each loss, for the risk calculation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import exp

from bartizan.analysis.graph import Graph, Reach, cheapest, proof
from bartizan.analysis.losses import LossValue
from bartizan.analysis.risk import Route
from bartizan.analysis.state import State
from bartizan.catalog import Catalog

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
    shares: Mapping[tuple[str, str], float] | None,
) -> list[Route]:
    """Return the likeliest route from each position to each loss, the weightiest MOST.

    A position's attempts are shared among the losses it can reach by what they are worth; `shares` fixes that split, so
    that scenarios with other controls compare.
    """
    found: list[tuple[float, Route]] = []
    everything = state.alive(99)
    for position in sorted(set().union(*needed)) if needed else []:
        alive = [open_ and need <= {position} for open_, need in zip(everything, needed, strict=True)]
        reach = cheapest(graph, alive, state.price)
        reached = [loss for loss in sorted(values) if reach.has(loss) and _starts_there(graph, reach, loss, needed)]
        whole = sum(values[loss].worth for loss in reached)
        for loss in reached:
            value = values[loss]
            share = value.worth / whole if shares is None else shares.get((position, value.id), 0.0)
            weight = share * value.worth * exp(-reach.cost[loss])
            found.append((weight, Route(value, position, share, [])))
            found[-1][1].edges = [] if weight <= 0 else proof(graph, reach, loss)
    found = [(weight, route) for weight, route in found if weight > 0]
    found.sort(key=lambda item: (-item[0], item[1].position, item[1].loss.id))
    return [route for _, route in found[:MOST]]


def _starts_there(graph: Graph, reach: Reach, loss: int, needed: Sequence[frozenset[str]]) -> bool:
    """Tell whether the likeliest proof rests on somebody's position at all; some weaknesses need no attacker."""
    return any(needed[edge.index] for edge in proof(graph, reach, loss))
