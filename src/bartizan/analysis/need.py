"""Which single change removes a threat: what stands in every one of its derivations.

For each gained fact the set of things that every derivation needs is the intersection over its derivations of what
those need; a thing is a fact of the system that someone can change, or a control that would cut a step on the way. The
sets are the greatest solution of that equation, found by iteration, as dominators are in a flow graph.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from functools import lru_cache

import msgspec

from bartizan.analysis.graph import Edge, Graph, Option, Reach, points
from bartizan.analysis.state import State
from bartizan.catalog import Fact


class Need(msgspec.Struct, frozen=True):
    """A control at a place (`control`, `place`), or a fact of the system (`fact`)."""

    control: str = ""
    place: str = ""
    fact: Fact = ()


class Needs:
    """What every derivation of a fact or of an edge needs, at one assurance."""

    def __init__(self, graph: Graph, state: State, reach: Reach, level: int, changeable: frozenset[str]) -> None:
        self.graph = graph
        self.alive = state.alive(level)
        self.reach = reach
        self.level = level
        self.changeable = changeable
        self._own: dict[int, frozenset[Need]] = {}
        self._facts: dict[int, frozenset[Need]] = {}

    def prepare(self, edges: Iterable[Edge]) -> None:
        """Solve for everything that the given edges rest on, in one go."""
        self._solve({fact for edge in edges if self._holds(edge) for fact in edge.body})

    def of_edges(self, edges: Iterable[Edge]) -> frozenset[Need]:
        """Return what removes all of the given edges at once; they must have been prepared."""
        needs = [need for edge in edges if self._holds(edge) and (need := self._edge(edge)) is not None]
        return frozenset.intersection(*needs) if needs else frozenset()

    def _holds(self, edge: Edge) -> bool:
        return self.alive[edge.index] and all(self.reach.has(fact) for fact in edge.body)

    def _solve(self, targets: set[int]) -> None:
        cone = self._cone(sorted(targets))
        order = sorted(cone, key=lambda fact: self.reach.cost[fact])
        queue = deque(order)
        waiting = set(order)
        while queue:
            fact = queue.popleft()
            waiting.discard(fact)
            need = self._meet(fact)
            if need is None or self._facts.get(fact) == need:
                continue
            self._facts[fact] = need
            for user in self.graph.used_by[fact]:
                head = self.graph.edges[user].head
                if head in cone and head not in waiting:
                    waiting.add(head)
                    queue.append(head)

    def _cone(self, targets: Sequence[int]) -> set[int]:
        seen, queue = set(targets), deque(targets)
        while queue:
            for index in self.graph.derived_by[queue.popleft()]:
                edge = self.graph.edges[index]
                if self._holds(edge):
                    new = [fact for fact in edge.body if fact not in seen]
                    seen.update(new)
                    queue.extend(new)
        return seen

    def _meet(self, fact: int) -> frozenset[Need] | None:
        found: frozenset[Need] | None = None
        for index in self.graph.derived_by[fact]:
            edge = self.graph.edges[index]
            if self._holds(edge):
                need = self._edge(edge)
                if need is not None:
                    found = need if found is None else found & need
        return found

    def _edge(self, edge: Edge) -> frozenset[Need] | None:
        """Return what an edge needs; None while a premise has no first estimate yet."""
        out = self._own_needs(edge)
        for fact in edge.body:
            known = self._facts.get(fact)
            if known is None:
                return None
            out |= known
        return out

    def _own_needs(self, edge: Edge) -> frozenset[Need]:
        if edge.index not in self._own:
            controls = _enough(edge.options, edge.held, edge.rare, self.level)
            facts = (Need(fact=fact) for fact in edge.base if fact[0] in self.changeable)
            self._own[edge.index] = frozenset((*controls, *facts))
        return self._own[edge.index]


@lru_cache(maxsize=100_000)
def _enough(options: tuple[Option, ...], held: tuple[Option, ...], rare: int, level: int) -> tuple[Need, ...]:
    """Return the controls of which one alone, on top of what stands, cuts a step at an assurance."""
    return tuple(
        Need(control=option.control, place=option.place)
        for option in options
        if option not in held and points((*held, option), rare) >= level
    )
