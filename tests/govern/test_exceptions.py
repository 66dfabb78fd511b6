from __future__ import annotations

from datetime import date, timedelta

import pytest

from bartizan.govern import exceptions
from bartizan.govern.exceptions import ExceptionState
from bartizan.govern.roles import Person
from bartizan.model import InputError
from bartizan.model.documents import ExceptionSpec, TierRule

DAY = date(2026, 11, 28)
REVIEWER = Person(id="rea", name="Rea Viewer")
TIERS = [TierRule(id="tier-1", title="Critical", review_days=180), TierRule(id="tier-3", title="Other")]


def exception(**more: object) -> ExceptionSpec:
    values = {
        "title": "Old proxy", "control": "egress-allow-list", "owner": "ana", "why": "moving",
        "starts": DAY, "ends": DAY + timedelta(days=60),
    } | more  # fmt: skip
    return ExceptionSpec(**values)  # type: ignore[arg-type] # values of several types


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, ExceptionState.REQUESTED),
        ({"approved_by": "rea"}, ExceptionState.STANDING),
        ({"approved_by": "rea", "starts": DAY + timedelta(days=1)}, ExceptionState.COMING),
        ({"approved_by": "rea", "starts": DAY - timedelta(9), "ends": DAY - timedelta(1)}, ExceptionState.ENDED),
        ({"starts": DAY - timedelta(9), "ends": DAY - timedelta(1)}, ExceptionState.ENDED),
        ({"refused_by": "rea"}, ExceptionState.REFUSED),
    ],
)
def test_it_stands_as_its_fields_and_the_day_say(more: dict[str, object], state: ExceptionState) -> None:
    assert exceptions.state_of(exception(**more), DAY) is state


def test_another_person_approves_it() -> None:
    made = exceptions.approved(exception(), REVIEWER, ["ana"], TIERS, DAY)
    assert (made.approved_by, made.approved_on) == ("rea", DAY)
    assert made.counts(DAY)


@pytest.mark.parametrize(
    ("more", "asked_by", "words"),
    [
        ({"owner": "Rea Viewer"}, [], "its owner"),
        ({}, ["rea"], "asked for it"),
        ({"ends": DAY + timedelta(days=180)}, [], "181 days, and at most 180"),
        ({"approved_by": "x"}, [], "it is standing"),
    ],
)
def test_who_may_not_approve_it_is_told_why(more: dict[str, object], asked_by: list[str], words: str) -> None:
    with pytest.raises(InputError, match=words):
        exceptions.approved(exception(**more), REVIEWER, asked_by, TIERS, DAY)


def test_without_a_system_it_lasts_a_year_at_most() -> None:
    assert exceptions.longest([]) == 365
    assert exceptions.longest(TIERS) == 180


def test_it_is_refused_only_while_it_is_open() -> None:
    assert exceptions.refused(exception(), REVIEWER, DAY).refused_by == "rea"
    with pytest.raises(InputError, match="not open"):
        exceptions.refused(exception(approved_by="rea"), REVIEWER, DAY)


def test_it_can_be_ended_before_its_time_and_before_its_first_day() -> None:
    standing = exceptions.ended(exception(approved_by="rea", starts=DAY - timedelta(days=5)), DAY)
    assert not standing.counts(DAY)
    assert standing.starts == DAY - timedelta(days=5)
    coming = exceptions.ended(exception(approved_by="rea", starts=DAY + timedelta(days=5)), DAY)
    assert exceptions.state_of(coming, DAY) is ExceptionState.ENDED
    with pytest.raises(InputError, match="ended already"):
        exceptions.ended(standing, DAY)


def test_it_ends_soon_when_it_holds_and_its_end_is_near() -> None:
    assert exceptions.soon(exception(approved_by="rea", ends=DAY + timedelta(days=10)), DAY)
    assert not exceptions.soon(exception(approved_by="rea"), DAY)
    assert not exceptions.soon(exception(ends=DAY + timedelta(days=10)), DAY)
