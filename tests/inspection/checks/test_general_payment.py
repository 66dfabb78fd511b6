from __future__ import annotations

import numpy as np
import pytest

from bartizan.inspection.checks.columns.payment import card_expiry, payment_card
from bartizan.inspection.checks.columns.subscribers import iccid, imsi
from bartizan.inspection.digits import Digits


def digits(text: str) -> list[int]:
    return [int(character) for character in text if character.isdecimal()]


@pytest.mark.parametrize(
    "number",
    [
        "4111111111111111",
        "4222222222222",
        "4917610000000000003",
        "5555555555554444",
        "2223003122003222",
        "378282246310005",
        "6011111111111117",
        "30569309025904",
        "3530111333300000",
        "213100000000001",
        "6200000000000005",
        "8171999927660000",
        "6759649826438453",
        "501800000009",
        "122000000000003",
        "2200000000000004",
        "9860000000000018",
    ],
)
def test_a_card_of_a_scheme_passes(number: str) -> None:
    assert payment_card(digits(number))


@pytest.mark.parametrize(
    "number",
    [
        "4111111111111112",
        "8111111111111117",
        "411111111111",
        "34111111111111111",
        "2121000000000004",
        "1220000000000003",
    ],
)
def test_other_numbers_are_no_cards(number: str) -> None:
    assert not payment_card(digits(number))


def test_a_column_of_cards_is_judged_at_once() -> None:
    columns = np.array([digits("4111111111111111"), digits("4111111111111112"), digits("5555555555554444")]).T
    assert payment_card(list(columns)).tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("text", "groups", "good"),
    [
        ("1029", (2, 2), True),
        ("1329", (2, 2), False),
        ("0095", (2, 2), False),
        ("012031", (2, 4), True),
        ("011931", (2, 4), False),
        ("203112", (4, 2), True),
        ("203113", (4, 2), False),
    ],
)
def test_an_expiry_is_a_month_and_a_near_year(text: str, groups: tuple[int, ...], good: bool) -> None:
    assert bool(card_expiry(Digits(digits(text), groups))) is good


def test_sim_cards_and_subscribers() -> None:
    assert iccid(digits("8941012345678901234"))
    assert not iccid(digits("8941012345678901235"))
    assert imsi(digits("228011234567890"))
    assert not imsi(digits("128011234567890"))
