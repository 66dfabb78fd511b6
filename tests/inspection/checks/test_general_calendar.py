from __future__ import annotations

import pytest

from bartizan.inspection.checks.columns.calendar import birth_date, calendar_date, calendar_month
from bartizan.inspection.digits import Digits


def written(text: str) -> Digits:
    parts = text.split("-")
    return Digits([int(digit) for part in parts for digit in part], tuple(map(len, parts)))


@pytest.mark.parametrize(
    "text", ["2021-5-21", "21-05-2021", "05-21-2021", "21-05-21", "05-21-21", "24-02-29", "29-02-2024"]
)
def test_days_in_every_order(text: str) -> None:
    assert calendar_date(written(text))


@pytest.mark.parametrize("text", ["2021-13-45", "1779-05-21", "32-13-2021", "29-02-2023", "45-45-45", "00-00-2020"])
def test_no_days(text: str) -> None:
    assert not calendar_date(written(text))


def test_nobody_was_born_in_the_far_future() -> None:
    assert birth_date(written("21-05-1980"))
    assert birth_date(written("21-05-80"))
    assert not birth_date(written("21-05-2080"))


@pytest.mark.parametrize(
    ("text", "good"),
    [("05-2021", True), ("2021-05", True), ("05-21", True), ("13-2021", False), ("2021-13", False), ("13-13", False)],
)
def test_months(text: str, good: bool) -> None:
    assert bool(calendar_month(written(text))) is good
