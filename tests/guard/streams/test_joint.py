"""Whether a value may go over from one text to the next."""

from __future__ import annotations

import pytest

from bartizan.guard.streams.joint import head_of, may_go_on, may_join, tail_of


@pytest.mark.parametrize(
    ("before", "after", "joins"),
    [
        ("my number is 4539", "148803436467 thanks", True),
        ("4539 1488 ", " 0343 6467", True),
        ("write to anna.meier@exam", "ple.ch", True),
        ("ghp_aB3d", "E5fG7hJ9", True),
        ("AKIAQYLP", "MNHHHF", True),
        ("j", "o", True),
        ("That is all", "How are you", False),
        ("That is all.", "How are you?", False),
        ("That is all ", "4539", False),
        ("chapter 3", "Now", False),
        ("he said so.", "Then", False),
        ("(", "x", False),
        ("x", ")", False),
    ],
)
def test_ends_that_may_hold_a_value_together(before: str, after: str, joins: bool) -> None:
    assert may_join(before, after) is joins


@pytest.mark.parametrize(
    ("before", "goes_on"), [("card 4539 ", True), ("sk-live", True), ("the answer", False), ("That is all.", False)]
)
def test_ends_behind_which_a_value_may_go_on(before: str, goes_on: bool) -> None:
    assert may_go_on(before) is goes_on


def test_windows_begin_and_end_with_words() -> None:
    long = "word " * 100
    assert tail_of("short") == head_of("short") == "short"
    assert long.endswith(tail_of(long))
    assert long.startswith(head_of(long))
    assert tail_of(long).split() == head_of(long).split() == ["word"] * 20
    assert tail_of("a " + "k" * 300) == head_of("k" * 300 + " a") == "k" * 300
    assert len(tail_of("k" * 9000)) == len(head_of("k" * 9000)) == 2048
