from __future__ import annotations

import pytest

from bartizan.inspection.checks.text.general import gps_pair, plate_number, reference_number


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("46.94809, 7.44744", True),
        ("-33.8688, 151.2093", True),
        ("96.5, 7.4", False),
        ("46.9, 187.4", False),
        ("0.0, 0.0", False),
    ],
)
def test_positions_on_earth(text: str, good: bool) -> None:
    assert gps_pair(text) is good


@pytest.mark.parametrize(("text", "good"), [("ZH 123456", True), ("renewal", False), ("A 1", False)])
def test_plates_hold_digits(text: str, good: bool) -> None:
    assert plate_number(text) is good


def test_numbers_of_papers_hold_three_digits() -> None:
    assert reference_number("CT-2024-1")
    assert not reference_number("pending 1")
