"""A finding needs a name and a place."""

from __future__ import annotations

import pytest

from bartizan.model import Level, Place, finding

HERE = Place("models/a.pkl", 3, 1)


def test_a_finding_is_named_by_rule_and_place() -> None:
    made = finding("pickle-call", "It calls a function", severity=Level.HIGH, place=HERE)
    assert made.id == "pickle-call@models/a.pkl:3:1"
    assert made.confidence == 75


@pytest.mark.parametrize(
    ("rule", "title", "place", "confidence", "said"),
    [
        ("Pickle Call", "t", HERE, 75, "is not a rule id"),
        ("pickle-call", " ", HERE, 75, "no title"),
        ("pickle-call", "t", Place(), 75, "no place"),
        ("pickle-call", "t", HERE, 101, "not between 0 and 100"),
    ],
)
def test_a_finding_that_nobody_can_use_is_refused(
    rule: str, title: str, place: Place, confidence: int, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        finding(rule, title, severity=Level.LOW, place=place, confidence=confidence)
