"""Every match of an expression with beginnings starts where such a start is found; little else does."""

from __future__ import annotations

import re
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.catalog.data_types import Form
from bartizan.inspection.beginnings import Blocks, beginnings, layout_beginnings
from bartizan.inspection.layers import long_rows
from bartizan.inspection.layouts import parse_layout
from bartizan.inspection.numbers import digit_rows
from bartizan.inspection.prepare import Prepared, prepare
from bartizan.inspection.signs import has_wide, marks, rows_of
from bartizan.inspection.starts import Begins, Starts
from tests.support import packaged_types

SIGNS = {
    "code": lambda value: b"0" in marks(value),
    "digit": lambda value: b"0" in marks(value),
    "wide": lambda value: has_wide(marks(value)),
    "long": rows_of,
}
"""What short texts are asked for before they are looked at, by group."""
PADDINGS = ("", "plain words, " * 20, "19:20:21 a1b2c3 " * 20)


def starts(pattern: str, data: bytes, *, ignore_case: bool = False, ends: list[int] | None = None) -> list[int]:
    blocks = beginnings(pattern, ignore_case=ignore_case)
    assert blocks
    finder = Starts({"one": [Begins(blocks)]}, {"numbers": []})
    return places(finder, "one", data, ends)


def places(finder: Starts, name: str, data: bytes, ends: list[int] | None = None) -> list[int]:
    found = finder.find(digit_rows(data), long_rows(data), None if ends is None else np.array(ends), [name])
    starts: list[int] = finder.of(found, name).tolist()
    return starts


@pytest.mark.parametrize(
    "pattern",
    [
        "[A-Z]{8}",
        "[A-Z0-9]{8}",
        "-?[0-9]{8}",
        "(?:[0-9]|x)[a-z]{3}",
        "[A-Za-z ]{20}[0-9]",
        "_[0-9]{8}",
        "(?:[0-9]{1,4}[ -]?){12}",
    ],
)  # fmt: skip
def test_some_expressions_tell_too_little(pattern: str) -> None:
    assert beginnings(pattern, ignore_case=False) == ()


def test_beginnings_are_blocks_of_kinds() -> None:
    any_ = 0xFFFFFFFF
    assert beginnings("[0-9][A-Z]", ignore_case=False) == ((0xFFFFF142,), (any_,), (any_,), (any_,))
    assert beginnings("[0-9][A-Z]", ignore_case=True) == ((0xFFFFF1C2,), (any_,), (any_,), (any_,))
    assert beginnings("[0-9](?i:a)/", ignore_case=False)[0] == (0xFFFFF1C2,)
    assert beginnings(r"[0-9]\s\d\w[^a].$", ignore_case=False)[0] == (0xFFFFF212 | 0xFF << 12,)
    assert layout_beginnings(parse_layout("##-#"))[0][0] == (0xFFF12122,)


@pytest.mark.parametrize(
    ("pattern", "text", "expected"),
    [
        ("[0-9]{2}[A-Z]{2}", "12AB 12ab x12AB _12AB 12ABC 12AB_ 12AB", [0, 28, 34]),
        ("[A-Z]{2} ?[0-9]{6}", "AB123456, AB 123456, AB  123456 AB12345", [0, 10]),
        ("[A-Z][0-9]{30,40}", "A" + "1" * 29 + " A" + "1" * 30 + " A" + "1" * 50, [31, 63]),
        ("[a-z]{16,20}", "abcdefghijklmnop abcdefghijklmno", [0]),
    ],
)
@pytest.mark.parametrize("padding", PADDINGS)
def test_places_where_something_may_start(pattern: str, text: str, expected: list[int], padding: str) -> None:
    data = f"{padding}{text}".encode()
    assert starts(pattern, data) == [len(padding) + place for place in expected]


def test_records_end_words() -> None:
    data = b"x12ABx12ABx"
    assert starts("[0-9]{2}[A-Z]{2}", data) == []
    assert starts("[0-9]{2}[A-Z]{2}", data, ends=[0, 5, 10]) == [1, 6]


def test_much_text_is_looked_at_in_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"12AB 1 34CD;" * 100
    expected = sorted([*range(0, len(data), 12), *range(7, len(data), 12)])
    for size in (1, 7, 64, 1 << 18):
        monkeypatch.setattr("bartizan.inspection.starts._CHUNK", size)
        assert starts("[0-9]{2}[A-Z]{2}", data) == expected


def test_parts_reach_as_far_as_a_match_is_reported() -> None:
    short, long = beginnings("[0-9]{2}[A-Z]{2}", ignore_case=False), beginnings("[0-9]{8}", ignore_case=False)
    finder = Starts({"both": [Begins(short, 4), Begins(long, 100)]}, {})
    data = b" " * 99 + b" 12AB" + b" " * 295 + b" 12345678" + b" " * 392
    found = finder.find(digit_rows(data), long_rows(data), None, ["both"])
    assert [side.tolist() for side in finder.parts(found, "both", len(data))] == [[99, 399], [148, 560]]


def test_many_that_share_bits_are_all_found() -> None:
    every: list[Blocks] = [
        beginnings(f"[0-9]{{{digits}}}[A-Z]{{{capitals}}}", ignore_case=False)
        for digits in range(1, 16)
        for capitals in range(1, 16)
    ]
    finder = Starts({"all": map(Begins, every)}, {"numbers": layout_beginnings(parse_layout("#{1,9}-#{1,9}"))})
    data = b"".join(b"1" * digits + b"A" * (16 - digits) + b"," for digits in range(1, 16)) + b"123-45"
    assert places(finder, "all", data)[:15] == list(range(0, 15 * 17, 17))
    assert places(finder, "numbers", data)[-1] == 15 * 17


@cache
def packaged() -> tuple[list[tuple[Form, Prepared]], Starts]:
    """All packaged forms that have beginnings, and what finds them all; seconds, so not while tests are collected."""
    forms = [(form, prepare(form)) for entry in packaged_types().values() for form in entry.forms]
    forms = [(form, ready) for form, ready in forms if ready.begins]
    return forms, Starts({"all": [Begins(ready.begins, ready.head) for _, ready in forms]}, {})


@given(st.data())
def test_every_match_of_a_packaged_pattern_starts_at_a_place(data: st.DataObject) -> None:
    forms, finder_of_all = packaged()
    form, ready = data.draw(st.sampled_from(forms))
    value = data.draw(example(form.pattern, ignore_case=form.ignore_case))
    around = data.draw(st.sampled_from(["", " ", "x ", "(", "2026-11-27T20:38:00.123Z ", PADDINGS[1]]))
    text = f"{around}{value} and more".encode()
    own = Starts({"own": [Begins(ready.begins, ready.head)]}, {})
    for finder, name in ((own, "own"), (finder_of_all, "all")):
        assert len(around) in places(finder, name, text)
        found = finder.find(digit_rows(text), long_rows(text), None, [name])
        parts = zip(*(side.tolist() for side in finder.parts(found, name, len(text))), strict=True)
        assert any(start < max(len(around), 1) and _reported(ready, text[start:stop]) for start, stop in parts)
    assert SIGNS.get(ready.group, bytes)(value.encode())


def example(pattern: str, *, ignore_case: bool) -> st.SearchStrategy[str]:
    compiled = re.compile(pattern, re.IGNORECASE | re.ASCII if ignore_case else re.ASCII)
    return st.from_regex(compiled, fullmatch=True, alphabet=st.characters(max_codepoint=127))


def _reported(ready: Prepared, part: bytes) -> bool:
    return re.search(ready.expression.encode(), part, re.IGNORECASE) is not None
