"""Amounts are read so that no spelling makes them less."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.guard.charter import Amount, amounts_of
from bartizan.model.card import Argument, Role, ToolCard, ValueType
from bartizan.model.words import Effect

CARD = ToolCard(
    tool="pay",
    effect=Effect.PAY,
    arguments={
        "amount": Argument(role=Role.BOUND, type=ValueType.AMOUNT),
        "tip": Argument(role=Role.BOUND, type=ValueType.AMOUNT),
        "to": Argument(role=Role.CRITICAL, type=ValueType.ACCOUNT),
    },
)


@pytest.mark.parametrize(
    ("value", "number", "currency"),
    [
        (12, "12", ""),
        (12.5, "12.5", ""),
        (0.1, "0.1", ""),
        ("12", "12", ""),
        ("12.50", "12.50", ""),
        ("12,50", "12.50", ""),
        ("1.000", "1000", ""),
        ("1,000", "1000", ""),
        ("1,234.56", "1234.56", ""),
        ("1.234,56", "1234.56", ""),
        ("1'234.56", "1234.56", ""),
        ("1 234,56 EUR", "1234.56", "EUR"),
        ("$ 99", "99", "USD"),
        ("99€", "99", "EUR"),
        ("chf 10", "10", "CHF"),
        ("1e3", "1E+3", ""),
        ("1,234,567", "1234567", ""),
        ("1.000.000", "1000000", ""),
    ],
)
def test_amounts(value: object, number: str, currency: str) -> None:
    assert amounts_of(CARD, {"amount": value}) == [Amount(Decimal(number), currency)]


@pytest.mark.parametrize(
    "value",
    [True, -1, -0.01, "-5", float("inf"), float("nan"), "NaN", "Infinity", "lots", "", "1" * 100, "EUR 5 USD", b"5"],
)
def test_what_can_not_be_read(value: object) -> None:
    assert amounts_of(CARD, {"amount": value}) == [Amount(None, "")]


def test_all_of_them_count_however_deep() -> None:
    found = amounts_of(CARD, {"amount": [1, {"a": [2]}, (3,)], "tip": "4 USD", "to": "5", "currency": " eur "})
    assert sorted((one.value, one.currency) for one in found if one.value) == [
        (Decimal(1), "EUR"),
        (Decimal(2), "EUR"),
        (Decimal(3), "EUR"),
        (Decimal(4), "USD"),
    ]


def test_amounts_inside_objects_count_in_the_currency_beside_them() -> None:
    amount = Argument(role=Role.BOUND, type=ValueType.AMOUNT)
    card = ToolCard(
        tool="pay_all",
        effect=Effect.PAY,
        arguments={"fee": amount, "payments.amount": amount, "payments.note": Argument(role=Role.TEXT)},
    )
    payments = [{"amount": 10, "currency": "chf", "note": "7"}, {"amount": "20", "note": "8", "other": 9}]
    found = amounts_of(card, {"payments": payments, "fee": 1, "currency": "EUR"})
    assert found == [Amount(Decimal(10), "CHF"), Amount(Decimal(20), "EUR"), Amount(Decimal(1), "EUR")]
    assert amounts_of(card, {"payments": {"amount": None, "note": None}}) == []


def test_nothing_is_nothing() -> None:
    assert amounts_of(CARD, {"amount": None, "currency": 5}) == []


@given(st.one_of(st.text(max_size=70), st.floats(), st.integers(), st.text(alphabet="0123456789., $€", max_size=12)))
def test_an_amount_is_never_negative_and_never_raises(value: Any) -> None:
    for amount in amounts_of(CARD, {"amount": value}):
        assert amount.value is None or (amount.value.is_finite() and amount.value >= 0)
