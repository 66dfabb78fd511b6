"""The attack graph as a ground logic program for the solver."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

import clingo
import msgspec

from bartizan.analysis.graph import MODERATE, STRONG, WEAK_ONLY, WITHOUT_STRONG, Edge, Graph, Option, points
from bartizan.analysis.state import State

if TYPE_CHECKING:
    from bartizan.analysis.minimum import Price


class Encoding(msgspec.Struct):
    """What the solver must know: steps per assurance, the controls to choose from, the losses to forbid."""

    graph: Graph
    steps: dict[int, list[int]]
    """assurance -> edges on some way to a loss that demands it"""
    losses: dict[int, int]
    """loss fact -> assurance"""
    candidates: list[tuple[str, str]]

    def everything(self) -> list[tuple[str, str]]:
        """Return all candidates: the answer that is always feasible."""
        return list(self.candidates)

    def read(self, model: clingo.Model) -> tuple[list[tuple[str, str]], list[int]]:
        """Return the chosen (control, place) pairs and the losses left open, in order."""
        chosen, kept = [], []
        for symbol in model.symbols(shown=True):
            if symbol.name == "deploy":
                chosen.append(self.candidates[symbol.arguments[0].number])
            else:
                kept.append(symbol.arguments[0].number)
        return sorted(chosen), sorted(kept)

    def write(
        self,
        control: clingo.Control,
        prices: Mapping[str, Price],
        present: frozenset[str],
        scale: int,
        worth: Mapping[int, float],
        budget: float | None,
    ) -> None:
        """Write the program into a solver. With a budget, losses may stay open at the price of their worth."""
        control.add("base", [], "#show deploy/1. #show open/1.")
        control.ground([("base", [])])
        with control.backend() as backend:
            _Writer(self, backend, prices, present, scale).write(worth, budget)


class _Writer:
    def __init__(
        self,
        encoding: Encoding,
        backend: clingo.Backend,
        prices: Mapping[str, Price],
        present: frozenset[str],
        scale: int,
    ) -> None:
        self.encoding = encoding
        self.backend = backend
        self.prices = prices
        self.present = present
        self.scale = scale
        self.deploy: dict[tuple[str, str], int] = {}
        self.cuts: dict[tuple[Missing, tuple[tuple[tuple[str, str], int], ...]], int] = {}
        self.kept: dict[int, int] = {}

    def write(self, worth: Mapping[int, float], budget: float | None) -> None:
        for index, pair in enumerate(self.encoding.candidates):
            atom = self.backend.add_atom(clingo.Function("deploy", [clingo.Number(index)]))
            self.deploy[pair] = atom
            self.backend.add_rule([atom], [], choice=True)
        costs = self._costs()
        for level, steps in sorted(self.encoding.steps.items()):
            self._level(level, steps, budget is not None)
        self.backend.add_minimize(0, costs)
        if budget is None:
            return
        self.backend.add_minimize(
            1, [(self.kept[loss], max(1, round(100 * worth[loss]))) for loss in sorted(self.kept)]
        )
        over = self.backend.add_atom()
        self.backend.add_weight_rule([over], round(budget * self.scale) + 1, costs)
        self.backend.add_rule([], [over])

    def _costs(self) -> list[tuple[int, int]]:
        costs = [(atom, max(1, round(self.prices[pair[0]].each * self.scale))) for pair, atom in self.deploy.items()]
        for control in sorted({control for control, _ in self.deploy} - self.present):
            once = round(self.prices[control].once * self.scale)
            if once:
                used = self.backend.add_atom()
                for pair, atom in self.deploy.items():
                    if pair[0] == control:
                        self.backend.add_rule([used], [atom])
                costs.append((used, once))
        return costs

    def _level(self, level: int, steps: list[int], soft: bool) -> None:
        graph = self.encoding.graph
        holds: dict[int, int] = {}

        def atom(fact: int) -> int:
            if fact not in holds:
                holds[fact] = self.backend.add_atom()
            return holds[fact]

        for index in steps:
            edge = graph.edges[index]
            body = [atom(fact) for fact in edge.body]
            cut = self._cut(edge, level)
            self.backend.add_rule([atom(edge.head)], body if cut is None else [*body, -cut])
        if not soft:
            for loss, wanted in self.encoding.losses.items():
                if wanted == level and loss in holds:
                    self.backend.add_rule([], [holds[loss]])
            return
        for loss, wanted in self.encoding.losses.items():
            if wanted == level and loss in holds:
                kept = self.backend.add_atom(clingo.Function("open", [clingo.Number(loss)]))
                self.backend.add_rule([kept], [holds[loss]])
                self.kept[loss] = kept

    def _cut(self, edge: Edge, level: int) -> int | None:
        """Return the atom that says the step is cut at this assurance, None when nothing can cut it."""
        options = useful(edge, level)
        if not options:
            return None
        missing = Missing.of(edge, level)
        key = (missing, options)
        if key in self.cuts:
            return self.cuts[key]
        cut = self.cuts[key] = self.backend.add_atom()
        others = self._others(options)
        for pair, strength in options:
            if strength >= STRONG:
                self.backend.add_rule([cut], [self.deploy[pair]])
        if others:
            enough = self.backend.add_atom()
            self.backend.add_weight_rule([enough], missing.points, others)
            if not missing.moderate:
                self.backend.add_rule([cut], [enough])
            for atom, strength in others if missing.moderate else []:
                if strength >= MODERATE:
                    self.backend.add_rule([cut], [enough, atom])
        return cut

    def _others(self, options: tuple[tuple[tuple[str, str], int], ...]) -> list[tuple[int, int]]:
        """Return the controls that add up, each once with its best points, wherever it is placed."""
        places: dict[str, list[tuple[int, int]]] = {}
        for pair, strength in options:
            if strength < STRONG:
                places.setdefault(pair[0], []).append((self.deploy[pair], strength))
        out = []
        for spots in places.values():
            if len(spots) == 1:
                out += spots
                continue
            anywhere = self.backend.add_atom()
            for atom, _ in spots:
                self.backend.add_rule([anywhere], [atom])
            out.append((anywhere, max(strength for _, strength in spots)))
        return out


class Missing(msgspec.Struct, frozen=True):
    """What controls that work often must still add at a step: points, and whether one of them must be moderate."""

    points: int
    moderate: bool

    @classmethod
    def of(cls, edge: Edge, level: int) -> Missing:
        """Work out what is missing at a step that what stands there doesn't cut."""
        target = (level if level < STRONG else WITHOUT_STRONG) - edge.rare
        held: dict[str, int] = {option.control: option.points for option in edge.held}
        moderate = target > WEAK_ONLY and not any(value >= MODERATE for value in held.values())
        return cls(max(1, target - sum(held.values())), moderate)


