"""What follows for a system on a day, what it was made from, and when it has to be made anew."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from bartizan.analysis.result import Review
from bartizan.govern.assess import assess, changes_on, failed, inputs_of, stand
from bartizan.model import BartizanError, Level
from bartizan.model.assurance import ControlState, ProofSource
from bartizan.model.documents import ExceptionSpec, Kind, Organisation, Stored, TierRule, ToolSpec
from tests.govern.support import DAY, RULE, ago, components, evidence, proof, stored, system
from tests.support import packaged_catalog

ORGANISATION = Organisation(title="x")
EXCEPTION = ExceptionSpec(
    title="t", control="rate-limit", owner="o", why="w", starts=ago(5), ends=ago(-9), approved_by="a"
)


def made(document: Stored, *proofs: Any, organisation: Organisation = ORGANISATION, as_of: date = DAY) -> Any:
    return assess(document, proofs, {}, organisation, packaged_catalog(), as_of)


def test_the_loop_closes_and_opens_again() -> None:
    """What is required is proven: the risk is within the appetite; the evidence ends: it is above it again."""
    document = stored(system())
    before, _, views = made(document)
    proofs = [proof(view.control, view.place) for view in views if view.required]
    after, _, closed = made(document, *proofs)
    later, _, reopened = made(document, *proofs, as_of=DAY + timedelta(days=180))

    assert (before.above_appetite, after.above_appetite, later.above_appetite) == (True, False, True)
    assert before.residual_p90 > after.residual_p90
    assert after.residual_p90 < later.residual_p90
    assert (before.controls[ControlState.REQUIRED], after.controls[ControlState.REQUIRED]) == (len(proofs), 0)
    assert {view.state for view in closed if view.required} == set()
    assert [(one.control, one.place) for one in views if one.required] == [
        (one.control, one.place) for one in reopened if one.expired
    ]
    assert after.until == ago(5) + timedelta(days=181)


def test_an_assessment_is_a_line_of_the_portfolio() -> None:
    assessment, found, views = made(stored(system(), version=7))

    assert (assessment.system, assessment.version, assessment.tier, assessment.as_of) == ("bot", 7, "tier-2", DAY)
    assert assessment.residual_p90 == found.risk.residual.p90
    assert sum(assessment.controls.values()) == len(views)
    assert set(assessment.threats) == set(Level)
    assert assessment.worst is max(
        (level for level, count in assessment.threats.items() if count), key=lambda one: one.rank
    )
    assert (assessment.currency, assessment.mistake) == ("EUR", "")


def test_a_failure_shows_where_a_claim_stood() -> None:
    document = stored(system(components=components(agent=["rate-limit"])))
    assessment, _, _ = made(document, proof("rate-limit", outcome="fail", source=ProofSource.SCAN))

    assert assessment.controls[ControlState.FAILING] == 1


def test_a_dangerous_scan_makes_things_worse() -> None:
    document = stored(system())
    bad = proof("artefact-scanning", "mail", source=ProofSource.SCAN, outcome="fail", verdict="dangerous")

    assert made(document, bad)[1].risk.inherent.mean > made(document)[1].risk.inherent.mean


def test_the_appetite_is_the_organisations() -> None:
    document = stored(system(appetite="critical"))
    strict = Organisation(title="x", tiers=[TierRule(id="t", title="", appetite=Level.LOW)])

    assert made(document, organisation=strict)[1].appetite is Level.LOW
    assert made(stored(system(appetite="low")))[1].appetite is Level.LOW


def test_data_that_was_found_raises_the_tier() -> None:
    found = {"asset": "claims", "class": "restricted", "source": "share", "observed_at": ago(3).isoformat()}
    document = stored(system(data_evidence=[found]))

    assert made(document)[0].tier == "tier-1"
    assert made(document, as_of=ago(4))[0].tier == "tier-2"


def test_a_system_where_nothing_is_open_has_no_worst_threat() -> None:
    quiet = system(components={"log": {"kind": "log-store"}}, flows=[], data={}, zones={}, criticality="low")
    assessment, _, _ = made(stored(quiet))

    assert (assessment.worst, assessment.above_appetite, assessment.until) == (None, False, None)


def test_views_can_be_made_from_a_review_that_is_kept() -> None:
    document, proofs = stored(system()), [proof("kill-switch")]
    _, found, views = made(document, *proofs)
    kept = msgspec.json.decode(msgspec.json.encode(found), type=Review)

    assert stand(document, kept, proofs, {}, ORGANISATION, packaged_catalog(), DAY) == views


def test_what_is_no_system_is_not_assessed() -> None:
    with pytest.raises(BartizanError, match="`bot` is no system"):
        made(stored(ToolSpec(title="x"), Kind.TOOL))


def test_a_failure_to_assess_says_why_and_is_tried_again_the_next_day() -> None:
    kept = failed(stored(system(), version=2), ORGANISATION, DAY, "digest", "something broke")

    assert (kept.mistake, kept.until, kept.tier, kept.version) == ("something broke", ago(-1), "tier-2", 2)
    assert (kept.worst, kept.residual_p50, sum(kept.threats.values())) == (None, 0.0, 0)


def test_the_inputs_tell_when_anything_is_different() -> None:
    document, other = stored(system()), stored(system(criticality="high"))
    given: list[tuple[Any, ...]] = [
        (document, [], {}, ORGANISATION),
        (other, [], {}, ORGANISATION),
        (document, [proof("rate-limit")], {}, ORGANISATION),
        (document, [], {"late": EXCEPTION}, ORGANISATION),
        (document, [], {}, Organisation(title="x", appetite=Level.LOW)),
    ]

    assert len({inputs_of(*one) for one in given}) == len(given)


def test_the_order_of_evidence_makes_no_difference_to_the_inputs() -> None:
    one, other = proof("rate-limit"), proof("kill-switch")

    assert inputs_of(stored(system()), [one, other], {}, ORGANISATION) == inputs_of(
        stored(system()), [other, one], {}, ORGANISATION
    )


DECISION = {"threat": "t@agent", "verdict": "accept", "by": "anna", "why": "w"}
SCANNED = {"component": "llm", "verdict": "safe", "source": "hub"}


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        ({}, None),
        ({"decisions": [{**DECISION, "until": ago(-3).isoformat()}]}, ago(-4)),
        ({"decisions": [{**DECISION, "until": ago(1).isoformat()}]}, None),
        ({"controls": [{"control": "ai-inventory", "evidence": [evidence(5, until=2)]}]}, ago(-3)),
        ({"controls": [{"control": "ai-inventory", "evidence": [evidence(5)]}, "kill-switch"]}, None),
        ({"controls": [{"control": "ai-inventory", "evidence": [evidence(-2)]}]}, ago(-2)),
        ({"data_evidence": [{"asset": "claims", "source": "s", "observed_at": ago(-6).isoformat()}]}, ago(-6)),
        ({"scan_evidence": [{**SCANNED, "observed_at": ago(10).isoformat()}]}, ago(-21)),
        ({"scan_evidence": [{**SCANNED, "observed_at": ago(-1).isoformat()}]}, ago(-1)),
    ],
)
def test_what_a_system_says_ends_on_a_day(parts: dict[str, Any], day: date | None) -> None:
    assert changes_on(system(**parts), [], {}, RULE, DAY) == day


@pytest.mark.parametrize(
    ("exception", "day"),
    [
        (EXCEPTION, ago(-10)),
        (msgspec.structs.replace(EXCEPTION, starts=ago(-2)), ago(-2)),
        (msgspec.structs.replace(EXCEPTION, approved_by=""), None),
    ],
)
def test_an_exception_begins_and_ends_on_a_day(exception: ExceptionSpec, day: date | None) -> None:
    assert changes_on(system(), [], {"late": exception}, RULE, DAY) == day


def test_of_several_ends_the_next_one_counts() -> None:
    proofs = [proof("rate-limit"), proof("kill-switch", good_until=ago(-1)), proof("ai-inventory", "", days=-1)]

    assert changes_on(system(), proofs[:1], {}, RULE, DAY) == ago(5) + timedelta(days=91)
    assert changes_on(system(), proofs[:2], {}, RULE, DAY) == ago(-2)
    assert changes_on(system(), proofs, {}, RULE, DAY) == ago(-1)


def test_nothing_changes_before_the_day_that_is_told() -> None:
    """The promise behind `until`: on every day before it the assessment is the same but for the day."""
    document = stored(system(components=components(agent=["rate-limit"])))
    proofs = [proof("rate-limit", good_until=ago(-4)), proof("kill-switch", good_until=ago(-9))]
    first, _, _ = made(document, *proofs)

    assert first.until == ago(-5)
    for days in range(1, 5):
        again, _, _ = made(document, *proofs, as_of=ago(-days))
        assert msgspec.structs.replace(again, as_of=DAY) == first
    assert made(document, *proofs, as_of=ago(-5))[0].controls != first.controls
