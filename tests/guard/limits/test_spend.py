"""What a call may use and has used."""

from __future__ import annotations

from typing import Any

import pytest

from bartizan.guard.config import Price, Upstream
from bartizan.guard.exchange import Origin, Piece, Usage
from bartizan.guard.limits import Amount, Ask
from bartizan.guard.limits.spend import Estimate, ask_of, estimate, price_of, used_by
from tests.guard.limits.support import UPSTREAM, prepared

PRICE = Price(input=2.0, output=8.0)


def text(value: str) -> Piece:
    return Piece({}, "x", value, Origin.USER)


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ({"most": 50}, Estimate(100, 50, True)),
        ({}, Estimate(100, 4_096, False)),
        ({"most": 50, "parameters": {"n": 3}}, Estimate(100, 150, True)),
        ({"most": 50, "parameters": {"candidateCount": 2, "n": "4"}}, Estimate(100, 100, True)),
        ({"most": 50, "parameters": {"n": 10**9}}, Estimate(100, 50_000, True)),
        ({"most": 50, "parameters": {"n": -4}}, Estimate(100, 50, True)),
        ({"most": 10**30}, Estimate(100, 1 << 40, True)),
        ({"action": "embed"}, Estimate(100, 0, True)),
        ({"action": "count-tokens"}, Estimate(0, 0, True)),
        ({"action": "list-models"}, Estimate(0, 0, True)),
        ({"most": 1, "opaque": 2, "body": b"x" * 1_000_000}, Estimate(4_000, 1, True)),
        ({"most": 1, "opaque": 1, "body": b"x" * 1_000_000, "pieces": [text("é" * 400)]}, Estimate(2_200, 1, True)),
        ({"most": 1, "opaque": 1}, Estimate(100, 1, True)),
    ],
)
def test_estimates(call: dict[str, Any], expected: Estimate) -> None:
    assert estimate(prepared(**call), 4_096) == expected


def test_what_a_call_bounds_itself_is_reserved_whole() -> None:
    assert ask_of(Estimate(100, 50, True), PRICE) == Ask(Amount(1, 150, 600), Amount(1, 150, 600))
    assert ask_of(Estimate(100, 50, False), PRICE) == Ask(Amount(1, 101, 208), Amount(1, 150, 600))
    assert ask_of(Estimate(100, 50, True), None).most == Amount(1, 150, 0)


@pytest.mark.parametrize(
    ("usage", "size", "expected"),
    [
        (Usage(7, 3), 0, Amount(1, 10, 38)),
        (Usage(7, -1), 10, Amount(1, 10, 38)),
        (Usage(-1, 3), 0, Amount(1, 103, 224)),
        (Usage(-1, -1), 9, Amount(1, 103, 224)),
        (Usage(7, -1), 0, Amount(1, 7, 14)),
        (Usage(-1, -1), 0, Amount(1, 0, 0)),
    ],
)
def test_what_was_used(usage: Usage, size: int, expected: Amount) -> None:
    call = prepared()
    call.usage, call.size = usage, size
    assert used_by(call, Estimate(100, 50, True), PRICE) == expected


def test_money_is_rounded_up() -> None:
    call = prepared()
    call.usage = Usage(1, 1)
    assert used_by(call, Estimate(1, 1, True), Price(input=0.1, output=0.1)).money == 1


def test_a_price_is_found_by_either_name() -> None:
    other = Upstream(id="u", door="openai", url="https://x", prices={"sent": Price(input=1.0), "*": Price(input=9.0)})
    assert price_of(other, "asked", "sent") == Price(input=1.0)
    assert price_of(other, "sent", "x") == Price(input=1.0)
    assert price_of(other, "x", "y") == Price(input=9.0)
    assert price_of(UPSTREAM, "x", "y") is None
    assert price_of(Upstream(id="u", door="openai", url="https://x"), "gpt", "gpt") is None
