"""Signs of short texts say what the arrays for long ones say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection.gates import ends_in_parts
from bartizan.inspection.layers import Parts, long_rows
from bartizan.inspection.matcher import PlainMatcher
from bartizan.inspection.signs import (
    ends_in,
    has_wide,
    joined,
    marks,
    rows_of,
)


def test_the_kinds_of_bytes() -> None:
    assert marks("Az_9 .-/:\u00e4\n".encode()) == b"aaa0 .-/:???"


def test_wide_rows_of_digits() -> None:
    assert has_wide(marks(b"id 123456"))
    assert not has_wide(marks(b"12345 67890"))


@given(st.lists(st.sampled_from(["abc/de+f", "0123456789abcdef", " ", ".", "\n", "\u00e4"]), max_size=12).map("".join))
def test_long_rows(text: str) -> None:
    data = text.encode()
    assert rows_of(data) == list(zip(*(side.tolist() for side in long_rows(data)), strict=True))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([], []),
        ([(-3, 4), (4, 6), (5, 5)], [(0, 6)]),
        ([(1, 2), (3, 99)], [(1, 2), (3, 9)]),
    ],
)
def test_spans_are_joined(spans: Parts, expected: Parts) -> None:
    assert joined(spans, 9) == expected


@pytest.mark.parametrize("parts", [[(0, 10)], [(3, 10)], [(0, 2), (8, 10)], [(2, 3), (3, 9)], [(0, 5), (8, 10)]])
def test_what_is_found_in_parts_counts_in_the_whole(parts: Parts) -> None:
    matcher = PlainMatcher([("ab", False), ("b", False)])
    starts, stops = (np.array(side) for side in zip(*parts, strict=True))
    for data in (b"ab..ab..ab", b".........."):
        assert ends_in(matcher, data, parts) == ends_in_parts(matcher, data, (starts, stops))
