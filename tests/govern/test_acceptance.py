from __future__ import annotations

from datetime import date

import pytest

from bartizan.govern.acceptance import (
    RIGHT,
    above,
    check_request,
    decided,
    may_confirm,
    needs_second,
    newly_decided,
)
from bartizan.govern.roles import RIGHTS, Action, Person, Role
from bartizan.model import Decision, InputError, Level, System, Verdict

TODAY = date(2026, 11, 28)


def _decision(threat: str, verdict: Verdict = Verdict.ACCEPT, why: str = "why") -> Decision:
    return Decision(threat=threat, verdict=verdict, by="ana", why=why, until=date(2027, 1, 1))


@pytest.mark.parametrize(
    ("severity", "appetite", "residual", "expected"),
    [
        (Level.HIGH, Level.MEDIUM, False, True),
        (Level.MEDIUM, Level.MEDIUM, True, False),
        (Level.LOW, Level.MEDIUM, False, False),
        (None, Level.CRITICAL, False, True),
        (Level.LOW, 1000.0, True, True),
        (Level.LOW, 1000.0, False, False),
        (Level.HIGH, 1000.0, False, True),
    ],
)
def test_a_threat_is_above_when_nothing_says_that_it_is_not(
    severity: Level | None, appetite: Level | float, residual: bool, expected: bool
) -> None:
    assert above(severity, appetite, residual_above=residual) is expected


def test_what_leaves_a_risk_above_the_appetite_takes_two_people() -> None:
    assert [needs_second(one, True) for one in Verdict] == [one is not Verdict.MITIGATE for one in Verdict]
    assert not any(needs_second(one, False) for one in Verdict)


def test_every_verdict_asks_for_a_right_and_auditors_and_administrators_have_none() -> None:
    assert set(RIGHT) == set(Verdict)
    for role in (Role.AUDITOR, Role.ADMINISTRATOR, Role.BUSINESS):
        assert not RIGHTS[role] & set(RIGHT.values())
    assert RIGHT[Verdict.ACCEPT] is Action.ACCEPT


def test_the_second_person_is_another_one_and_no_program() -> None:
    assert may_confirm("ana", Person(id="ben")) == ""
    assert "another one" in may_confirm("ana", Person(id="ana"))
    assert "program" in may_confirm("ana", Person(id="ben", program=True))


@pytest.mark.parametrize(
    ("why", "until", "reason"),
    [
        (" ", TODAY, "needs a reason"),
        ("why", date(2026, 11, 27), "over already"),
        ("why", date(2027, 11, 30), "more than a year"),
    ],
)
def test_a_decision_has_a_reason_and_an_end_within_a_year(why: str, until: date, reason: str) -> None:
    check_request("why", TODAY, TODAY)
    check_request("why", date(2027, 11, 29), TODAY)
    with pytest.raises(InputError, match=reason):
        check_request(why, until, TODAY)


def test_a_decision_takes_the_place_of_the_one_before() -> None:
    system = System(id="bot", decisions=[_decision("a"), _decision("b")])
    after = decided(_decision("a", why="better"), system)
    assert [(one.threat, one.why) for one in after.decisions] == [("b", "why"), ("a", "better")]
    assert len(system.decisions) == 2


def test_decisions_that_a_change_would_bring_in_are_found() -> None:
    before = System(id="bot", decisions=[_decision("a"), _decision("b")])
    after = System(id="bot", decisions=[_decision("a"), _decision("b", why="other"), _decision("c", Verdict.MITIGATE),
                                        _decision("d", Verdict.FALSE_POSITIVE)])  # fmt: skip
    assert [one.threat for one in newly_decided(before, after)] == ["b", "d"]
    assert [one.threat for one in newly_decided(None, after)] == ["a", "b", "d"]
    assert newly_decided(after, before) == [_decision("b")]
