"""In much text the same is found as in little, by arrays instead of one by one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection import Inspector, Policy, detect
from bartizan.inspection.keywords import Keywords
from tests.inspection.small_types import SMALL, data_type, found, small

FAR = "words of running text that say nothing. " * (detect.FEW // 40 + 1)
VALUES = "card 4012888888881881; 1234567 login; plate AB1234; CH42; 0-1234-5678-9; a.b@c.de"


@pytest.mark.parametrize("plain", [False, True])
def test_what_stands_far_apart_is_found(plain: bool) -> None:
    inspector = small(plain=plain)
    expected = found(VALUES, inspector)
    assert len(expected) == 5
    assert found(FAR + VALUES, inspector) == expected
    assert found(f"{VALUES} {FAR}{VALUES}", inspector) == expected * 2


def test_keywords_and_headings_count_in_much_text_and_in_little() -> None:
    inspector = small()
    lines = ("\n" + " " * 130).join(["1234567", "login 7654321", "4012888888881881"])
    assert found(FAR + lines, inspector) == [("login", "7654321", 85), ("card", "4012888888881881", 75)]
    assert found(lines, inspector) == [("login", "7654321", 85), ("card", "4012888888881881", 75)]
    for text in (lines, FAR + lines):
        assert found(text, inspector, "login card") == [
            ("login", "1234567", 85),
            ("login", "7654321", 85),
            ("card", "4012888888881881", 85),
        ]


def test_numbers_far_from_their_keyword_are_none_in_much_text() -> None:
    assert found(f"1234567 {FAR} login", small()) == []


def test_records_keep_their_keywords_in_much_text() -> None:
    values = ["login", "1234567", "login 7654321", "x" * detect.FEW, "card 4012888888881881", "4012888888881881"]
    ends = np.cumsum([len(value) + 1 for value in values]) - 1
    hits = small().records("\n".join(values).encode(), ends)
    assert list(zip(hits.record.tolist(), hits.confidence.tolist(), strict=True)) == [(2, 85), (4, 85), (5, 75)]


def test_allowed_numbers_are_no_findings_in_much_text() -> None:
    assert found(FAR + "4012888888881881", small(allow=["4012.*"])) == []


@given(
    st.lists(st.sampled_from(["card", "Card", "discard", "userCard", "cards", "credit card", "creditcard", "login"]))
)
def test_many_keywords_are_found_like_few(words: list[str]) -> None:
    keywords = Keywords([["card", "credit card"], ["login"]], None, plain=True)
    text = " ".join(words).encode()
    much = text + b" card login" * 80
    few = {number: ends for number, ends in keywords.find(text).items() if ends}
    many = {number: [end for end in ends if end <= len(text)] for number, ends in keywords.find(much).items()}
    assert {number: ends for number, ends in many.items() if ends} == few


TYPES = {
    entry.id: entry
    for entry in (
        data_type(
            "phone", {"finder": "phone_number", "anchor": r"\+[0-9]{2}", "reach": 40, "alone": 75}, keywords=["call"]
        ),
        data_type("mark", {"finder": "internal_marking", "alone": 65}, {"pattern": "CLASS-[A-Z]", "alone": 75}),
    )
}


@pytest.mark.parametrize("far", ["", FAR])
def test_finders_look_at_the_surroundings_of_anchors(far: str) -> None:
    inspector = Inspector(types={"phone": TYPES["phone"]}, cache=None, plain=True)
    text = f"{far}é call +41 44 668 18 00 or +41 44 668 18 01{' ' * 60}and +41 44 668 18 02"
    assert [value for _, value, _ in found(text, inspector)] == [f"+41 44 668 18 0{last}" for last in range(3)]


def test_windows_keep_to_their_records() -> None:
    inspector = Inspector(types={"phone": TYPES["phone"]}, cache=None, plain=True)
    values = ["+41 44 668", "18 00 +41 44 668 18 01", "x" * 300 + "+41 44 668 18 02"]
    ends = np.cumsum([len(value) + 1 for value in values]) - 1
    hits = inspector.records("\n".join(values).encode(), ends)
    assert hits.record.tolist() == [1]


def test_a_finder_without_an_anchor_sees_every_record() -> None:
    entry = data_type("number", {"finder": "phone_number", "alone": 75})
    inspector = Inspector(types={"number": entry}, cache=None, plain=True)
    values = ["+41 44 668 18 00", "nothing", "+41 44 668 18 02"]
    ends = np.cumsum([len(value) + 1 for value in values]) - 1
    assert inspector.records("\n".join(values).encode(), ends).record.tolist() == [0, 2]
    assert [value for _, value, _ in found(values[0], inspector)] == values[:1]


def test_anchors_in_a_long_word_are_one_window() -> None:
    inspector = Inspector(types={"phone": TYPES["phone"]}, cache=None, plain=True)
    assert found("+41" * 5_000, inspector) == []


def test_a_type_of_nothing_but_gated_forms_costs_nothing_elsewhere() -> None:
    inspector = Inspector(Policy(types=["plate"]), types=SMALL, cache=None, plain=True)
    assert found("AB1234 " * 10, inspector) == []
    assert len(found("plate AB1234", inspector)) == 1


def test_what_finders_find_passes_the_policy() -> None:
    entry = data_type("number", {"finder": "phone_number", "alone": 65, "near": 65})
    text = "call +41 44 668 18 00"
    assert found(text, Inspector(types={"number": entry}, cache=None, plain=True)) == [
        ("number", "+41 44 668 18 00", 85)
    ]
    strict = Inspector(Policy(allow=[r"\+41 44.*"]), types={"number": entry}, cache=None, plain=True)
    assert found(text, strict) == []


def test_long_records_are_looked_at_as_lines_of_one_text() -> None:
    entry = data_type("number", {"finder": "phone_number", "alone": 75})
    inspector = Inspector(types={"number": entry}, cache=None, plain=True)
    long = "x" * detect.SHORT
    values = [
        "+41 44 668 18 00",
        f"{long} é +41 44 668 18 01",
        f"{long} nothing",
        f"{long} +41 44",
        f"668 18 02 {long}",
        f"+41 44 668 18 03 {long} +41 44 668 18 04",
    ]
    data = "\n".join(values).encode()
    ends = np.cumsum([len(value.encode()) + 1 for value in values]) - 1
    hits = inspector.records(data, ends)
    told = [data[start:end].decode() for start, end in zip(hits.start, hits.end, strict=True)]
    assert told == [f"+41 44 668 18 0{last}" for last in (0, 1, 3, 4)]
    assert hits.record.tolist() == [0, 1, 5, 5]


def test_short_records_that_are_alike_are_each_told() -> None:
    entry = data_type("number", {"finder": "phone_number", "alone": 75})
    inspector = Inspector(types={"number": entry}, cache=None, plain=True)
    values = ["none", "+41 44 668 18 00", "none", "+41 44 668 18 00", "é +41 44 668 18 01"]
    ends = np.cumsum([len(value.encode()) + 1 for value in values]) - 1
    assert inspector.records("\n".join(values).encode(), ends).record.tolist() == [1, 3, 4]


def test_what_reaches_over_the_end_of_a_record_is_none() -> None:
    entry = data_type("number", {"finder": "phone_number", "alone": 75})
    inspector = Inspector(types={"number": entry}, cache=None, plain=True)
    rules = inspector._rules
    rules.rules[rules.always[0]].finder = lambda text: [(0, len(text), 75), (0, 3, 75)]
    values = ["a" * 70, "b" * 70]
    hits = inspector.records("\n".join(values).encode(), np.array([70, 141]))
    assert list(zip(hits.start.tolist(), hits.end.tolist(), strict=True)) == [(0, 3)]


def test_a_keyword_that_is_too_far_away_is_none() -> None:
    entry = data_type(
        "number",
        {"pattern": "[A-Z]{2}[0-9]{3}", "alone": 0},
        {"pattern": "[A-Z]{2}[0-9]{3}-[A-Z]{60}", "alone": 0},
        keywords=["plate"],
        within=20,
    )
    inspector = Inspector(types={"number": entry}, cache=None, plain=True)
    assert found("plate" + " " * 40 + "AB123", inspector) == []
    assert found("plate" + " " * 10 + "AB123", inspector) == [("number", "AB123", 85)]
