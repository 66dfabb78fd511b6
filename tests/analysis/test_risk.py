"""Risk in money: seeded, ordered by what stands, and moved by what it is made of."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given

from bartizan.analysis import Options, example_system, review
from bartizan.analysis.result import Risk
from bartizan.analysis.risk import Scenario, Simulation
from bartizan.analysis.routes import find_routes, positions_of
from bartizan.model import Range, System
from bartizan.store import load_system
from tests.analysis.small_catalog import SMALL
from tests.analysis.strategies import systems
from tests.analysis.support import analysed, reviewed, share
from tests.support import REPOSITORY, packaged_catalog

MAIL: dict[str, Any] = {
    "appetite": "low",
    "components": {"inbox": {"kind": "mailbox"}, "bot": {"kind": "agent"}, "pay": {"kind": "tool", "effect": ["pay"]}},
    "flows": [{"from": "bot", "to": "inbox"}, {"from": "bot", "to": "pay"}],
}
FRESH = {"source": "test", "observed_at": "2026-11-01"}


def risk(seed: int = 1, trials: int = 4000, **more: Any) -> Risk:
    return reviewed({**MAIL, **more}, SMALL, Options(trials=trials, seed=seed)).risk


def test_the_seed_decides_the_draws() -> None:
    assert risk() == risk()
    assert risk(seed=2).inherent != risk().inherent
    assert risk(seed=2).inherent.mean == pytest.approx(risk().inherent.mean, rel=0.25)
    assert (risk(seed=2).seed, risk().trials) == (2, 4000)


def test_the_plan_brings_the_risk_down_and_controls_in_place_count() -> None:
    guarded = risk(controls=[{"control": "quarantine", "on": ["bot"]}])

    assert risk().inherent == risk().residual
    assert risk().planned.mean < risk().residual.mean / 2
    assert guarded.residual.mean < guarded.inherent.mean


def test_proof_counts_for_more_than_a_claim() -> None:
    claimed = risk(controls=[{"control": "quarantine", "on": ["bot"]}]).residual.mean
    proven = risk(controls=[{"control": "quarantine", "on": ["bot"], "evidence": [FRESH]}]).residual.mean

    assert proven < claimed


@pytest.mark.parametrize(
    ("more", "factor"),
    [
        ({"losses": [{"kind": "action", "of": "pay", "magnitude": 1e6}]}, 1.0),
        ({"losses": [{"kind": "action", "of": "pay", "magnitude": 2e6}]}, 2.0),
    ],
)
def test_money_per_event_scales_the_risk(more: dict[str, Any], factor: float) -> None:
    base = risk(losses=[{"kind": "action", "of": "pay", "magnitude": 1e6}]).inherent.mean

    assert risk(**more).inherent.mean == pytest.approx(base * factor, rel=0.01)


def test_attempts_scale_the_risk() -> None:
    def tries(per_year: float) -> float:
        fixed = [{"position": name, "per_year": per_year} for name in SMALL.positions]
        return risk(attempts=fixed, losses=[{"kind": "action", "of": "pay", "magnitude": 1e6}]).losses[0].events

    assert tries(2.0) == pytest.approx(2 * tries(1.0), rel=0.01)
    assert tries(0.0) == 0


def test_many_attempts_are_counted_in_full() -> None:
    fixed = [{"position": name, "per_year": 5000} for name in SMALL.positions]
    found = risk(attempts=fixed, losses=[{"kind": "action", "of": "pay", "magnitude": 100}])

    assert found.losses[0].events > 500
    assert found.inherent.mean == pytest.approx(found.losses[0].inherent, rel=0.05)


def test_a_certain_input_draws_nothing() -> None:
    found = risk(
        attempts=[{"position": name, "per_year": 0} for name in SMALL.positions],
        losses=[{"kind": "action", "of": "pay", "magnitude": 0}],
    )

    assert found.inherent.mean == found.residual.p90 == 0
    assert found.exceedance == found.exceedance_inherent == found.exceedance_planned == []


def test_the_exceedance_curve_falls_from_likely_to_rare() -> None:
    curve = risk().exceedance
    money, chance = zip(*curve, strict=True)

    assert list(money) == sorted(money)
    assert list(chance) == sorted(chance, reverse=True)
    assert 0 <= chance[-1] < 0.01 < chance[0] <= 1


def test_the_tornado_names_what_moves_the_risk_most_first() -> None:
    swings = risk().tornado
    widths = [abs(swing.high - swing.low) for swing in swings]

    assert widths == sorted(widths, reverse=True)
    assert len(swings) <= 10
    assert {swing.input.split(":")[0] for swing in swings} == {
        "attempts per year",
        "money per event",
        "chance of success",
    }
    assert all(swing.low <= risk().residual.mean * 1.5 for swing in swings)


def test_an_appetite_in_money_is_the_line_in_the_curve() -> None:
    assert risk(appetite=50_000).appetite == 50_000
    assert risk().appetite is None
    assert risk(currency="CHF").currency == "CHF"


def test_without_a_route_there_is_no_risk() -> None:
    found = reviewed({"components": {"bot": {"kind": "agent"}}}, SMALL).risk

    assert found.inherent.mean == 0
    assert not found.losses
    assert not found.tornado


def test_what_nobody_stated_is_said() -> None:
    parts = {**MAIL["components"], "bot": {"kind": "agent", "zone": "in"}}
    found = reviewed(
        {**MAIL, "zones": {"in": {"kind": "cloud"}}, "components": parts, "controls": ["review"], "appetite": None},
        SMALL,
    ).risk.assumptions

    assert found == [
        "money per event by severity, for 1 of 1 losses without `magnitude`",
        f"attempts per year from the catalog, for {len(SMALL.positions)} positions",
        "appetite: losses up to `medium` may remain",
        "encryption isn't stated for 2 calls between zones, `bot->inbox`, `bot->pay`",
        "authentication isn't stated for 2 calls, `bot->inbox`, `bot->pay`",
        "authority isn't stated for 2 calls and taken as the caller's own, `bot->inbox`, `bot->pay`",
        "1 controls are claimed without evidence, `review`",
    ]


def test_what_is_stated_is_no_assumption() -> None:
    said = {"encryption": "tls", "authentication": "oidc", "authority": "service"}
    found = risk(
        trials=10,
        flows=[{**flow, **said} for flow in MAIL["flows"]],
        losses=[{"kind": "action", "of": "pay", "magnitude": 5}],
        attempts=[{"position": "outsider", "per_year": 1}],
        assumptions=["nobody reads the mail"],
    ).assumptions

    assert found[0] == "nobody reads the mail"
    assert found[1] == f"attempts per year from the catalog, for {len(SMALL.positions) - 1} positions"
    assert [line for line in found[2:] if not line.startswith("3 controls are claimed")] == []


@share(0.6)
@given(systems(sorted(SMALL.controls)))
def test_for_every_loss_controls_only_take_away(system: System) -> None:
    found = reviewed(system, SMALL, Options(trials=300)).risk
    for loss in found.losses:
        assert loss.inherent >= loss.residual >= loss.planned >= 0
    for one, other in ((found.inherent, found.residual), (found.residual, found.planned)):
        assert one.mean >= other.mean
        assert one.p90 >= other.p90
        assert one.p10 <= one.p50 <= one.p90


def test_draws_stay_in_their_ranges() -> None:
    found = analysed(example_system(MAIL), SMALL)
    routes = find_routes(found.graph, found.state, positions_of(SMALL, found.graph), found.values)
    attempts = {name: Range(1, 2, 4) for name in SMALL.positions}
    simulation = Simulation(SMALL, routes, attempts, 2000, 1)
    chance = simulation.chance_of(routes[0], Scenario(routes, {}, False))
    low, high = (float(np.prod([edge.likelihood[end] for edge in routes[0].edges])) for end in (0, 2))

    assert all(((values >= 1) & (values <= 4)).all() for values in simulation.tries.values())
    assert low <= chance.min() < chance.max() <= high
    assert np.percentile(simulation.size["action:pay"], 5) == pytest.approx(routes[0].loss.magnitude.low, rel=0.2)


@pytest.mark.parametrize("name", ["coding-agent", "multi-agent-procurement", "fraud-model"])
def test_controls_in_place_never_raise_the_mean_of_a_whole_example(name: str) -> None:
    system = load_system(REPOSITORY / "examples" / name / "system.yaml")
    risk = review(system, packaged_catalog(), as_of=date(2026, 11, 23), options=Options(trials=500)).risk

    assert risk.planned.mean <= risk.residual.mean <= risk.inherent.mean
