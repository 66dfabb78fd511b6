"""The cheapest set of controls that cuts every path to a loss above the appetite.

The attack graph goes to the solver once per demanded assurance: at assurance n a step holds unless what stands at it
reaches n points. Controls are choices, a derivable loss is forbidden, cost is minimised with unsatisfiable cores, which
also yields the lower bound that the gap is measured from.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import clingo
import msgspec

from bartizan.analysis.encode import Encoding, encode
from bartizan.analysis.graph import Graph, cheapest
from bartizan.analysis.state import State, state_of

SCALE = 10
"""Costs enter the solver as tenths of a person-day."""


class Price(msgspec.Struct, frozen=True):
    """What a control costs, in person-days of the first year."""

    once: float
    each: float


class Choice(msgspec.Struct):
    """The solver's answer: (control, place) pairs, cost, whether proven, relative gap, and other optima."""

    chosen: list[tuple[str, str]]
    cost: float
    optimal: bool
    gap: float
    alternatives: list[list[tuple[str, str]]]
    kept_open: list[int]


def cost_of(chosen: Sequence[tuple[str, str]], prices: Mapping[str, Price], present: frozenset[str]) -> float:
    """Return the cost of deploying `chosen`; controls already `present` in the system don't pay `once` again."""
    controls = {control for control, _ in chosen}
    once = sum(prices[control].once for control in sorted(controls - present))
    return round(once + sum(prices[control].each for control, _ in chosen), 2)


def unreachable(graph: Graph, demands: Mapping[int, int], removed: frozenset[int]) -> set[int]:
    """Return the losses that stay derivable at their demand even with every control of the catalog."""
    everything = {(option.control, option.place) for edge in graph.edges for option in edge.options}
    full = state_of(graph, everything, removed)
    out: set[int] = set()
    for level in sorted(set(demands.values())):
        reach = cheapest(graph, full.alive(level), full.price)
        out |= {loss for loss, wanted in demands.items() if wanted == level and reach.has(loss)}
    return out


def choose(
    graph: Graph,
    state: State,
    demands: Mapping[int, int],
    worth: Mapping[int, float],
    prices: Mapping[str, Price],
    present: frozenset[str],
    *,
    budget: float | None,
    alternatives: int,
    effort: int,
) -> Choice:
    """Choose controls so that no loss in `demands` (fact number to points) is derivable at its demand.

    With a `budget` (person-days) the worth of what stays open is minimised first, cost second. The search stops after
    `effort` conflicts with the best found and its gap: a bound on work, not on time, so that results repeat.
    """
    open_losses = {loss: demands[loss] for loss in still_open(graph, state, demands)}
    if not open_losses:
        return Choice([], 0.0, True, 0.0, [], [])
    encoding = encode(graph, state, open_losses)
    return _Search(encoding, worth, prices, present, budget, effort).run(alternatives)


def still_open(graph: Graph, state: State, demands: Mapping[int, int]) -> list[int]:
    """Return the losses that can be reached past everything that meets their demand, in order."""
    out = []
    for level in sorted(set(demands.values())):
        reach = cheapest(graph, state.alive(level), state.price)
        out += [loss for loss, wanted in demands.items() if wanted == level and reach.has(loss)]
    return sorted(out)


class _Search:
    def __init__(
        self,
        encoding: Encoding,
        worth: Mapping[int, float],
        prices: Mapping[str, Price],
        present: frozenset[str],
        budget: float | None,
        effort: int,
    ) -> None:
        self.encoding = encoding
        self.worth = worth
        self.prices = prices
        self.present = present
        self.budget = budget
        self.effort = effort

    def run(self, alternatives: int) -> Choice:
        control = self._control(["--opt-strategy=usc,oll,stratify,disjoint"])
        found = self._optimise(control)
        if found is None:
            return self._first()
        chosen, kept, value, proven = found
        cost = cost_of(chosen, self.prices, self.present)
        lower = control.statistics.get("summary", {}).get("lower", [0.0])
        gap = 0.0 if proven or not value else round(max(0.0, 1 - float(lower[-1]) / value), 4)
        wanted = alternatives if proven and self.budget is None else 0
        return Choice(chosen, cost, proven, gap, self._alternatives(value, wanted, chosen) if wanted else [], kept)

    def _first(self) -> Choice:
        """Answer a search that ended before it found anything: everything, or, within a budget, nothing."""
        if self.budget is not None:
            return Choice([], 0.0, False, 1.0, [], sorted(self.encoding.losses))
        chosen = self.encoding.everything()
        return Choice(chosen, cost_of(chosen, self.prices, self.present), False, 1.0, [], [])

    def _control(self, options: list[str]) -> clingo.Control:
        control = clingo.Control([*options, "--warn=none", "--seed=1", f"--solve-limit={self.effort}"])
        self.encoding.write(control, self.prices, self.present, SCALE, self.worth, self.budget)
        return control

    def _optimise(self, control: clingo.Control) -> tuple[list[tuple[str, str]], list[int], int, bool] | None:
        """Return the best answer, its cost as the solver counts it, and whether it is proven; None without any."""
        best: tuple[list[tuple[str, str]], list[int], int] | None = None
        with control.solve(yield_=True) as handle:
            for model in handle:
                best = (*self.encoding.read(model), model.cost[-1])
            result = handle.get()
        return None if best is None else (*best, bool(result.exhausted))

    def _alternatives(self, value: int, wanted: int, chosen: list[tuple[str, str]]) -> list[list[tuple[str, str]]]:
        control = self._control([f"--opt-mode=enum,{value}", f"--models={wanted + 1}", "--project=show"])
        found: list[list[tuple[str, str]]] = []
        with control.solve(yield_=True) as handle:
            for model in handle:
                pairs, _ = self.encoding.read(model)
                if pairs != chosen and len(found) < wanted:
                    found.append(pairs)
        return sorted(found)
