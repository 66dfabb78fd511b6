"""Errors say what is wrong, where, and what to do; the exit code follows from their kind."""

from __future__ import annotations

import pytest

from bartizan.model import BartizanError, InputError, InputErrors, NothingToDo, Place


@pytest.mark.parametrize(
    ("place", "text"),
    [
        (Place("a/b.yaml", 3, 7), "a/b.yaml:3:7"),
        (Place("b.yaml", 3), "b.yaml:3"),
        (Place("b.yaml"), "b.yaml"),
        (Place("", 2, 1), "input:2:1"),
        (Place(), "input"),
    ],
)
def test_a_place_reads_as_editors_link_it(place: Place, text: str) -> None:
    assert str(place) == text


def test_places_sort_by_file_line_column() -> None:
    places = [Place("b", 1), Place("a", 10), Place("a", 9, 2), Place("a", 9, 1)]

    assert sorted(places) == [Place("a", 9, 1), Place("a", 9, 2), Place("a", 10), Place("b", 1)]


def test_diagnostics_leave_out_what_is_not_known() -> None:
    assert BartizanError("the disk is full").diagnostics() == "error: the disk is full"


def test_diagnostics_give_position_and_help() -> None:
    error = InputError("`x` is not a key", place=Place("system.yaml", 4, 2), help="did you mean `y`?")

    assert error.diagnostics() == "error: `x` is not a key\n  --> system.yaml:4:2\n  help: did you mean `y`?"
    assert str(error) == "`x` is not a key"


def test_several_errors_diagnose_each() -> None:
    errors = InputErrors([InputError("one", place=Place("f", 1)), InputError("two", help="stop")])

    assert errors.message == "2 things are wrong with the input"
    assert errors.diagnostics() == "error: one\n  --> f:1\nerror: two\n  help: stop"


def test_exit_codes_are_those_of_the_interfaces() -> None:
    assert [kind.exit_code for kind in (BartizanError, InputError, InputErrors, NothingToDo)] == [1, 2, 2, 3]
