"""The graph under a given set of controls and decisions: which steps are alive, and what they cost the attacker."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from math import log

import msgspec

from bartizan.analysis.graph import Edge, Graph, Option, points
from bartizan.analysis.placements import InPlace

HALF_DECADE = log(10) / 2


def hold(graph: Graph, in_place: Iterable[InPlace], *, proven_only: bool) -> None:
    """Mark on every edge the options that are in place; with `proven_only` claims don't count, expired ones never."""
    counted = {"proven"} if proven_only else {"proven", "claimed"}
    standing = {(item.control, item.place) for item in in_place if item.status in counted}
    for edge in graph.edges:
        pairs = _pairs(edge)
        edge.held = tuple(
            option
            for option in edge.options
            if (option.control, option.place) in standing
            or any((option.control, pair) in standing for pair in pairs if option.place in pair.split("->"))
        )


def _pairs(edge: Edge) -> list[str]:
    """Return the calls that a step rests on, as `from->to`, where a control of the flow counts."""
    return [f"{fact[1]}->{fact[2]}" for fact in edge.base if fact[0] in _CALLS]


_CALLS = (
    "call",
    "open_network",
    "keyed",
    "anonymous",
    "crosses",
    "own_authority",
    "overprivileged",
    "authority",
    "carries",
)


class State(msgspec.Struct):
    """Points that stand at each edge, and edges that a decision takes out of the graph."""

    points: list[int]
    removed: frozenset[int]
    price: list[float]

    def alive(self, level: int) -> list[bool]:
        """Tell for each edge whether it still counts for a loss that demands `level` points of a cut."""
        removed = self.removed
        return [stood < level and index not in removed for index, stood in enumerate(self.points)]


def state_of(
    graph: Graph,
    deployed: Collection[tuple[str, str]] = (),
    removed: Iterable[int] = (),
    *,
    bare: bool = False,
) -> State:
    """Return the graph's state with the controls in place (none of them when `bare`) and `deployed` on top."""
    standing: list[int] = []
    for edge in graph.edges:
        held: Sequence[Option] = () if bare else edge.held
        if deployed:
            held = (*held, *(o for o in edge.options if (o.control, o.place) in deployed))
        standing.append(points(held, edge.rare) if held else edge.rare)
    price = [
        edge.cost + HALF_DECADE * max(0, stood - edge.rare) for edge, stood in zip(graph.edges, standing, strict=True)
    ]
    return State(standing, frozenset(removed), price)


def edges_of(graph: Graph, threats: Mapping[str, object]) -> frozenset[int]:
    """Return the edges that belong to any of the given threat ids."""
    return frozenset(edge.index for edge in graph.edges if edge.threat in threats)
