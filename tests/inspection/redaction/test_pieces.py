"""Spans become pieces that don't overlap, and edits become text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection.redaction import Edit, Piece, apply_edits, merge
from tests.inspection.redaction.support import Found

SPANS = st.lists(
    st.builds(
        lambda type, start, length, confidence: Found(type, start, start + length, confidence),
        st.sampled_from("abc"),
        st.integers(0, 30),
        st.integers(0, 9),
        st.sampled_from([65, 75, 85]),
    )
)


def test_overlapping_spans_become_one_piece_of_the_surest_type() -> None:
    spans = [Found("long", 0, 10, 75), Found("sure", 4, 12, 85), Found("apart", 12, 14, 65, "personal")]
    assert merge(spans) == [Piece(0, 12, "sure", ""), Piece(12, 14, "apart", "personal")]


def test_equally_sure_the_longer_wins_and_then_the_first_by_name() -> None:
    assert merge([Found("a", 0, 3), Found("b", 1, 6)])[0].type == "b"
    assert merge([Found("b", 0, 3), Found("a", 0, 3)])[0].type == "a"


def test_a_span_in_a_chain_is_joined_with_all_of_it() -> None:
    assert merge([Found("a", 0, 4), Found("a", 3, 8), Found("a", 7, 9), Found("b", 9, 9)]) == [Piece(0, 9, "a", "")]


@given(SPANS)
def test_pieces_cover_exactly_what_spans_cover(spans: list[Found]) -> None:
    pieces = merge(spans)
    covered = [at for piece in pieces for at in range(piece.start, piece.end)]
    assert covered == sorted({at for span in spans for at in range(span.start, span.end)})
    assert merge(reversed(spans)) == pieces


def test_edits_take_the_place_of_what_was_there() -> None:
    assert apply_edits("one two three", [Edit(0, 3, "1", "n"), Edit(8, 13, "", "n")]) == "1 two "
    assert apply_edits("same", []) == "same"
