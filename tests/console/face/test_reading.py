"""Forms: each field read, and what is wrong kept beside it."""

from __future__ import annotations

from datetime import date

import pytest

from bartizan.console.reading import Form
from bartizan.model import Level


def test_texts_are_stripped_and_lines_end_the_same_way() -> None:
    form = Form({"one": "  a  ", "many": "a\r\nb\r\n\r\n c"})
    assert form.text("one") == "a"
    assert form.lines("many") == ["a", "b", "c"]
    assert form.ok


@pytest.mark.parametrize("value", ["a\nb", "a\x00b", "a\x1bb", "a\x7f"])
def test_control_characters_in_a_line_are_refused(value: str) -> None:
    form = Form({"one": value})
    form.text("one")
    assert "can't be shown" in form.errors["one"]


def test_what_is_needed_too_long_or_too_much_is_said() -> None:
    form = Form({"long": "x" * 11, "many": "a\nb\nc", "wide": "abc"})
    form.text("gone", required=True)
    form.text("long", longest=10)
    form.lines("many", most=2)
    form.lines("wide", longest=2)
    assert set(form.errors) == {"gone", "long", "many", "wide"}
    assert not form.ok


def test_the_first_mistake_of_a_field_stays() -> None:
    form = Form({})
    form.fail("a", "first")
    form.fail("a", "second")
    assert form.errors == {"a": "first"}


def test_choices_are_among_those_that_are_known() -> None:
    form = Form({"one": "b", "wrong": "z", "some": ["c", "a"], "single": "b", "none": "", "list": ["a", "b"]})
    assert form.choice("one", "abc") == "b"
    assert form.choice("wrong", "abc") == ""
    assert form.choice("none", "abc", required=False) == ""
    assert form.choice("list", "abc") == "b"
    assert form.many("some", "abc") == ["a", "c"]
    assert form.many("single", "abc") == ["b"]
    assert form.many("gone", "abc") == []
    assert set(form.errors) == {"wrong"}
    form.many("wrong", "abc")
    form.many("some", "ab")
    assert set(form.errors) == {"wrong", "some"}


def test_members_of_enumerations_are_read() -> None:
    form = Form({"level": "high", "wrong": "huge"})
    assert form.member("level", Level) is Level.HIGH
    assert form.member("wrong", Level) is Level.LOW
    assert set(form.errors) == {"wrong"}


def test_days_are_read_within_bounds() -> None:
    form = Form({"day": "2026-12-31", "wrong": "31.12.2026", "early": "2025-01-01"})
    assert form.day("day", first=date(2026, 1, 1)) == date(2026, 12, 31)
    assert form.day("gone") is None
    form.day("early", first=date(2026, 1, 1))
    assert (form.day("wrong"), form.day("needed", required=True)) == (None, None)
    assert set(form.errors) == {"wrong", "early", "needed"}


@pytest.mark.parametrize(("value", "number"), [("1200", 1200), ("1'200,5", 1200.5), ("1 200", 1200), ("", 7)])
def test_numbers_are_read_as_people_write_them(value: str, number: float) -> None:
    form = Form({"n": value})
    assert form.number("n", default=7) == number
    assert form.ok


@pytest.mark.parametrize("value", ["many", "-1", "nan", "inf", "1e99"])
def test_what_is_no_number_within_bounds_is_said(value: str) -> None:
    form = Form({"n": value})
    assert form.number("n", most=100) == 0
    assert "n" in form.errors


def test_whole_numbers_have_no_fraction() -> None:
    form = Form({"n": "3", "half": "2.5"})
    assert form.whole("n") == 3
    form.whole("half")
    assert set(form.errors) == {"half"}


def test_boxes_are_ticked_or_not() -> None:
    form = Form({"on": "1", "empty": ""})
    assert form.flag("on")
    assert not form.flag("empty")
    assert not form.flag("gone")
