"""The control plan: what is in place, the cheapest set that is missing, and other sets of the same cost."""

from __future__ import annotations

from collections import defaultdict

from bartizan.analysis.context import Analysis, Options
from bartizan.analysis.minimum import Price, choose, unreachable
from bartizan.analysis.result import Placement, Plan


def make_plan(analysis: Analysis, options: Options) -> Plan:
    """Choose the cheapest controls after which no loss above the appetite is reachable."""
    catalog, graph, state = analysis.catalog, analysis.graph, analysis.state
    prices = {name: Price(control.cost.once, control.cost.each) for name, control in catalog.controls.items()}
    present = frozenset(item.control for item in analysis.in_place if item.counts)
    hopeless = unreachable(graph, analysis.demands, state.removed)
    wanted = {loss: points for loss, points in analysis.demands.items() if loss not in hopeless}
    choice = choose(
        graph,
        state,
        wanted,
        {loss: value.worth for loss, value in analysis.values.items()},
        prices,
        present,
        budget=options.budget,
        alternatives=options.alternatives,
        effort=options.effort,
    )
    cuts = _cuts(analysis)

    def place(pairs: list[tuple[str, str]]) -> list[Placement]:
        fresh, out = set(present), []
        for control, where in pairs:
            price = prices[control]
            cost = price.each + (0.0 if control in fresh else price.once)
            fresh.add(control)
            out.append(_placement(analysis, control, where, round(cost, 2), cuts))
        return out

    return Plan(
        in_place=[
            _placement(analysis, item.control, item.place, 0.0, cuts, item.status)
            for item in analysis.in_place
            if item.control in catalog.controls
        ],
        minimum=place(choice.chosen),
        cost=choice.cost,
        optimal=choice.optimal,
        gap=choice.gap,
        alternatives=[place(pairs) for pairs in choice.alternatives],
        unreachable=sorted(analysis.values[loss].id for loss in hopeless),
        kept_open=sorted(analysis.values[loss].id for loss in choice.kept_open),
    )


def _placement(
    analysis: Analysis,
    control: str,
    where: str,
    cost: float,
    cuts: dict[tuple[str, str], set[str]],
    status: str = "",
) -> Placement:
    found = set[str]()
    for part in where.split("->"):
        found |= cuts.get((control, part), set())
    title = analysis.catalog.controls[control].title
    return Placement(control=control, title=title, placement=where, cost=cost, cuts=sorted(found), status=status)


def _cuts(analysis: Analysis) -> dict[tuple[str, str], set[str]]:
    """Return which threats each control at each place bears on."""
    out: dict[tuple[str, str], set[str]] = defaultdict(set)
    for edge in analysis.graph.edges:
        if edge.threat:
            for option in edge.options:
                out[option.control, option.place].add(edge.threat)
    return out
