"""Numbers are found alike one by one and as arrays, in wanted layouts only."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.inspection.layouts import Layout, Nodes, Tree, parse_layout
from bartizan.inspection.numbers import digit_rows, few_numbers, many_numbers
from bartizan.inspection.signs import marks

LAYOUTS = ["###-##-####", "#########", "#{1,3}.#{1,3}.#{1,3}.#{1,3}", "#### ####", "##:##", "#-###/##"]
TREE = Tree([(number, parse_layout(text)) for number, text in enumerate(LAYOUTS)])
ALL = TREE.nodes(frozenset(range(len(LAYOUTS))))


def few(data: bytes) -> list[tuple[int, int]]:
    return sorted(few_numbers(marks(data), TREE))


def many(data: bytes, nodes: Nodes = ALL) -> list[tuple[int, int]]:
    rows = digit_rows(data)
    # No row starts at every second place.
    places = np.unique(np.concatenate((rows.starts, rows.stops))) - rows.air
    return sorted(
        (found.node, start) for found in many_numbers(rows, TREE, nodes, places) for start in found.starts.tolist()
    )


def values(data: bytes) -> list[str]:
    return [data[start : start + TREE.layouts[node].width].decode() for node, start in few(data)]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"078-05-1123", ["078-05-1123"]),
        (b"078-05-1123-4", []),
        (b"1-078-05-1123", []),
        (b"x078-05-1123", []),
        (b"078-05-1123x", []),
        (b"078-05-1123.", ["078-05-1123"]),
        (b"078 05 1123", []),
        (b"10.0.0.1, 1.2.3.4.5", ["10.0.0.1"]),
        (b"123456789.25 123456789", ["123456789"]),
        (b"1234 5678 9012", ["1234 5678", "5678 9012"]),
        (b"12:30:45", []),
        (b"4-123/45", ["4-123/45"]),
        (b"", []),
        (b"no digits", []),
        (b"1" * 40, []),
    ],
)
def test_numbers_in_layouts(data: bytes, expected: list[str]) -> None:
    assert sorted(values(data)) == sorted(expected)
    assert few(data) == many(data)


@given(st.text("0123456789 .-/:ax_\n", max_size=60))
def test_few_and_many_agree(text: str) -> None:
    assert few(text.encode()) == many(text.encode())


def test_forms_of_runs_are_remembered_up_to_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bartizan.inspection.layouts._MEMORY", 2)
    tree = Tree([(0, parse_layout("##"))])
    for data in (b"12", b" 34 ", b"(56)", b"1-" * 40 + b"1"):
        assert len(list(few_numbers(marks(data), tree))) == (len(data) < 10)
    assert list(tree.known) == [b"?00?"]


def test_without_layouts_nothing_is_wanted() -> None:
    empty = Tree([])
    assert not empty
    assert many_numbers(digit_rows(b"123"), empty, empty.nodes(frozenset()), np.zeros(1, np.int64)) == []
    assert list(few_numbers(marks(b"123"), empty)) == []


def test_only_wanted_numbers_are_found_in_much() -> None:
    data = b"078-05-1123, 1234 5678, 10.0.0.1"
    some = TREE.nodes(frozenset([0])) | TREE.nodes(frozenset([3]))
    assert [data[start : start + TREE.layouts[node].width] for node, start in many(data, some)] == [
        b"078-05-1123",
        b"1234 5678",
    ]


def test_layouts_know_their_digits() -> None:
    assert parse_layout("##-#{1,2}") == [Layout((2, 1), b"-"), Layout((2, 2), b"-")]
    layout = Layout((3, 2), b"-")
    assert layout.places == (0, 1, 2, 4, 5)
    assert layout.width == 6
