"""A shortened expression is found in every match of the full one, and says where the match may lie."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection.shorten import shorten, width_up_to

PATTERNS = [
    "tok_[0-9a-z]{8,}",
    "[a-z.]{1,9}@[a-z]{1,9}\\.[a-z]{2,5}",
    "(?:ab|cd[0-9]+)x?",
    "a(?P<value>b{2,3})",
    "-{2}[A-Z ]{0,4}KEY",
    "\\d{3}[^a-z]\\w\\S\\D?.",
    "(?:(?:ab){1,3}c)+",
    "a+?b*[x]",
    "x(?:y?)z{0,2}",
    "[^\\d]a|b",
    "(a?)b",
    "[^a]bc",
    "ab(c?)",
    "[^\\D]a",
    "a(?i:bc)d",
    "(?:a?b){2,3}",
    "(?:(?:a?)|b)c",
    "((?:a?))bc",
    "^ab(?:c|d?)",
    "\\bab{1,2}(?:[^a-z]|$)",
]


@pytest.mark.parametrize("pattern", PATTERNS)
@given(data=st.data())
def test_every_match_holds_the_short_one_within_reach(pattern: str, data: st.DataObject) -> None:
    text = data.draw(st.from_regex(re.compile(pattern.encode()), fullmatch=True))
    shape = shorten(pattern)
    ends = {
        match.end()
        for start in range(len(text))
        if (match := re.compile(shape.expression.encode()).search(text, start))
    }
    assert ends
    assert any(shape.head < 0 or end <= shape.head for end in ends)
    assert any(shape.tail < 0 or len(text) - end <= shape.tail for end in ends)


@pytest.mark.parametrize(
    ("pattern", "bounded"),
    [("ab", True), ("[A-Z]+x", False), ("[A-Z]{2}x", True), ("-a", False), ("(?:a|b)c", True), ("(?:a|-)c", False),
     ("[\\d_]a", True), ("\\Sa", False), ("[+-z]a", False)],
)  # fmt: skip
def test_it_says_whether_a_match_begins_where_it_begins(pattern: str, bounded: bool) -> None:
    assert shorten(pattern).bounded is bounded


@pytest.mark.parametrize(
    ("pattern", "part", "width"),
    [
        ("(?:^|[^A-Za-z])(?i:key)=[a-z]{8}", "(?i:key)", 4),
        ("ab(c)", "ab", 2),
        ("[a-z]{0,9}x", "x", 10),
        ("abc", "x", -1),
        ("a*b", "b", -1),
        ("ab|cd", "cd", -1),
        ("(?:a|bc)d", "bc", -1),
        ("(?:a(?:b|c)|[|)])d|e", "d", -1),
    ],
)
def test_how_far_a_match_begins_before_a_part_of_it(pattern: str, part: str, width: int) -> None:
    assert width_up_to(pattern, part) == width


def test_flags_of_the_whole_expression_are_not_there() -> None:
    assert shorten("a{3}").expression == "(?:a){2}a"
