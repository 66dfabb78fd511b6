"""What lets more risk stand, and that it takes two people."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.govern.loosening import against, asked, check_change, check_removal, confirmed, loosens
from bartizan.govern.roles import Person
from bartizan.govern.tiers import Traits, appetite_of, money_of, tier_for, tier_of
from bartizan.model import InputError, Level
from bartizan.model.documents import Organisation, Proposed, TierRule
from bartizan.model.words import Category
from tests.govern.support import system

OLD = Organisation(title="x")
ANNA, BEN = Person(id="anna", email="a@example.com"), Person(id="ben")
FEW = [Category.HEALTH, Category.FINANCIAL, Category.PERSONAL]


def changed(**parts: Any) -> Organisation:
    return msgspec.structs.replace(OLD, **parts)


def tiers(number: int, **parts: Any) -> list[TierRule]:
    """The default tiers, of which one says something else."""
    made = [*OLD.tiers]
    made[number] = msgspec.structs.replace(made[number], **parts)
    return made


@pytest.mark.parametrize(
    ("parts", "looser"),
    [
        ({"title": "y", "units": {}, "frameworks": ["iso-42001"]}, False),
        ({"appetite": Level.LOW}, False),
        ({"appetite": Level.HIGH}, True),
        ({"appetite": 1e12}, True),
        ({"appetite": money_of(Level.MEDIUM)}, False),
        ({"tiers": tiers(0, appetite=Level.LOW)}, False),
        ({"tiers": tiers(2, appetite=Level.HIGH)}, True),
        ({"appetite": Level.LOW, "tiers": tiers(0, appetite=Level.HIGH)}, True),
        ({"tiers": tiers(0, review_days=181)}, True),
        ({"tiers": tiers(0, review_days=179)}, False),
        ({"tiers": tiers(2, evidence_days=366)}, True),
        ({"tiers": tiers(0, criticality=Level.CRITICAL)}, True),
        ({"tiers": tiers(0, criticality=Level.MEDIUM)}, False),
        ({"tiers": tiers(0, highest="")}, True),
        ({"tiers": tiers(1, acts=False)}, True),
        ({"tiers": tiers(0, categories=[Category.HEALTH], title="y")}, False),
        ({"tiers": [*OLD.tiers[:2], TierRule(id="new", title="", acts=True), OLD.tiers[2]]}, False),
        ({"tiers": OLD.tiers[1:]}, True),
        ({"tiers": OLD.tiers[:1]}, False),
        ({"tiers": []}, True),
        ({"tiers": OLD.tiers[::-1]}, True),
        ({"classes": ["public", "internal", "confidential", "restricted", "secret"]}, False),
        ({"classes": ["public", "restricted", "confidential", "internal"]}, False),
        ({"classes": ["restricted", "confidential", "internal", "public"]}, False),
        ({"classes": ["restricted", "public", "internal"], "tiers": tiers(0, highest="internal")}, True),
    ],
)
def test_what_lets_more_risk_stand_is_known(parts: dict[str, Any], looser: bool) -> None:
    assert loosens(OLD, changed(**parts)) is looser


def test_nothing_is_no_loosening() -> None:
    assert not loosens(OLD, OLD)


rules = st.builds(
    TierRule,
    id=st.just("t"),
    title=st.just(""),
    criticality=st.sampled_from([None, *Level]),
    highest=st.sampled_from(["", *OLD.classes]),
    categories=st.lists(st.sampled_from(FEW), unique=True, max_size=2),
    acts=st.booleans(),
    appetite=st.sampled_from([None, Level.LOW, Level.HIGH]),
    evidence_days=st.sampled_from([90, 180]),
)
organisations = st.builds(
    Organisation,
    title=st.just(""),
    appetite=st.sampled_from([Level.LOW, Level.MEDIUM]),
    tiers=st.lists(rules, max_size=4),
)


@given(
    organisations,
    organisations,
    st.builds(
        Traits,
        criticality=st.sampled_from(Level),
        highest=st.integers(-1, 3),
        categories=st.frozensets(st.sampled_from(FEW)),
        acts=st.booleans(),
    ),
)
def test_what_is_no_loosening_lets_no_system_keep_more(old: Organisation, new: Organisation, traits: Traits) -> None:
    if loosens(old, new):
        return
    before, after = tier_for(traits, old), tier_for(traits, new)
    assert money_of(after.appetite or new.appetite) <= money_of(before.appetite or old.appetite)
    assert after.evidence_days <= before.evidence_days


def test_what_is_asked_for_holds_once_it_is_confirmed() -> None:
    wanted = changed(title="y", appetite=Level.HIGH)
    waits = asked(OLD, wanted, "anna")
    assert waits.proposed == Proposed(asked_by="anna", appetite=Level.HIGH)
    assert (waits.title, waits.appetite, waits.tiers) == ("y", OLD.appetite, OLD.tiers)
    assert appetite_of(system(), waits) == appetite_of(system(), OLD)
    assert not loosens(OLD, waits)
    assert confirmed(waits) == wanted
    assert confirmed(OLD) == OLD
    more = asked(OLD, changed(classes=["a", "b"], tiers=tiers(0, appetite=1e9)), "anna")
    assert tier_of(system(), confirmed(more)).appetite == 1e9
    assert confirmed(more).classes == ["a", "b"]


def test_another_person_confirms() -> None:
    waits = asked(OLD, changed(appetite=Level.HIGH), "a@example.com")
    assert against(waits, BEN) is None
    check_change(waits, confirmed(waits), BEN)
    for person, spec in ((ANNA, waits), (Person(id="ben", program=True), waits), (BEN, OLD)):
        assert against(spec, person) is not None
    for person in (ANNA, Person(id="ben", program=True)):
        with pytest.raises(InputError, match="second person"):
            check_change(waits, confirmed(waits), person)


def test_nobody_loosens_alone_or_asks_in_the_name_of_another() -> None:
    wanted = changed(appetite=Level.HIGH)
    for person in (ANNA, BEN):
        with pytest.raises(InputError, match="takes two people"):
            check_change(OLD, wanted, person)
    waits = asked(OLD, wanted, "anna")
    check_change(OLD, waits, ANNA)
    with pytest.raises(InputError, match="name of the person"):
        check_change(OLD, waits, BEN)
    # What is confirmed is what was asked for, and nothing else.
    with pytest.raises(InputError, match="takes two people"):
        check_change(waits, changed(appetite=Level.HIGH, title="y"), BEN)
    with pytest.raises(InputError, match="takes two people"):
        check_change(waits, changed(appetite=Level.CRITICAL), BEN)
    check_change(waits, msgspec.structs.replace(waits, title="y"), BEN)
    check_change(waits, OLD, BEN)


def test_the_first_description_takes_one_and_taking_it_out_is_no_way_around() -> None:
    check_change(None, changed(appetite=Level.CRITICAL), ANNA)
    check_removal(OLD)
    with pytest.raises(InputError, match="more risk"):
        check_removal(changed(appetite=Level.LOW))
