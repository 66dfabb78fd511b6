"""What documents tell of themselves: claims, exceptions, units, classes, and when a moment is."""

from __future__ import annotations

from datetime import date

import pytest

from bartizan.model import InputError
from bartizan.model.documents import Claim, Criterion, ExceptionSpec, Grade, Organisation, Unit
from bartizan.model.documents.sandbox import moment

DAY = date(2026, 11, 28)


@pytest.mark.parametrize(("grade", "suffices"), [("A", True), ("B", True), ("C", True), ("D", False), ("E", False)])
def test_an_answer_or_an_assumption_satisfies_no_demand(grade: str, suffices: bool) -> None:
    assert Grade(grade).suffices is suffices


@pytest.mark.parametrize(
    ("seen", "until", "fresh"),
    [
        (DAY, None, True),
        (DAY, DAY, True),
        (date(2026, 1, 1), date(2026, 11, 27), False),
        (date(2026, 11, 29), None, False),
    ],
)
def test_a_claim_counts_from_when_it_was_seen_to_its_end(seen: date, until: date | None, fresh: bool) -> None:
    assert Claim(criterion="location", value="EU", seen_on=seen, good_until=until).fresh(DAY) is fresh


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ({}, True),
        ({"approved_by": ""}, False),
        ({"refused_by": "ben"}, False),
        ({"starts": date(2026, 11, 29)}, False),
        ({"ends": date(2026, 11, 27)}, False),
        ({"starts": DAY, "ends": DAY}, True),
    ],
)
def test_an_exception_counts_when_approved_and_in_time(changed: dict[str, object], counts: bool) -> None:
    given = {"title": "t", "control": "c", "owner": "o", "why": "w", "approved_by": "anna",
             "starts": date(2026, 1, 1), "ends": date(2026, 12, 31), **changed}  # fmt: skip

    assert ExceptionSpec(**given).counts(DAY) is counts  # type: ignore[arg-type]


def test_a_unit_includes_all_that_are_below_it() -> None:
    units = {
        "bank": Unit(title="Bank"),
        "retail": Unit(title="Retail", parent="bank"),
        "cards": Unit(title="Cards", parent="retail"),
        "asset": Unit(title="Asset"),
    }
    organisation = Organisation(title="x", units=units)

    assert organisation.below("bank") == {"bank", "retail", "cards"}
    assert organisation.below("cards") == {"cards"}
    assert organisation.below("nobody") == {"nobody"}
    assert organisation.below("") == {"", *units}


def test_units_in_a_circle_end() -> None:
    units = {"a": Unit(title="A", parent="b"), "b": Unit(title="B", parent="a")}

    assert Organisation(title="x", units=units).below("a") == {"a", "b"}


def test_an_organisation_has_its_own_classes_of_data() -> None:
    scheme = Organisation(title="x", classes=["open", "closed"]).scheme

    assert scheme.level("closed") == 1
    with pytest.raises(InputError):
        scheme.level("restricted")


@pytest.mark.parametrize(
    ("criterion", "title"),
    [
        (Criterion(measure="calls", reaches=10, what="Ten calls"), "Ten calls"),
        (Criterion(measure="calls", reaches=10), "calls reach 10"),
        (Criterion(measure="findings", reaches=2.5, types=["iban", "ahv"]), "findings of iban, ahv reach 2.5"),
        (Criterion(measure="refusals", reaches=1, rules=["r"]), "refusals of r reach 1"),
    ],
)
def test_a_criterion_says_what_it_is_about(criterion: Criterion, title: str) -> None:
    assert criterion.title == title


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1970-01-02", 86400), ("1970-01-01T01:00:00+01:00", 0), ("1970-01-01T00:00:05Z", 5)],
)
def test_a_day_is_its_beginning_in_utc(text: str, seconds: float) -> None:
    assert moment(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "1970-01-01T00:00:00", "1970-13-01"])
def test_what_is_neither_a_day_nor_a_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        moment(text)
