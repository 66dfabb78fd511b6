"""Columns: surer than their values, and chance told from sense."""

from __future__ import annotations

import pytest

from bartizan.inspection.classification import Classifier, ClassScheme
from bartizan.scan.aggregate import ColumnTally, TypeTally
from bartizan.scan.aggregate_columns import ColumnType, chance, column_types, facts_of
from tests.support import packaged_types

TYPES = packaged_types()
FACTS = facts_of(TYPES, Classifier(ClassScheme(), TYPES))


def weigh(found: TypeTally, *, filled: int, type: str, numeric: bool = True, threshold: int = 75) -> ColumnType:
    tally = ColumnTally("", "number", filled, filled, 100, 100 if numeric else 0, {type: found})
    (out,) = column_types(tally, FACTS, threshold)
    return out


def low(number: int, confidence: int = 65) -> TypeTally:
    return TypeTally({confidence: number}, {confidence: number}, number)


def test_a_column_in_which_most_numbers_pass_the_checksum_is_of_the_type() -> None:
    out = weigh(low(90), filled=100, type="nl-bsn")
    assert (out.whole, out.count, out.confidence, out.share) == (True, 90, 75, 0.9)


def test_a_tenth_of_a_column_of_numbers_is_chance() -> None:
    out = weigh(low(11, 85), filled=100, type="nl-bsn")
    assert (out.whole, out.count, out.unsure) == (False, 0, False)


def test_three_times_as_many_as_chance_are_not() -> None:
    out = weigh(low(30, 85), filled=100, type="nl-bsn")
    assert (out.whole, out.count) == (False, 30)


def test_numbers_within_free_text_are_not_chance() -> None:
    assert weigh(low(8, 85), filled=100, type="credit-card", numeric=False).count == 8
    part = TypeTally({85: 8}, {85: 8}, 0)
    assert weigh(part, filled=100, type="credit-card").count == 8


def test_a_shape_alone_makes_no_column() -> None:
    out = weigh(low(100), filled=100, type="us-ssn")
    assert (out.whole, out.count, out.unsure) == (False, 0, True)
    assert weigh(low(100, 75), filled=100, type="us-ssn").whole


def test_few_records_prove_little() -> None:
    assert not weigh(low(2), filled=2, type="nl-bsn").whole
    assert weigh(low(3), filled=3, type="nl-bsn").whole
    assert not weigh(low(3), filled=6, type="nl-bsn").whole
    assert weigh(low(1, 85), filled=5, type="nl-bsn").count == 1


def test_free_text_has_no_share() -> None:
    tally = ColumnTally("", "", types={"nl-bsn": low(3), "email-address": low(5, 85)})
    assert [(one.type, one.count, one.unsure) for one in column_types(tally, FACTS, 75)] == [
        ("email-address", 5, False),
        ("nl-bsn", 0, True),
    ]


def test_the_likeliest_type_comes_first() -> None:
    types = {"email-address": low(40, 85), "nl-bsn": low(80), "a-type-that-is-gone": low(9)}
    tally = ColumnTally("", "x", 100, 100, 100, 0, types)
    assert [one.type for one in column_types(tally, FACTS, 75)] == ["nl-bsn", "email-address"]


def test_a_column_of_one_type_leaves_no_room_for_others() -> None:
    types = {"us-npi": low(10), "nl-bsn": low(95)}
    tally = ColumnTally("", "x", 100, 100, 100, 0, types)
    assert [one.type for one in column_types(tally, FACTS, 75)] == ["nl-bsn"]


@pytest.mark.parametrize(
    ("type", "least", "most"), [("nl-bsn", 0.08, 0.1), ("ch-ahv", 0, 0.01), ("email-address", 1, 1)]
)
def test_chance_is_measured(type: str, least: float, most: float) -> None:
    assert least <= chance(TYPES[type]) <= most


def test_chance_can_be_measured_for_every_type() -> None:
    measured = {name: chance(entry) for name, entry in TYPES.items()}
    assert all(0 <= share <= 1 for share in measured.values())
