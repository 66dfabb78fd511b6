"""The leak battery: no value that a reader can decode goes to a provider, or comes back, when a rule hides or blocks it."""

from __future__ import annotations

import pytest

from tests.guard.battery.cases import SIDES, cases, leaks, one_value_each
from tests.guard.battery.encodings import TEXTS

# What the guard's own tests cover is measured; tracing thousands of cases besides would take twice their time.
pytestmark = pytest.mark.no_cover


@pytest.mark.parametrize("do", ["mask", "block"])
@pytest.mark.parametrize("side", SIDES)
def test_no_place_leaks(do: str, side: str) -> None:
    found = leaks(cases(do=[do], sides=[side], values=["card", "mail"], texts=["plain"]))
    assert [f"{why}: {case.name}" for why, case in found] == []


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("text", TEXTS)
def test_no_encoding_leaks(text: str, side: str) -> None:
    """With one value in each place; `benchmarks/gateway/bench_leaks.py` runs all of them, in both ways to write bodies."""
    found = leaks(one_value_each(cases(do=["mask"], sides=[side], texts=[text], bodies=["written"])))
    assert [f"{why}: {case.name}" for why, case in found] == []


def test_what_is_left_of_the_battery_holds_every_place_with_every_text() -> None:
    every = list(cases(do=["mask"], bodies=["written"]))
    left = list(one_value_each(every))
    assert {case._replace(value="") for case in left} == {case._replace(value="") for case in every}
    assert len(left) == len(set(left)) < len(every) / 2
    pairs = {(case.value, case.text, case.side) for case in left}
    assert pairs == {(case.value, case.text, case.side) for case in every}
