"""The cheapest set of controls: proven, with a budget, with alternatives, and when the search is cut short."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.analysis import Options, example_system
from bartizan.analysis.minimum import Price, cost_of
from bartizan.analysis.result import Plan
from bartizan.catalog import Catalog, Strength, parse_rule
from bartizan.catalog.types import Cut
from tests.analysis.small_catalog import SMALL, small_catalog
from tests.analysis.support import analysed, open_losses, reviewed, with_controls

MAIL: dict[str, Any] = {
    "appetite": "low",
    "components": {
        "inbox": {"kind": "mailbox"},
        "bot": {"kind": "agent"},
        "crm": {"kind": "tool", "effect": ["write"]},
        "pay": {"kind": "tool", "effect": ["pay"]},
    },
    "flows": [{"from": "bot", "to": name} for name in ("inbox", "crm", "pay")],
}
PRICES = {"filter": Price(1, 2), "gate": Price(10, 0.5)}


def plan(known: Catalog = SMALL, system: dict[str, Any] | None = None, **options: Any) -> Plan:
    return reviewed({**MAIL, **(system or {})}, known, Options(trials=10, **options)).controls


def pairs(found: Plan) -> list[tuple[str, str]]:
    return [(item.control, item.placement) for item in found.minimum]


def recut(known: Catalog, threat: str, cuts: dict[str, Strength | Cut]) -> None:
    known.threats[threat].cut_by = cuts
    known.rules[threat] = parse_rule(known.threats[threat])


@pytest.mark.parametrize(
    ("chosen", "present", "cost"),
    [
        ([], set(), 0),
        ([("filter", "a")], set(), 3),
        ([("filter", "a"), ("filter", "b")], set(), 5),
        ([("filter", "a"), ("gate", "a")], {"gate"}, 3.5),
    ],
)
def test_the_first_place_costs_more_unless_the_control_is_there(
    chosen: list[tuple[str, str]], present: set[str], cost: float
) -> None:
    assert cost_of(chosen, PRICES, frozenset(present)) == cost


def test_one_control_at_the_source_is_cheaper_than_one_at_each_tool() -> None:
    found = plan()

    assert pairs(found) == [("source-list", "inbox")]
    assert (found.cost, found.optimal, found.gap) == (6, True, 0)
    assert found.minimum[0].cuts == ["plant@bot"]
    assert found.unreachable == found.kept_open == []


def test_what_is_in_place_is_not_bought_again() -> None:
    found = plan(system={"controls": [{"control": "source-list", "on": ["inbox"]}]})

    assert found.minimum == []
    assert [(item.control, item.placement, item.status) for item in found.in_place] == [
        ("source-list", "inbox", "claimed")
    ]
    assert found.in_place[0].cuts == ["plant@bot"]


def test_a_control_that_the_organisation_has_costs_only_its_place() -> None:
    found = plan(system={"controls": [{"control": "source-list", "on": ["crm"]}]})

    assert pairs(found) == [("source-list", "inbox")]
    assert found.cost == found.minimum[0].cost == 4


def test_a_control_that_costs_nothing_once_costs_only_its_places() -> None:
    known = small_catalog()
    known.controls["source-list"].cost.once = 0

    assert plan(known).cost == 4


def test_filters_are_chosen_only_where_the_loss_allows() -> None:
    """A changed record is a medium loss, a payment a critical one: two points suffice for the first alone."""
    cheap = small_catalog()
    cheap.controls["source-list"].cost.each = 50
    cheap.controls["quarantine"].cost.each = 50
    cheap.controls["tool-rights"].cost.each = 50
    only_crm = {"flows": MAIL["flows"][:2]}

    assert pairs(plan(cheap, only_crm)) == [("filter", "bot"), ("second-filter", "bot")]
    assert {control for control, _ in pairs(plan(cheap))} & {"source-list", "quarantine", "tool-rights"}


def test_what_no_control_cuts_is_said() -> None:
    known = small_catalog()
    for threat in ("plant", "inject", "act"):
        recut(known, threat, {"filter": Strength.WEAK})
    found = plan(known)

    assert found.unreachable == ["action:crm", "action:pay"]
    assert found.minimum == []


@pytest.mark.parametrize(
    ("budget", "chosen", "kept"),
    [
        (0, [], ["action:crm", "action:pay"]),
        (6, [("source-list", "inbox")], []),
        (100, [("source-list", "inbox")], []),
    ],
)
def test_a_budget_buys_what_it_can(budget: float, chosen: list[tuple[str, str]], kept: list[str]) -> None:
    found = plan(budget=budget)

    assert pairs(found) == chosen
    assert found.kept_open == kept


def test_a_small_budget_closes_the_weightiest_loss() -> None:
    known = small_catalog()
    for threat in ("plant", "inject"):
        recut(known, threat, {})
    found = plan(known, budget=7)

    assert pairs(found) == [("tool-rights", "pay")]
    assert found.kept_open == ["action:crm"]
    assert found.cost == 7


def test_alternatives_of_equal_cost_are_listed_without_the_first() -> None:
    known = small_catalog()
    for control in ("source-list", "quarantine"):
        known.controls[control].cost.once, known.controls[control].cost.each = 1.0, 2.0
    found = plan(known, alternatives=5)
    others = [[(item.control, item.placement, item.cost) for item in other] for other in found.alternatives]

    assert found.cost == 3
    assert sorted([*others, [(c, p, 3.0) for c, p in pairs(found)]]) == [
        [("quarantine", "bot", 3.0)],
        [("source-list", "inbox", 3.0)],
    ]
    assert plan(known, alternatives=0).alternatives == []
    assert plan(known, alternatives=1, budget=50).alternatives == []


def test_controls_of_the_whole_system_are_offered_once() -> None:
    known = small_catalog()
    for threat in ("plant", "act"):
        recut(known, threat, {})
    recut(known, "inject", {"review": Strength.STRONG})

    assert pairs(plan(known)) == [("review", "system")]


def test_a_search_that_is_cut_short_says_how_far_it_may_be_off() -> None:
    parts = {f"t{n}": {"kind": "tool", "effect": ["pay"]} for n in range(12)}
    bots = {f"b{n}": {"kind": "agent"} for n in range(6)}
    boxes = {f"m{n}": {"kind": "mailbox"} for n in range(6)}
    flows = [{"from": f"b{n}", "to": f"m{m}"} for n in range(6) for m in range(6) if (n + m) % 3]
    flows += [{"from": f"b{n}", "to": f"t{m}"} for n in range(6) for m in range(12) if (n * m) % 5 != 2]
    system = example_system({"appetite": "low", "components": {**parts, **bots, **boxes}, "flows": flows})
    short = reviewed(system, SMALL, Options(trials=10, effort=1)).controls
    whole = reviewed(system, SMALL).controls

    assert whole.optimal
    assert whole.gap == 0
    assert short.cost >= whole.cost
    assert 0 <= short.gap <= 1
    assert short.optimal == (short.gap == 0)
    assert open_losses(analysed(with_controls(system, pairs(short)), SMALL)) == set()


def test_a_search_that_finds_nothing_proposes_everything_or_within_a_budget_nothing() -> None:
    without, within = plan(effort=0), plan(effort=0, budget=1000)

    assert {("source-list", "inbox"), ("quarantine", "bot"), ("tool-rights", "pay")} <= set(pairs(without))
    assert open_losses(analysed(with_controls(example_system(MAIL), pairs(without)), SMALL)) == set()
    assert (within.minimum, within.cost, within.kept_open) == ([], 0, ["action:crm", "action:pay"])
    for found in (without, within):
        assert (found.optimal, found.gap, found.alternatives) == (False, 1, [])


def test_a_budget_is_kept_when_the_search_is_cut_short() -> None:
    parts = {f"t{n}": {"kind": "tool", "effect": ["pay"]} for n in range(12)}
    bots = {f"b{n}": {"kind": "agent"} for n in range(8)}
    flows = [{"from": f"b{n}", "to": f"t{m}"} for n in range(8) for m in range(12) if (n * m) % 5 != 2]
    flows += [{"from": f"b{n}", "to": "inbox"} for n in range(8)]
    components = {**parts, **bots, "inbox": {"kind": "mailbox"}}
    known = small_catalog()
    recut(known, "plant", {"filter": Strength.WEAK, "review": Strength.MODERATE})
    found = reviewed(
        {"appetite": "low", "components": components, "flows": flows}, known, Options(trials=10, budget=31.0, effort=1)
    ).controls

    assert found.cost <= 31


def test_one_control_at_two_places_of_a_step_is_not_counted_twice() -> None:
    known = small_catalog()
    recut(known, "inject", {})
    recut(known, "act", {})
    recut(known, "plant", {"filter": Strength.WEAK, "second-filter": Strength.WEAK})
    known.controls["filter"].cuts = {"plant": Cut(strength=Strength.WEAK, at="S")}
    system = example_system({**MAIL, "flows": MAIL["flows"][:2]})
    chosen = pairs(reviewed(system, known).controls)

    assert open_losses(analysed(with_controls(system, chosen), known)) == set()
