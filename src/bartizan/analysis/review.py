"""The review of one system: everything that the analysis derives, put together."""

from __future__ import annotations

from datetime import date

import msgspec

from bartizan.analysis.context import Analysis, Options
from bartizan.analysis.coverage import coverage
from bartizan.analysis.evidence import as_found, evidence_notes, evidence_views
from bartizan.analysis.explain import Speaker
from bartizan.analysis.facts import system_facts
from bartizan.analysis.graph import build_graph
from bartizan.analysis.losses import demand, is_ours, value_loss
from bartizan.analysis.minimum import still_open
from bartizan.analysis.money import risk_of
from bartizan.analysis.paths import Path, find_paths
from bartizan.analysis.placements import controls_in_place
from bartizan.analysis.plan import make_plan
from bartizan.analysis.program import derive
from bartizan.analysis.result import LabelView, LossView, PathStep, PathView, Review, SystemRef
from bartizan.analysis.routes import positions_of
from bartizan.analysis.scanned import as_scanned, scan_notes, scan_views
from bartizan.analysis.spread import labels, spread_data
from bartizan.analysis.state import edges_of, hold, state_of
from bartizan.analysis.threats import list_threats
from bartizan.analysis.topology import Topology
from bartizan.catalog import Catalog
from bartizan.model import Decision, Level, System

DEFAULT_APPETITE = Level.MEDIUM
TRUST = {name: rank for rank, name in enumerate(("outsider", "customer", "supplier", "partner", "vendor", "insider"))}
"""Of equal paths the one of the least trusted attacker is shown."""


def review(system: System, catalog: Catalog, *, as_of: date, options: Options | None = None) -> Review:
    """Review a system on a day: threats, paths, controls, risk, coverage, labels. Same input, same result.

    Where something was found in a data asset that its class or categories don't cover, the review is about the asset
    as it was found. Where a scan found a component dangerous, an attacker is taken to be in it already.
    """
    made = _review(system, catalog, as_of, options or Options())
    grown = _outgrown(made)
    if not grown:
        return made
    # What was decided about them was about less: once more, as if nobody had.
    left = [decision for decision in system.decisions if decision.threat not in grown]
    again = _review(msgspec.structs.replace(system, decisions=left), catalog, as_of, options or Options())
    return msgspec.structs.replace(again, notes=sorted([*again.notes, *grown.values()]))


def _outgrown(made: Review) -> dict[str, str]:
    """Return the threats that are severer than when somebody decided about them, each with a sentence that says so."""
    found = {}
    for view in (*made.threats, *made.appendix):
        then = view.decision.severity if view.decision else None
        if then is not None and view.severity.rank > then.rank:
            found[view.id] = (
                f"the decision about `{view.id}` was made when its severity was {then}; it is {view.severity} now, so "
                "the decision counts no longer"
            )
    return found


def _review(system: System, catalog: Catalog, as_of: date, options: Options) -> Review:
    declared, system = system, as_scanned(as_found(system, as_of), as_of)
    analysis = analyse(system, catalog, as_of, options)
    speaker = Speaker(catalog, system)
    order = sorted(catalog.positions, key=lambda name: (TRUST.get(name, len(TRUST)), name))
    needed = positions_of(catalog, analysis.graph)
    paths = find_paths(analysis.graph, analysis.state, needed, order, analysis.values, analysis.demands)
    plan = make_plan(analysis, options)
    threats, appendix = list_threats(analysis, speaker, paths)
    planned = [(item.control, item.placement) for item in plan.minimum]
    label_of = labels(analysis.topology, analysis.spread)
    open_losses = set(still_open(analysis.graph, analysis.state, analysis.demands))
    return Review(
        system=SystemRef(id=system.id, name=system.name or system.id),
        as_of=as_of,
        appetite=analysis.appetite,
        threats=threats,
        appendix=appendix,
        paths=[path_view(path, analysis, speaker) for path in paths],
        losses=_losses(analysis, open_losses),
        controls=plan,
        risk=risk_of(analysis, planned, options),
        coverage=coverage(
            catalog,
            analysis.graph,
            [item.control for item in analysis.in_place if item.counts],
            [control for control, _ in planned],
        ),
        labels={
            name: LabelView(
                confidentiality=system.scheme.name(label.level),
                categories=sorted(category.value for category in label.categories),
                integrity=label.integrity.word,
            )
            for name, label in sorted(label_of.items())
        },
        notes=sorted({*_notes(analysis, as_of), *evidence_notes(declared, as_of), *scan_notes(declared, as_of)}),
        data_evidence=evidence_views(declared, as_of),
        scan_evidence=scan_views(declared, as_of),
    )