def useful(edge: Edge, level: int) -> tuple[tuple[tuple[str, str], int], ...]:
    """Return the controls that could help to cut a step at an assurance: strong ones, and others if they can add up.

    A control that already stands there, or that can stand for the whole system, isn't offered at the component too.
    """
    return _useful(edge.options, edge.held, edge.rare, level)


@lru_cache(maxsize=100_000)
def _useful(
    options: tuple[Option, ...], standing: tuple[Option, ...], rare: int, level: int
) -> tuple[tuple[tuple[str, str], int], ...]:
    held = {option.control for option in standing}
    whole = {option.control for option in options if option.place == "system"}
    free = [
        option
        for option in options
        if option.control not in held and (option.place == "system" or option.control not in whole)
    ]
    adds_up = points((o for o in (*standing, *free) if o.points < STRONG), rare) >= level
    return tuple(
        ((option.control, option.place), option.points) for option in free if option.points >= STRONG or adds_up
    )


def encode(graph: Graph, state: State, losses: dict[int, int]) -> Encoding:
    """Keep what lies on a way to a loss, at the assurance that the loss demands."""
    steps: dict[int, list[int]] = {}
    candidates: set[tuple[str, str]] = set()
    for level in sorted(set(losses.values())):
        alive = state.alive(level)
        wanted = [loss for loss, demanded in losses.items() if demanded == level]
        steps[level] = _cone(graph, alive, wanted)
        for index in steps[level]:
            candidates.update(pair for pair, _ in useful(graph.edges[index], level))
    return Encoding(graph, steps, losses, sorted(candidates))


def _cone(graph: Graph, alive: list[bool], wanted: list[int]) -> list[int]:
    found: set[int] = set()
    seen = set(wanted)
    queue = deque(wanted)
    while queue:
        for index in graph.derived_by[queue.popleft()]:
            if alive[index] and index not in found:
                found.add(index)
                for fact in graph.edges[index].body:
                    if fact not in seen:
                        seen.add(fact)
                        queue.append(fact)
    return sorted(found)
