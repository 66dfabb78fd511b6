"""The leak battery: no value that a reader can decode goes to a provider, or comes back, when a rule hides or blocks it."""

from __future__ import annotations

import pytest

from tests.guard.battery.cases import SIDES, cases, leaks
from tests.guard.battery.encodings import TEXTS


@pytest.mark.parametrize("do", ["mask", "block"])
@pytest.mark.parametrize("side", SIDES)
def test_no_place_leaks(do: str, side: str) -> None:
    found = leaks(cases(do=[do], sides=[side], values=["card", "mail"], texts=["plain"]))
    assert [f"{why}: {case.name}" for why, case in found] == []


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("text", TEXTS)
def test_no_encoding_leaks(text: str, side: str) -> None:
    found = leaks(cases(do=["mask"], sides=[side], texts=[text], bodies=["written"]))
    assert [f"{why}: {case.name}" for why, case in found] == []