def analyse(system: System, catalog: Catalog, as_of: date, options: Options) -> Analysis:
    """Build the attack graph of a system and everything that the parts of a review start from."""
    topology = Topology(system)
    spread = spread_data(topology)
    instances = derive(catalog.rules, system_facts(topology, spread, catalog.positions), catalog.vocabulary)
    ours = {name: kind for name, kind in topology.kind.items() if topology.ours(name)}
    graph = build_graph(catalog, ours, instances)
    in_place = controls_in_place(topology, as_of)
    hold(graph, in_place, proven_only=options.proven)
    values = {
        fact: value_loss(topology, spread.handles, graph.facts[fact])
        for fact in graph.losses()
        if is_ours(topology, graph.facts[fact])
    }
    appetite = options.appetite if options.appetite is not None else system.appetite
    appetite = DEFAULT_APPETITE if appetite is None else appetite
    demands = {fact: points for fact, value in values.items() if (points := demand(value, appetite))}
    decisions = standing_decisions(system, as_of)
    removed = edges_of(graph, decisions)
    state = state_of(graph, removed=removed)
    return Analysis(system, catalog, topology, spread, graph, in_place, values, demands, appetite, decisions, state)


def standing_decisions(system: System, as_of: date) -> dict[str, Decision]:
    """Return for each threat id the last decision about it, where that one is still valid on the day."""
    last = {decision.threat: decision for decision in system.decisions}
    return {threat: decision for threat, decision in last.items() if decision.until >= as_of}


def path_view(path: Path, analysis: Analysis, speaker: Speaker) -> PathView:
    """Put a path into words: its threats in order, and the components it passes."""
    catalog = analysis.catalog
    steps, via = [], list[str]()
    for edge in path.edges:
        components = _components(edge.instance.binding, analysis.topology)
        for name in [*(c for c in components if c != edge.at), edge.at]:
            if name in components and (not via or via[-1] != name):
                via.append(name)
        if not edge.threat:
            continue
        threat = catalog.threats[edge.rule]
        steps.append(
            PathStep(
                threat=edge.threat,
                rule=edge.rule,
                title=threat.title,
                component=edge.at,
                components=components,
                atlas=threat.atlas,
                gains=speaker.say(edge.instance.head),
                likelihood=edge.likelihood[1],
                cut_by=sorted({option.control for option in edge.options if option not in edge.held}),
            )
        )
    value = path.loss
    return PathView(
        id=path.id,
        loss=value.id,
        kind=value.kind,
        asset=value.subject,
        severity=value.severity,
        position=path.position if _needs_attacker(path, analysis) else "",
        score=round(path.chance, 4),
        via=via,
        steps=steps,
    )


def _components(binding: tuple[tuple[str, str], ...], topology: Topology) -> list[str]:
    return list(dict.fromkeys(value for _, value in binding if value in topology.components))


def _needs_attacker(path: Path, analysis: Analysis) -> bool:
    positions = analysis.catalog.positions
    return any(term in positions for edge in path.edges for fact in edge.base for term in fact[1:])


def _losses(analysis: Analysis, open_losses: set[int]) -> list[LossView]:
    out = [
        LossView(
            id=value.id,
            kind=value.kind,
            asset=value.subject,
            severity=value.severity,
            magnitude=[value.magnitude.low, round(value.magnitude.mode), value.magnitude.high],
            open=fact in open_losses,
            above_appetite=fact in analysis.demands,
            demand=analysis.demands.get(fact, 0),
        )
        for fact, value in analysis.values.items()
    ]
    return sorted(out, key=lambda loss: (-loss.severity.rank, loss.id))


def _notes(analysis: Analysis, as_of: date) -> list[str]:
    """Return what a reader must know: expired proof and decisions, decisions about nothing, unknown controls."""
    known = {edge.threat for edge in analysis.graph.edges}
    notes = []
    reached = {value.id for value in analysis.values.values()}
    for loss in analysis.system.losses:
        if f"{loss.kind}:{loss.of}" not in reached:
            notes.append(f"no attack of the catalog leads to the stated loss `{loss.kind}:{loss.of}`")
    for item in analysis.system.attempts:
        if item.position not in analysis.catalog.positions:
            known_positions = ", ".join(analysis.catalog.positions)
            notes.append(f"attempts are stated for `{item.position}`, which is no position; one of: {known_positions}")
    for decision in analysis.system.decisions:
        if decision.until < as_of and analysis.decisions.get(decision.threat) is None:
            notes.append(f"the decision about `{decision.threat}` ended on {decision.until}; it counts no longer")
        elif decision.threat not in known:
            notes.append(f"the decision about `{decision.threat}` matches no threat of this system")
    for placed in analysis.in_place:
        if placed.control not in analysis.catalog.controls:
            notes.append(f"`{placed.control}` at `{placed.place}` is no control of the catalog; it counts for nothing")
        elif placed.status == "expired":
            notes.append(f"the evidence of `{placed.control}` at `{placed.place}` is not fresh; it counts no longer")
        elif placed.status == "failing":
            notes.append(f"evidence says that `{placed.control}` at `{placed.place}` fails; it doesn't count")
    return notes
