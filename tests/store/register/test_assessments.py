"""The contract of assessments, held against both databases: what is kept, and what has to be made anew."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from bartizan.model.assurance import ControlState
from bartizan.model.documents import Kind
from bartizan.model.words import Level
from bartizan.store.register import Figures
from bartizan.store.register.open import SqlRegister
from tests.store.register.samples import AT, DAY, assessment, exception, keep, organisation, proof, system, tool


@pytest.fixture
def assessed(register: SqlRegister) -> SqlRegister:
    """Give a register with three systems, all of them assessed."""
    keep(register, system("a", "bank"), system("b", "bank"), system("c"))
    for name in "abc":
        register.assessments.keep(assessment(name), b"{}", mark=register.assessments.mark(name))
    assert due(register) == ""
    return register


def due(register: SqlRegister, on: date = DAY) -> str:
    """Return the letters of the systems that are due."""
    return "".join(register.assessments.due(on))


def test_an_assessment_and_its_review_come_back_as_they_were(register: SqlRegister) -> None:
    keep(register, system("a"))
    made = assessment("a", threats={Level.HIGH: 2, Level.LOW: 1}, until=DAY, residual_p90=1.25e9, worst=None)
    review = b'{"review": "' + b"long " * 10_000 + b'"}'
    register.assessments.keep(made, review)
    assert register.assessments.get("a") == made
    assert register.assessments.review("a") == review
    again = assessment("a", mistake="the solver gave up")
    register.assessments.keep(again, b"")
    assert (register.assessments.get("a"), register.assessments.review("a")) == (again, b"")
    assert (register.assessments.get("b"), register.assessments.review("b")) == (None, None)


def test_systems_that_were_never_assessed_are_due_first(assessed: SqlRegister) -> None:
    assessed.evidence.add([proof("a")], at=AT)
    keep(assessed, system("z"), tool("no-system"))
    assert due(assessed) == "za"
    assert (assessed.assessments.waiting(DAY), assessed.assessments.waiting(DAY, frozenset({"nobodys"}))) == (2, 0)
    assert assessed.assessments.due(DAY, limit=1) == ["z"]


def test_a_new_version_makes_a_system_due(assessed: SqlRegister) -> None:
    assessed.documents.put(system("b", title="Other"), expected=1, by="ana", why="", at=AT)
    assert due(assessed) == "b"
    assessed.assessments.keep(assessment("b", version=2), b"{}")
    assert due(assessed) == ""


def test_evidence_makes_its_systems_due_and_the_same_again_does_not(assessed: SqlRegister) -> None:
    assessed.evidence.add([proof("a"), proof("c")], at=AT)
    assert due(assessed) == "ac"
    for name in "ac":
        assessed.assessments.keep(assessment(name), b"{}")
    assessed.evidence.add([proof("a"), proof("c")], at=AT)
    assert due(assessed) == ""


def test_an_assessment_is_due_from_the_day_on_which_something_ends(assessed: SqlRegister) -> None:
    assessed.assessments.keep(assessment("a", until=DAY + timedelta(3)), b"{}")
    assert [due(assessed, DAY + timedelta(days)) for days in (2, 3, 4)] == ["", "a", "a"]


def test_the_organisation_makes_all_due(assessed: SqlRegister) -> None:
    keep(assessed, organisation())
    assert due(assessed) == "abc"


def test_an_exception_makes_its_systems_due_as_it_was_and_as_it_is(assessed: SqlRegister) -> None:
    keep(assessed, exception("later", systems=["a"]))
    assert due(assessed) == "a"
    assessed.assessments.keep(assessment("a"), b"{}")
    assessed.documents.put(exception("later", systems=["b"]), expected=1, by="ana", why="", at=AT)
    assert due(assessed) == "ab"
    for name in "ab":
        assessed.assessments.keep(assessment(name), b"{}")
    assessed.documents.delete(Kind.EXCEPTION, "later", expected=2, by="ana", why="", at=AT)
    assert due(assessed) == "b"
    keep(assessed, exception("for-all", "bank"))
    assert due(assessed) == "abc"


def test_tools_make_nothing_due(assessed: SqlRegister) -> None:
    keep(assessed, tool("chat"))
    assessed.assessments.stale(kind=Kind.TOOL)
    assert due(assessed) == ""


def test_one_or_all_can_be_made_due(assessed: SqlRegister) -> None:
    assessed.assessments.stale(system="b")
    assert due(assessed) == "b"
    assessed.assessments.stale()
    assert due(assessed) == "abc"


def test_what_comes_in_while_a_system_is_assessed_makes_it_due_again(assessed: SqlRegister) -> None:
    mark = assessed.assessments.mark("a")
    assessed.evidence.add([proof("a")], at=AT)
    assessed.assessments.keep(assessment("a"), b"{}", mark=mark)
    assert due(assessed) == "a"
    assessed.assessments.keep(assessment("a"), b"{}", mark=assessed.assessments.mark("a"))
    assert due(assessed) == ""
    mark = assessed.assessments.mark("a")
    keep(assessed, organisation())
    assessed.assessments.keep(assessment("a"), b"{}", mark=mark)
    assert due(assessed) == "abc"


def test_one_that_was_made_from_less_does_not_replace_one_that_was_made_from_more(assessed: SqlRegister) -> None:
    early = assessed.assessments.mark("a")
    assessed.evidence.add([proof("a")], at=AT)
    better = assessment("a", inputs="1" * 64)
    assessed.assessments.keep(better, b"better", mark=assessed.assessments.mark("a"))
    assessed.assessments.keep(assessment("a", inputs="2" * 64), b"worse", mark=early)
    assert (assessed.assessments.get("a"), assessed.assessments.review("a")) == (better, b"better")
    assessed.documents.put(system("a", title="Other"), expected=1, by="ana", why="", at=AT)
    newer = assessment("a", version=2)
    assessed.assessments.keep(newer, b"newer", mark=assessed.assessments.mark("a"))
    assessed.assessments.keep(better, b"better", mark=2**40)
    assert assessed.assessments.get("a") == newer


def test_a_system_that_is_gone_has_no_assessment_and_gets_none(assessed: SqlRegister) -> None:
    assessed.documents.delete(Kind.SYSTEM, "a", expected=1, by="ana", why="", at=AT)
    assert (assessed.assessments.get("a"), assessed.assessments.review("a")) == (None, None)
    assessed.assessments.keep(assessment("a"), b"{}")
    assert assessed.assessments.get("a") is None
    keep(assessed, system("a"))
    assert due(assessed) == "a"


def test_systems_are_counted_by_tier_and_worst_threat(assessed: SqlRegister) -> None:
    keep(assessed, system("d", "shop"), system("e", "shop"))
    assessed.assessments.keep(assessment("a", tier="tier-1", worst=Level.HIGH, above_appetite=True), b"{}")
    assessed.assessments.keep(assessment("b", tier="tier-1", worst=None), b"{}")
    assessed.assessments.keep(assessment("e", mistake="no answer"), b"{}")
    assert assessed.assessments.totals() == {
        "": {"": 2}, "tier-1": {"": 1, "high": 1}, "tier-3": {"low": 1},
    }  # fmt: skip
    assert assessed.assessments.totals(frozenset({"shop"})) == {"": {"": 2}}
    assert assessed.assessments.totals(frozenset()) == {}
    proven = dict.fromkeys(ControlState, 0) | {ControlState.PROVEN: 6}
    assert assessed.assessments.figures() == Figures(systems=5, assessed=3, above=1, controls=proven)
    assert assessed.assessments.figures(frozenset({"shop"})).assessed == 0
    assert assessed.assessments.figures(frozenset()) == Figures(controls=dict.fromkeys(ControlState, 0))
