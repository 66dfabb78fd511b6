"""The attack graph: which gained facts follow from which, by which step, and what stands against each step."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from math import log

import msgspec

from bartizan.analysis.program import Instance
from bartizan.catalog import Catalog, Fact

STRONG = 4
"""Points from which a control holds by construction, and the highest demand."""
FILTERS = 3
"""The most that controls which only work often can add up to, however many there are."""
WEAK_ONLY = 2
"""The most that weak controls alone can add up to: two judges of the same content are rarely wrong apart."""
MODERATE = 2
WITHOUT_STRONG = 5
"""What rarity and other controls must reach together where a demand of STRONG is to be met without a strong one."""
RARITY = ((0.02, 3), (0.1, 2), (0.2, 1))
"""A step that rarely works by itself starts with points: chance up to which, points."""
STEP_COST = 0.01
"""What passing content on costs in -ln(probability), so that of two equal paths the shorter is shown."""


class Option(msgspec.Struct, frozen=True, order=True, gc=False):
    """A control at a place, and the points by which it lowers a step's success."""

    control: str
    place: str
    points: int


class Edge(msgspec.Struct, gc=False):
    """One step of the graph: gaining `head` needs every fact in `body`; `base` are facts of the system it rests on."""

    index: int
    instance: Instance
    at: str
    head: int
    body: tuple[int, ...]
    base: tuple[Fact, ...]
    options: tuple[Option, ...]
    cost: float
    likelihood: tuple[float, float, float]
    threat: str
    """`rule@component`, empty for steps that are no weakness of their own."""
    rare: int = 0
    """Points that the step has because it rarely works."""
    held: tuple[Option, ...] = ()
    """The options that are in place."""

    @property
    def rule(self) -> str:
        """The rule's id."""
        return self.instance.rule


class Graph(msgspec.Struct):
    """Facts gained (by number), the edges that derive them, and the edges that use them."""

    facts: list[Fact]
    edges: list[Edge]
    derived_by: list[list[int]]
    used_by: list[list[int]]
    arity: list[int]
    """how many facts each edge needs"""
    entries: list[int]
    """the edges that need none"""
    heads: list[int]

    def number(self, fact: Fact) -> int:
        """Return the number of a gained fact. Raises ValueError when nobody gains it."""
        return self.facts.index(fact)

    def losses(self) -> list[int]:
        """Return the numbers of all loss facts, in order."""
        return [number for number, fact in enumerate(self.facts) if fact[0] == "loss"]


def rarity(chance: float) -> int:
    """Return the points that a step has by itself because it rarely works."""
    return next((points for limit, points in RARITY if chance <= limit), 0)


def points(options: Iterable[Option], rare: int = 0) -> int:
    """Return what controls at one step reach together with its own rarity, on the scale of demands.

    A strong control holds. Others add up: weak ones alone to at most WEAK_ONLY, with a moderate one among them to at
    most FILTERS. Without a strong control the highest demand is met from WITHOUT_STRONG points on.
    """
    best: dict[str, int] = {}
    for option in options:
        if option.points >= STRONG:
            return STRONG
        best[option.control] = max(option.points, best.get(option.control, 0))
    most = FILTERS if any(value >= MODERATE for value in best.values()) else WEAK_ONLY
    total = rare + min(sum(best.values()), most)
    return STRONG if total >= WITHOUT_STRONG else min(total, FILTERS)


def build_graph(catalog: Catalog, kinds: Mapping[str, str], instances: Sequence[Instance]) -> Graph:
    """Build the graph from ground instances.

    `kinds` gives the kind of each component where the owner can put a control.
    """
    gained = catalog.gained
    facts = sorted({instance.head for instance in instances})
    number = {fact: index for index, fact in enumerate(facts)}
    edges: list[Edge] = []
    derived_by: list[list[int]] = [[] for _ in facts]
    used_by: list[list[int]] = [[] for _ in facts]
    placing = _Placing(catalog, kinds)
    for index, instance in enumerate(instances):
        rule = catalog.rules[instance.rule]
        at = instance.value(rule.at)
        threat = catalog.threats.get(rule.id)
        low, mode, high = threat.likelihood if threat else (1.0, 1.0, 1.0)
        edge = Edge(
            index=index,
            instance=instance,
            at=at,
            head=number[instance.head],
            body=tuple(sorted({number[fact] for fact in instance.body if fact[0] in gained})),
            base=tuple(fact for fact in instance.body if fact[0] not in gained),
            options=placing.options(instance),
            cost=STEP_COST if threat is None else STEP_COST - _ln(mode),
            likelihood=(low, mode, high),
            threat=f"{rule.id}@{at}" if threat else "",
            rare=rarity(mode),
        )
        edges.append(edge)
        derived_by[edge.head].append(index)
        for fact in edge.body:
            used_by[fact].append(index)
    arity = [len(edge.body) for edge in edges]
    return Graph(
        facts,
        edges,
        derived_by,
        used_by,
        arity,
        [i for i, needs in enumerate(arity) if not needs],
        [e.head for e in edges],
    )


