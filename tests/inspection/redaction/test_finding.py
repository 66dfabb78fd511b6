"""The detector of a redactor says the same of one text and of many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection.redaction import Finder, Hiding, Redactor
from tests.inspection.small_types import SMALL, small

FINDER = Finder(small())
PARTS = st.lists(
    st.sampled_from(["4111 1111 1111 1111", "Zürich 💳", "card", "\n", " ", "x", "a@example.com"]), max_size=6
)


@given(st.lists(PARTS.map(" ".join), max_size=5))
def test_many_is_one_by_one(texts: list[str]) -> None:
    many = FINDER.many(texts, "")
    one = [FINDER.one(text, "") for text in texts]
    assert [[(s.type, s.start, s.end, s.confidence, s.category) for s in spans] for spans in many] == [
        [(s.type, s.start, s.end, s.confidence, s.category) for s in spans] for spans in one
    ]


def test_values_are_hidden_in_place() -> None:
    hide = Redactor(FINDER.one, Hiding(), many=FINDER.many)
    assert "card" in SMALL
    assert hide.redact("💳 é 4111 1111 1111 1111 ü") == "💳 é <card> ü"
