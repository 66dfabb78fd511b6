"""Which single change removes a threat: what stands in every one of its derivations.

For each gained fact the set of things that every derivation needs is the intersection over its derivations of what
those need; a thing is a fact of the system that someone can change, or a control that would cut a step on the way. The
sets are the greatest solution of that equation, found by iteration, as dominators are in a flow graph.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
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
    """What every derivation of a fact or of an edge needs, at one assurance; needs are numbered while solving."""

    def __init__(self, graph: Graph, state: State, reach: Reach, level: int, changeable: frozenset[str]) -> None:
        self.graph = graph
        self.reach = reach
        self.level = level
        self.changeable = changeable
        alive = state.alive(level)
        self.works = [alive[edge.index] and all(reach.by[fact] >= 0 for fact in edge.body) for edge in graph.edges]
        self._numbers: dict[Need, int] = {}
        self._own: dict[int, frozenset[int]] = {}
        self._facts: dict[int, frozenset[int]] = {}

    def prepare(self, edges: Iterable[Edge]) -> None:
        """Solve for everything that the given edges rest on, in one go."""
        self._solve({fact for edge in edges if self.works[edge.index] for fact in edge.body})

    def of_edges(self, edges: Iterable[Edge]) -> frozenset[Need]:
        """Return what removes all of the given edges at once; they must have been prepared."""
        found = self._common(edge.index for edge in edges)
        names = list(self._numbers)
        return frozenset(names[number] for number in found or ())

    def _solve(self, targets: set[int]) -> None:
        cone = self._cone(targets)
        queue = deque(sorted(cone, key=lambda fact: self.reach.cost[fact]))
        waiting = set(cone)
        while queue:
            fact = queue.popleft()
            waiting.discard(fact)
            need = self._common(self.graph.derived_by[fact])
            if need is None or self._facts.get(fact) == need:
                continue
            self._facts[fact] = need
            for user in self.graph.used_by[fact]:
                head = self.graph.heads[user]
                if head in cone and head not in waiting and self.works[user]:
                    waiting.add(head)
                    queue.append(head)

    def _cone(self, targets: set[int]) -> set[int]:
        seen, queue = set(targets), deque(sorted(targets))
        while queue:
            for index in self.graph.derived_by[queue.popleft()]:
                if self.works[index]:
                    new = [fact for fact in self.graph.edges[index].body if fact not in seen]
                    seen.update(new)
                    queue.extend(new)
        return seen

    def _common(self, indexes: Iterable[int]) -> frozenset[int] | None:
        """Return what all of some edges need; None while none of them has a first estimate."""
        found: frozenset[int] | None = None
        for index in indexes:
            need = self._edge(index) if self.works[index] else None
            if need is not None:
                found = need if found is None else found & need
                if not found:
                    break
        return found

    def _edge(self, index: int) -> frozenset[int] | None:
        """Return what an edge needs; None while a premise has no first estimate yet."""
        edge = self.graph.edges[index]
        out = self._own.get(index)
        if out is None:
            out = self._own[index] = self._own_needs(edge)
        for fact in edge.body:
            known = self._facts.get(fact)
            if known is None:
                return None
            if known:
                out |= known
        return out

    def _own_needs(self, edge: Edge) -> frozenset[int]:
        controls = _enough(edge.options, edge.held, edge.rare, self.level)
        facts = (Need(fact=fact) for fact in edge.base if fact[0] in self.changeable)
        return frozenset(self._numbers.setdefault(need, len(self._numbers)) for need in (*controls, *facts))


@lru_cache(maxsize=100_000)
def _enough(options: tuple[Option, ...], held: tuple[Option, ...], rare: int, level: int) -> tuple[Need, ...]:
    """Return the controls of which one alone, on top of what stands, cuts a step at an assurance."""
    return tuple(
        Need(control=option.control, place=option.place)
        for option in options
        if option not in held and points((*held, option), rare) >= level
    )
