"""Risk in money: how often attacks get through, times what they cost, as ranges.

Frequency of a loss = attempts of a position per year x the share of them that aim at this loss x the chance of the
likeliest path from that position. Attempts, chances and magnitudes are ranges, drawn by a seeded generator; chances and
controls are drawn once per trial for the whole graph, so that losses that share a step rise and fall together. Method:
FAIR's loss event frequency times loss magnitude (Open FAIR, O-RT 3.0), with vulnerability taken from the attack graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import log

import msgspec
import numpy as np
from numpy.typing import NDArray

from bartizan.analysis.graph import Edge
from bartizan.analysis.losses import LossValue
from bartizan.analysis.result import LossRisk, Risk, Spectrum, Swing
from bartizan.catalog import Catalog
from bartizan.model import Range

Array = NDArray[np.float64]

CLAIM = (0.4, 0.95)
"""The share of its effectiveness that a control which is only claimed is taken to have."""
CURVE_POINTS = 60
MANY = 100
"""Events a year above which their spread no longer matters: counts beyond are scaled up."""
NOTHING = (0.0, 0.0)
"""Events and money of a loss that no route leads to."""


class Route(msgspec.Struct):
    """The likeliest path from a position to a loss, with the controls that stand on each of its edges."""

    loss: LossValue
    position: str
    share: float
    edges: list[Edge]


class Scenario(msgspec.Struct):
    """The likeliest routes under some controls, and those controls as (control, place) to proven or claimed.

    `held`: what the graph's edges hold counts too.
    """

    routes: Sequence[Route]
    controls: Mapping[tuple[str, str], str]
    held: bool


class Simulation:
    """Draws every uncertain input once; scenarios differ only in the controls that stand."""

    def __init__(
        self, catalog: Catalog, routes: Iterable[Route], attempts: Mapping[str, Range], trials: int, seed: int
    ) -> None:
        routes = list(routes)
        self.catalog = catalog
        self.attempts = attempts
        self.trials = trials
        self.random = np.random.default_rng(seed)
        self.tries = {name: self._pert(attempts[name]) for name in sorted(attempts)}
        edges = {edge.index: edge for route in routes for edge in route.edges}
        self.chance = {index: self._pert(Range(*edges[index].likelihood)) for index in sorted(edges)}
        used = {option.control for edge in edges.values() for option in edge.options}
        self.effect = {control: self._effect(control) for control in sorted(used)}
        self.trust = {control: self.random.uniform(*CLAIM, trials) for control in sorted(used)}
        values = {route.loss.id: route.loss for route in routes}
        self.size = {name: self._lognormal(values[name].magnitude) for name in sorted(values)}
        self.luck = {name: self.random.random(trials) for name in sorted(values)}

    def run(
        self, scenario: Scenario, most: dict[tuple[str, str], Array]
    ) -> tuple[Array, dict[str, tuple[float, float]]]:
        """Return the yearly loss per trial, and per loss its mean events and mean money.

        `most` holds the rates of the scenario with fewer controls, which no rate exceeds; it is brought up to date.
        """
        rates: dict[str, Array] = {}
        for route in scenario.routes:
            rate = self.tries[route.position] * route.share * self.chance_of(route, scenario)
            key = (route.position, route.loss.id)
            rate = most[key] = np.minimum(rate, most[key]) if key in most else rate
            rates[route.loss.id] = rates.get(route.loss.id, np.zeros(self.trials)) + rate
        total = np.zeros(self.trials)
        means: dict[str, tuple[float, float]] = {}
        for name, rate in sorted(rates.items()):
            yearly = _events(rate, self.luck[name]) * self.size[name]
            total += yearly
            means[name] = (float(rate.mean()), float((rate * self.size[name]).mean()))
        return total, means

    def chance_of(self, route: Route, scenario: Scenario) -> Array:
        """Return the chance per trial that one attempt gets through a whole route."""
        chance = np.ones(self.trials)
        for edge in route.edges:
            chance = chance * self._success(edge, scenario)
        return chance

    def _success(self, edge: Edge, scenario: Scenario) -> Array:
        chance = self.chance[edge.index]
        for option in edge.options:
            status = scenario.controls.get((option.control, option.place))
            if status is None and scenario.held and option in edge.held:
                status = "claimed"
            if status is not None:
                effect = self.effect[option.control]
                works = effect if status == "proven" else effect * self.trust[option.control]
                chance = chance * (1 - works)
        return chance

    def _effect(self, control: str) -> Array:
        low, high = self.catalog.controls[control].effectiveness
        return self.random.uniform(low, high, self.trials)

    def _pert(self, span: Range) -> Array:
        if span.high <= span.low:
            return np.full(self.trials, span.low)
        width = span.high - span.low
        a = 1 + 4 * (span.mode - span.low) / width
        b = 1 + 4 * (span.high - span.mode) / width
        return span.low + width * self.random.beta(a, b, self.trials)

    def _lognormal(self, span: Range) -> Array:
        if span.low <= 0 or span.high <= span.low:
            return self._pert(span)
        mean = (log(span.low) + log(span.high)) / 2
        sigma = (log(span.high) - log(span.low)) / (2 * 1.6449)
        return np.exp(self.random.normal(mean, sigma, self.trials))


def _events(rate: Array, luck: Array) -> Array:
    """Turn rates into event counts by inverting the Poisson distribution at fixed luck, so scenarios compare fairly."""
    term = np.exp(-np.minimum(rate, MANY))
    cumulative = term.copy()
    count = np.zeros_like(rate)
    number, more = 1, luck > cumulative
    while more.any() and number < 4 * MANY:
        count[more] += 1
        term = term * np.minimum(rate, MANY) / number
        cumulative += term
        number, more = number + 1, luck > cumulative
    scale = np.where(rate > MANY, rate / MANY, 1.0)
    return count * scale


def assess(
    simulation: Simulation,
    currency: str,
    appetite: float | None,
    seed: int,
    scenarios: tuple[Scenario, Scenario, Scenario],
    assumptions: list[str],
) -> Risk:
    """Run the three scenarios (no control, in place, with the plan) and describe what comes out."""
    most: dict[tuple[str, str], Array] = {}
    (bare, bare_means), (now, now_means), (later, later_means) = (simulation.run(s, most) for s in scenarios)
    return Risk(
        currency=currency,
        trials=simulation.trials,
        seed=seed,
        appetite=appetite,
        inherent=_spectrum(bare),
        residual=_spectrum(now),
        planned=_spectrum(later),
        exceedance=_curve(now),
        exceedance_inherent=_curve(bare),
        exceedance_planned=_curve(later),
        tornado=_tornado(simulation, scenarios[1]),
        losses=sorted(
            (
                LossRisk(
                    loss=name,
                    events=round(now_means.get(name, NOTHING)[0], 4),
                    inherent=_money(bare_means[name][1]),
                    residual=_money(now_means.get(name, NOTHING)[1]),
                    planned=_money(later_means.get(name, NOTHING)[1]),
                )
                for name in bare_means
            ),
            key=lambda item: (-item.residual, item.loss),
        ),
        assumptions=assumptions,
    )


def _spectrum(values: Array) -> Spectrum:
    p10, p50, p90 = (float(x) for x in np.percentile(values, (10, 50, 90)))
    return Spectrum(p10=_money(p10), p50=_money(p50), p90=_money(p90), mean=_money(float(values.mean())))


def _curve(values: Array) -> list[list[float]]:
    """Return the loss exceedance curve: money on a log scale against the probability that a year costs more."""
    top = float(values.max())
    if top <= 0:
        return []
    low = max(float(np.percentile(values, 5)), top / 1e5, 1.0)
    ordered = np.sort(values)
    grid = np.geomspace(low, max(top, low * 10), CURVE_POINTS)
    above = 1 - np.searchsorted(ordered, grid, side="right") / len(ordered)
    return [[_money(float(x)), round(float(p), 4)] for x, p in zip(grid, above, strict=True)]


def _tornado(simulation: Simulation, scenario: Scenario, most: int = 10) -> list[Swing]:
    """Move one input at a time to its low and high end and see how the mean yearly loss moves."""
    tries = {name: float(np.mean(values)) for name, values in simulation.tries.items()}
    size = {name: float(values.mean()) for name, values in simulation.size.items()}
    parts: list[tuple[Route, float]] = []
    for route in scenario.routes:
        rate = tries[route.position] * route.share * float(simulation.chance_of(route, scenario).mean())
        parts.append((route, rate * size[route.loss.id]))
    base = sum(part for _, part in parts)
    moved: dict[str, tuple[float, float, float, float]] = {}

    def move(name: str, part: float, middle: float, low: float, high: float) -> None:
        already = moved.get(name, (0.0, middle, low, high))[0]
        moved[name] = (already + part, middle, low, high)

    for route, part in parts:
        span, money = simulation.attempts[route.position], route.loss.magnitude
        move(f"attempts per year: {route.position}", part, tries[route.position], span.low, span.high)
        move(f"money per event: {route.loss.id}", part, size[route.loss.id], money.low, money.high)
        for threat, edge in {edge.threat: edge for edge in route.edges if edge.threat}.items():
            middle = float(simulation.chance[edge.index].mean())
            move(f"chance of success: {threat}", part, middle, edge.likelihood[0], edge.likelihood[2])
    swings = [
        Swing(input=name, low=_money(base + part * (low / middle - 1)), high=_money(base + part * (high / middle - 1)))
        for name, (part, middle, low, high) in moved.items()
        if middle > 0
    ]
    return sorted(swings, key=lambda swing: (-abs(swing.high - swing.low), swing.input))[:most]


def _money(value: float) -> float:
    """Round to three significant digits: more would pretend to know."""
    return float(f"{value:.3g}")
