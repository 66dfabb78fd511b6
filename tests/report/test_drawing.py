import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bartizan.report.drawing import arc, clean, clip, el, measure, number, raw, wrap

ANYTHING = st.text(st.characters(codec="utf-8"), max_size=80)


@given(ANYTHING, ANYTHING)
def test_an_element_holds_its_texts_and_nothing_else(text: str, value: str) -> None:
    made = ET.fromstring(el("text", text, title=value))  # noqa: S314 - our own output
    assert (made.text or "").replace("\n", "\r") == clean(text).replace("\r\n", "\n").replace("\n", "\r")
    assert list(made) == []
    assert set(made.attrib) == {"title"}


def test_raw_children_stay_markup_and_strings_do_not() -> None:
    assert el("g", el("path", d="M0,0"), "<b>") == '<g><path d="M0,0"/>&lt;b&gt;</g>'
    assert el("rect", class_="a", stroke_width=1.25, rx=None) == '<rect class="a" stroke-width="1.2"/>'
    assert isinstance(el("g", raw("")), raw)


@pytest.mark.parametrize("sign", ["\x00", "\x1b", "\u202e", "\u2066", "\u200f", "\ud800"])
def test_what_xml_cannot_hold_or_turns_the_order_is_replaced(sign: str) -> None:
    assert clean(f"a{sign}b") == "a\ufffdb"


@given(ANYTHING, st.floats(20, 300))
def test_a_clipped_text_fits(text: str, width: float) -> None:
    kept = clip(text, width, 10)
    assert kept == text or kept == "…" or measure(kept, 10) <= width


@given(ANYTHING, st.floats(40, 300), st.integers(1, 4))
def test_wrapped_lines_fit_and_are_not_too_many(text: str, width: float, lines: int) -> None:
    made = wrap(text, width, 10, lines)
    assert 1 <= len(made) <= lines
    assert all(line == "…" or measure(line, 10) <= width for line in made)


def test_wide_letters_take_more_room_and_accents_none() -> None:
    assert measure("WWW", 10) > measure("iii", 10)
    assert measure("名", 10) > measure("n", 10)
    assert measure("e\u0301", 10) == measure("e", 10)
    assert measure("a", 10, bold=True) > measure("a", 10)


def test_numbers_are_short() -> None:
    assert [number(value) for value in (1, 1.04, -0.01, 2.5)] == ["1", "1", "0", "2.5"]
    assert arc([(0, 0), (1, 1), (2, 2), (3, 3.25)]) == "M0,0C1,1 2,2 3,3.2"
