"""Ranges, evidence and levels."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import Evidence, Level, Range, to_range

POSITIVE = st.just(0.0) | st.floats(1e-6, 1e12, allow_nan=False)


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        (5, Range(5, 5, 5)),
        (0, Range(0, 0, 0)),
        ([4], Range(4, 4, 4)),
        ([1, 9], Range(1, 3, 9)),
        ([0, 10], Range(0, 5, 10)),
        ([1, 2, 9], Range(1, 2, 9)),
    ],
)
def test_a_range_is_one_two_or_three_numbers(numbers: float | list[float], expected: Range) -> None:
    assert to_range(numbers) == expected


@pytest.mark.parametrize("numbers", [[], [1, 2, 3, 4], [2, 1], [1, 3, 2], [-1, 2], -1])
def test_numbers_that_are_no_range_are_refused(numbers: float | list[float]) -> None:
    with pytest.raises(ValueError, match="in rising order, not negative"):
        to_range(numbers)


@given(st.lists(POSITIVE, min_size=1, max_size=3).map(sorted))
def test_the_likeliest_lies_between_low_and_high(numbers: list[float]) -> None:
    span = to_range(numbers)

    assert span.low == numbers[0]
    assert span.high == numbers[-1]
    assert span.low * (1 - 1e-9) <= span.mode <= span.high * (1 + 1e-9)


SEEN = date(2026, 5, 1)


@pytest.mark.parametrize(
    ("evidence", "day", "fresh"),
    [
        (Evidence(source="test", observed_at=SEEN), date(2026, 5, 1), True),
        (Evidence(source="test", observed_at=SEEN), date(2036, 5, 1), True),
        (Evidence(source="test", observed_at=SEEN), date(2026, 4, 30), False),
        (Evidence(source="test", observed_at=SEEN, good_until=date(2026, 6, 1)), date(2026, 6, 1), True),
        (Evidence(source="test", observed_at=SEEN, good_until=date(2026, 6, 1)), date(2026, 6, 2), False),
        (Evidence(source="test", observed_at=SEEN, outcome="fail"), date(2026, 5, 2), False),
    ],
)
def test_evidence_proves_from_the_day_it_was_seen_until_it_ends(evidence: Evidence, day: date, fresh: bool) -> None:
    assert evidence.fresh(day) is fresh


def test_levels_rank_from_one_to_four() -> None:
    assert [level.rank for level in (Level.LOW, Level.MEDIUM, Level.HIGH, Level.CRITICAL)] == [1, 2, 3, 4]
