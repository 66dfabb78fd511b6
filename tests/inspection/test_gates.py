"""A gate lets every match of its expressions through, and shuts out running text."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.catalog.data_types import load_data_types
from bartizan.inspection.gates import (
    CODE_SIGN,
    code_parts,
    digit_gate,
    digit_parts,
    ends_in_parts,
    gate_of,
    long_parts,
)
from bartizan.inspection.layers import long_rows, rows_at
from bartizan.inspection.matcher import PlainMatcher
from bartizan.inspection.numbers import digit_rows

FORMS = [
    (form.pattern, form.ignore_case)
    for entry in load_data_types().values()
    for form in entry.forms
    if form.pattern and gate_of(form.pattern, bounded=form.bounded, ignore_case=form.ignore_case) in ("code", "capital")
]


def parts(text: str, *, capital: bool = False) -> list[str]:
    data = text.encode()
    return [
        text[start:stop]
        for start, stop in zip(
            *(side.tolist() for side in code_parts(digit_rows(data))[0 if capital else 1]), strict=True
        )
    ]


@pytest.mark.parametrize(
    ("pattern", "gate"),
    [
        ("[A-Z]{2}[0-9]{6}", "capital"),
        ("[A-Z]{2} ?[0-9]{6}", "capital"),
        ("[0-9]{8}-?[A-Z]", "capital"),
        ("CHE(?:[ -]?[0-9]{3}){3}", "capital"),
        ("(?:AT|BE)[0-9]{2}(?: ?[0-9]{4}){3,5}", "capital"),
        ("[A-Z](?:[0-9]|[A-Z])[0-9]", "capital"),
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


def test_what_is_not_bounded_or_in_any_case_passes_less() -> None:
    assert gate_of("[A-Z]{2}[0-9]{6}", bounded=False, ignore_case=False) == ""
    assert gate_of("[A-Z]{2} [0-9]{4}", bounded=True, ignore_case=True) == ""
    assert gate_of("[A-Z]{2}[0-9]{4}", bounded=True, ignore_case=True) == "code"


@given(st.data())
def test_every_match_of_a_packaged_pattern_passes(data: st.DataObject) -> None:
    pattern, ignore_case = data.draw(st.sampled_from(FORMS))
    compiled = re.compile(pattern, re.IGNORECASE | re.ASCII if ignore_case else re.ASCII)
    value = data.draw(st.from_regex(compiled, fullmatch=True, alphabet=st.characters(max_codepoint=127)))
    around = data.draw(st.sampled_from(["", " ", "x ", "(", "2026-11-27T20:38:00.123Z "]))
    capital = gate_of(pattern, bounded=True, ignore_case=ignore_case) == "capital"
    assert any(value in part for part in parts(f"{around}{value} and more", capital=capital))
    assert PlainMatcher([(CODE_SIGN, False)]).ends(value.encode())[0]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "only words",
        "in 2020 the 3 of them",
        "2026-11-27T20:38:00.123Z",
        "12 000 and 1.5",
        "at 20:38:00Z",
        "-27T20:38",
    ],
)
def test_running_text_does_not_pass(text: str) -> None:
    assert parts(text) == []


def test_small_letters_are_no_capitals() -> None:
    assert parts("id a3f9c2 v1") != []
    assert parts("id a3f9c2 v1", capital=True) == []


def test_parts_are_joined_and_cut_at_the_ends() -> None:
    assert parts("A1 B2") == ["A1 B2"]
    far = "A1" + " " * 300 + "B2"
    assert [len(part) for part in parts(far)] == [66, 65]


def test_long_rows_are_parts() -> None:
    data = b"see 0123456789abcdef0123 now"
    rows = long_rows(data)
    assert [side.tolist() for side in rows] == [[4], [24]]
    assert [side.tolist() for side in rows_at(data, [20])] == [[4], [24]]
    assert [side.tolist() for side in long_parts(rows, 2, len(data))] == [[2], [26]]
    nothing = long_rows(b"")
    assert long_parts(nothing, 2, 0)[0].size == 0


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


def test_only_long_rows_of_digits_are_wide() -> None:
    data = b"12345" + b" " * 300 + b"123456"
    assert [side.tolist() for side in digit_parts(digit_rows(data), wide=True)] == [[241], [311]]
    assert [side.tolist() for side in digit_parts(digit_rows(data))] == [[0], [311]]