class _Placing:
    """Works out, once per rule and places, which controls can be put where."""

    def __init__(self, catalog: Catalog, kinds: Mapping[str, str]) -> None:
        self.catalog = catalog
        self.kinds = kinds
        self.cuts: dict[str, list[tuple[str, int, str]]] = {
            name: list(rule.cuts) for name, rule in catalog.rules.items()
        }
        for control in catalog.controls.values():
            for rule, strength, at in control_cuts(control):
                self.cuts[rule].append((control.id, strength, at or catalog.rules[rule].at))
        self.variables = {name: sorted({at for _, _, at in cuts} - {"system"}) for name, cuts in self.cuts.items()}
        self.known: dict[tuple[str, ...], tuple[Option, ...]] = {}

    def options(self, instance: Instance) -> tuple[Option, ...]:
        """Return the controls that bear on a step, each at every place where it can stand."""
        binding = dict(instance.binding)
        places = {name: binding.get(name, name) for name in self.variables[instance.rule]}
        key = (instance.rule, *places.values())
        if key not in self.known:
            self.known[key] = self._options(instance.rule, places)
        return self.known[key]

    def _options(self, rule: str, places: Mapping[str, str]) -> tuple[Option, ...]:
        found: dict[tuple[str, str], int] = {}
        for control, strength, at in self.cuts[rule]:
            entry = self.catalog.controls.get(control)
            if entry is None:
                continue
            spots = ["system"] if "system" in entry.placement else []
            if at != "system" and self._stands(control, places[at]):
                spots.append(places[at])
            for spot in spots:
                found[control, spot] = max(strength, found.get((control, spot), 0))
        return tuple(Option(control, place, strength) for (control, place), strength in sorted(found.items()))

    def _stands(self, control: str, place: str) -> bool:
        return self.kinds.get(place) in self.catalog.controls[control].placement


def control_cuts(control: object) -> list[tuple[str, int, str]]:
    """Return the rules that a control file names itself, as (rule, points, variable or empty)."""
    cuts = getattr(control, "cuts", {})
    return [
        (rule, cut.strength.points, cut.at) if hasattr(cut, "strength") else (rule, cut.points, "")
        for rule, cut in cuts.items()
    ]


def _ln(value: float) -> float:
    return log(max(value, 1e-6))


class Reach(msgspec.Struct):
    """The cheapest derivation of each fact: its cost (infinite when not derivable) and the edge that gives it."""

    cost: list[float]
    by: list[int]

    def has(self, fact: int) -> bool:
        """Tell whether a fact is derivable."""
        return self.by[fact] >= 0


def cheapest(graph: Graph, alive: Sequence[bool], price: Sequence[float]) -> Reach:
    """Find the likeliest derivation of every fact, by Knuth's generalisation of Dijkstra's algorithm to AND/OR graphs.

    `alive` says which edges count; `price` is their cost in -ln(probability).
    """
    infinite = float("inf")
    cost = [infinite] * len(graph.facts)
    by = [-1] * len(graph.facts)
    missing = list(graph.arity)
    total = list(price)
    heads = graph.heads
    heap: list[tuple[float, int]] = []
    for index in graph.entries:
        if alive[index] and price[index] < cost[heads[index]]:
            cost[heads[index]] = price[index]
            heap.append((price[index], index))
    heapq.heapify(heap)
    while heap:
        value, index = heapq.heappop(heap)
        head = heads[index]
        if by[head] >= 0:
            continue
        by[head] = index
        for user in graph.used_by[head]:
            if alive[user]:
                missing[user] -= 1
                total[user] += value
                if missing[user] == 0 and total[user] < cost[heads[user]]:
                    cost[heads[user]] = total[user]
                    heapq.heappush(heap, (total[user], user))
    return Reach(cost, by)


def proof(graph: Graph, reach: Reach, fact: int) -> list[Edge]:
    """Return the edges of the cheapest derivation of a fact, premises before what they lead to, each once."""
    order: list[Edge] = []
    done: set[int] = set()
    stack: list[tuple[int, bool]] = [(fact, False)]
    while stack:
        current, ready = stack.pop()
        edge = graph.edges[reach.by[current]]
        if ready:
            order.append(edge)
        elif current not in done:
            done.add(current)
            stack.append((current, True))
            stack.extend((premise, False) for premise in reversed(edge.body) if premise not in done)
    return order
