"""Prepares the simulation of a system's losses: routes, attempts, controls of each scenario, assumptions."""

from __future__ import annotations

from bartizan.analysis.context import Analysis, Options
from bartizan.analysis.result import Risk
from bartizan.analysis.risk import Scenario, Simulation, assess
from bartizan.analysis.routes import find_routes, positions_of
from bartizan.analysis.state import edges_of, state_of
from bartizan.model import Flow, Range, Verdict, to_range
from bartizan.model.words import Authentication, Encryption


def risk_of(analysis: Analysis, planned: list[tuple[str, str]], options: Options) -> Risk:
    """Simulate a year without controls, with those in place, and with the plan."""
    graph = analysis.graph
    gone = {t: d for t, d in analysis.decisions.items() if d.verdict is not Verdict.ACCEPT}
    removed = edges_of(graph, gone)
    needed = positions_of(analysis.catalog, graph)
    bare = find_routes(graph, state_of(graph, removed=removed, bare=True), needed, analysis.values)
    pairs = {(route.position, route.loss.id) for route in bare}
    now = find_routes(graph, state_of(graph, removed=removed), needed, analysis.values, pairs)
    later = find_routes(graph, state_of(graph, set(planned), removed), needed, analysis.values, pairs)
    attempts = _attempts(analysis)
    standing = {(item.control, item.place): item.status for item in analysis.in_place if item.status == "proven"}
    with_plan = {**standing, **dict.fromkeys(planned, "proven")}
    simulation = Simulation(analysis.catalog, [*bare, *now, *later], attempts, options.trials, options.seed)
    return assess(
        simulation,
        analysis.system.currency,
        analysis.appetite if isinstance(analysis.appetite, float) else None,
        options.seed,
        (Scenario(bare, {}, False), Scenario(now, standing, True), Scenario(later, with_plan, True)),
        assumptions(analysis),
    )


def _attempts(analysis: Analysis) -> dict[str, Range]:
    stated = {item.position: to_range(item.per_year) for item in analysis.system.attempts}
    return {
        name: stated.get(name, to_range(position.per_year)) for name, position in analysis.catalog.positions.items()
    }


def assumptions(analysis: Analysis) -> list[str]:
    """Return what nobody stated and the review had to assume."""
    system = analysis.system
    out = list(system.assumptions)
    unstated = [value.id for value in analysis.values.values() if not value.given]
    if unstated:
        out.append(
            f"money per event by severity, for {len(unstated)} of {len(analysis.values)} losses without `magnitude`"
        )
    stated = {item.position for item in system.attempts}
    out.append(f"attempts per year from the catalog, for {len(analysis.catalog.positions) - len(stated)} positions")
    if system.appetite is None:
        out.append("appetite: losses up to `medium` may remain")
    unknown = [flow.key for flow in system.flows if flow.encryption is Encryption.UNKNOWN and _crosses(analysis, flow)]
    if unknown:
        out.append(f"encryption isn't stated for {len(unknown)} calls between zones, {_some(unknown)}")
    unproven = [flow.key for flow in system.flows if flow.authentication is Authentication.UNKNOWN]
    if unproven:
        out.append(f"authentication isn't stated for {len(unproven)} calls, {_some(unproven)}")
    silent = [flow.key for flow in system.flows if analysis.topology.authority(flow) is None]
    if silent:
        out.append(f"authority isn't stated for {len(silent)} calls and taken as the caller's own, {_some(silent)}")
    claimed = sorted({item.control for item in analysis.in_place if item.status == "claimed"})
    if claimed:
        out.append(f"{len(claimed)} controls are claimed without evidence, {_some(claimed)}")
    return out


def _crosses(analysis: Analysis, flow: Flow) -> bool:
    components = analysis.system.components
    return components[flow.source].zone != components[flow.target].zone


def _some(items: list[str]) -> str:
    shown = ", ".join(f"`{item}`" for item in sorted(items)[:3])
    return f"such as {shown}" if len(items) > 3 else shown
