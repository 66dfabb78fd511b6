"""What is kept of hits: counts and first places, never a value."""

from __future__ import annotations

import numpy as np
import pytest

from bartizan.inspection.span import Hits
from bartizan.scan.aggregate import FIRST, OTHERS, Aggregate, Spot, masked
from bartizan.scan.blocks import Block


def hits(*rows: tuple[int, int, int, int, int]) -> Hits:
    """Hits from kind, start, end, confidence and record."""
    table = np.array(rows, np.int64).reshape(-1, 5)
    kind, start, end, confidence, record = table.T
    return Hits(("mail", "card"), kind.astype(np.int32), start, end, confidence.astype(np.uint8), record)


def test_lines_are_counted_and_placed() -> None:
    found = Aggregate()
    data = "é a@b.ch\nnothing\nc@d.ch e@f.ch\n".encode()
    found.add(Block(data, first=7), hits((0, 3, 9, 75, 0), (0, 18, 24, 85, 2), (0, 25, 31, 75, 2)))
    (tally,) = found.tallies()
    assert (tally.member, tally.column, found.lines, found.bytes) == ("", "", 3, 32)
    mail = tally.types["mail"]
    assert mail.hits == {75: 2, 85: 1}
    assert mail.records == {75: 1, 85: 1}, "a record counts once, as sure as its surest value"
    assert mail.spots == {
        75: [Spot(7, 3, 3, "6 characters"), Spot(9, 8, 7, "6 characters")],
        85: [Spot(9, 1, 0, "6 characters")],
    }


def test_records_of_a_column_are_counted_with_those_that_are_empty() -> None:
    found = Aggregate()
    ends = np.array([4, 5, 14], np.int64)
    block = Block(b'1234\n\n"5678 90"', ends + np.array([0, 0, 1]), "number", 2, places=np.array([2, 3, 9]))
    found.add(block, hits((1, 0, 4, 65, 0), (1, 7, 14, 65, 2)))
    (tally,) = found.tallies()
    assert (tally.records, tally.filled, tally.sampled, tally.numeric) == (3, 2, 2, 2)
    assert tally.types["card"].whole == 2
    assert [spot.line for spot in tally.types["card"].spots[65]] == [2, 9]


def test_a_clean_column_is_kept_for_its_number_of_records_and_clean_text_is_not() -> None:
    found = Aggregate()
    found.add(Block(b"a\nb", np.array([1, 3], np.int64), "name"), hits())
    found.add(Block(b"a\nb\n", None, "lines"), hits())
    found.add(Block(b"clean text\n", member="a.txt"), hits())
    assert [(tally.column, tally.records) for tally in found.tallies()] == [("name", 2), ("lines", 2)]


def test_pieces_of_a_long_line_count_each_value_once() -> None:
    found = Aggregate()
    one = hits((0, 2, 8, 75, 0), (0, 20, 26, 75, 0))
    found.add(Block(b"x" * 30, before=10, after=5), one)
    (tally,) = found.tallies()
    assert tally.types["mail"].hits == {75: 1}
    assert tally.types["mail"].spots[75] == [Spot(1, 0, 0, "6 characters")], "where the line began isn't in sight"
    assert found.bytes == 25


def test_only_the_first_places_are_kept() -> None:
    found = Aggregate()
    data = b"a@b.ch\n" * 100
    found.add(Block(data), hits(*((0, 7 * n, 7 * n + 6, 75, n) for n in range(100))))
    (tally,) = found.tallies()
    assert tally.types["mail"].hits == {75: 100}
    assert [spot.line for spot in tally.types["mail"].spots[75]] == list(range(1, FIRST + 1))


def test_parts_of_a_file_add_up() -> None:
    parts = []
    for number in range(3):
        part = Aggregate()
        part.add(Block(b"a@b.ch\n" * 9), hits(*((0, 7 * n, 7 * n + 6, 65 + 10 * number, n) for n in range(9))))
        parts.append(part)
    whole = Aggregate()
    for number, part in enumerate([*parts, parts[0], parts[0]]):
        whole.join(part.tallies(), 100 * number)
    (tally,) = whole.tallies()
    assert tally.types["mail"].hits == {65: 27, 75: 9, 85: 9}
    assert [spot.line for spot in tally.types["mail"].spots[65]] == [*range(1, 10), *range(301, 310), 401, 402]
    assert parts[0].tallies()[0].types["mail"].spots[65][0].line == 1, "the parts stay as they are"


def test_more_columns_than_are_kept_apart_share_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bartizan.scan.aggregate._COLUMNS", 2)
    monkeypatch.setattr("bartizan.scan.aggregate._SPOTS", 2)
    found = Aggregate()
    for number in range(5):
        data = b"a@b.ch\na@b.ch"
        found.add(Block(data, np.array([6, 13], np.int64), f"c{number}"), hits((0, 0, 6, 75, 0), (0, 7, 13, 75, 1)))
    assert [(one.column, one.types["mail"].hits[75]) for one in found.tallies()] == [("c0", 2), ("c1", 2), (OTHERS, 6)]
    assert [len(one.types["mail"].spots[75]) for one in found.tallies()] == [2, 1, 1]


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("756.9217.0769.85", "###.####.####.##"),
        ("123-45-6789", "###-##-####"),
        ("CH93 0076 2011 6238 5295 7", "XX## #### #### #### #### #"),
        ("AB1234567c", "XX#######x"),
        ("ann@example.org", "15 characters"),
        ("hunter2", "7 characters"),
        ("x", "1 character"),
        ("Zürich 12345678", "15 characters"),
        ("1" * 60, "60 characters"),
    ],
)
def test_a_value_is_never_shown(value: str, shape: str) -> None:
    assert masked(value.encode()) == shape
