"""Deny beats everything, and silence is a denial."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import Allow, Ask, Deny, Ruling, Transform, combine

RULINGS = st.lists(
    st.one_of(
        st.just(Allow()),
        st.builds(Transform, st.lists(st.sampled_from(["mail", "name"]), min_size=1).map(tuple)),
        st.builds(Ask, st.just("owner")),
        st.builds(Deny, st.just("no")),
    ),
    max_size=6,
)


@given(RULINGS)
def test_the_strictest_ruling_wins(rulings: list[Ruling]) -> None:
    result = combine(rulings)
    order = [Deny, Ask, Transform, Allow]
    strictest = min((order.index(type(ruling)) for ruling in rulings), default=0)
    assert type(result) is order[strictest]


def test_nothing_said_is_a_denial() -> None:
    assert combine([]) == Deny("no rule allows this")


def test_changes_add_up_once_each() -> None:
    assert combine([Transform(("mail",)), Allow(), Transform(("name", "mail"))]) == Transform(("mail", "name"))
