"""What holds for every system: controls only take away, flows and writers only add, plans cut, order means nothing."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from bartizan.analysis import Options
from bartizan.analysis.context import Analysis
from bartizan.analysis.graph import STRONG, cheapest
from bartizan.analysis.minimum import Price, cost_of
from bartizan.analysis.result import Review
from bartizan.analysis.state import state_of
from bartizan.catalog import Catalog
from bartizan.model import Flow, Store, System
from bartizan.model.words import Party
from tests.analysis.small_catalog import SMALL
from tests.analysis.strategies import PARTIES, flow_between, systems
from tests.analysis.support import (
    all_threats,
    analysed,
    catalog,
    derivable,
    open_losses,
    reviewed,
    share,
    threat_ids,
    with_controls,
)

FULL = share(0.25)
"""With the packaged catalog an analysis takes some fifty milliseconds."""
SMALL_ONES = share(0.75)
LEVELS = (2, 3, 4, 99)
WEAK = 1
CONTROLS = sorted(catalog().controls)
SMALL_CONTROLS = sorted(SMALL.controls)


def places(system: System) -> list[str]:
    return [*system.components, "system"]


def plan_of(found: Review) -> list[tuple[str, str]]:
    return [(item.control, item.placement) for item in found.controls.minimum]


# ---- adding a control -----------------------------------------------------------------------------------------------


def check_control_never_adds(system: System, known: Catalog, control: str, place: str) -> None:
    before = analysed(system, known)
    after = analysed(with_controls(system, [(control, place)]), known)

    assert threat_ids(after) == threat_ids(before)
    assert open_losses(after) <= open_losses(before)
    for level in LEVELS:
        assert derivable(after, level) <= derivable(before, level)


@FULL
@given(systems(CONTROLS), st.data())
def test_a_control_in_place_never_adds_a_path(system: System, data: st.DataObject) -> None:
    control, place = data.draw(st.sampled_from(CONTROLS)), data.draw(st.sampled_from(places(system)))
    check_control_never_adds(system, catalog(), control, place)


@SMALL_ONES
@given(systems(SMALL_CONTROLS), st.data())
def test_a_control_in_place_never_adds_a_path_by_few_rules(system: System, data: st.DataObject) -> None:
    control, place = data.draw(st.sampled_from(SMALL_CONTROLS)), data.draw(st.sampled_from(places(system)))
    check_control_never_adds(system, SMALL, control, place)


@FULL
@given(systems(CONTROLS), st.data())
def test_a_control_never_makes_the_likeliest_path_likelier(system: System, data: st.DataObject) -> None:
    control, place = data.draw(st.sampled_from(CONTROLS)), data.draw(st.sampled_from(places(system)))
    before, after = analysed(system), analysed(with_controls(system, [(control, place)]))
    old, new = (cheapest(a.graph, a.state.alive(99), a.state.price) for a in (before, after))

    assert all(now >= was - 1e-9 for was, now in zip(old.cost, new.cost, strict=True))


# ---- adding a flow or a writer --------------------------------------------------------------------------------------


def check_only_adds(before: Analysis, after: Analysis) -> None:
    assert threat_ids(before) <= threat_ids(after)
    assert set(before.graph.facts) <= set(after.graph.facts)
    assert open_losses(before) <= open_losses(after)


def with_flow(system: System, plain: dict[str, Any]) -> System:
    return msgspec.structs.replace(system, flows=[*system.flows, msgspec.convert(plain, Flow)])


@FULL
@given(systems(CONTROLS), st.data())
def test_a_flow_never_removes_a_threat_or_a_loss(system: System, data: st.DataObject) -> None:
    """Nor does a second call beside one that is there, however well it is protected."""
    plain = {**data.draw(flow_between(sorted(system.components))), "id": "added"}
    check_only_adds(analysed(system), analysed(with_flow(system, plain)))


@FULL
@given(systems(CONTROLS), st.data())
def test_a_writer_never_removes_a_threat_or_a_loss(system: System, data: st.DataObject) -> None:
    stores = [name for name, component in system.components.items() if isinstance(component, Store)]
    assume(stores)
    name, party = data.draw(st.sampled_from(stores)), data.draw(st.sampled_from(PARTIES))
    store = system.components[name]
    assert isinstance(store, Store)
    opened = msgspec.structs.replace(store, writers=[*store.writers, Party(party)])
    wider = msgspec.structs.replace(system, components={**system.components, name: opened})
    check_only_adds(analysed(system), analysed(wider))


# ---- the minimum set ------------------------------------------------------------------------------------------------


def check_plan(system: System, known: Catalog) -> Review:
    """The plan closes every loss that can be closed, and no part of it does."""
    found = reviewed(system, known)
    plan = plan_of(found)
    hopeless = set(found.controls.unreachable)
    before = open_losses(analysed(system, known))

    assert hopeless <= before
    assert open_losses(analysed(with_controls(system, plan), known)) == hopeless
    assert bool(plan) == bool(before - hopeless)
    assert found.controls.optimal
    assert found.controls.gap == 0
    for left_out in plan:
        rest = [pair for pair in plan if pair != left_out]
        assert open_losses(analysed(with_controls(system, rest), known)) > hopeless
    return found


@FULL
@given(systems())
def test_the_minimum_set_cuts_every_path_and_no_part_of_it_does(system: System) -> None:
    check_plan(system, catalog())


@SMALL_ONES
@given(systems(SMALL_CONTROLS))
def test_the_minimum_set_cuts_every_path_by_few_rules(system: System) -> None:
    check_plan(system, SMALL)


def cheapest_by_trying(analysis: Analysis, hopeless: set[str]) -> float | None:
    """The cost of the cheapest set, found by trying every set of controls at places; None where there are too many."""
    prices = {name: Price(entry.cost.once, entry.cost.each) for name, entry in analysis.catalog.controls.items()}
    present = frozenset(item.control for item in analysis.in_place)
    options = sorted(
        {(o.control, o.place) for edge in analysis.graph.edges for o in edge.options} - {*_standing(analysis)}
    )
    if len(options) > 9:
        return None
    wanted = {fact: level for fact, level in analysis.demands.items() if analysis.values[fact].id not in hopeless}
    best = float("inf")
    for size in range(len(options) + 1):
        for chosen in combinations(options, size):
            cost = cost_of(chosen, prices, present)
            if cost < best and _cut(analysis, wanted, chosen):
                best = cost
    return best


def _standing(analysis: Analysis) -> set[tuple[str, str]]:
    return {(item.control, item.place) for item in analysis.in_place}


def _cut(analysis: Analysis, wanted: dict[int, int], chosen: tuple[tuple[str, str], ...]) -> bool:
    state = state_of(analysis.graph, set(chosen))
    for level in set(wanted.values()):
        reach = cheapest(analysis.graph, state.alive(level), state.price)
        if any(reach.has(fact) for fact, demanded in wanted.items() if demanded == level):
            return False
    return True


@SMALL_ONES
@given(systems(SMALL_CONTROLS, most=4))
def test_the_minimum_set_costs_as_little_as_trying_all_sets(system: System) -> None:
    analysis = analysed(system, SMALL)
    found = reviewed(system, SMALL)
    best = cheapest_by_trying(analysis, set(found.controls.unreachable))

    assert best is None or found.controls.cost == best


@FULL
@given(systems())
def test_alternatives_cost_the_same_and_cut_as_much(system: System) -> None:
    found = reviewed(system, SMALL, Options(trials=10, alternatives=3))
    sets = [[(item.control, item.placement) for item in other] for other in found.controls.alternatives]

    assert len(sets) <= 3
    assert plan_of(found) not in sets
    for other, pairs in zip(found.controls.alternatives, sets, strict=True):
        assert round(sum(item.cost for item in other), 2) == found.controls.cost
        after = analysed(with_controls(system, pairs), SMALL)
        assert open_losses(after) == set(found.controls.unreachable)


@FULL
@given(systems(SMALL_CONTROLS), st.integers(0, 30))
def test_a_budget_is_kept_and_what_stays_open_is_said(system: System, budget: int) -> None:
    found = reviewed(system, SMALL, Options(trials=10, budget=float(budget)))
    after = analysed(with_controls(system, plan_of(found)), SMALL)

    assert found.controls.cost <= budget
    assert open_losses(after) == {*found.controls.unreachable, *found.controls.kept_open}


def check_no_weak_control_answers_a_critical_loss(system: System, known: Catalog) -> None:
    """At the highest demand a strong control cuts, or several of which not all are weak, or the step hardly works."""
    found = reviewed(system, known)
    after = analysed(with_controls(system, plan_of(found)), known)
    for edge, stood in zip(after.graph.edges, after.state.points, strict=True):
        strengths = sorted({option.control: option.points for option in edge.held}.values())
        if stood >= STRONG and strengths and strengths[-1] < STRONG:
            assert strengths != [WEAK]
            assert strengths[-1] > WEAK or edge.rare >= 3
            assert len(strengths) > 1 or edge.rare >= 3


@FULL
@given(systems())
def test_a_weak_filter_alone_never_answers_a_critical_loss(system: System) -> None:
    check_no_weak_control_answers_a_critical_loss(system, catalog())


@SMALL_ONES
@given(systems(SMALL_CONTROLS))
def test_a_weak_filter_alone_never_answers_a_critical_loss_by_few_rules(system: System) -> None:
    check_no_weak_control_answers_a_critical_loss(system, SMALL)


# ---- the same again -------------------------------------------------------------------------------------------------


@FULL
@given(systems(CONTROLS), st.randoms(use_true_random=False))
def test_order_means_nothing(system: System, random: Any) -> None:
    names = list(system.components)
    random.shuffle(names)
    flows, controls = list(system.flows), list(system.controls)
    random.shuffle(flows)
    random.shuffle(controls)
    sections = {key: dict(reversed(getattr(system, key).items())) for key in ("data", "zones", "identities")}
    shuffled = msgspec.structs.replace(
        system,
        components={name: system.components[name] for name in names},
        flows=flows,
        controls=controls,
        **sections,
    )

    assert reviewed(shuffled) == reviewed(system)


@FULL
@given(systems(CONTROLS))
def test_the_same_input_gives_the_same_bytes(system: System) -> None:
    options = Options(trials=200, alternatives=1)
    again = msgspec.json.decode(msgspec.json.encode(system), type=System)

    assert msgspec.json.encode(reviewed(system, options=options)) == msgspec.json.encode(
        reviewed(again, options=options)
    )


# ---- what a review says ---------------------------------------------------------------------------------------------


def still_works(after: Analysis, threat: str, level: int) -> bool:
    reach = cheapest(after.graph, after.state.alive(level), after.state.price)
    alive = after.state.alive(level)
    return any(
        alive[edge.index] and all(reach.has(fact) for fact in edge.body)
        for edge in after.graph.edges
        if edge.threat == threat
    )


def check_removed_by(system: System, known: Catalog) -> None:
    found = reviewed(system, known)
    demands = {loss.id: loss.demand for loss in found.losses}
    for threat in found.threats[:6]:
        level = max(2, demands[threat.leads_to[0]] if threat.leads_to else 0)
        for change in threat.removed_by:
            if change.control:
                after = analysed(with_controls(system, [(change.control, change.placement)]), known)
                assert not still_works(after, threat.id, level), f"{change.control} at {change.placement}"


@share(0.15)
@given(systems())
def test_a_control_said_to_remove_a_threat_does(system: System) -> None:
    check_removed_by(system, catalog())


@SMALL_ONES
@given(systems(SMALL_CONTROLS))
def test_a_control_said_to_remove_a_threat_does_by_few_rules(system: System) -> None:
    check_removed_by(system, SMALL)


@FULL
@given(systems(CONTROLS))
def test_a_review_agrees_with_itself(system: System) -> None:
    found = reviewed(system)
    threats = all_threats(found)
    ids = [threat.id for threat in threats]
    paths = {path.id: path for path in found.paths}

    assert len(ids) == len(set(ids))
    assert len(paths) == len(found.paths)
    assert len(found.threats) <= 20
    assert {loss.id for loss in found.losses if loss.open} == open_losses(analysed(system))
    assert {path.loss for path in found.paths} == {loss.id for loss in found.losses if loss.open}
    for threat in threats:
        assert set(threat.components) <= set(system.components)
        assert set(threat.leads_to) <= {loss.id for loss in found.losses}
        assert all(threat.id in [step.threat for step in paths[path].steps] for path in threat.paths)
    for path in found.paths:
        assert 0 < path.score <= 1
        assert {step.threat for step in path.steps} <= set(ids)
        assert set(path.via) <= set(system.components)
