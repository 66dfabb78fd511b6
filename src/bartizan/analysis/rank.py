"""Ranks threats by what they lead to: the best path through each, weighed by the loss at its end."""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Mapping, Sequence
from math import exp, log

import msgspec

from bartizan.analysis.graph import Graph, Reach


class Onward(msgspec.Struct):
    """For each gained fact, the cheapest way on to a loss (cost, loss fact, -1 when there is none)."""

    cost: list[float]
    loss: list[int]


def onward(
    graph: Graph, reach: Reach, alive: Sequence[bool], price: Sequence[float], worth: Mapping[int, float]
) -> Onward:
    """Find, backwards from the losses, what each fact can still lead to; a loss of worth 1 costs nothing."""
    cost = [float("inf")] * len(graph.facts)
    loss = [-1] * len(graph.facts)
    heap = [(-log(max(value, 1e-6)), fact, fact) for fact, value in sorted(worth.items()) if reach.has(fact)]
    heapq.heapify(heap)
    while heap:
        value, fact, end = heapq.heappop(heap)
        if loss[fact] >= 0:
            continue
        cost[fact], loss[fact] = value, end
        for index in graph.derived_by[fact]:
            edge = graph.edges[index]
            if not alive[index] or not all(reach.has(premise) for premise in edge.body):
                continue
            total = value + price[index] + sum(reach.cost[premise] for premise in edge.body)
            for premise in edge.body:
                if loss[premise] < 0:
                    heapq.heappush(heap, (total - reach.cost[premise], premise, end))
    return Onward(cost, loss)


def through(graph: Graph, index: int, reach: Reach, ahead: Onward, price: Sequence[float]) -> float:
    """Return worth times chance (0 to 1) of the best path through an edge; 0 when there is none."""
    edge = graph.edges[index]
    total = price[index] + ahead.cost[edge.head] + sum(reach.cost[premise] for premise in edge.body)
    return exp(-total) if total < 50 else 0.0


def losses_ahead(graph: Graph, alive: Sequence[bool], reach: Reach, starts: Sequence[int]) -> list[int]:
    """Return the loss facts that can follow from any of the `starts` facts."""
    seen, queue = set(starts), deque(starts)
    while queue:
        for index in graph.used_by[queue.popleft()]:
            edge = graph.edges[index]
            if alive[index] and edge.head not in seen and all(reach.has(fact) for fact in edge.body):
                seen.add(edge.head)
                queue.append(edge.head)
    return sorted(fact for fact in seen if graph.facts[fact][0] == "loss")


def still_leading(graph: Graph, alive: Sequence[bool], reach: Reach, losses: Sequence[int]) -> set[int]:
    """Return the edges that take part in some derivation of any of the `losses`."""
    seen, queue, found = set(losses), deque(loss for loss in losses if reach.has(loss)), set[int]()
    while queue:
        for index in graph.derived_by[queue.popleft()]:
            edge = graph.edges[index]
            if alive[index] and all(reach.has(fact) for fact in edge.body):
                found.add(index)
                for fact in edge.body:
                    if fact not in seen:
                        seen.add(fact)
                        queue.append(fact)
    return found
