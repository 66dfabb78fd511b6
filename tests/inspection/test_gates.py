"""A gate lets every match of its expressions through, and shuts out running text."""

from __future__ import annotations

import numpy as np
import pytest

from bartizan.inspection.gates import (
    digit_gate,
    digit_parts,
    ends_in_parts,
    gate_of,
    has_word,
)
from bartizan.inspection.matcher import PlainMatcher
from bartizan.inspection.numbers import digit_rows


@pytest.mark.parametrize(
    ("pattern", "gate"),
    [
        ("[A-Z]{2}[0-9]{6}", "code"),
        ("[A-Z]{2} ?[0-9]{6}", "code"),
        ("[0-9]{8}-?[A-Z]", "code"),
        ("CHE(?:[ -]?[0-9]{3}){3}", "code"),
        ("(?:AT|BE)[0-9]{2}(?: ?[0-9]{4}){3,5}", "code"),
        ("[A-Z](?:[0-9]|[A-Z])[0-9]", "code"),
        ("[A-Z]{8}", ""),
        ("[0-9]{8}", ""),
        ("[A-Z0-9]{8}", ""),
        ("[A-Z]-[ -]?[0-9]{6}", ""),
        ("[A-Z](?:[ -][ -])+[0-9]", ""),
        ("[a-z]{2} [0-9]{4}", ""),
        ("[a-z]{2} [0-9]{5}", "code"),
        ("[A-Z]{2}(?i:x) [0-9]{4}", ""),
        ("[A-Z]@[0-9]", ""),
        ("[A-Z][0-9]*", ""),
        ("[A-Z][0-9]{1,99}", ""),
        ("[A-Z]\\d\\b", ""),
        ("[A-Z]\\w[^a]", ""),
        ("tok_[0-9a-z]{16}", "long"),
        ("[0-9a-z]{15}", ""),
        ("(?:ab|cd)[0-9a-z]{12}[A-Z]{2}", "long"),
        ("[0-9a-z]{8}@[0-9a-z]{8}", ""),
        ("(?:[0-9a-z]{8}@|x)[0-9a-z]{8}", ""),
        ("x?@[0-9a-z]{20}", "long"),
        ("(?:[a-z]{4}){4}", "long"),
        ("(?:[a-z]{4}@){5}", ""),
        ("(?:[a-z]{17}@){2}", "long"),
    ],
)  # fmt: skip
def test_the_gate_of_a_pattern(pattern: str, gate: str) -> None:
    assert gate_of(pattern, bounded=True, ignore_case=False) == gate


@pytest.mark.parametrize(
    ("expression", "word"),
    [
        ("[^a-z]abc[0-9]", True),
        ("[^a-z]ab[0-9]c", False),
        ("x(?:ab|cd)y", False),
        ("(?:ab|cd)(?:abc|xyz)[0-9]", True),
        ("a{3}", True),
        ("xa{1,3}y", False),
        ("[0-9](?:ab[0-9]c){2}", True),
        ("[0-9](?:a[0-9]c){2}", False),
        ("[0-9](?:ab[0-9])c", False),
        ("(?:c[0-9]ab){2}", True),
        ("(?:abc)?", False),
    ],
)
def test_words_are_found_behind_what_is_none(expression: str, word: bool) -> None:
    assert has_word(expression) == word


def test_what_is_not_bounded_or_in_any_case_passes_less() -> None:
    assert gate_of("[A-Z]{2}[0-9]{6}", bounded=False, ignore_case=False) == ""
    assert gate_of("[A-Z]{2} [0-9]{4}", bounded=True, ignore_case=True) == ""
    assert gate_of("[A-Z]{2}[0-9]{4}", bounded=True, ignore_case=True) == "code"


def test_what_is_found_in_parts_counts_in_the_whole() -> None:
    matcher = PlainMatcher([("ab", False)])
    data = b"ab..ab..ab"
    both = np.array([0, 8]), np.array([2, 10])
    assert ends_in_parts(matcher, data, both) == ([0, 0], [2, 10])
    assert ends_in_parts(matcher, data, (np.zeros(0, np.int64), np.zeros(0, np.int64))) == ([], [])


@pytest.mark.parametrize(
    ("expression", "gate"),
    [
        ("[A-Z][0-9]{6}", "wide"),
        ("[A-Z][0-9]{5}", "digit"),
        ("(?:[0-9]{6}|[A-Z][0-9])x", "digit"),
        ("[0-9]{6}.{0,150}", "digit"),
        ("[0-9].{0,200}", ""),
        ("[A-Z]{6}", ""),
    ],
)
def test_the_gate_of_numbers(expression: str, gate: str) -> None:
    assert digit_gate(expression) == gate


def test_parts_around_digits_are_joined_and_cut_at_the_ends() -> None:
    data = b" " * 200 + b"1" + b" " * 300 + b"2" + b" " * 400 + b"34"
    assert [side.tolist() for side in digit_parts(digit_rows(data))] == [[40, 742], [662, 904]]
