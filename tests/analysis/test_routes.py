"""Routes: from which position, how likely, and to which loss."""

from __future__ import annotations

from typing import Any

from bartizan.analysis import example_system
from bartizan.analysis.context import Analysis
from bartizan.analysis.risk import Route
from bartizan.analysis.routes import find_routes, positions_of
from bartizan.catalog import Catalog
from tests.analysis.small_catalog import SMALL
from tests.analysis.support import analysed, catalog, with_controls

TWO_WAYS: dict[str, Any] = {
    "components": {
        "inbox": {"kind": "mailbox", "writers": ["partners"]},
        "joe": {"kind": "person", "party": "employees"},
        "bot": {"kind": "agent"},
        "pay": {"kind": "tool", "effect": ["pay"]},
        "crm": {"kind": "tool", "effect": ["write"]},
    },
    "flows": [
        *({"from": "bot", "to": name} for name in ("inbox", "pay", "crm")),
        {"from": "joe", "to": "bot"},
    ],
}


def routes(found: Analysis, known: Catalog = SMALL) -> list[Route]:
    return find_routes(found.graph, found.state, positions_of(known, found.graph), found.values)


def test_a_step_needs_the_position_that_its_facts_name() -> None:
    found = analysed(example_system(TWO_WAYS), SMALL)
    needed = {
        (edge.rule, position)
        for edge, positions in zip(found.graph.edges, positions_of(SMALL, found.graph), strict=True)
        for position in positions or {""}
    }

    assert needed == {("plant", "partner"), ("log-in", "insider"), ("inject", ""), ("act", "")}


def test_each_position_has_its_likeliest_route_to_each_loss() -> None:
    found = routes(analysed(example_system(TWO_WAYS), SMALL))

    assert [(route.position, route.loss.id) for route in found] == [
        ("partner", "action:pay"),
        ("insider", "action:pay"),
        ("partner", "action:crm"),
        ("insider", "action:crm"),
    ]
    assert [edge.rule for edge in found[0].edges] == ["plant", "inject", "act"]
    assert [edge.rule for edge in found[1].edges] == ["log-in", "act"]
    assert all(0 < route.share <= 1 for route in found)


def test_a_loss_that_weighs_more_draws_more_attempts() -> None:
    found = {route.loss.id: route.share for route in routes(analysed(example_system(TWO_WAYS), SMALL))}

    assert found["action:pay"] > found["action:crm"]


def test_another_loss_does_not_change_how_often_one_is_tried() -> None:
    alone = {**TWO_WAYS, "flows": [flow for flow in TWO_WAYS["flows"] if flow["to"] != "crm"]}
    few, many = (
        {(r.position, r.loss.id): r.share for r in routes(analysed(example_system(s), SMALL))}
        for s in (alone, TWO_WAYS)
    )

    assert few.items() <= many.items()


def test_controls_make_a_route_dearer_but_leave_it() -> None:
    system = with_controls(example_system(TWO_WAYS), [("quarantine", "bot")])

    assert len(routes(analysed(system, SMALL))) == 4


def test_without_steps_there_are_no_routes() -> None:
    assert routes(analysed(example_system({"components": {"bot": {"kind": "agent"}}}), SMALL)) == []


def test_a_weakness_that_needs_no_attacker_is_nobodys_route() -> None:
    system = {
        "zones": {"net": {"kind": "internet"}},
        "components": {"app": {"kind": "application"}, "api": {"kind": "tool", "zone": "net"}},
        "flows": [{"from": "app", "to": "api", "authentication": "none"}],
    }
    found = analysed(example_system(system), SMALL)

    assert [value.id for value in found.values.values()] == ["outage:api"]
    assert routes(found) == []


def test_every_rule_of_the_catalog_that_names_a_position_needs_somebody_there() -> None:
    lost = []
    for rule in catalog().rules.values():
        named = [
            term
            for atom in rule.when
            if atom.predicate != "!="
            for term, kind in zip(atom.terms, catalog().vocabulary[atom.predicate].args, strict=True)
            if kind == "position"
        ]
        lost += [rule.id for term in named if term == "_"]

    assert lost == []


def test_a_published_data_set_is_poisoned_by_its_supplier() -> None:
    system = {
        "components": {
            "rows": {"kind": "data-set", "origin": "community"},
            "job": {"kind": "training-job", "vendor": "acme"},
            "m": {"kind": "model", "type": "classifier", "origin": "own", "hosting": "cloud"},
        },
        "flows": [{"from": "job", "to": "rows"}, {"from": "job", "to": "m"}],
    }
    found = analysed(example_system(system))

    assert ("supplier", "poisoning:m") in {(route.position, route.loss.id) for route in routes(found, catalog())}
