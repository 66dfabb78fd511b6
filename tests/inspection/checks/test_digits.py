"""The sums and dates that checks are made of."""

from __future__ import annotations

from calendar import monthrange

import numpy as np

from bartizan.inspection.checks.digits import among, bare, crossed, known_day, remainder, varied, weighted


def test_known_day_is_the_calendar() -> None:
    for year in (1899, 1900, 1996, 2000, 2023):
        for month in range(100):
            days = monthrange(year, month)[1] if 0 < month < 13 else 0
            assert [day for day in range(100) if known_day(year, month, day)] == list(range(1, days + 1))


def test_a_year_without_century_may_be_a_leap_year() -> None:
    assert known_day(0, 2, 29)
    assert not known_day(1, 2, 29)


def test_a_month_below_its_offset_is_none() -> None:
    assert not known_day(1990, np.array([5]) - 20, np.array([1])).any()


def test_sums() -> None:
    assert weighted([1, 2, 3, 9], (3, 2, 1)) == 10
    assert crossed([9, 5], (2, 1)) == 14
    assert remainder([1, 2, 3, 4, 5], 97) == 12345 % 97


def test_sixteen_bits_suffice() -> None:
    digits = [np.array([9], dtype=np.int16)] * 13
    assert remainder(digits, 511).item() == 9999999999999 % 511
    assert weighted(digits[:8], (256, 128, 64, 32, 16, 8, 4, 2)).item() == 9 * 510


def test_members_and_repetition() -> None:
    assert among(np.array([3, 4]), (3, 9), 10).tolist() == [True, False]
    assert not varied([7, 7, 7])
    assert varied([7, 7, 1])


def test_bare_text() -> None:
    assert bare("x-12.3 a") == "X123A"
