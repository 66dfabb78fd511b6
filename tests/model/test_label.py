"""Labels form a lattice: join is its only operation, and `covers` is its order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.model import InputError, Integrity, Label, Scheme
from bartizan.model.label import integrity_of
from bartizan.model.words import Category, Party

LABELS = st.builds(
    Label,
    level=st.integers(0, 5),
    categories=st.frozensets(st.sampled_from(list(Category)), max_size=4),
    integrity=st.sampled_from(list(Integrity)),
)


@given(LABELS, LABELS)
def test_join_is_commutative(a: Label, b: Label) -> None:
    assert a.join(b) == b.join(a)


@given(LABELS, LABELS, LABELS)
def test_join_is_associative(a: Label, b: Label, c: Label) -> None:
    assert a.join(b).join(c) == a.join(b.join(c))


@given(LABELS)
def test_join_is_idempotent_and_the_empty_label_is_neutral(a: Label) -> None:
    assert a.join(a) == a
    assert a.join(Label()) == a


@given(LABELS, LABELS)
def test_join_is_the_least_label_that_covers_both(a: Label, b: Label) -> None:
    both = a.join(b)

    assert both.covers(a)
    assert both.covers(b)
    assert both.level in (a.level, b.level)
    assert both.integrity in (a.integrity, b.integrity)
    assert both.categories == {*a.categories, *b.categories}


@given(LABELS, LABELS, LABELS)
def test_whatever_covers_both_covers_the_join(a: Label, b: Label, c: Label) -> None:
    assert c.covers(a.join(b)) == (c.covers(a) and c.covers(b))


@given(LABELS, LABELS, LABELS)
def test_covers_is_a_partial_order(a: Label, b: Label, c: Label) -> None:
    assert a.covers(a)
    assert (a.covers(b) and b.covers(a)) == (a == b)
    assert not (a.covers(b) and b.covers(c)) or a.covers(c)


def test_labels_that_differ_in_two_ways_do_not_cover_each_other() -> None:
    secret = Label(level=3)
    foreign = Label(integrity=Integrity.UNTRUSTED)

    assert not secret.covers(foreign)
    assert not foreign.covers(secret)


@given(st.lists(st.sampled_from(list(Party)), max_size=4), st.sampled_from(list(Party)))
def test_one_more_writer_never_raises_trust(writers: list[Party], more: Party) -> None:
    assert integrity_of([*writers, more]) >= integrity_of(writers)


@pytest.mark.parametrize(
    ("writers", "integrity"),
    [
        ([], Integrity.TRUSTED),
        ([Party.TEAM, Party.ADMINS, Party.SYSTEM], Integrity.TRUSTED),
        ([Party.TEAM, Party.EMPLOYEES], Integrity.ORGANISATION),
        ([Party.EMPLOYEES, Party.VENDOR], Integrity.PARTNER),
        ([Party.PARTNERS], Integrity.PARTNER),
        ([Party.CUSTOMERS, Party.TEAM], Integrity.UNTRUSTED),
        ([Party.PUBLIC], Integrity.UNTRUSTED),
    ],
)
def test_content_is_as_trusted_as_its_least_trusted_writer(writers: list[Party], integrity: Integrity) -> None:
    assert integrity_of(writers) is integrity


def test_integrity_has_the_words_of_the_reports() -> None:
    assert [grade.word for grade in Integrity] == ["trusted", "organisation", "partner", "untrusted"]


def test_a_scheme_orders_its_classes() -> None:
    scheme = Scheme()

    assert [scheme.level(name) for name in ("public", "internal", "confidential", "restricted")] == [0, 1, 2, 3]
    assert [scheme.name(level) for level in range(4)] == list(scheme.classes)


def test_an_unknown_class_is_an_input_error() -> None:
    with pytest.raises(InputError) as error:
        Scheme(("open", "closed")).level("secret")

    assert error.value.message == "`secret` is not a class of the scheme"
    assert error.value.help == "one of: open, closed"


@pytest.mark.parametrize(
    ("count", "weights"),
    [(2, [0, 3]), (3, [0, 2, 3]), (4, [0, 1, 2, 3]), (5, [0, 1, 2, 2, 3]), (7, [0, 1, 1, 2, 2, 2, 3])],
)
def test_any_scheme_is_placed_on_the_default_scale(count: int, weights: list[int]) -> None:
    scheme = Scheme(tuple(f"c{index}" for index in range(count)))

    assert [scheme.weight(level) for level in range(count)] == weights
